"""When the time of a Charter's half-life class has run out (playbook section 3). Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

MONTHS = {"structural": 24, "operational": 18, "commodity": 6}
"""How long a class lasts where the Charter states no months: structural at least that, the others at most."""


def half_life_ends(half_life: str, months: int | None, signed_at: datetime) -> datetime:
    """The instant from which on it is over: so many months after the signature, and at once where it is expired."""
    if half_life == "expired":
        return signed_at
    return _months_later(signed_at, months or MONTHS[half_life])


def _months_later(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of a month that is too short."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = at.day if at.day <= 28 else min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
