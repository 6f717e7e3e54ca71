"""Calls as they are pushed, and a store that takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from console.cadences.called import Called
from console.pricing import PriceBook
from console.providers.source import Capabilities, PushedCall, Tokens
from console.watch.attribution import Attribution, UsageRule
from console.watch.call_store import CallStore
from console.watch.covering import Covering
from store.database import Database

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
POLLED = Capabilities(bucket_widths=(60, 3600), documented_lag_s=300, dimensions=("api_key_id", "model"),
                      covers=("anthropic",))
RULES = (
    UsageRule("claims", (("service", "claims"), ("source", "otel"))),
    UsageRule("claims", (("api_key_id", "key-claims"), ("source", "anthropic"))),
    UsageRule("chat", (("service", "chat"), ("source", "otel"))),
)
_NUMBERS = count()


def call(ago_s: float = 0, *, key: str = "", service: str = "claims", output: int = 1000,
         **changes: object) -> PushedCall:
    """A call that ended so many seconds before noon; each with a key of its own unless one is given."""
    usual: dict[str, object] = {
        "rank": 1, "provider": "anthropic", "model": "claude-sonnet-4-6", "tokens": Tokens(1000, output=output),
        "dimensions": (("service", service),), "session": "s",
    }
    return PushedCall(at=NOON - timedelta(seconds=ago_s), key=key or f"anthropic/msg_{next(_NUMBERS)}",
                      **{**usual, **changes})  # type: ignore[arg-type]


def call_store(database: Database, rules: Sequence[UsageRule] = RULES, **polled: Capabilities) -> CallStore:
    """A store that attributes by these rules, beside polled sources of these names."""
    made = CallStore(database, PriceBook(), Called(), timedelta(days=30))
    made.attribute_by(Attribution(rules), Covering(rules, polled))
    return made
