"""The operating model measured: one figure a line, each with how it was counted and that of the year before. Pure.

What was not measured is `not known`, never zero: without a case there is no figure.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from console.cadences.annual import Measure
from console.cadences.year.seen import YearSeen
from console.money import MICRO, MicroUsd, display

NOT_KNOWN = "not known"
UNDECIDED_DAYS = 14
EXPLAINED_DAYS = 14
"""So long after a month both explanations are awaited."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one year says of a measure."""

    figure: float | None
    value: str
    cases: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A measure, whatever the year."""

    name: str
    unit: str
    better: str
    how: str
    of: Callable[[YearSeen], Figure]


def measures(year: YearSeen, before: YearSeen | None) -> tuple[Measure, ...]:
    """Every measure of the year beside that of the year before; None: nothing is known of that one."""
    return tuple(_measures(year, before))


def _measures(year: YearSeen, before: YearSeen | None) -> Iterator[Measure]:
    for kind in KINDS:
        found = kind.of(year)
        yield Measure(kind.name, found.value, found.figure, kind.unit, found.cases, kind.better,
                      kind.of(before).figure if before is not None else None, kind.how)


def _share(part: int, whole: int, what: str = "") -> Figure:
    if not whole:
        return Figure(None, NOT_KNOWN, 0)
    return Figure(part / whole, f"{part:,} of {whole:,}{what} ({part / whole:.0%})", whole)


def _dollars(part: MicroUsd, whole: MicroUsd, cases: int) -> Figure:
    """One amount over another."""
    if not whole:
        return Figure(None, NOT_KNOWN, cases)
    return Figure(part / whole, f"{display(part, 0)} of {display(whole, 0)} USD ({part / whole:.0%})", cases)


def _count(number: int, cases: int) -> Figure:
    return Figure(float(number), f"{number:,} of {cases:,}", cases) if cases else Figure(None, NOT_KNOWN, 0)


def _median(seconds: Sequence[float]) -> Figure:
    if not seconds:
        return Figure(None, NOT_KNOWN, 0)
    middle = statistics.median(seconds)
    return Figure(middle, f"{lasting(middle)} (median of {len(seconds):,})", len(seconds))


def _slow(seconds: Sequence[float]) -> Figure:
    """The ninetieth percentile, by nearest rank."""
    if not seconds:
        return Figure(None, NOT_KNOWN, 0)
    worst = sorted(seconds)[math.ceil(0.9 * len(seconds)) - 1]
    return Figure(worst, f"{lasting(worst)} (p90 of {len(seconds):,})", len(seconds))


def lasting(seconds: float) -> str:
    """A length of time in its largest fitting unit."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _reviews(year: YearSeen) -> Figure:
    return _share(*year.reviews)


def _acknowledged(year: YearSeen) -> list[float]:
    return [each for each in year.acknowledged if each is not None]


def _unacknowledged(year: YearSeen) -> Figure:
    return _count(sum(each is None for each in year.acknowledged), len(year.acknowledged))


def _confirmed(year: YearSeen) -> list[float]:
    return [kill.confirm_s for kill in year.kills if kill.confirm_s is not None]


def _unconfirmed(year: YearSeen) -> Figure:
    over = [kill for kill in year.kills if kill.state in ("done", "partial", "unknown", "failed")]
    return _count(sum(kill.state != "done" for kill in over), len(over))


def _false(year: YearSeen) -> Figure:
    judged = [kill for kill in year.kills if kill.verdict is not None]
    return _share(sum(kill.verdict == "dismissed" for kill in judged), len(judged), " that were judged")


def _overshoot(year: YearSeen) -> Figure:
    tails = [kill.tail for kill in year.kills if kill.tail is not None]
    if not tails:
        return Figure(None, NOT_KNOWN, 0)
    middle = round(statistics.median(tails))
    return Figure(sum(tails) / MICRO, f"{display(sum(tails))} USD, {display(middle)} at the median of {len(tails):,}",
                  len(tails))


