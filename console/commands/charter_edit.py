"""`charter edit`: a Charter in the person's own editor, checked when it comes back, stored as a draft."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Sequence

from console.cadences.form import ProblemLine
from console.commands.context import actor_at, open_desk, print_json, say
from console.editing import LEAVE, Trouble, through_editor
from console.operations import registry
from console.operations.charter import drafts as charter_drafts
from console.operations.charter import form as charter_form
from console.operations.charter.drafts import DraftSaved
from console.operations.registry_charters import may_import


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload")
    parser.add_argument("--version", type=int, help="default: the newest; a workload without one begins from the "
                        "template")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor, workload = actor_at(desk), args.workload
    may_import(desk, actor)
    form = asyncio.run(charter_form.charter_form(desk, actor, workload=workload, version=args.version))
    text = form.text or asyncio.run(registry.new_charter(desk, actor, workload=workload))

    async def check(changed: str) -> Trouble | None:
        found = await charter_drafts.check_draft(desk, actor, workload=workload, text=changed)
        return None if found.sound else Trouble(tuple(map(said, found.problems)), found.storable)

    async def save(changed: str) -> DraftSaved:
        return await charter_drafts.save_draft(desk, actor, workload=workload, text=changed,
                                               base_version=form.version, base_hash=form.text_hash)

    done = asyncio.run(through_editor(text, f"{workload}.toml", TerminalHands(), check, save))
    return _told(args, done)


class TerminalHands:
    """`console.editing.Hands` for a shell."""

    async def edit(self, command: Sequence[str]) -> int:
        return await asyncio.to_thread(_edit, command)

    async def choose(self, trouble: Trouble) -> str:
        for problem in trouble.problems:
            say(problem, error=True)
        if not sys.stdin.isatty():
            return LEAVE
        asked = f"{', '.join(trouble.choices[:-1])} or {trouble.choices[-1]}?"
        while True:
            answer = await asyncio.to_thread(_asked, f"{asked} [{trouble.choices[0]}] ")
            if answer == LEAVE or answer in trouble.choices:
                return answer


def said(problem: ProblemLine) -> str:
    """`line 14: [purpose] outcome is missing; write outcome = "claim triaged" [missing]`."""
    place = "" if problem.line is None else f"line {problem.line}: "
    warning = "" if problem.is_error else " (warning)"
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    return f"{place}{problem.message}{remedy}{warning} [{problem.rule}]"


def _edit(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603  (the person's own editor)


def _asked(question: str) -> str:
    """The answer; nothing is the first choice, and an end of input leaves the file where it is."""
    try:
        return input(question).strip().lower() or question.partition(",")[0].partition(" ")[0]
    except EOFError:
        return LEAVE


def _told(args: argparse.Namespace, done: DraftSaved | None) -> int:
    if args.json:
        print_json({"stored": done is not None, "workload": args.workload,
                    "version": done.version if done else None, "content_hash": done.content_hash if done else None,
                    "outcome": done.outcome if done else None, "errors": done.errors if done else None})
        return 0
    if done is None:
        say("Nothing was changed, and nothing was stored.")
        return 0
    wrong = f"; {done.errors} error(s) stand in the way of signing" if done.errors else ""
    say(f"{done.workload} version {done.version}: {done.outcome}, a draft{wrong}.")
    if not done.errors:
        say(f"To put it before those who sign: token-console charter submit {done.workload}")
    return 0
