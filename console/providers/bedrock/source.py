"""Amazon Bedrock as a source: tokens and calls from CloudWatch, in each account and region that is configured.

Everything here reads. A window is whole over all accounts and regions, or it is an error that names those that were not
read: half of an organisation's usage would look like an organisation that spends half. Accounts that are to go on
without each other are sources of their own, one `[[sources]]` table each.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from console.aws.account import Account, Reply
from console.aws.errors import AwsError, Place, Refusal
from console.clock import Clock, SystemClock, from_epoch
from console.errors import ConsoleError
from console.providers.bedrock import cost
from console.providers.bedrock.metrics import NAMESPACES, Listing, Measure, Series, batches, profile_of, query
from console.providers.bedrock.profiles import Profiles
from console.providers.bedrock.reading import Reading, UnusableError, complete
from console.providers.source import BilledRow, Capabilities, Failure, Named, SourceError, UsageRow, UsageWindow
from console.text import clean

log = logging.getLogger(__name__)

LISTED_S = 300.0
"""Which series there are is asked for anew after so long."""
MOST_PAGES = 1000
AT_ONCE = 4
"""Calls of one source under way at the same time."""
PROMPT_S = 5.0
"""An answer that took longer says too little of what time it is now."""
COST_AGAIN_S = 3600.0
"""A reading of the cost that failed is not tried again before: each request costs a cent."""

_OF_REFUSAL = {
    Refusal.UNAUTHORISED: Failure.UNAUTHORISED, Refusal.FORBIDDEN: Failure.FORBIDDEN,
    Refusal.MISSING: Failure.FORBIDDEN, Refusal.INVALID: Failure.FORBIDDEN, Refusal.UNSENT: Failure.FORBIDDEN,
    Refusal.MALFORMED: Failure.MALFORMED, Refusal.TOO_LARGE: Failure.TOO_LARGE,
    Refusal.UNAVAILABLE: Failure.UNAVAILABLE, Refusal.THROTTLED: Failure.RATE_LIMITED,
}
_DEAD = frozenset({"InvalidNextToken", "InvalidNextTokenException"})
"""A cursor that is not known any more."""
_WORST_FIRST = (Failure.UNAUTHORISED, Failure.FORBIDDEN, Failure.MALFORMED, Failure.TOO_LARGE, Failure.UNAVAILABLE,
                Failure.RATE_LIMITED)

T = TypeVar("T")


@dataclass(slots=True)
class _Tally:
    """What one read has taken so far."""

    requests: int = 0
    dates: list[datetime] = field(default_factory=list)
    ahead_s: list[float] = field(default_factory=list)


class BedrockSource:
    """places: every account and region that is read. budget_s: how long one whole read may take, all pages together.

    reads: False for who is only asked who it is, and need not be able to read.
    """

    kind = "bedrock"

    def __init__(self, name: str, aws: Account, places: Sequence[Place], capabilities: Capabilities, *,
                 clock: Clock | None = None, budget_s: float = 120.0, deadline_s: float = 20.0,
                 reads: bool = True) -> None:
        self.name = name
        self.capabilities = capabilities
        self._aws = aws
        self._places = tuple(places)
        self._clock = clock or SystemClock()
        self._budget_s = budget_s
        self._deadline_s = deadline_s
        self._reads = reads
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._listings: dict[Place, tuple[float, Listing]] = {}
        self._accounts: dict[str | None, str] = {}
        self._profiles = {place: Profiles() for place in self._places}

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries, of every account and region. Raises SourceError."""
        if width not in self.capabilities.bucket_widths or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally = _Tally()
        async with self._budget("usage", tally):
            groups = await self._everywhere(lambda place: self._read(place, start, end, width, tally), tally)
        rows: list[UsageRow] = []
        for group in groups:
            rows.extend(group)
        return UsageWindow(start, end, width, rows, tally.requests, min(tally.dates, default=None),
                           tuple(tally.ahead_s))

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """What AWS itself says each day cost; nothing, and no request, unless the source is set to ask."""
        if not self.capabilities.reports_cost:
            return []
        tally = _Tally()
        first_of_each = {place.role: place for place in reversed(self._places)}
        try:
            async with self._budget("cost", tally):
                groups = await self._everywhere(lambda place: self._cost(place, start, end, tally), tally,
                                                tuple(first_of_each.values()))
        except SourceError as error:
            again = max(COST_AGAIN_S, error.retry_after_s or 0.0)
            failure = Failure.UNAVAILABLE if error.failure is Failure.RATE_LIMITED else error.failure
            raise SourceError(failure, str(error), retry_after_s=again, requests=error.requests) from error
        return [line for group in groups for line in group]

    async def names(self) -> list[Named]:
        """Every application inference profile of every account and region."""
        tally = _Tally()
        async with self._budget("names", tally):
            await self._everywhere(lambda place: self._name(place, tally), tally)
        return [named for profiles in self._profiles.values() for named in profiles.named()]

    async def check(self) -> Named:
        """Who the console is in each account, and whether it may read the metrics in each region."""
        tally = _Tally()
        async with self._budget("check", tally):
            accounts = await self._everywhere(lambda place: self._account(place, tally), tally)
            if self._reads:
                await self._everywhere(lambda place: self._listing(place, tally), tally)
        known = sorted(set(accounts))
        regions = sorted({place.region for place in self._places})
        return Named("organisation", ", ".join(known), f"Amazon Bedrock in {', '.join(regions)}")

    async def close(self) -> None:
        await self._aws.close()

    async def _read(self, place: Place, start: int, end: int, width: int, tally: _Tally) -> list[UsageRow]:
        """One account and region; from its start once more where an answer was not usable, or a cursor died."""
        try:
            return await self._read_once(place, start, end, width, tally)
        except (AwsError, UnusableError) as error:
            if isinstance(error, AwsError) and error.refusal is not Refusal.MALFORMED and error.code not in _DEAD:
                raise
        return await self._read_once(place, start, end, width, tally)

    async def _read_once(self, place: Place, start: int, end: int, width: int, tally: _Tally) -> list[UsageRow]:
        account = await self._account(place, tally)
        listing = await self._listing(place, tally)
        reading = Reading(start, end, width)
        span = {"StartTime": from_epoch(start), "EndTime": from_epoch(end)}

        async def batch(asked: list[tuple[Series, Measure]]) -> None:
            queries = [query(number, *each, width) for number, each in enumerate(asked)]
            states: dict[str, str] = {}
            async for said in self._pages("cloudwatch", "GetMetricData", place,
                                          {**span, "MetricDataQueries": queries}, tally):
                await asyncio.to_thread(reading.page, said, asked, states)
            complete(states, len(asked))

        await _all(batch(asked) for asked in batches(listing.queries()))
        profiles = self._profiles[place]
        if missing := profiles.unknown(map(profile_of, reading.counts)):
            await self._name(place, tally)
            profiles.give_up(missing)
        return await asyncio.to_thread(lambda: list(reading.rows(account, place.region, profiles.models)))

    async def _listing(self, place: Place, tally: _Tally) -> Listing:
        """Which metrics had data in the last two weeks, in both namespaces."""
        asked_at, listing = self._listings.get(place, (-LISTED_S, Listing()))
        if time.monotonic() - asked_at < LISTED_S:
            return listing
        before, listing = listing.unmapped, Listing()
        for namespace in NAMESPACES:
            async for said in self._pages("cloudwatch", "ListMetrics", place, {"Namespace": namespace}, tally):
                await asyncio.to_thread(listing.add, said.get("Metrics") or ())
        if new := listing.unmapped - before:
            log.warning("%s: %s: not in the figures, because nobody knows here what it counts: %s", self.name, place,
                        clean(", ".join(sorted(new)), 300))
        self._listings[place] = (time.monotonic(), listing)
        return listing

    async def _name(self, place: Place, tally: _Tally) -> None:
        found: list[Mapping[str, Any]] = []
        pages = self._pages("bedrock", "ListInferenceProfiles", place,
                            {"typeEquals": "APPLICATION", "maxResults": 1000}, tally, cursor_key="nextToken")
        async for said in pages:
            found.extend(said.get("inferenceProfileSummaries") or ())
        self._profiles[place].learn(found)

    async def _cost(self, place: Place, start: date, end: date, tally: _Tally) -> list[BilledRow]:
        lines, requests = await cost.billed(self._aws, place, await self._account(place, tally), start, end)
        tally.requests += requests
        return lines

    async def _account(self, place: Place, tally: _Tally) -> str:
        """The account's number: the role's, or that of the credential itself."""
        if place.role not in self._accounts:
            tally.requests += 1
            self._accounts[place.role] = cost.own_account(await self._aws.identity(place))
        return self._accounts[place.role]

    async def _pages(self, service: str, operation: str, place: Place, arguments: dict[str, Any], tally: _Tally, *,
                     cursor_key: str = "NextToken") -> AsyncIterator[Mapping[str, Any]]:
        """Every page to the last. A cursor that comes again, or pages without an end, are errors."""
        cursor, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            asked = {**arguments, cursor_key: cursor} if cursor else arguments
            async with self._turn:
                tally.requests += 1
                reply = await self._aws.call(service, operation, place, asked, deadline_s=self._deadline_s)
            self._time_of(reply, tally)
            yield reply.said
            cursor = reply.said.get(cursor_key)
            if not cursor:
                return
            if cursor in seen:
                raise UnusableError(f"{operation} gave the same next page twice, so it would never end")
            seen.add(cursor)
        raise UnusableError(f"{operation} did not end after {MOST_PAGES} pages")

    def _time_of(self, reply: Reply, tally: _Tally) -> None:
        if reply.date is not None:
            tally.dates.append(reply.date)
            if reply.took_s <= PROMPT_S:
                tally.ahead_s.append((reply.date - self._clock.now().astimezone(UTC)).total_seconds())

    async def _everywhere(self, ask: Callable[[Place], Awaitable[T]], tally: _Tally,
                          places: Sequence[Place] | None = None) -> list[T]:
        """`ask` of every place at once. Raises SourceError that names every place where it failed."""
        asked = places if places is not None else self._places
        ends = await asyncio.gather(*(ask(place) for place in asked), return_exceptions=True)
        answers: list[T] = []
        failed: list[tuple[Place, BaseException]] = []
        for place, end in zip(asked, ends, strict=True):
            if isinstance(end, BaseException):
                failed.append((place, end))
            else:
                answers.append(end)
        if failed:
            raise self._failure(failed, len(asked), tally)
        return answers

    def _failure(self, failed: list[tuple[Place, BaseException]], asked: int, tally: _Tally) -> BaseException:
        sorts: list[Failure] = []
        said: list[str] = []
        for place, error in failed:
            if isinstance(error, AwsError):
                sorts.append(_OF_REFUSAL[error.refusal])
                said.append(str(error))
            elif isinstance(error, UnusableError):
                sorts.append(Failure.MALFORMED)
                said.append(f"{place}: {error}")
            elif isinstance(error, ConsoleError):
                sorts.append(Failure.UNAUTHORISED)
                said.append(str(error))
            else:
                return error
        waits = [error.retry_after_s for _, error in failed if isinstance(error, AwsError) and error.retry_after_s]
        some = f"{len(failed)} of {asked} accounts and regions failed, and nothing of the others is stored. "
        failure = next(each for each in _WORST_FIRST if each in sorts)
        text = f"{self.name}: {some if asked > 1 else ''}{' '.join(dict.fromkeys(said))}"
        made = SourceError(failure, text, retry_after_s=max(waits, default=None), requests=tally.requests)
        made.__cause__ = failed[0][1]
        return made

    @asynccontextmanager
    async def _budget(self, what: str, tally: _Tally) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._budget_s):
                yield
        except TimeoutError as error:
            message = f"{self.name}: {what} was not read whole within {self._budget_s:g} s"
            raise SourceError(Failure.UNAVAILABLE, message, requests=tally.requests) from error


async def _all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Every piece of work, side by side; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
