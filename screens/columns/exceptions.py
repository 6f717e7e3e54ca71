"""Exceptions as rows of a table, and one exception in full. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from console.cadences.weekly import VERDICTS, DecisionLine, ExceptionLine
from console.money import display, from_usd
from console.text import display_width
from screens.ages import short_age
from screens.columns.column import Cell, Column
from screens.columns.daily import fitted
from screens.columns.page import PageLine, Times, ago, labelled, line, name, wrapped
from screens.columns.weekly import SHORT

RANKS = {"open": 0, "decided": 1, "closed": 2}
LABEL = 14
MOST = 6
"""Lines that one part of the detail takes at most."""
Sending = Callable[[], Collection[int]]
"""The exceptions whose decision is on its way."""


def identity(one: ExceptionLine) -> str:
    """What a row is, wherever it stands."""
    return str(one.id)


def words(one: ExceptionLine) -> str:
    """What a filter looks in."""
    said = SHORT[one.decision.verdict] if one.decision is not None and one.decision.verdict in SHORT else ""
    parts = (one.state, said, one.workload, one.name, one.owner, one.kind, one.subject, one.summary)
    return " ".join(filter(None, parts))


def listed(exceptions: Sequence[ExceptionLine]) -> list[ExceptionLine]:
    """In the order of the list without a sort: open first, by dollars at stake; then decided; then closed."""
    return sorted(
        exceptions,
        key=lambda one: (RANKS.get(one.state, 3), -1 if one.stake is None else -one.stake, one.opened_at, one.id),
    )


def columns(now: Callable[[], datetime], sending: Sending) -> tuple[Column[ExceptionLine], ...]:
    """The table's columns; `now` is for the ages."""
    return (
        Column(
            "STATE",
            13,
            lambda one: state(one, one.id in sending()),
            about="open, or reopened; what was decided; closed where it was mended or is no longer so.",
        ),
        Column(
            "WORKLOAD",
            18,
            lambda one: Cell(one.workload, "" if one.state == "open" else "dim", one.workload),
            most=32,
            about="Whose exception it is.",
        ),
        Column(
            "KIND", 24, lambda one: Cell(_kind(one), "dim", one.kind), 7, most=36, about="Its pattern, and what of it."
        ),
        Column(
            "STAKE $",
            9,
            lambda one: Cell(fitted(one.stake, 9), "" if one.state == "open" else "dim", one.stake),
            right=True,
            descending=True,
            about="Dollars at stake; ? where nobody knows.",
        ),
        Column(
            "AGE",
            4,
            lambda one: Cell(short_age(_age_s(one, now())), "dim", _age_s(one, now())),
            4,
            right=True,
            descending=True,
            about="Since it was opened, or opened again.",
        ),
        Column(
            "OWNER",
            14,
            lambda one: Cell(one.owner or "nobody", "" if one.owner else "warn", one.owner),
            9,
            most=22,
            about="The business owner.",
        ),
        Column(
            "WHY",
            14,
            lambda one: Cell(one.summary, "" if one.state == "open" else "dim", one.summary),
            most=160,
            about="What is not as the Charter has it.",
        ),
    )


def state(one: ExceptionLine, sending: bool = False) -> Cell:
    """Open, or what became of it."""
    if sending:
        return Cell("deciding…", "dim", 0)
    if one.state == "open":
        return Cell("reopened", "warn", 0) if one.reopened_at is not None else Cell("open", "strong", 0)
    if one.state == "decided" and one.decision is not None:
        ends = one.decision.ends_at
        said = f"until {ends:%-d %b}" if ends is not None else SHORT.get(one.decision.verdict, one.decision.verdict)
        return Cell(said, "good", 1)
    return Cell(one.state, "dim", RANKS.get(one.state, 3))


def detail(one: ExceptionLine, width: int, height: int, at: datetime, times: Times) -> list[PageLine]:
    """One exception in full, fitted to the height: what, since when, the figures, the Charter line, what to do, what
    was decided, and what hangs together with it."""
    begun = one.reopened_at or one.opened_at
    opened = (
        f"{'opened again' if one.reopened_at else 'opened'} {times(begun)}, {ago((at - begun).total_seconds())} ago"
    )
    parts: list[tuple[str, str]] = [("", one.summary)]
    if one.reopened_at is not None and one.reopened_why:
        parts.append(("reopened", one.reopened_why))
    if one.decision is not None:
        parts.append(("decided", decision(one.decision, times)))
    if one.closed_at is not None:
        parts.append(("closed", f"{times(one.closed_at)}: {one.closed_why or 'it is no longer so'}"))
    parts.append(("what to do", one.advice or "Look at the workload."))
    if one.evidence:
        parts.append(("figures", " · ".join(_figure(key, value) for key, value in one.evidence)))
    parts.append(("Charter line", one.charter_line or "none: it does not come from a Charter"))
    parts.append(("since", f"{opened} · began {one.times:,} {'time' if one.times == 1 else 'times'}"))
    parts.append(("thread", thread(one)))
    stake = "stake unknown" if one.stake is None else f"${display(one.stake)} at stake"
    begins: list[str | Cell] = [state(one), "  ", Cell(name(one.workload, 32), "strong"), f"  {name(_kind(one))}"]
    ends = (f"  {stake} · exception {one.id}", f"  {stake}", f"  {one.id}")
    room = width - display_width(line(*begins).text())
    first = line(*begins, Cell(next((said for said in ends if len(said) <= room), ""), "dim"))
    return [first, *_fitted(_fewer(parts, height - 1, one), width, height - 1)]


