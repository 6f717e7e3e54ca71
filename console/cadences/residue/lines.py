"""From series and billed rows to lines, by source, model and key, and to what nobody claims. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from console.cadences.residue.value import SEVERAL, ResidueLine, UnclaimedLine
from console.clock import from_epoch
from console.money import MicroUsd
from store.residue import Billed, Days, MeteredSeries

Pick = Callable[[str, Mapping[str, str | None]], str]
"""What a source's dimensions come to in one way of breaking down; empty for nothing."""
Place = tuple[str, str]
"""(source, what)."""


@dataclass(slots=True)
class _Sum:
    metered: MicroUsd = 0
    estimated: MicroUsd = 0
    compared: MicroUsd | None = None
    billed: MicroUsd | None = None
    claimants: set[str] = field(default_factory=set)


def lines_by(way: str, pick: Pick, series: Iterable[MeteredSeries], billed: Iterable[Billed],
             names: Mapping[Place, str]) -> list[ResidueLine]:
    """The lines of one way.

    A source that tells no billed row apart by it has its billed dollars on no line; one that tells some of them apart
    has the rest on the line of nothing, so that its lines add up.
    """
    sums: dict[Place, _Sum] = defaultdict(_Sum)
    for each in series:
        found = sums[each.source, pick(each.source, each.dimensions)]
        found.metered += each.cost
        found.estimated += each.estimated
        found.compared = _plus(found.compared, each.compared)
        if each.workload:
            found.claimants.add(each.workload)
    rows = list(billed)
    told = {row.source for row in rows if pick(row.source, row.dimensions)}
    for row in rows:
        if row.source in told:
            found = sums[row.source, pick(row.source, row.dimensions)]
            found.billed = _plus(found.billed, row.amount)
            found.compared = found.compared or 0
    for place, found in sums.items():
        if place[0] in told and found.compared is not None:
            found.billed = found.billed or 0  # metered on days that are billed, and nothing was
    return [ResidueLine(way, source, what, names.get((source, what), ""), _one(found.claimants), found.metered,
                        found.estimated, found.compared, found.billed) for (source, what), found in sums.items()]


def within(comparable: Days, source: str, day: int) -> bool:
    """Whether what was billed for a day may be held against what was metered on it."""
    first, end = comparable.get(source, (0, 0))
    return first <= day < end


def day_lines(days: Mapping[tuple[str, int], tuple[int, int]], billed: Iterable[Billed],
              comparable: Days) -> list[ResidueLine]:
    """One line for each source and day that was metered or billed. Of a day that is not known whole nothing is
    compared, and where nothing at all is known of it, that is no zero."""
    amounts: dict[tuple[str, int], int] = defaultdict(int)
    for row in billed:
        amounts[row.source, row.day] += row.amount
    lines = []
    for source, day in days.keys() | amounts.keys():
        known = within(comparable, source, day)
        metered, estimated = days.get((source, day), (0 if known else None, 0))
        said = amounts.get((source, day))
        compared = metered if known and said is not None else None
        lines.append(ResidueLine("day", source, _day(day), "", "", metered, estimated, compared, said))
    return lines


def unclaimed_lines(key_of: Pick, rule_of: Callable[[str, str], str], series: Iterable[MeteredSeries],
                    names: Mapping[Place, str], whole: MicroUsd) -> list[UnclaimedLine]:
    """What no workload claims, by key, the most dollars first."""
    found: dict[Place, list[MeteredSeries]] = defaultdict(list)
    for each in series:
        if each.workload is None:
            found[each.source, key_of(each.source, each.dimensions)].append(each)
    lines = []
    for (source, key), group in found.items():
        models: dict[str, int] = defaultdict(int)
        for each in group:
            models[each.dimensions.get("model") or "?"] += each.cost
        spent = sum(each.cost for each in group)
        lines.append(UnclaimedLine(
            source, key, names.get((source, key), ""), tuple(sorted(models, key=lambda model: (-models[model], model))),
            spent, sum(each.estimated for each in group), Decimal(spent) / whole if whole else Decimal(0),
            _day(min(each.first_day for each in group)), _day(max(each.last_day for each in group)),
            rule_of(source, key)))
    return sorted(lines, key=lambda line: (-line.spent, line.source, line.key))


def _one(claimants: set[str]) -> str:
    return "" if not claimants else next(iter(claimants)) if len(claimants) == 1 else SEVERAL


def _plus(before: MicroUsd | None, more: MicroUsd | None) -> MicroUsd | None:
    return before if more is None else (before or 0) + more


def _day(day: int) -> str:
    return from_epoch(day).date().isoformat()
