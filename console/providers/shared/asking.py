"""Asking a provider's reports: one request with its headers and one retry, and a window of pages read to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from console.clock import Clock, SystemClock, epoch, from_epoch, rfc3339
from console.errors import ConsoleError, ProviderUnreachable
from console.http import LIMIT_BYTES, Answer, BoundedClient, HttpFailure, Kind, check_url
from console.memory import in_turn
from console.providers.rows import Rows
from console.providers.shared.failures import StatusError, from_http
from console.providers.shared.fields import UnusableError
from console.providers.source import PROMPT_S, ROWS_AT_ONCE, Failure, Named, SourceError

MOST_PAGES = 10_000
PAGE_BYTES = 4 * 1024 * 1024
"""A page of a report may be so large, and a single bucket as large as any answer: what is made of it for a moment is
six times as large."""

Read = TypeVar("Read")
UsageReading = TypeVar("UsageReading", bound="UsageReport")
Params = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: it covers [the start that was expected, `covered`). `next` is None on the last one."""

    covered: int
    next: str | None
    size: int


class Reading(Protocol):
    """What collects the pages of one kind of report."""

    def page(self, body: bytes, expected: int, end: int, width: int) -> Page: ...


class UsageReport(Reading, Protocol):
    """A report of usage."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the pages of a window were read."""

    end: int
    """The end of the last bucket."""
    more: bool = False
    """Whether there are more pages, which were left for later."""


@dataclass(slots=True)
class Tally:
    """What one read of a window or a list has taken so far."""

    requests: int = 0
    retried: bool = False
    largest: int = 0
    """Bytes of its largest page."""
    server_time: datetime | None = None
    ahead_s: list[float] = field(default_factory=list)
    """How far the provider's clock was ahead, by each answer that came promptly."""

    def time_of(self, answer: Answer, now: datetime) -> None:
        """Keep what an answer, whole since `now`, says of the time."""
        if answer.date is not None:
            self.server_time = answer.date
            if answer.took_s <= PROMPT_S:
                self.ahead_s.append((answer.date - now).total_seconds())


