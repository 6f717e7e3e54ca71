"""OpenAI as a source: usage of completions and embeddings, the daily cost, and the names of projects and keys.

Everything here reads, with an admin key. What stops a project is a switch and has a credential of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from urllib.parse import quote

from console.clock import Clock, SystemClock, epoch
from console.http import BoundedClient
from console.providers.openai import BASE_URL, BUCKETS_PER_PAGE, DAY_S, GROUPING, KIND
from console.providers.openai.errors import classify
from console.providers.openai.reports import CostReading, UsageReading, admin_key, key_of, project, read_names
from console.providers.rows import Rows
from console.providers.shared.asking import Api, Manners, PageSizes, Report, Tally
from console.providers.shared.failures import StatusError
from console.providers.source import BilledRow, Failure, Named, SourceError, UsageWindow

MANNERS = Manners(
    headers=lambda key: {"authorization": f"Bearer {key}"},
    window=lambda start, end: [("start_time", str(start)), ("end_time", str(end))],
    classify=classify,
    asks_ahead=False,
)
AT_ONCE = 4
"""Projects whose keys are listed at the same time: an organisation may have two thousand."""
COST_BUCKETS = 180
_WIDTH_NAMES = {60: "1m", 3600: "1h", DAY_S: "1d"}
_PER_PAGE = ("limit", "100")
_NO_TIERS = ("batch", "service_tier")
"""What embeddings are not grouped by."""


class OpenAiSource:
    """One OpenAI organisation. `key` gives the admin key each time that one is needed.

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
        self._clock = clock or SystemClock()
        self._api = Api(name, base_url or BASE_URL, MANNERS, key, self._client, deadline_s, self._clock)
        self._budget_s = budget_s
        self._sizes = {report: PageSizes(BUCKETS_PER_PAGE) for report in ("completions", "embeddings")}

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries.

        A question about the time to come may be refused, so the bucket that is being filled is left for the next one;
        `end` of what comes back says up to where it reaches.
        """
        if width not in BUCKETS_PER_PAGE or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally = Tally()
        async with self._api.within(self._budget_s, "usage", tally):
            until = self._past(self._clock.now(), start, end, width)
            try:
                return await self._usage(start, until, width, tally)
            except StatusError as error:
                by_theirs = None if tally.server_time is None else self._past(tally.server_time, start, end, width)
                if error.status != 400 or by_theirs is None or by_theirs >= until:
                    raise
            return await self._usage(start, by_theirs, width, tally)  # this machine's clock is ahead of theirs

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """What OpenAI itself says each day cost, by key, line item and project. Today's part is partial."""
        tally, reading = Tally(), CostReading()
        grouping = [("bucket_width", "1d"),
                    *(("group_by[]", name) for name in ("project_id", "line_item", "api_key_id"))]
        report = Report("organization/costs", grouping, DAY_S, COST_BUCKETS)
        until = min(_midnight(end), epoch(self._clock.now()))
        if until <= _midnight(start):
            return []
        async with self._api.within(self._budget_s, "cost", tally):
            await self._api.walk_all(report, _midnight(start), until, reading, tally)
        return list(reading.lines.values())

    async def names(self) -> list[Named]:
        """Every project, the keys of those that are active, and the admin keys where this one may see them."""
        tally = Tally()
        async with self._api.within(self._budget_s, "names", tally):
            projects = await self._list("organization/projects", project, tally, ("include_archived", "true"))
            turns = asyncio.Semaphore(AT_ONCE)
            try:
                async with asyncio.TaskGroup() as group:
                    keys = [group.create_task(self._keys(each, turns, tally)) for each in projects
                            if each.status != "archived"]
            except ExceptionGroup as failed:  # the first ends the others; it says why
                raise failed.exceptions[0] from failed
            return [*projects, *(key for task in keys for key in task.result()), *await self._admin_keys(tally)]

    async def check(self) -> Named:
        """The organisation that the key belongs to, as far as OpenAI tells: it has no name there."""
        await self._api.get("organization/projects", [("limit", "1")], partial(read_names, project), Tally())
        return Named("organisation", self.name, "an OpenAI organisation")

    async def close(self) -> None:
        await self._client.close()

    async def _usage(self, start: int, end: int, width: int, tally: Tally) -> UsageWindow:
        both, covered, more = Rows(), end, False
        for kind, sizes in self._sizes.items():
            names = [name for name in GROUPING if kind == "completions" or name not in _NO_TIERS]
            params = [("bucket_width", _WIDTH_NAMES[width]), *(("group_by[]", name) for name in names)]
            report = Report(f"organization/usage/{kind}", params, width, BUCKETS_PER_PAGE[width])
            # What the one report left for later is not asked of the other.
            reading, reached = await self._api.read_window(report, sizes, start, covered if more else end, UsageReading,
                                                           tally)
            both.join(reading.rows)
            covered, more = min(covered, reached.end), more or reached.more
        return UsageWindow(start, covered, width, both.before(covered), tally.requests, tally.server_time,
                           tuple(tally.ahead_s), more)

    def _past(self, now: datetime, start: int, end: int, width: int) -> int:
        """The end of the last bucket of the window that is over at `now`. Raises SourceError where none is."""
        until = min(end, epoch(now) // width * width)
        if until <= start:
            raise SourceError(Failure.UNAVAILABLE, f"{self.name}: nothing of the time that is asked for is over yet by "
                              "the provider's clock; look at this machine's")
        return until

    async def _keys(self, of: Named, turns: asyncio.Semaphore, tally: Tally) -> list[Named]:
        async with turns:
            named = partial(key_of, of.identifier, self._clock.now().timestamp())
            try:  # without "any", enabled keys whose owner left the project stay hidden
                return await self._list(f"organization/projects/{quote(of.identifier, safe='')}/api_keys", named, tally,
                                        ("owner_project_access", "any"))
            except StatusError as error:
                if error.status != 404:  # archived since it was listed
                    raise
                return []

    async def _admin_keys(self, tally: Tally) -> list[Named]:
        try:
            return await self._list("organization/admin_api_keys", admin_key, tally)
        except StatusError as error:
            # A key that may read usage need not see the others, and is told so with either status.
            if error.failure is not Failure.FORBIDDEN or error.status not in (401, 403):
                raise
            return []

    async def _list(self, path: str, named: Callable[..., Named], tally: Tally,
                    *params: tuple[str, str]) -> list[Named]:
        return await self._api.read_list(path, [*params, _PER_PAGE], "after", partial(read_names, named), tally)


def _midnight(day: date) -> int:
    return epoch(datetime.combine(day, time(), UTC))
