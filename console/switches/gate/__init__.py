"""A gate: a file, and an endpoint on loopback, that a team's own program asks before each call (`docs/gate.md`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.kinds import SwitchKind, SwitchTools
from console.settings import SwitchSettings
from console.switches.gate import file, options
from console.switches.gate.switch import FILE_S, Gate, verbs

if TYPE_CHECKING:
    from console.switches.gate.endpoint import GateEndpoint


def _build(settings: SwitchSettings, tools: SwitchTools) -> Gate:
    return Gate(options.of(settings.options, tools.base), tools.now, rehearsal=tools.rehearsal)


def _look(settings: SwitchSettings, base: Path) -> str:
    folder = options.of(settings.options, base).folder
    file.check_folder(folder)
    return f"gates can be written in {folder}"


def _endpoint(settings: SwitchSettings, tools: SwitchTools) -> GateEndpoint | None:
    from console.switches.gate.endpoint import GateEndpoint

    said = options.of(settings.options, tools.base)
    return None if said.listen is None else GateEndpoint(said.listen, said, tools.now)


KIND = SwitchKind(
    kind="gate",
    works_at=None,
    verbs=verbs(FILE_S),
    build=_build,
    options=options.read,
    check_target=file.check_target,
    needs_secret=False,
    look=_look,
    endpoint=_endpoint,
)