def _opened(year: YearSeen) -> Figure:
    if not year.months:
        return Figure(None, NOT_KNOWN, 0)
    number, patterns = sum(sum(each) for each in year.opened.values()), len(year.opened)
    of = f" of {patterns:,} pattern{'' if patterns == 1 else 's'}" if patterns else ""
    return Figure(float(number), f"{number:,}{of}", number)


def _closed(year: YearSeen) -> Figure:
    number = sum(year.closed.values())
    return Figure(float(number), f"{number:,}", number) if year.months else Figure(None, NOT_KNOWN, 0)


def _savings(year: YearSeen) -> Figure:
    promised, realised, number = year.savings
    if not number:
        return Figure(None, NOT_KNOWN, 0)
    return Figure(realised / MICRO, f"{display(realised, 0)} USD of {display(promised, 0)} promised", number)


def _against_plan(year: YearSeen) -> Figure:
    months = [month for month in year.months if month.planned and month.spent is not None]
    return _dollars(sum(month.under_charter for month in months), sum(month.planned_elapsed for month in months),
                    len(months))


def _under_charter(year: YearSeen) -> Figure:
    return _dollars(sum(month.under_charter for month in year.months), sum(month.metered for month in year.months),
                    len(year.months))


KINDS = (
    Kind("reviews held on time", "share", "higher", "quarterly reviews that were ended within thirty days of their "
         "quarter, of those that live and paused workloads owed and that are due; who signs a Charter in a quarter "
         "owes no other review in it", _reviews),
    Kind("time to acknowledge", "seconds", "lower", "from an alert of severity error or critical to somebody taking it "
         "on; those that nobody took on are not in it", lambda year: _median(_acknowledged(year))),
    Kind("time to acknowledge, nine in ten", "seconds", "lower", "the same at the ninetieth percentile",
         lambda year: _slow(_acknowledged(year))),
    Kind("alerts that nobody took on", "count", "lower", "of severity error or critical; some resolve before anybody "
         "could", _unacknowledged),
    Kind("time to kill", "seconds", "lower", "from the request, approvals included, until every target was read back "
         "as off", lambda year: _median(_confirmed(year))),
    Kind("time to kill, nine in ten", "seconds", "lower", "the same at the ninetieth percentile",
         lambda year: _slow(_confirmed(year))),
    Kind("kills not confirmed", "count", "lower", "kills that ended partial, failed or unknown", _unconfirmed),
    Kind("time to resume", "seconds", "lower", "from a kill that was carried out until it was resumed; those that stay "
         "off are not in it",
         lambda year: _median([kill.resume_s for kill in year.kills if kill.resume_s is not None])),
    Kind("false kills", "share", "lower", "kills whose exception was decided as not a problem, of those whose "
         "exception was decided at all", _false),
    Kind("overshoot", "usd", "lower", "what still arrived after a kill was confirmed, in all; of kills whose feed has "
         "settled", _overshoot),
    Kind("exceptions opened", "count", "lower", "every time that one opened or reopened", _opened),
    Kind("exceptions closed", "count", "higher", "mended, or no longer so", _closed),
    Kind("exceptions left undecided", "count", "lower", f"neither decided nor closed within {UNDECIDED_DAYS} days of "
         "being opened, of those that are older", lambda year: _count(*year.undecided)),
    Kind("explanations overdue", "count", "lower", "months of workloads above the variance threshold in spend, or with "
         f"a variance exception, of which not both explanations were there {EXPLAINED_DAYS} days after the month",
         lambda year: _count(*year.explanations)),
    Kind("savings realised", "usd", "higher", "of declared fixes, over the days of the year that could be measured, "
         "against what they promised for these days", _savings),
    Kind("spend against plan", "share", "lower", "what workloads with a Charter in force and metered usage spent, of "
         "its expected months as far as they have gone by; of months in which every source was read", _against_plan),
    Kind("spend under a Charter", "share", "higher", "what workloads with a Charter in force spent, of everything that "
         "was metered, unattributed usage included", _under_charter),
)
