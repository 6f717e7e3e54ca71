"""Save: keep a topic's inputs and results in a draft of the workload's Charter, as a comment or in its figures too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.economics.bench import Bench
from console.text import clean
from screens.columns.column import Cell
from screens.columns.page import PageLine, line, wrapped
from screens.dialogs import asking, lab_asking
from screens.prompt import Prompt
from screens.view import Console, Selection

if TYPE_CHECKING:
    from console.operations.charter.drafts import DraftSaved
    from console.operations.lab import KeepPlan

FIGURES, COMMENT = "figures", "comment"


async def run(console: Console, selection: Selection) -> None:
    """Keep the topic as it was when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import lab

    bench = selection.item
    assert isinstance(bench, Bench)
    if bench.worked is None:
        console.say("There is no result to keep at these inputs.", error=True)
        return
    slug = bench.workload or await console.ask(lab_asking.charter_of(console))
    if slug is None:
        return
    slug = slug.strip()
    said: dict[str, Any] = {
        "workload": slug, "topic": bench.topic.name, "origins": dict(bench.inputs.origins),
        "inputs": {each.name: each.write(bench.inputs.values[each.name]) for each in bench.topic.inputs}}
    plan = await console.door.ask(lab.keep_plan, **said)
    how = await _how(console, plan)
    if how is None:
        console.say("Nothing was kept.")
        return
    done = await console.door.ask(lab.keep, **said, figures=how == FIGURES, base_version=plan.base_version,
                                  base_hash=plan.base_hash)
    _tell(console, slug, done)


async def _how(console: Console, plan: KeepPlan) -> str | None:
    """Figures or only a comment; None where the person cancelled."""
    width, most = asking.room(console)
    lines = _lines(plan, width)[: most - 1]
    title = f"Keep this in {plan.workload}, version {plan.version}{', which it begins' if plan.begins else ''}?"
    if plan.what.figures:
        return await asking.one_of(
            console, f"{FIGURES} or {COMMENT}", [FIGURES, COMMENT], title=title, lines=asking.contents(lines),
            hint=f"{FIGURES}: what is listed, and the comment · {COMMENT}: that alone · esc cancels")
    answer = await console.ask(Prompt("enter keeps it as a comment", title=title, lines=asking.contents(lines),
                                      hint="enter keeps it · esc cancels"))
    return None if answer is None else COMMENT


def _lines(plan: KeepPlan, width: int) -> list[PageLine]:
    lines = [line("  ", Cell(f"[scenarios.expected] {each.key} = {each.after}", "strong"),
                  Cell(f"  was {each.before or 'not stated'}", "dim")) for each in plan.what.figures]
    for why in plan.what.without:
        lines += wrapped(f"{why}.", width, tone="warn", most=2)
    return [*lines, *(line("  ", Cell(clean(each, width - 2), "dim")) for each in plan.what.comment)]


def _tell(console: Console, slug: str, done: DraftSaved) -> None:
    wrong = f" {done.errors} error{'' if done.errors == 1 else 's'} stand in the way of signing." if done.errors else ""
    console.say(f"It is kept in version {done.version} of the Charter of {clean(slug, 64)}, a draft; H shows it."
                f"{wrong}")
