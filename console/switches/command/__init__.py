"""A command of the organisation's own: an argv each to stop, to resume and to print the state; no shell is involved."""

from __future__ import annotations

from pathlib import Path

from console.kinds import SwitchKind, SwitchTools
from console.settings import SwitchSettings
from console.switches.command import options
from console.switches.command.switch import Command, check_program, check_target, verbs


def _build(settings: SwitchSettings, tools: SwitchTools) -> Command:
    credential = tools.credential if settings.secret is not None else None
    return Command(settings.name, options.of(settings.options), credential, rehearsal=tools.rehearsal)


def _look(settings: SwitchSettings, base: Path) -> str:
    said = options.of(settings.options)
    programs = dict.fromkeys(argv[0] for argv in (said.disable, said.enable, said.read))
    for program in programs:
        check_program(program)
    return f"{' and '.join(programs)} can be run"


KIND = SwitchKind(
    kind="command",
    works_at=None,
    verbs=verbs("stopped", "running", 30.0),
    build=_build,
    options=options.read,
    check_target=check_target,
    needs_secret=False,
    look=_look,
)
