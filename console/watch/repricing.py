"""When prices change (a new library, an override), what is stored is priced again, and the change written down."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.clock import epoch, month_bounds
from console.config import Config
from console.pricing import STORED_BY, PriceBook
from console.providers.source import Tokens
from store import audit, settings, usage
from store.database import Database
from store.tables import Series


def reprice_if_needed(config: Config, database: Database, prices: PriceBook, now: datetime) -> int:
    """Price this month's and last month's facts again if the price table is another than they were priced with.

    Returns how many facts changed. Older months keep the prices they were closed with.
    """
    fingerprint = prices.fingerprint()
    with database.read() as tx:
        before = settings.get(tx, STORED_BY)
    if before == fingerprint:
        return 0
    start = month_bounds(month_bounds(now)[0] - timedelta(days=1))[0]
    kinds = {source.name: source.kind for source in config.sources}

    def price(series: Series, tokens: tuple[int, int, int, int, int, int], bucket: int) -> tuple[int, int]:
        dimensions = tuple(sorted(usage.dimensions(series).items()))
        priced = prices.price_dimensions(kinds.get(series.source, ""), dimensions, Tokens(*tokens), bucket)
        return priced.cost_microusd, 2 if priced.unpriced else int(priced.estimated)

    with database.write() as tx:
        changed = usage.reprice(tx, epoch(start), epoch(now) + 86_400, price) if before is not None else 0
        settings.put(tx, STORED_BY, fingerprint)
        if before is not None:
            audit.append(tx, at=now, actor="engine", action="prices.changed", object="organisation",
                         detail={"from": before, "to": fingerprint, "facts": changed})
    return changed
