"""What the lab worked out, kept in the text of a Charter: as a comment, and in the figures that a Charter states, too.

The text stays what a person wrote: comments survive, and the block comes behind everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from console.charters import form
from console.charters.document import CharterDocument, decimal_dollars
from console.economics.bench import Bench
from console.economics.commitment import Commitment
from console.economics.wording import micro, said
from console.text import clean
from console.toml import KeyPath

EXPECTED: KeyPath = ("scenarios", "expected")
_LONGEST = 400
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One key of the Charter that the topic gives."""

    key: str
    before: str
    """As it is stated; empty where it is not."""
    after: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is to keep."""

    figures: tuple[Figure, ...]
    without: tuple[str, ...]
    """What keeps a figure from being one of a month, a sentence each."""
    comment: tuple[str, ...]
    """Lines, each beginning with #."""


def kept(bench: Bench, document: CharterDocument | None, by: str, at: datetime) -> Kept:
    """What a topic gives a Charter. Without a document (the template is not a whole one yet) only the comment."""
    figures, without = [], []
    for each in bench.topic.commitments if document is not None else ():
        assert document is not None
        found = _figure(each, bench, document)
        if isinstance(found, Figure):
            figures.append(found)
        else:
            without.append(found)
    return Kept(tuple(figures), tuple(without), tuple(_comment(bench, by, at)))


def with_kept(text: str, what: Kept, *, figures: bool) -> str:
    """The text with the comment behind it, and with the figures where they are wanted. Raises InputError."""
    for each in what.figures if figures else ():
        text = form.changed(text, (*EXPECTED, each.key), each.after)
    return "\n".join([text.rstrip("\n"), "", *what.comment, ""])


def _figure(each: Commitment, bench: Bench, document: CharterDocument) -> Figure | str:
    usd, times = each.usd(bench.inputs.values), _times(each, document)
    if times is None:
        return f"{each.key} is left as it is: the Charter does not say how many {_COUNTED[each.per]} a month has"
    if usd is None:
        return f"{each.key} is left as it is: there is no such figure at these inputs"
    before = {"monthly_usd": document.expected.monthly, "review_usd": document.expected.review_cost,
              "rework_usd": document.expected.rework_cost}[each.key]
    month = round(usd * times, _CENTS)
    return Figure(each.key, "" if before is None else decimal_dollars(before), decimal_dollars(micro(month)))


_COUNTED = {"call": "calls", "case": "reviewed cases"}


def _times(each: Commitment, document: CharterDocument) -> Fraction | None:
    """How many of them the expected month has."""
    if each.per == "month":
        return Fraction(1)
    if each.per == "call":
        return Fraction(document.expected.calls_per_month)
    outcomes, share = document.purpose.outcomes_per_month, document.review.share
    return Fraction(outcomes) * Fraction(share) if outcomes and share else None


def _comment(bench: Bench, by: str, at: datetime) -> Iterator[str]:
    whose = f" of {bench.workload}" if bench.workload else ""
    yield from _lines([f"The lab{whose}, {at:%Y-%m-%d}, {by}: {bench.topic.name}, {bench.topic.line}."])
    inputs = bench.inputs
    yield from _lines(f"  {each.name} {said(each.kind, inputs.values[each.name])} ({inputs.origins[each.name]})"
                      for each in bench.topic.inputs)
    yield from _lines(f"  = {each.name} {said(each.kind, each.value)} {each.unit}".rstrip()
                      for each in (bench.worked.results if bench.worked is not None else ()))
    yield from _lines([f"  {bench.command()}"])


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Each on one line, whatever is in it."""
    return (f"# {clean(text, _LONGEST)}" for text in texts)
