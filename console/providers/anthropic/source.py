"""Anthropic as a source: the messages usage report, the daily cost, and the names of keys and workspaces.

Everything here reads, with an admin key. What turns a key off is a switch and has a credential of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from functools import partial

from console.clock import Clock, SystemClock, epoch
from console.http import LIMIT_BYTES, BoundedClient
from console.providers.anthropic import BASE_URL, BUCKETS_PER_PAGE, DAY_S, KIND, USAGE_DIMENSIONS
from console.providers.anthropic.api import MOST_PAGES, AnthropicApi, Report, Tally
from console.providers.anthropic.errors import StatusError
from console.providers.anthropic.reports import (
    CostReading,
    UsageReading,
    read_names,
    read_organisation,
)
from console.providers.source import BilledRow, Failure, Named, SourceError, UsageWindow

SPEED_BETA = "fast-mode-2026-02-01"
_WIDTH_NAMES = {60: "1m", 3600: "1h", DAY_S: "1d"}
_NAMES_PER_PAGE = "1000"


class AnthropicSource:
    """One Anthropic organisation. `key` gives the admin key each time that one is needed.

    budget_s: how long one whole read may take, all its pages together.
    """

    kind = KIND.kind
    capabilities = KIND.capabilities

    def __init__(
        self,
        name: str,
        base_url: str | None,
        key: Callable[[], str],
        client: BoundedClient | None = None,
        *,
        budget_s: float = 120.0,
        deadline_s: float = 30.0,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._client = client or BoundedClient()
        self._api = AnthropicApi(name, base_url or BASE_URL, key, self._client, deadline_s, clock or SystemClock())
        self._budget_s = budget_s
        self._speed_is_told = True
        self._limits = dict(BUCKETS_PER_PAGE)
        """Buckets a page by width: the documented maximum, less while pages of that many are too large to take."""

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries.

        The window that comes back may end a bucket or two earlier than asked, where the provider leaves out what is
        still being filled; its `end` says up to where the answer is whole.
        """
        if width not in BUCKETS_PER_PAGE or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally = Tally()
        async with self._budget("usage", tally):
            try:
                return await self._usage(start, end, width, self._speed_is_told, tally)
            except StatusError as error:
                refuses_beta = error.status == 400 and error.failure is Failure.FORBIDDEN
                if not (self._speed_is_told and refuses_beta):
                    raise
            window = await self._usage(start, end, width, False, tally)
            self._speed_is_told = False
            return window

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """What the provider itself says each day cost, by description and workspace. Today's part is partial."""
        tally = Tally()
        reading = CostReading()
        grouping = [("bucket_width", "1d"), ("group_by[]", "description"), ("group_by[]", "workspace_id")]
        report = Report("cost_report", grouping, DAY_S, BUCKETS_PER_PAGE[DAY_S])
        async with self._budget("cost", tally):
            await self._api.walk_all(report, _midnight(start), _midnight(end), reading, tally)
        last = end.toordinal()
        return [line for line in reading.lines.values() if line.day.toordinal() < last]

    async def names(self) -> list[Named]:
        """Every API key and every workspace, archived ones too: their spending stays in the reports."""
        tally = Tally()
        async with self._budget("names", tally):
            keys = await self._names("api_key", "api_keys", [], tally)
            return keys + await self._names("workspace", "workspaces", [("include_archived", "true")], tally)

    async def check(self) -> Named:
        """The organisation that the key belongs to."""
        return await self._api.get("me", [], read_organisation, Tally())

    async def close(self) -> None:
        await self._client.close()

    async def _usage(self, start: int, end: int, width: int, speed: bool, tally: Tally) -> UsageWindow:
        """One window, from its start again with smaller pages for as long as a page is too large."""
        grouping = [("group_by[]", name) for name in USAGE_DIMENSIONS if speed or name != "speed"]
        params = [("bucket_width", _WIDTH_NAMES[width]), *grouping]
        while True:
            limit = self._limits[width]
            report = Report("usage_report/messages", params, width, limit, SPEED_BETA if speed else None)
            reading = UsageReading()
            tally.largest = 0
            try:
                covered = await self._api.walk_all(report, start, end, reading, tally)
            except SourceError as error:
                asked = min(limit, (end - start) // width)
                if error.failure is not Failure.TOO_LARGE or asked == 1:
                    raise
                self._limits[width] = max(1, asked // 4)
                continue
            if tally.largest < LIMIT_BYTES // 8:
                self._limits[width] = min(BUCKETS_PER_PAGE[width], limit * 2)
            if covered >= end:  # in place: a second list would keep every row for as long as this reading is kept
                reading.rows[:] = [row for row in reading.rows if row.bucket < end]
            return UsageWindow(start, covered, width, reading.rows, tally.requests, tally.server_time,
                               tuple(tally.ahead_s))

    async def _names(self, kind: str, path: str, params: list[tuple[str, str]], tally: Tally) -> list[Named]:
        found: dict[str, Named] = {}
        after: str | None = None
        for _ in range(MOST_PAGES):
            page_params = [*params, ("limit", _NAMES_PER_PAGE), *([("after_id", after)] if after else [])]
            page, after = await self._api.get(path, page_params, partial(read_names, kind), tally)
            new = {named.identifier: named for named in page}
            if after is not None and new.keys() <= found.keys():
                break
            found |= new
            if after is None:
                return list(found.values())
        raise SourceError(Failure.MALFORMED, f"{self.name}: the list of {path} does not end", requests=tally.requests)

    @asynccontextmanager
    async def _budget(self, what: str, tally: Tally) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._budget_s):
                yield
        except TimeoutError as error:
            message = f"{self.name}: {what} was not read whole within {self._budget_s:g} s"
            raise SourceError(Failure.UNAVAILABLE, message, requests=tally.requests) from error


def _midnight(day: date) -> int:
    return epoch(datetime.combine(day, time(), UTC))
