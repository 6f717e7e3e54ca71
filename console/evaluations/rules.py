"""Which arms an evaluation of each kind has, and in which order they are compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from console.charters.problem import Problem
from console.evaluations.evaluation import BOTH, OFF, RETRIEVAL, TIERS, WITHOUT, Arm, Kind
from console.evaluations.row import Row

MOST_ARMS = 8
FEWEST_CASES = 2
"""Of an arm: of one case, nothing can be said of any other."""
_RETRIEVAL = (WITHOUT, RETRIEVAL, BOTH)


def arms_of(rows: Sequence[Row], kind: Kind) -> Iterator[Problem]:
    """What is wrong with the arms as a whole: unknown ones, missing ones, too few cases."""
    if not rows:
        return
    first: dict[str, int] = {}
    cases: dict[str, set[str]] = {}
    for row in rows:
        first.setdefault(row.arm, row.line)
        cases.setdefault(row.arm, set()).add(row.case)
    yield from _unknown(first, kind)
    yield from _missing(first, kind)
    for arm, held in cases.items():
        if len(held) < FEWEST_CASES:
            yield Problem("cases", first[arm], f"arm {arm[:60]!r} has one case only",
                          f"add cases: of fewer than {FEWEST_CASES}, no difference has an interval")


def in_order(arms: Iterable[Arm], kind: Kind) -> tuple[Arm, ...]:
    """Retrieval: thinking, retrieval, both. Thinking: off, then by budget. Tiers by their names, else the cheaper one
    first, where costs are known; else as the file has them."""
    held = list(arms)
    if kind == "retrieval":
        return tuple(sorted(held, key=lambda arm: _RETRIEVAL.index(arm.name)))
    if kind == "thinking":
        return tuple(sorted(held, key=lambda arm: (arm.name != OFF, arm.name == "on", _budget(arm.name))))
    if all(arm.name in TIERS for arm in held):
        return tuple(sorted(held, key=lambda arm: TIERS.index(arm.name)))
    if any(arm.cost is None for arm in held):
        return tuple(held)
    return tuple(sorted(held, key=lambda arm: arm.cost or Fraction(0)))


def _unknown(arms: dict[str, int], kind: Kind) -> Iterator[Problem]:
    for arm, line in arms.items():
        if kind == "retrieval" and arm not in _RETRIEVAL:
            yield Problem("arm", line, f"there is no arm {arm[:60]!r}", f"arms are {', '.join(_RETRIEVAL)}")
        if kind == "thinking" and arm not in (OFF, "on") and not _is_budget(arm):
            yield Problem("arm", line, f"there is no arm {arm[:60]!r}",
                          "arms are off, and on or the budget in tokens: 8000")
    if len(arms) > MOST_ARMS:
        yield Problem("arm", list(arms.values())[MOST_ARMS], f"there are {len(arms):,} arms",
                      f"keep {MOST_ARMS}: among many, chance alone makes one look better")


def _missing(arms: dict[str, int], kind: Kind) -> Iterator[Problem]:
    needed = {"retrieval": _RETRIEVAL, "thinking": (OFF,), "tier": ()}[kind]
    for arm in needed:
        if arm not in arms:
            yield Problem("arm", None, f"arm {arm} is missing", f"add rows of arm {arm}: the same cases, answered so")
    if len(arms) < 2 and (not needed or set(arms) == set(needed)):
        yield Problem("arm", None, f"there is one arm only, {next(iter(arms))[:60]!r}",
                      "add a second one: a comparison takes two")


def _is_budget(arm: str) -> bool:
    return arm.isascii() and arm.isdigit() and len(arm) <= 9


def _budget(arm: str) -> int:
    return int(arm) if _is_budget(arm) else 0
