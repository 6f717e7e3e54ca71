"""What runs in production against what was signed, where more than drift compares the two: models and review. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from console.charters.document import AUTHORITY, REVIEWED, WHEN, Review
from console.charters.naming import names_nobody
from console.model_names import is_pattern, patterns, spellings


class Weaker(NamedTuple):
    """One answer of the review topology."""

    signed: str
    runs: str
    steps: int
    """How many answers of the closed list lie between the two; 1 where there is no such list."""


def is_permitted(model: str, models: Collection[str]) -> bool:
    """Whether a Charter that commits to `models` means this one: by any of its names, by pattern, or as a dated release
    of it."""
    if model in models:  # as a rule, and of very many rows
        return True
    names = spellings(model)
    return any(_matches(name, pattern) for each in models for pattern in patterns(each) for name in names)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) if is_pattern(pattern) else name == pattern


def weakened(runs: Mapping[str, Any], signed: Review) -> dict[str, Weaker]:
    """Answers of the review topology that are weaker in production, by answer; what nobody declared is not in it."""
    found = {}
    for name, order, promised in (("what", REVIEWED, signed.what), ("when", WHEN, signed.when),
                                  ("authority", AUTHORITY, signed.authority)):
        answer = runs.get(name)
        if answer in order and order.index(answer) > order.index(promised):
            found[name] = Weaker(promised, str(answer), order.index(answer) - order.index(promised))
    who = str(runs.get("who") or "")
    if who.strip() and names_nobody(who):
        found["who"] = Weaker(signed.who[:60], who[:60], 1)
    drawn = _number(runs.get("sample_share"))
    sampled = signed.what == runs.get("what", signed.what) == "sample"
    if sampled and drawn is not None and signed.sample_share is not None and drawn < signed.sample_share:
        found["sample share"] = Weaker(f"{signed.sample_share:.1%}", f"{drawn:.1%}", 1)
    return found


def _number(stated: object) -> Decimal | None:
    try:
        number = Decimal(str(stated))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
