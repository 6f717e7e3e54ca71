"""A plan as lines that one reads before confirming, and what came of it. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from console.cadences.trip_sheet import IntentResult, Plan, PlannedTarget
from console.money import display
from screens.columns.column import Cell, Tone
from screens.columns.page import PageLine, Times, line, name, wrapped
from screens.columns.trip_sheet import step_lines

_IN_WORDS = {
    ("anthropic-api-key", "disable"): "set key inactive",
    ("anthropic-api-key", "enable"): "set key active",
    ("webhook", "disable"): "tell the webhook to stop",
    ("webhook", "enable"): "tell the webhook to allow",
}
_TELLS: dict[str, tuple[str, str, Tone]] = {
    "done": ("DONE", "Every target was read back as wanted.", "good"),
    "partial": ("DONE IN PART", "Some targets were read back as wanted, others were not.", "alarm"),
    "failed": ("REFUSED", "Nothing took effect.", "alarm"),
    "refused": ("REFUSED", "Nothing took effect.", "alarm"),
    "unknown": ("UNKNOWN", "The request left and no usable answer came. It may have taken effect.", "alarm"),
    "awaiting_approval": ("WAITS FOR A SECOND PERSON", "Nothing was sent yet.", "warn"),
    "expired": ("EXPIRED", "Nothing was sent.", "alarm"),
    "rejected": ("REJECTED", "Nothing was sent.", "alarm"),
    "observed": ("OBSERVED ONLY", "Nothing was sent.", "warn"),
}
_UNDER_WAY: tuple[str, str, Tone] = ("STILL UNDER WAY", "It was sent and is being read back.", "warn")


def in_words(target: PlannedTarget) -> str:
    """What is done to a target, in plain words."""
    return _IN_WORDS.get((target.switch, target.verb), f"{target.verb} the {target.switch}")


def lines(plan: Plan, width: int) -> list[PageLine]:
    """What would be done to what, what it costs now, and how it is undone."""
    money = (
        f"USD: rate {display(plan.rate_per_hour)} an hour · today {display(plan.today)} · month {display(plan.month)}"
    )
    found = [
        line(Cell(name(plan.name, 40), "strong"), f"  {plan.environment}"),
        line("  ", Cell(money, "dim")),
    ]
    for target in plan.targets:
        found += _target(target, width)
    for warning in plan.warnings:
        found += wrapped(f"! {warning}", width, indent=0, tone="warn", most=3)
    for later in plan.later:
        found += wrapped(f"then {later.says}", width, indent=2, tone="dim", most=3)
    if plan.needs_second_person:
        found += wrapped("A second person must approve it before anything is sent.", width, indent=0, tone="warn")
    return found


def fitted(found: Sequence[PageLine], most: int, rest: str) -> list[PageLine]:
    """At most `most` lines; where more were meant, the last one says how many and where they are."""
    if len(found) <= most:
        return list(found)
    kept = max(1, most - 1)
    return [*found[:kept], line(Cell(f"… {len(found) - kept} more lines: {rest}", "warn"))]


def headline(result: IntentResult) -> Cell:
    """`KILL DONE`, `KILL REFUSED`, `KILL UNKNOWN`, …: the outcome in capitals."""
    word, _, tone = _TELLS.get(result.state, _UNDER_WAY)
    return Cell(f"{result.verb.upper()} {word}", tone)


def outcome(result: IntentResult, width: int, times: Times) -> list[PageLine]:
    """What became of it, target by target, and what to do next."""
    _, told, tone = _TELLS.get(result.state, _UNDER_WAY)
    if result.state in ("failed", "refused"):
        told += " The workload goes on spending." if result.verb == "kill" else " The workload is still stopped."
    said = f"It was asked for before; nothing new was sent. {told}" if result.existing else told
    found = wrapped(said, width, indent=0, tone=tone)
    if result.state == "awaiting_approval":
        found += wrapped(
            f"Another person with the role selects it on this workload's screen and presses V, or runs: token-console "
            f"approve {result.intent} --reason TEXT",
            width,
            indent=0,
        )
    else:
        for step in result.steps:
            found += step_lines(step, width, times)
    if result.verb == "kill" and result.state in ("done", "partial"):
        found += wrapped(
            "State confirmed is not spend stopped: the trip sheet shows when spend has stopped.", width, indent=0
        )
    if result.note:
        found += wrapped(result.note, width, indent=0)
    return found


def _target(target: PlannedTarget, width: int) -> list[PageLine]:
    marks = ["PROTECTED"] if target.protected else []
    marks += [] if target.reversible else ["CANNOT BE UNDONE"]
    return [
        line(
            "  ",
            Cell(in_words(target), "strong"),
            f"  {name(target.name, 30)}",
            Cell(f"  {' '.join(marks)}" if marks else "", "alarm"),
        ),
        line(
            "    ",
            Cell(name(target.target), "dim" if target.target == target.name else ""),
            f"  now {name(target.state_now, 16)} → {target.wanted}",
        ),
        *wrapped(f"undo: {target.undo}", width, indent=4, tone="dim", most=2),
    ]
