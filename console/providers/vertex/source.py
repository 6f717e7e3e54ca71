"""Google Vertex AI as a source: tokens and calls from Cloud Monitoring, in each project that is configured.

Everything here reads. The metrics know a project, a model and a place, and no caller: a workload is told apart by a
project of its own. A window is whole over all projects, or it is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from console.clock import Clock, SystemClock, epoch, from_epoch, rfc3339
from console.errors import ConsoleError, ProviderUnreachable
from console.gcp.credential import Credential
from console.http import BoundedClient, parse_json
from console.providers.rows import Rows
from console.providers.shared.asking import MOST_PAGES, Api, Manners, Params, Tally
from console.providers.shared.failures import StatusError
from console.providers.shared.fields import UnusableError, mapping
from console.providers.shared.portions import Portions
from console.providers.source import BilledRow, Failure, Named, SourceError, UsageWindow
from console.providers.vertex import BASE_URL, KIND
from console.providers.vertex.failures import classify
from console.providers.vertex.series import GROUPED, INVOCATIONS, TOKENS, Reading

AT_ONCE = 4
"""Projects that are asked at the same time."""
_POINTS_A_PAGE = "100000"

Read = TypeVar("Read")


class VertexSource:
    """budget_s: how long one whole read may take, all projects and pages together.

    reads: False for who is only asked who it is, and need not be able to read.
    """

    kind = KIND.kind
    capabilities = KIND.capabilities

    def __init__(self, name: str, base_url: str | None, credential: Credential, projects: Sequence[str],
                 client: BoundedClient | None = None, *, budget_s: float = 120.0, deadline_s: float = 30.0,
                 clock: Clock | None = None, reads: bool = True) -> None:
        self.name = name
        self._reads = reads
        self._client = client or BoundedClient()
        self._clock = clock or SystemClock()
        self._credential = credential
        self._projects = tuple(projects)
        manners = Manners(headers=credential.headers, window=_interval,
                          classify=lambda source, path, answer: classify(source, path, answer, credential.account))
        self._api = Api(name, base_url or BASE_URL, manners, credential.token, self._client, deadline_s,
                        self._clock)
        self._budget_s = budget_s
        self._portions = Portions()

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries, of every project. Raises SourceError.

        A bucket is asked for when it is over; `end` of what comes back says up to where it reaches.
        """
        if width not in self.capabilities.bucket_widths or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally, over = Tally(), min(end, epoch(self._clock.now()) // width * width)
        until = self._portions.until(start, over, width)
        if until <= start:
            raise SourceError(Failure.UNAVAILABLE, f"{self.name}: nothing of the time that is asked for is over yet")
        async with self._api.within(self._budget_s, "usage", tally):
            groups = await self._everywhere(lambda project: self._read(project, start, until, width, tally))
        rows = Rows()
        for group in groups:
            rows.extend(group)
        self._portions.learn((until - start) // width, len(rows))
        return UsageWindow(start, until, width, rows, tally.requests, tally.server_time, tuple(tally.ahead_s),
                           more=until < over)

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """Nothing: Google tells what it bills in the billing export alone."""
        return []

    async def names(self) -> list[Named]:
        """The projects, by the only name that they have here."""
        return [Named("project", project, project) for project in self._projects]

    async def check(self) -> Named:
        """Whether both metrics can be read in every project: a name that is wrong would read as no usage at all."""
        tally, whole = Tally(), ", ".join(self._projects)
        async with self._api.within(self._budget_s, "check", tally):
            if self._reads:
                await self._everywhere(lambda project: self._descriptors(project, tally))
            else:
                await self._token()
        return Named("organisation", whole, f"Vertex AI in {whole}")

    async def close(self) -> None:
        await self._client.close()

    async def _read(self, project: str, start: int, end: int, width: int, tally: Tally) -> Rows:
        reading = Reading(start, end, width)
        for metric in (TOKENS, INVOCATIONS):
            await self._pages(project, metric, reading, tally)
        return await asyncio.to_thread(reading.rows, project)

    async def _pages(self, project: str, metric: str, reading: Reading, tally: Tally) -> None:
        wanted = [
            ("filter", f'metric.type="{metric}" AND resource.type="aiplatform.googleapis.com/PublisherModel"'),
            *_interval(reading.start, reading.end),
            ("aggregation.alignmentPeriod", f"{reading.width}s"), ("aggregation.perSeriesAligner", "ALIGN_SUM"),
            ("aggregation.crossSeriesReducer", "REDUCE_SUM"),
            *(("aggregation.groupByFields", name) for name in GROUPED[metric]),
            ("view", "FULL"), ("pageSize", _POINTS_A_PAGE),
        ]
        token, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            params = [*wanted, ("pageToken", token)] if token else wanted
            token = await self._get(f"v3/projects/{quote(project, safe='')}/timeSeries", params,
                                    partial(reading.page, metric), tally)
            if token is None:
                return
            if token in seen:
                break
            seen.add(token)
        raise SourceError(Failure.MALFORMED, f"{self.name}: the pages of {project} do not end", requests=tally.requests)

    async def _descriptors(self, project: str, tally: Tally) -> None:
        for metric in (TOKENS, INVOCATIONS):
            path = f"v3/projects/{quote(project, safe='')}/metricDescriptors/{quote(metric, safe='')}"
            await self._get(path, [], _is_described, tally)

    async def _get(self, path: str, params: Params, read: Callable[[bytes], Read], tally: Tally) -> Read:
        """One answer. A token that is refused before its time is fetched anew, once."""
        try:
            return await self._api.get(path, params, read, tally)
        except StatusError as error:
            if error.status != 401:
                raise
        self._credential.forget()
        return await self._api.get(path, params, read, tally)

    async def _token(self) -> None:
        try:
            await asyncio.to_thread(self._credential.token)
        except ProviderUnreachable as error:
            raise SourceError(Failure.UNAVAILABLE, f"{self.name}: {error}") from error
        except ConsoleError as error:
            raise SourceError(Failure.UNAUTHORISED, f"{self.name}: {error}") from error

    async def _everywhere(self, ask: Callable[[str], Coroutine[Any, Any, Read]]) -> list[Read]:
        """`ask` of every project, some at once; the first that fails ends the others, and says which it is."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(project: str) -> Read:
            async with turns:
                return await ask(project)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(project)) for project in self._projects]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        return [task.result() for task in tasks]


def _interval(start: int, end: int) -> Params:
    """Points are (start, end], and aligned buckets are anchored at the end: so it stands on a bucket's."""
    return [("interval.startTime", rfc3339(from_epoch(start))), ("interval.endTime", rfc3339(from_epoch(end)))]


def _is_described(body: bytes) -> None:
    if not mapping(parse_json(body), "the answer", None).get("type"):
        raise UnusableError("the metric's description has no type")
