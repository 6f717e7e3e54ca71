"""Asking the Anthropic Admin API: one request with its headers and one retry, and a window of pages read to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from console.clock import Clock, SystemClock, epoch, from_epoch, rfc3339
from console.errors import ConsoleError
from console.http import Answer, BoundedClient, HttpFailure, check_url
from console.providers.anthropic.errors import classify, from_http
from console.providers.anthropic.fields import UnusableError
from console.providers.anthropic.reports import Page
from console.providers.source import PROMPT_S, Failure, SourceError

VERSION = "2023-06-01"
"""The version that is documented to have the usage and cost reports."""
MOST_PAGES = 10_000

Read = TypeVar("Read")
Params = Sequence[tuple[str, str]]


class Reading(Protocol):
    """What collects the pages of one kind of report."""

    def page(self, body: bytes, expected: int, end: int, width: int) -> Page: ...


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


@dataclass(frozen=True, slots=True)
class Report:
    """Which report, and how it is asked for."""

    path: str
    params: Params
    width: int
    limit: int
    """Buckets a page."""
    beta: str | None = None


@dataclass(slots=True)
class AnthropicApi:
    """The requests of one source. The key is asked for anew each time, kept nowhere and written nowhere."""

    name: str
    base_url: str
    key: Callable[[], str] = field(repr=False)
    client: BoundedClient = field(repr=False)
    deadline_s: float = 30.0
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        check_url(self.base_url)
        self.base_url = self.base_url.rstrip("/")

    async def get(
        self, path: str, params: Params, read: Callable[[bytes], Read], tally: Tally, beta: str | None = None
    ) -> Read:
        """What `read` makes of the answer, in a thread. A malformed answer is asked for once more, at once.

        Raises SourceError with the number of requests that the tally counts.
        """
        while True:
            try:
                return await self._get_once(path, params, read, tally, beta)
            except SourceError as error:
                error.requests = tally.requests
                if error.failure is not Failure.MALFORMED or tally.retried:
                    raise
                tally.retried = True

    async def walk(self, report: Report, start: int, end: int, reading: Reading, tally: Tally) -> int:
        """Read the pages of [start, end) into `reading`, to the last; gives the end of the last bucket.

        Raises SourceError where a page does not continue the one before it, or the pages do not come to an end.
        """
        wanted = [
            ("starting_at", rfc3339(from_epoch(start))),
            ("ending_at", rfc3339(from_epoch(end))),
            *report.params,
            ("limit", str(report.limit)),
        ]
        covered, cursor, seen = start, None, set[str]()
        for _ in range(MOST_PAGES):
            params = [*wanted, ("page", cursor)] if cursor else wanted

            def read(body: bytes, expected: int = covered) -> Page:
                return reading.page(body, expected, end, report.width)

            page = await self.get(report.path, params, read, tally, report.beta)
            covered, cursor = page.covered, page.next
            tally.largest = max(tally.largest, page.size)
            if cursor is None:
                return covered
            if cursor in seen:
                raise self._malformed(f"{report.path} gave the same next page twice, so it would never end", tally)
            seen.add(cursor)
        raise self._malformed(f"{report.path} did not end after {MOST_PAGES} pages", tally)

    async def walk_all(self, report: Report, start: int, end: int, reading: Reading, tally: Tally) -> int:
        """`walk`, and what its end means: gives up to where the answer reaches, at most `end`.

        The bucket that is still being filled may be missing, and so may one or two before it. Anything earlier that is
        missing is an answer that did not arrive whole. Where "buckets that end before `ending_at`" is taken to the
        letter, the last finished bucket is missing too, and is asked for by itself.
        """
        covered = await self.walk(report, start, end, reading, tally)
        now = epoch(tally.server_time) if tally.server_time else None
        if covered == end - report.width and now is not None and now >= end:
            covered = await self.walk(report, covered, end + report.width, reading, tally)
        due = end if now is None else min(end, now)
        if covered < due - max(2 * report.width, 600):
            raise self._malformed(
                f"{report.path} stopped at {rfc3339(from_epoch(covered))} instead of {rfc3339(from_epoch(due))}", tally
            )
        return min(covered, end)

    async def _get_once(
        self, path: str, params: Params, read: Callable[[bytes], Read], tally: Tally, beta: str | None
    ) -> Read:
        try:
            key = await asyncio.to_thread(self.key)
        except ConsoleError as error:
            raise SourceError(Failure.UNAUTHORISED, f"{self.name}: {error}") from error
        headers = {"x-api-key": key, "anthropic-version": VERSION}
        if beta is not None:
            headers["anthropic-beta"] = beta
        tally.requests += 1
        try:
            answer = await self.client.request(
                "GET", f"{self.base_url}/v1/organizations/{path}", headers, params, deadline_s=self.deadline_s
            )
            tally.time_of(answer, self.clock.now())
            if answer.status != 200:
                raise classify(self.name, path, answer)
            return await asyncio.to_thread(read, answer.body)
        except HttpFailure as error:
            raise from_http(self.name, error) from error
        except UnusableError as error:
            raise SourceError(Failure.MALFORMED, f"{self.name}: {path}: {error}") from error

    def _malformed(self, message: str, tally: Tally) -> SourceError:
        return SourceError(Failure.MALFORMED, f"{self.name}: {message}", requests=tally.requests)
