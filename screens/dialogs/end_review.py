"""End review: the Charter stands, is revised, or the workload is retired; only after both have recommended."""

from __future__ import annotations

from console.cadences.quarterly import DECISIONS, QuarterLine, Quarterly
from console.wording import role, roles
from screens.columns.column import Cell
from screens.columns.page import PageLine, line, name, wrapped
from screens.columns.periods import in_words
from screens.dialogs import asking, form
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """End the review of the workload that was selected when the key was pressed. Raises ConsoleError."""
    item, quarter = selection.item, selection.whole
    if not isinstance(item, QuarterLine) or not isinstance(quarter, Quarterly):
        return
    refusal = _refusal(item)
    if refusal is not None:
        console.say(refusal, error=True)
        return
    title = f"END THE REVIEW of {item.slug}, {in_words(quarter.quarter)}"
    width, most = asking.room(console)
    shown = [*_recommended(item, width), *(line(Cell(f"{key:<9}", "strong"), says) for key, says in DECISIONS.items())]
    decision = await asking.one_of(
        console, "Decide", list(DECISIONS), title=title, lines=asking.contents(shown[-most:])
    )
    if decision is None:
        return
    question = form.Question("because", "Because", f"enter: {DECISIONS[decision]}", asking.needs_words("a decision"))
    given = await form.fill(console, f"{title}: {decision}", [question])
    if given is None or (decision == "retire" and not await _typed(console, item)):
        console.say(f"The review of {item.slug} was not ended.")
        return
    from console.operations import quarters

    await console.door.ask(
        quarters.end_review, workload=item.slug, quarter=quarter.quarter, decision=decision, text=given[0]
    )
    console.say(f"The review of {item.slug} is ended: {DECISIONS[decision]}.")
    console.changed()
    if decision == "revise":
        console.go("charter", item.slug)


def _refusal(item: QuarterLine) -> str | None:
    if item.decision is not None:
        return f"The review of {item.slug} was ended already: {item.decision.kind}, by {name(item.decision.by, 24)}."
    if item.owed:
        verb = "has" if len(item.owed) == 1 else "have"
        return f"{roles(item.owed).capitalize()} {verb} not recommended on {item.slug} yet (P); both do before it ends."
    return None


def _recommended(item: QuarterLine, width: int) -> list[PageLine]:
    return [
        row
        for note in item.recommended
        for row in wrapped(f"{role(note.role)} {note.by}: {note.text}", width, indent=0, tone="dim", most=2)
    ]


async def _typed(console: Console, item: QuarterLine) -> bool:
    """Whether the person typed the slug: a retired workload is not watched against a Charter any more."""

    def complaint(text: str) -> str | None:
        return None if text.strip() == item.slug else f"Type {item.slug}, exactly, or press esc to leave it as it is."

    answer = await console.ask(
        Prompt(
            f"Type {item.slug} to retire it",
            title=f"RETIRE {item.slug}? Nothing was written yet.",
            lines=[
                "Its Charter ends with it. Usage that still comes in is then usage without a Charter:",
                "it is watched and shown, and nothing kills it. Its keys are not touched.",
            ],
            validate=complaint,
            guarded=True,
        )
    )
    return answer is not None
