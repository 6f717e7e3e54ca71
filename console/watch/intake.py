"""Poll one source: read what is due, price it, attribute it, store it. A reading that is not whole changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from console.clock import epoch, from_epoch
from console.config import SourceSettings
from console.memory import uncollected
from console.pricing import DAY_S, PriceBook, microdollars
from console.providers.rows import Rows
from console.providers.source import (
    BilledRow,
    Dimensions,
    Failure,
    Named,
    Source,
    SourceError,
    UsageWindow,
)
from console.watch import backoff, leadership, reading_plan
from console.watch.covering import Covering
from console.watch.execution import Held
from console.watch.reading_plan import Window
from store import audit, minutes, pushed, room, streams
from store import settings as store_settings
from store import usage as usage_store
from store.database import Database
from store.pushed import Cover
from store.tables import Stream
from store.usage import VanishedTooMuch

NAMES_EVERY = timedelta(hours=1)
COST_EVERY = timedelta(hours=6)
RESTATE_EVERY = timedelta(days=1)
MINUTE = 60
RESTATE_DAYS, RESTATE_DAYS_WEEKLY = 3, 35

LOSS_BELIEVED_AFTER = 5
"""Whole readings in a row that must show a loss before it is believed: a fault passes, a correction stays."""
LOSS = "no longer reports"

CLOCK_SAMPLES = 20
"""Answers whose `Date` the clocks are compared by: one that is wrong must not stop every kill (PO-22)."""

Attribute = Callable[[str, Mapping[str, str | None]], str | None]
"""(source name, dimensions) to a workload's slug, or None where no rule matches."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of one source did, as `poll --json` prints it."""

    name: str
    ok: bool
    requests: int = 0
    rows: int = 0
    changed: int = 0
    newest_bucket: datetime | None = None
    complete: bool = False
    error: str | None = None


