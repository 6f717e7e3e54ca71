"""Anthropic as a source: the messages usage report, the daily cost, and the names of keys and workspaces.

Everything here reads, with an admin key. What turns a key off is a switch and has a credential of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial

from console.clock import Clock, SystemClock, epoch, from_epoch, rfc3339
from console.http import BoundedClient
from console.providers.anthropic import BASE_URL, BUCKETS_PER_PAGE, DAY_S, KIND, USAGE_DIMENSIONS
from console.providers.anthropic.analytics import ByKey, cost_by_key
from console.providers.anthropic.errors import classify
from console.providers.anthropic.reports import (
    CostReading,
    UsageReading,
    read_names,
    read_organisation,
)
from console.providers.shared.asking import Api, Manners, PageSizes, Report, Tally
from console.providers.shared.failures import StatusError
from console.providers.source import BilledRow, Failure, Named, UsageWindow

SPEED_BETA = "fast-mode-2026-02-01"
_WIDTH_NAMES = {60: "1m", 3600: "1h", DAY_S: "1d"}
_NAMES_PER_PAGE = "1000"
VERSION = "2023-06-01"
"""The version that is documented to have the usage and cost reports."""
MANNERS = Manners(
    headers=lambda key: {"x-api-key": key, "anthropic-version": VERSION},
    window=lambda start, end: [("starting_at", rfc3339(from_epoch(start))), ("ending_at", rfc3339(from_epoch(end)))],
    classify=classify,
)


class AnthropicSource:
    """One Anthropic organisation. `key` gives the admin key each time that one is needed.

    budget_s: how long one whole read may take, all its pages together.
    analytics: the daily cost is read by key, as far as the beta knows it.
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
        analytics: bool = False,
    ) -> None:
        self.name = name
        self._client = client or BoundedClient()
        self._api = Api(name, f"{(base_url or BASE_URL).rstrip('/')}/v1/organizations", MANNERS, key, self._client,
                        deadline_s, clock or SystemClock())
        self._budget_s = budget_s
        self._analytics = analytics
        self._speed_is_told = True
        self._sizes = PageSizes(BUCKETS_PER_PAGE)

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries.

        The window that comes back may end a bucket or two earlier than asked, where the provider leaves out what is
        still being filled; its `end` says up to where the answer is whole. It may be a first part.
        """
        if width not in BUCKETS_PER_PAGE or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally = Tally()
        async with self._api.within(self._budget_s, "usage", tally):
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
        """What the provider itself says each day cost, by description and workspace. Today's part is partial.

        With the analytics, by key instead, on the days that they know whole: never both for one day.
        """
        tally, reading = Tally(), CostReading()
        grouping = [("bucket_width", "1d"), ("group_by[]", "description"), ("group_by[]", "workspace_id")]
        report = Report("cost_report", grouping, DAY_S, BUCKETS_PER_PAGE[DAY_S])
        async with self._api.within(self._budget_s, "cost", tally):
            by_key = await cost_by_key(self._api, start, end, tally) if self._analytics else ByKey([], start, start)
            for begin, stop in ((start, by_key.start), (by_key.end, end)):
                if begin < stop:
                    await self._api.walk_all(report, _midnight(begin), _midnight(stop), reading, tally)
        last = end.toordinal()
        return [*by_key.rows, *(line for line in reading.lines.values() if line.day.toordinal() < last)]

    async def names(self) -> list[Named]:
        """Every API key and every workspace, archived ones too: their spending stays in the reports."""
        tally = Tally()
        async with self._api.within(self._budget_s, "names", tally):
            keys = await self._names("api_key", "api_keys", [], tally)
            return keys + await self._names("workspace", "workspaces", [("include_archived", "true")], tally)

    async def check(self) -> Named:
        """The organisation that the key belongs to."""
        return await self._api.get("me", [], read_organisation, Tally())

    async def close(self) -> None:
        await self._client.close()

    async def _usage(self, start: int, end: int, width: int, speed: bool, tally: Tally) -> UsageWindow:
        grouping = [("group_by[]", name) for name in USAGE_DIMENSIONS if speed or name != "speed"]
        params = [("bucket_width", _WIDTH_NAMES[width]), *grouping]
        beta = {"anthropic-beta": SPEED_BETA} if speed else {}
        report = Report("usage_report/messages", params, width, BUCKETS_PER_PAGE[width], beta)
        reading, reached = await self._api.read_window(report, self._sizes, start, end, UsageReading, tally)
        return UsageWindow(start, reached.end, width, reading.rows.before(end), tally.requests, tally.server_time,
                           tuple(tally.ahead_s), reached.more)

    async def _names(self, kind: str, path: str, params: list[tuple[str, str]], tally: Tally) -> list[Named]:
        return await self._api.read_list(path, [*params, ("limit", _NAMES_PER_PAGE)], "after_id",
                                         partial(read_names, kind), tally)


def _midnight(day: date) -> int:
    return epoch(datetime.combine(day, time(), UTC))