class PageSizes:
    """Buckets a page by width: the documented maximum, less while pages of that many are too large to take."""

    def __init__(self, most: Mapping[int, int]) -> None:
        self._most = most
        self._now = dict(most)

    def of(self, width: int) -> int:
        return self._now[width]

    def shrink(self, width: int, buckets: int) -> bool:
        """Ask for less, after a page of so many buckets was too large; False where there is no less."""
        asked = min(self._now[width], buckets)
        self._now[width] = max(1, asked // 4)
        return asked > 1

    def grow(self, width: int, largest: int) -> None:
        """Ask for more, after pages of so many bytes at most."""
        if largest < PAGE_BYTES // 4:
            self._now[width] = min(self._most[width], self._now[width] * 2)


@dataclass(frozen=True, slots=True)
class Report:
    """Which report, and how it is asked for."""

    path: str
    params: Params
    width: int
    limit: int
    """Buckets a page."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside the usual ones."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How one provider wants to be asked."""

    headers: Callable[[str], dict[str, str]]
    """From the key."""
    window: Callable[[int, int], Params]
    """The parameters for [start, end), seconds since 1970."""
    classify: Callable[[str, str, Answer], StatusError]
    """The error of an answer other than 200, by source, path and answer."""
    asks_ahead: bool = True
    """Whether it may be asked about the time to come."""


@dataclass(slots=True)
class Api:
    """The requests of one source. The key is asked for anew each time, kept nowhere and written nowhere."""

    name: str
    base_url: str
    manners: Manners
    key: Callable[[], str] = field(repr=False)
    client: BoundedClient = field(repr=False)
    deadline_s: float = 30.0
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        check_url(self.base_url)
        self.base_url = self.base_url.rstrip("/")

    async def get(
        self, path: str, params: Params, read: Callable[[bytes], Read], tally: Tally,
        headers: Mapping[str, str] | None = None, most_bytes: int = LIMIT_BYTES,
    ) -> Read:
        """What `read` makes of the answer, in a thread. A malformed answer is asked for once more, at once.

        Raises SourceError with the number of requests that the tally counts.
        """
        while True:
            try:
                return await self._get_once(path, params, read, tally, headers or {}, most_bytes)
            except SourceError as error:
                error.requests = tally.requests
                if error.failure is not Failure.MALFORMED or tally.retried:
                    raise
                tally.retried = True

    async def walk(self, report: Report, start: int, end: int, reading: Reading, tally: Tally,
                   enough: Callable[[], bool] = lambda: False) -> Reach:
        """Read the pages of [start, end) into `reading`, to the last, or until it is enough.

        Raises SourceError where a page does not continue the one before it, or the pages do not come to an end.
        """
        wanted = [*self.manners.window(start, end), *report.params, ("limit", str(report.limit))]
        most_bytes = PAGE_BYTES if report.limit > 1 else LIMIT_BYTES
        covered, cursor, seen = start, None, set[str]()
        for _ in range(MOST_PAGES):
            params = [*wanted, ("page", cursor)] if cursor else wanted

            def read(body: bytes, expected: int = covered) -> Page:
                return reading.page(body, expected, end, report.width)

            page = await self.get(report.path, params, read, tally, report.headers, most_bytes)
            covered, cursor = page.covered, page.next
            tally.largest = max(tally.largest, page.size)
            if cursor is None:
                return Reach(covered)
            if covered > start and enough():
                return Reach(covered, more=True)
            if cursor in seen:
                raise self._malformed(f"{report.path} gave the same next page twice, so it would never end", tally)
            seen.add(cursor)
        raise self._malformed(f"{report.path} did not end after {MOST_PAGES} pages", tally)

    async def walk_all(self, report: Report, start: int, end: int, reading: Reading, tally: Tally,
                       enough: Callable[[], bool] = lambda: False) -> Reach:
        """`walk`, and what its end means: gives up to where the answer reaches, at most `end`.

        The bucket that is still being filled may be missing, and so may one or two before it. Anything earlier that is
        missing is an answer that did not arrive whole. Where "buckets that end before `ending_at`" is taken to the
        letter, the last finished bucket is missing too, and is asked for by itself.
        """
        reached = await self.walk(report, start, end, reading, tally, enough)
        if reached.more:
            return reached
        covered = reached.end
        now = epoch(tally.server_time) if tally.server_time else None
        asked = end if self.manners.asks_ahead else end + report.width
        if covered == end - report.width and now is not None and now >= asked:
            covered = (await self.walk(report, covered, end + report.width, reading, tally)).end
        due = end if now is None else min(end, now)
        if covered < due - max(2 * report.width, 600):
            raise self._malformed(
                f"{report.path} stopped at {rfc3339(from_epoch(covered))} instead of {rfc3339(from_epoch(due))}", tally
            )
        return Reach(min(covered, end))

    async def read_window(
        self, report: Report, sizes: PageSizes, start: int, end: int, new: Callable[[], UsageReading], tally: Tally
    ) -> tuple[UsageReading, Reach]:
        """`walk_all` into a reading, from its start again with smaller pages for as long as a page is too large.

        It is enough where as many rows were read as are held at a time.
        """
        while True:
            reading = new()
            tally.largest = 0
            sized = replace(report, limit=sizes.of(report.width))
            try:
                reached = await self.walk_all(sized, start, end, reading, tally, partial(_many, reading))
            except SourceError as error:
                if error.failure is Failure.TOO_LARGE and sizes.shrink(report.width, (end - start) // report.width):
                    continue
                raise
            sizes.grow(report.width, tally.largest)
            return reading, reached

    async def read_list(
        self, path: str, params: Params, cursor: str, read: Callable[[bytes], tuple[list[Named], str | None]],
        tally: Tally,
    ) -> list[Named]:
        """Every entry of a list, page by page. `cursor`: the parameter that says after which entry a page begins."""
        found: dict[str, Named] = {}
        after: str | None = None
        for _ in range(MOST_PAGES):
            page, after = await self.get(path, [*params, *([(cursor, after)] if after else [])], read, tally)
            new = {named.identifier: named for named in page}
            if after is not None and new.keys() <= found.keys():
                break
            found |= new
            if after is None:
                return list(found.values())
        raise self._malformed(f"the list of {path} does not end", tally)

    @asynccontextmanager
    async def within(self, budget_s: float, what: str, tally: Tally) -> AsyncIterator[None]:
        """A whole read, all its pages together, in so many seconds. Raises SourceError where they are over."""
        try:
            async with asyncio.timeout(budget_s):
                yield
        except TimeoutError as error:
            message = f"{self.name}: {what} was not read whole within {budget_s:g} s"
            raise SourceError(Failure.UNAVAILABLE, message, requests=tally.requests) from error

    async def _get_once(
        self, path: str, params: Params, read: Callable[[bytes], Read], tally: Tally, headers: Mapping[str, str],
        most_bytes: int,
    ) -> Read:
        try:
            key = await asyncio.to_thread(self.key)
        except ProviderUnreachable as error:  # whoever gives out tokens: the credential is not in doubt
            raise SourceError(Failure.UNAVAILABLE, f"{self.name}: {error}") from error
        except ConsoleError as error:
            raise SourceError(Failure.UNAUTHORISED, f"{self.name}: {error}") from error
        tally.requests += 1
        try:
            answer = await self.client.request(
                "GET", f"{self.base_url}/{path}", {**self.manners.headers(key), **headers}, params,
                deadline_s=self.deadline_s, limit=most_bytes,
            )
            tally.time_of(answer, self.clock.now())
            if answer.status != 200:
                raise self.manners.classify(self.name, path, answer)
            async with in_turn(len(answer.body)):
                return await asyncio.to_thread(read, answer.body)
        except HttpFailure as error:
            where = f"{self.name}: {path}" if error.kind is Kind.MALFORMED else self.name
            raise from_http(where, error) from error
        except UnusableError as error:
            raise SourceError(Failure.MALFORMED, f"{self.name}: {path}: {error}") from error

    def _malformed(self, message: str, tally: Tally) -> SourceError:
        return SourceError(Failure.MALFORMED, f"{self.name}: {message}", requests=tally.requests)


def _many(reading: UsageReport) -> bool:
    return len(reading.rows) >= ROWS_AT_ONCE