class Intake:
    """One source on its way into the store."""

    def __init__(self, settings: SourceSettings, source: Source, database: Database, prices: PriceBook,
                 attribute: Attribute, chance: random.Random | None = None, *, phase: float = 0.0) -> None:
        """phase: when this source reads the rest of the hour again, as a share of the quarter of an hour between two
        such readings."""
        self.settings = settings
        self.source = source
        self._database = database
        self._prices = prices
        self._attribute = attribute
        self._covering = Covering()
        self._chance = chance or random.SystemRandom()
        self._held: Held | None = None
        self._phase = phase
        self._minutes_known = False
        """Whether a whole week was read by the minute, without a gap."""

    def attribute_by(self, attribute: Attribute, covering: Covering | None = None) -> None:
        """Take new attribution rules for what is read from now on, and what of pushed usage it knows better."""
        self._attribute = attribute
        self._covering = covering or Covering()

    async def poll(self, now: datetime, *, mended: bool = False, held: Held | None = None, hour: bool = False) -> Poll:
        """Read and store what is due at `now`. Never raises for what the provider does.

        mended: a person polls by hand; a credential that was refused is then tried at once.
        held: the lease under which this poll began; raises Overtaken, and stores nothing, where it is another's by now.
        hour: the whole last hour is read, and not only what is restated as a rule.
        """
        self._held = held
        left = await asyncio.to_thread(room.free, self._database.path)
        if left < room.STOP_BYTES:
            return Poll(self.settings.name, ok=False, error=f"not read: {left // 2**20} MiB are left on the disk that "
                        f"holds the database, and below {room.STOP_BYTES // 2**20} it is kept for kills. Free some "
                        "space.")
        stream = await asyncio.to_thread(self._stream, "usage")
        refused = (stream.error or "").startswith((Failure.UNAUTHORISED, Failure.FORBIDDEN))
        if stream.backoff_until is not None and now < stream.backoff_until and not (mended and refused):
            return Poll(self.settings.name, ok=False, error=f"backed off until {stream.backoff_until:%H:%M:%SZ}: "
                                                            f"{stream.error or 'an earlier failure'}")
        done = Poll(self.settings.name, ok=True, complete=True)
        try:
            for window in self._due(stream.watermark, now, hour):
                self._minutes_known &= window.width < reading_plan.HOUR
                done = await self._read(window, now, done)
        except SourceError as error:
            await asyncio.to_thread(self._failed, "usage", error.failure, str(error), error.retry_after_s, now)
            return replace(done, ok=False, complete=False, requests=done.requests + error.requests, error=str(error))
        except VanishedTooMuch as error:
            await asyncio.to_thread(self._failed, "usage", Failure.MALFORMED, str(error), None, now)
            return replace(done, ok=False, complete=False, error=str(error))
        return await self._beside(done, now)

    def _due(self, watermark: int | None, now: datetime, hour: bool) -> list[Window]:
        return reading_plan.windows(self.source.capabilities, epoch(now), watermark, self.settings.backfill_days,
                                    hour=hour)

    async def _read(self, window: Window, now: datetime, done: Poll) -> Poll:
        """One window: every page, then one transaction."""
        stored, requests = await self._taken_in(window, now, "usage")
        return replace(
            done, requests=done.requests + requests, rows=done.rows + stored.rows,
            changed=done.changed + stored.changed,
            newest_bucket=from_epoch(stored.newest) if stored.newest is not None else done.newest_bucket,
        )

    async def _taken_in(self, window: Window, now: datetime, stream: str) -> tuple[_Stored, int]:
        """What was stored, and the requests that it took; nothing is left of the rows. A part after the other, where
        the source gives one at a time: each is stored before the next is read."""
        stored, requests, more = _Stored(0, 0, None), 0, True
        while more:
            with uncollected():
                answer = await self.source.usage(window.start, window.end, window.width)
                stored += await asyncio.to_thread(self._store, window, answer, now, stream)
            requests, more = requests + answer.requests, answer.more
            window = replace(window, start=answer.end)
        return stored, requests

    async def _beside(self, done: Poll, now: datetime) -> Poll:
        """Names, the daily cost and the second looks: their failure never spoils the usage that is in."""
        for stream, due, read in (("hour", self._hour_is_due, self._rest_of_hour),
                                  ("names", every(NAMES_EVERY), self._names), ("cost", every(COST_EVERY), self._billed),
                                  ("restatement", every(RESTATE_EVERY), self._restate),
                                  ("minutes", lambda *_: not self._minutes_known, self._minutes_before)):
            row = await asyncio.to_thread(self._stream, stream)
            last = row.last_success_at
            if not (last is None or due(now, last)) or (row.backoff_until is not None and now < row.backoff_until):
                continue
            try:
                requests = await read(now, first=last is None)
            except (SourceError, VanishedTooMuch) as error:
                failure = error.failure if isinstance(error, SourceError) else Failure.MALFORMED
                retry = error.retry_after_s if isinstance(error, SourceError) else None
                await asyncio.to_thread(self._failed, stream, failure, str(error), retry, now)
                if failure in {Failure.RATE_LIMITED, Failure.UNAUTHORISED}:
                    break  # the limit and the credential are those of the other readings too
            else:
                await asyncio.to_thread(self._succeeded, stream, now)
                done = replace(done, requests=done.requests + requests)
        return done

    def _hour_is_due(self, now: datetime, last: datetime) -> bool:
        return reading_plan.hour_is_due(epoch(now), epoch(last), self._phase)

    async def _rest_of_hour(self, now: datetime, *, first: bool) -> int:
        watermark = (await asyncio.to_thread(self._stream, "usage")).watermark
        window = reading_plan.rest_of_hour(self.source.capabilities, watermark or 0)
        if first or window is None:  # it has just been read
            return 0
        _, requests = await self._taken_in(window, now, "hour")
        return requests

    async def _names(self, now: datetime, *, first: bool) -> int:
        named = [await self.source.check(), *await self.source.names()]
        await asyncio.to_thread(self._put_names, named, now)
        return 3

    async def _billed(self, now: datetime, *, first: bool) -> int:
        end = now.date() + timedelta(days=1)
        back = self.settings.backfill_days if first else RESTATE_DAYS
        start = min(now.date().replace(day=1), now.date() - timedelta(days=back))
        rows = await self.source.billed(start, end)
        await asyncio.to_thread(self._put_billed, start, end, rows, now)
        return 1

    async def _restate(self, now: datetime, *, first: bool) -> int:
        if first:  # the backfill has just read the same days
            return 0
        days = RESTATE_DAYS_WEEKLY if now.weekday() == 0 else RESTATE_DAYS
        window = reading_plan.restatement(self.source.capabilities, epoch(now), days)
        _, requests = await self._taken_in(window, now, "restatement")
        return requests

    async def _minutes_before(self, now: datetime, *, first: bool) -> int:
        """A day more of minutes, until there is a week of them."""
        known = await asyncio.to_thread(self._known_from, now)
        window = reading_plan.minutes_before(self.source.capabilities, known, epoch(now),
                                             self.settings.backfill_days)
        if window is None:
            self._minutes_known = True
            return 0
        _, requests = await self._taken_in(window, now, "minutes")
        return requests

    # What follows runs in a worker thread, one transaction each.

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction that ends where the lease went to another: a process that slept puts back no old reading."""
        with self._database.write() as tx:
            leadership.check(tx, self._held)
            yield tx

    def _stream(self, stream: str) -> Stream:
        with self._database.read() as tx:
            return streams.get(tx, self.settings.name, stream)

    def _known_from(self, now: datetime) -> int:
        since = epoch(now) // MINUTE - 2 * reading_plan.FINE_DAYS * 1440
        with self._database.read() as tx:
            known = minutes.known_from(tx, self.settings.name, since)
        return epoch(now) if known is None else known * MINUTE

    def _store(self, window: Window, answer: UsageWindow, now: datetime, reading: str) -> _Stored:
        name = self.settings.name
        keys = {dimensions: canonical(dimensions) for dimensions in answer.rows.series()}
        newest = answer.rows.newest()
        with self._writing() as tx:
            stream, refused = (streams.get(tx, name, each) for each in ("usage", reading))
            insists = refused.failures >= LOSS_BELIEVED_AFTER and LOSS in (refused.error or "")
            loss = {"stream": reading, "error": refused.error, "readings": refused.failures}
            fetch = usage_store.begin_fetch(
                tx, source=name, stream="usage", start=window.start, end=answer.end, width=window.width, at=now)
            ids = usage_store.series_ids(tx, name, keys.values(), window.start)
            numbers = {dimensions: ids[key] for dimensions, key in keys.items()}
            workloads = self._workloads_of(numbers)
            usage_store.set_workloads(tx, workloads)
            self._advance(stream, newest, answer, now)
            begin = min(window.start, streams.read_from(tx, name) or window.start)
            self._covering.passed(tx, Cover(name, begin, stream.watermark or 0), fetch.id or 0)
            left = self._left_to_push(tx, workloads, stream.watermark or 0)
            stored = usage_store.replace_window(
                tx, source=name, start=window.start, end=answer.end, width=window.width,
                rows=self._facts(window.width, answer.rows, numbers, left), fetch=fetch.id or 0, seen_at=now,
                believe_loss=insists)
            if insists:
                audit.append(tx, at=now, actor="engine", action="source.loss_believed", object=f"source:{name}",
                             detail=loss | {"fetch": fetch.id})
            fetch.finished_at, fetch.complete = now, True
            fetch.requests, fetch.rows, fetch.changed = answer.requests, stored.rows, stored.changed
            tx.add(fetch)
            stream.clock_skew_s = self._skew(tx, answer.ahead_s)
            tx.add(stream)
        return _Stored(stored.rows, stored.changed, newest)

    def _advance(self, stream: Stream, newest: int | None, answer: UsageWindow, now: datetime) -> None:
        capabilities = self.source.capabilities
        stream.read_until = max(stream.read_until or 0, answer.end)
        # Of the two clocks the slower one counts: nothing is complete before its time has come by both.
        sure = epoch(now) if answer.server_time is None else min(epoch(now), epoch(answer.server_time))
        known = stream.watermark if stream.watermark is not None and stream.watermark <= sure else 0
        stream.watermark = max(known, reading_plan.complete_until(capabilities, answer.end, sure))
        if newest is not None and answer.width == capabilities.bucket_widths[0]:
            if stream.newest_bucket is not None and newest > stream.newest_bucket:
                stream.measured_lag_s = smoothed(stream.measured_lag_s, epoch(now) - newest - answer.width)
            stream.newest_bucket = max(stream.newest_bucket or 0, newest)
        stream.last_attempt_at = stream.last_success_at = now
        stream.failures, stream.error, stream.backoff_until = 0, None, None

    def _skew(self, tx: Session, ahead_s: Sequence[float]) -> float | None:
        """The provider's clock against ours, in seconds: of the last twenty prompt answers the one in the middle."""
        name = f"clock of {self.settings.name}"
        kept = [*json.loads(store_settings.get(tx, name) or "[]"), *ahead_s][-CLOCK_SAMPLES:]
        store_settings.put(tx, name, json.dumps(kept))
        return statistics.median(kept) if kept else None

    def _left_to_push(self, tx: Session, workloads: Mapping[int, str | None], watermark: int) -> dict[int, int]:
        """By series, the second from which on this reading is not complete while pushed calls are: till it is, these
        count alone, and what it tells of the same calls is read once more."""
        led = pushed.led(tx, self.settings.name, watermark)
        return {number: max(watermark, led[slug]) for number, slug in workloads.items() if slug in led}

    def _facts(self, width: int, rows: Rows, numbers: Mapping[Dimensions, int],
               left: Mapping[int, int]) -> Iterator[tuple[int | None, ...]]:
        """The rows priced, one by one."""
        series = [(numbers[dimensions], dimensions) for dimensions in rows.series()]
        cards: dict[tuple[int, int], tuple[tuple[int, ...], int]] = {}
        for bucket, place, *tokens, requests in rows.plain():
            number, dimensions = series[place]
            if left and bucket + width > left.get(number, bucket + width):
                continue
            priced = cards.get((place, bucket // DAY_S))
            if priced is None:
                card = self._prices.card_of(self.settings.kind, dimensions, bucket)
                priced = cards[place, bucket // DAY_S] = card.by_class(), 2 if card.unpriced else int(card.estimated)
            yield (bucket, width, number, *tokens, None if requests < 0 else requests,
                   microdollars(priced[0], tokens), priced[1])

    def _workloads_of(self, numbers: Mapping[Dimensions, int]) -> dict[int, str | None]:
        return {number: self._attribute(self.settings.name, dict(dimensions)) for dimensions, number in numbers.items()}

    def _put_names(self, named: list[Named], now: datetime) -> None:
        with self._writing() as tx:
            streams.put_names(tx, self.settings.name, named, now)

    def _put_billed(self, start: date, end: date, rows: list[BilledRow], now: datetime) -> None:
        with self._writing() as tx:
            streams.put_billed(tx, self.settings.name, start, end, rows)

    def _succeeded(self, stream: str, now: datetime) -> None:
        with self._writing() as tx:
            row = streams.get(tx, self.settings.name, stream)
            row.last_attempt_at = row.last_success_at = now
            row.failures, row.error, row.backoff_until = 0, None, None
            tx.add(row)

    def _failed(self, stream: str, failure: Failure, message: str, retry_after_s: float | None, now: datetime) -> None:
        with self._writing() as tx:
            row = streams.get(tx, self.settings.name, stream)
            first = row.failures == 0
            row.failures += 1
            row.last_attempt_at, row.error = now, f"{failure}: {message}"
            row.backoff_until = backoff.until(failure, row.failures, retry_after_s, now, self._chance)
            tx.add(row)
            if first:
                audit.append(tx, at=now, actor="engine", action="source.failed", object=f"source:{self.settings.name}",
                             detail={"stream": stream, "failure": str(failure), "message": message})


@dataclass(frozen=True, slots=True)
class _Stored:
    rows: int
    changed: int
    newest: int | None

    def __add__(self, later: _Stored) -> _Stored:
        return _Stored(self.rows + later.rows, self.changed + later.changed, later.newest or self.newest)


def every(period: timedelta) -> Callable[[datetime, datetime], bool]:
    """Whether so much time has passed between now and the last time."""
    return lambda now, last: now - last >= period


def smoothed(before: float | None, lag_s: float) -> float:
    """The measured lag after one more observation, in seconds: an exponential mean that forgets within minutes."""
    seen = max(0.0, lag_s)
    return seen if before is None else 0.7 * before + 0.3 * seen


def canonical(dimensions: Dimensions) -> str:
    """The canonical JSON of a row's dimensions: sorted keys, no spaces, null kept."""
    return json.dumps(dict(dimensions), sort_keys=True, separators=(",", ":"))