def counts(exceptions: Sequence[ExceptionLine], marked: int) -> str:
    """`4 open, 2 decided, 1 closed · 2 marked`."""
    found = Counter(one.state for one in exceptions)
    said = ", ".join(f"{found[state]:,} {state}" for state in RANKS if found[state])
    return f"{said} · {marked:,} marked" if marked else said


def single(one: ExceptionLine) -> str:
    """One that is decided alone."""
    was = f", decided anew (it was: {SHORT.get(one.decision.verdict, '')})" if one.decision is not None else ""
    return f"{name(one.workload, 32)}, {name(_kind(one))}{was}"


def together(exceptions: Sequence[ExceptionLine]) -> str:
    """Those that are decided together: how many, of what, and where."""
    if len(exceptions) == 1:
        return single(exceptions[0])
    kinds = list(dict.fromkeys(one.kind for one in exceptions))
    slugs = {one.workload for one in exceptions}
    what = name(kinds[0]) if len(kinds) == 1 else f"{len(kinds):,} kinds"
    where = f"{len(slugs):,} workloads" if len(slugs) > 1 else name(exceptions[0].workload, 32)
    return f"{len(exceptions):,} exceptions of {where}, {what}"


def settled(one: ExceptionLine, times: Times) -> str:
    """Why it does not wait for a decision."""
    if one.state == "closed":
        return f"This exception is closed since {times(one.closed_at)}; there is nothing to decide."
    return "A decision on this exception is on its way."


def decision(made: DecisionLine, times: Times) -> str:
    """What was decided, until when, by whom and why."""
    until = f" until {times(made.ends_at)}" if made.ends_at is not None else ""
    together = ", with others" if made.batch else ""
    who = f"{name(made.by, 24)} ({made.role.replace('_', ' ')})"
    return f"{VERDICTS.get(made.verdict, made.verdict)}{until}, by {who} {times(made.at)}{together}: {made.rationale}"


def thread(one: ExceptionLine) -> str:
    """What it came from and where it leads, each with its key."""
    parts = ["enter opens the workload"]
    parts += ["T the trip sheet"] if one.intent else []
    parts += [f"a alert {one.alert}"] if one.alert is not None else []
    return " · ".join(parts)


def _fewer(parts: Sequence[tuple[str, str]], height: int, one: ExceptionLine) -> list[tuple[str, str]]:
    """The parts that have a line each, and what was decided two; what matters least leaves first."""
    kept = list(parts)
    leaving = ["since", "Charter line", "figures"]
    for label in ["what to do", *leaving] if one.decision is not None else leaving:
        if len(kept) + (one.decision is not None) > height:
            kept = [part for part in kept if part[0] != label]
    return kept


def _figure(key: str, value: str) -> str:
    """`planned 5,200.00 USD` of `planned_usd 5200.000000`."""
    if not key.endswith("_usd"):
        return f"{key.replace('_', ' ')} {value}"
    try:
        return f"{key.removesuffix('_usd').replace('_', ' ')} {display(from_usd(value))} USD"
    except ValueError:
        return f"{key} {value}"


def _fitted(parts: Sequence[tuple[str, str]], width: int, height: int) -> list[PageLine]:
    """Each part on a line of its own; what lines are left go to those that need more: what was decided, then the first
    ones first."""
    granted = [1] * len(parts)
    spare = max(0, height - len(parts))
    for at in sorted(range(len(parts)), key=lambda at: parts[at][0] != "decided"):
        more = min(len(_part(*parts[at], width, MOST)) - 1, spare)
        granted[at] += more
        spare -= more
    return [one for part, most in zip(parts, granted, strict=True) for one in _part(*part, width, most)]


def _part(label: str, text: str, width: int, most: int) -> list[PageLine]:
    if not label:
        return wrapped(text, width, most=most) or [line("")]
    return labelled(label, text, width, label_width=LABEL, most=most)


def _kind(one: ExceptionLine) -> str:
    """The kind, with what of it: not the kill that it came from, which has a line of its own."""
    return f"{one.kind} · {one.subject}" if one.subject and one.subject != one.intent else one.kind


def _age_s(one: ExceptionLine, at: datetime) -> float:
    return (at - (one.reopened_at or one.opened_at)).total_seconds()


def _no_time() -> datetime:
    """For those who ask what the columns are and have no row to show."""
    return datetime.min


MEANINGS = tuple((column.title, column.about) for column in columns(_no_time, frozenset))
