"""Usage as plain CSV: one row for each key and model in an hour or a day, at the cost that the console shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.clock import from_epoch, rfc3339
from console.money import usd
from console.pricing import Card
from console.reports.usage import Whose
from console.text import in_spreadsheet
from store.spans import Used

COLUMNS = ("start", "end", "workload", "source", "key_id", "key_name", "workspace_id", "model", "uncached_input",
           "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_searches", "cost_usd", "estimated_usd",
           "priced_by", "simulated")


class Rows:
    """Makes rows."""

    def __init__(self, *, simulated: bool) -> None:
        self._simulated = "true" if simulated else "false"

    def of(self, used: Used, whose: Whose, listed: Card, contracted: Card) -> Iterator[list[Any]]:
        """The row of one series in one bucket."""
        said = whose.dimensions
        yield [
            rfc3339(from_epoch(used.start)), rfc3339(from_epoch(used.end)), whose.workload or "",
            *(in_spreadsheet(text or "") for text in (whose.source, said.get("api_key_id"), whose.key_name,
                                                      said.get("workspace_id"), said.get("model"))),
            used.uncached_input, used.cache_write_5m, used.cache_write_1h, used.cache_read, used.output,
            used.web_searches, usd(used.cost), usd(used.estimated), in_spreadsheet(contracted.basis), self._simulated,
        ]
