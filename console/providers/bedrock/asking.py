"""Asking AWS in every account and region at once: pages to the last, within a budget, failures by place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from console.aws.account import Account, Reply
from console.aws.errors import AwsError, Place, Refusal
from console.clock import Clock
from console.errors import ConsoleError
from console.providers.shared.asking import Tally
from console.providers.shared.fields import UnusableError, shown
from console.providers.source import PROMPT_S, Failure, SourceError

MOST_PAGES = 1000
AT_ONCE = 4
"""Calls of one source under way at the same time."""

_OF_REFUSAL = {
    Refusal.UNAUTHORISED: Failure.UNAUTHORISED, Refusal.FORBIDDEN: Failure.FORBIDDEN,
    Refusal.MISSING: Failure.FORBIDDEN, Refusal.INVALID: Failure.FORBIDDEN, Refusal.UNSENT: Failure.FORBIDDEN,
    Refusal.MALFORMED: Failure.MALFORMED, Refusal.TOO_LARGE: Failure.TOO_LARGE,
    Refusal.UNAVAILABLE: Failure.UNAVAILABLE, Refusal.THROTTLED: Failure.RATE_LIMITED,
}
_WORST_FIRST = (Failure.UNAUTHORISED, Failure.FORBIDDEN, Failure.MALFORMED, Failure.TOO_LARGE, Failure.UNAVAILABLE,
                Failure.RATE_LIMITED)

T = TypeVar("T")


class Asking:
    """The requests of one source."""

    def __init__(self, name: str, aws: Account, clock: Clock, deadline_s: float) -> None:
        self.name = name
        self.aws = aws
        self._clock = clock
        self._deadline_s = deadline_s
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def pages(self, service: str, operation: str, place: Place, arguments: Mapping[str, Any], tally: Tally, *,
                    cursor_key: str = "NextToken") -> AsyncIterator[Mapping[str, Any]]:
        """Every page to the last. A cursor that comes again, or pages without an end, are UnusableError."""
        cursor, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            asked = {**arguments, cursor_key: cursor} if cursor else arguments
            async with self._turn:
                tally.requests += 1
                reply = await self.aws.call(service, operation, place, asked, deadline_s=self._deadline_s)
            self._time_of(reply, tally)
            yield reply.said
            cursor = reply.said.get(cursor_key)
            if not cursor:
                return
            if not isinstance(cursor, str):
                raise UnusableError(f"{operation} gave {shown(cursor)} as the next page")
            if cursor in seen:
                raise UnusableError(f"{operation} gave the same next page twice, so it would never end")
            seen.add(cursor)
        raise UnusableError(f"{operation} did not end after {MOST_PAGES} pages")

    async def everywhere(self, places: Sequence[Place], ask: Callable[[Place], Awaitable[T]], tally: Tally) -> list[T]:
        """`ask` of every place at once. Raises SourceError that names every place where it failed."""
        ends = await asyncio.gather(*(ask(place) for place in places), return_exceptions=True)
        answers: list[T] = []
        failed: list[tuple[Place, BaseException]] = []
        for place, end in zip(places, ends, strict=True):
            if isinstance(end, BaseException):
                failed.append((place, end))
            else:
                answers.append(end)
        if failed:
            raise self._failure(failed, len(places), tally)
        return answers

    @asynccontextmanager
    async def within(self, budget_s: float, what: str, tally: Tally) -> AsyncIterator[None]:
        """A whole read, all its pages together, in so many seconds. Raises SourceError where they are over."""
        try:
            async with asyncio.timeout(budget_s):
                yield
        except TimeoutError as error:
            message = f"{self.name}: {what} was not read whole within {budget_s:g} s"
            raise SourceError(Failure.UNAVAILABLE, message, requests=tally.requests) from error

    def _time_of(self, reply: Reply, tally: Tally) -> None:
        """Of several endpoints' clocks the slowest counts."""
        if reply.date is not None:
            tally.server_time = min(tally.server_time or reply.date, reply.date)
            if reply.took_s <= PROMPT_S:
                tally.ahead_s.append((reply.date - self._clock.now()).total_seconds())

    def _failure(self, failed: list[tuple[Place, BaseException]], asked: int, tally: Tally) -> BaseException:
        sorts: list[Failure] = []
        said: list[str] = []
        for place, error in failed:
            if isinstance(error, AwsError):
                sorts.append(_OF_REFUSAL[error.refusal])
                said.append(str(error))
            elif isinstance(error, UnusableError):
                sorts.append(Failure.MALFORMED)
                said.append(f"{place}: {error}")
            elif isinstance(error, ConsoleError):  # the secret could not be had
                sorts.append(Failure.UNAUTHORISED)
                said.append(str(error))
            else:
                return error
        waits = [error.retry_after_s for _, error in failed if isinstance(error, AwsError) and error.retry_after_s]
        some = f"{len(failed)} of {asked} accounts and regions failed, and nothing of the others is stored. "
        failure = next(each for each in _WORST_FIRST if each in sorts)
        if len(failed) < asked and failure in (Failure.UNAUTHORISED, Failure.FORBIDDEN):
            said.append("So that the others go on meanwhile, give what is refused a [[sources]] table of its own")
        sentences = dict.fromkeys(each if each.endswith((".", "}")) else f"{each}." for each in said)
        text = f"{self.name}: {some if asked > 1 else ''}{' '.join(sentences)}"
        made = SourceError(failure, text, retry_after_s=max(waits, default=None), requests=tally.requests)
        made.__cause__ = failed[0][1]
        return made


async def side_by_side(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Every piece of work; the first that fails ends the others, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
