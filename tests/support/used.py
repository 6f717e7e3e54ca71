"""Usage of two days at its prices: several keys, a batch, an unknown model, web searches, a key of nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlmodel import Session

from console.clock import epoch
from console.pricing import PriceBook
from store import registry, usage
from store.tables import ProviderName

START = datetime(2026, 11, 20, tzinfo=UTC)
EVIL = '=HYPERLINK("http://evil")\x1b'
SERIES: tuple[tuple[str, str | None, dict[str, str | None]], ...] = (
    ("claims", "claims-triage", {"model": "claude-sonnet-4-6"}),
    ("claims-batch", "claims-triage", {"model": "claude-haiku-4-5", "service_tier": "batch"}),
    ("support", "support-bot", {"model": "claude-next", "workspace_id": "wrkspc_01"}),
    ("lost", None, {"model": "claude-opus-4-7", "inference_geo": "us"}),
)


class Tokens:
    """Odd numbers, so that costs are rounded."""

    def __init__(self, seed: int) -> None:
        self.uncached_input, self.cache_write_5m, self.cache_write_1h = 901 + seed * 7, seed % 3 * 151, seed % 5 * 33
        self.cache_read, self.output, self.web_searches = 6_013 + seed * 11, 351 + seed, seed % 2

    def row(self) -> tuple[int, ...]:
        return (self.uncached_input, self.cache_write_5m, self.cache_write_1h, self.cache_read, self.output,
                self.web_searches)


def fill(tx: Session, prices: PriceBook, *, hours: int = 48) -> None:
    """Store it: a minute of each series every half hour, priced as it is when it is read."""
    names = {json.dumps({"api_key_id": f"apikey_{key}", **said}, sort_keys=True, separators=(",", ":")): workload
             for key, workload, said in SERIES}
    numbers = usage.series_ids(tx, "anthropic", names, epoch(START))
    usage.set_workloads(tx, {numbers[name]: workload for name, workload in names.items()})
    fetch = usage.begin_fetch(tx, source="anthropic", stream="usage", start=epoch(START),
                              end=epoch(START) + hours * 3600, width=60, at=START)
    rows = []
    for step in range(hours * 2):
        bucket = epoch(START) + step * 1_800
        for at, name in enumerate(names):
            tokens = Tokens(step * 5 + at)
            priced = prices.price_dimensions("anthropic", json.loads(name), tokens, bucket)
            state = 2 if priced.unpriced else int(priced.estimated)
            rows.append((bucket, 60, numbers[name], *tokens.row(), None, priced.cost_microusd, state))
    usage.replace_window(tx, source="anthropic", start=epoch(START), end=epoch(START) + hours * 3600, width=60,
                         rows=rows, fetch=fetch.id or 0, seen_at=START)
    for kind, identifier, said in (
            ("api_key", "apikey_claims", "Claims key"), ("api_key", "apikey_lost", EVIL),
            ("organisation", "org_01", "Northwind Mutual"), ("workspace", "wrkspc_01", "Support")):
        tx.add(ProviderName(source="anthropic", kind=kind, identifier=identifier, name=said, seen_at=START))
    if registry.workload(tx, "claims-triage") is None:
        registry.put_workload(tx, {"slug": "claims-triage", "name": "Claims triage", "business_owner": "A. Owner",
                                   "team": "Claims"}, by="maria", at=START)
