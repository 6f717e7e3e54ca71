"""The audit log itself: broken, not signed, or not told outside. None of these can be silenced (operations AL-22)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from console.watch.rules.rule import Signal

if TYPE_CHECKING:
    from console.watch.anchoring import Standing

NAME = "audit"
UNSIGNED_AFTER = timedelta(hours=2)


def judge(broken: str | None, signed_at: datetime | None, places: Sequence[Standing], late_s: float,
          now: datetime) -> Iterator[Signal]:
    """`broken` says why the chain does not hold; `signed_at` is the last checkpoint's time."""
    yield Signal(
        rule=NAME, window="chain", severity="critical", active=broken is not None, clears=broken is None,
        summary=broken or "the audit log holds", keep_s=0.0,
        advice="Keep the file as it is, and find the last entry to be trusted: token-console audit verify",
    )
    unsigned = signed_at is not None and now - signed_at > UNSIGNED_AFTER
    yield Signal(
        rule=NAME, window="checkpoint", severity="error", active=unsigned, clears=not unsigned, keep_s=0.0,
        summary=f"no checkpoint of the audit log was signed since {signed_at:%Y-%m-%d %H:%MZ}" if signed_at else
        "no checkpoint was due yet",
        advice="Look at the signing key: token-console doctor",
    )
    for place in places:
        owed = place.owed_since is not None and (now - place.owed_since).total_seconds() > late_s
        why = f": {place.error}" if place.error else ""
        yield Signal(
            rule=NAME, window=place.place[:120], severity="error", active=owed, clears=place.owed_since is None,
            summary=f"{place.place} was told no checkpoint of the audit log since number {place.number}{why}",
            advice="Until it is, nothing outside shows whether the log was rewritten. Mend the place; what it missed "
            "is told then.", keep_s=0.0,
        )
