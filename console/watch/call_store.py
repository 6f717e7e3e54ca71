"""Pushed calls into the store, a batch at a time: each once, its minute with it, and what the signs read of it.

What a batch changes stands or falls in one transaction; a call whose sender has its answer is in the file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.call_track import KEPT_S, Call
from console.cadences.called import Called
from console.clock import day_start, epoch
from console.pricing import PriceBook
from console.providers.source import Dimensions, PushedCall
from console.watch import leadership
from console.watch.attribution import Attribution
from console.watch.covering import Covering
from console.watch.execution import Held
from console.watch.pushing import Understanding, Understood, call_of, key_of, minute_of, sums_of
from store import call_days, calls, long_calls, pushed, usage
from store.calls import CallRow, Taken
from store.database import Database
from store.pushed import PushedOf
from store.tables.types import microseconds

MOST_RECALLED, TOGETHER = 20_000, 10_000
"""Calls of one series that are known again after a start, and how many are held in memory for it at a time."""
LED_AGAIN_S = 3000
"""Less than the hour for which polls leave a workload's newest minutes to what is pushed (`store.pushed.LED_S`)."""


@dataclass(slots=True)
class SourceTold:
    """What came in of one source since its last turn."""

    calls: int = 0
    newest: int | None = None
    """Start of the newest minute with a call, seconds since 1970."""
    oldest: int | None = None
    """Start of the oldest minute whose figure changed."""
    delay_s: float | None = None
    """How long after their end calls are stored, smoothed."""

    def see(self, minute: int) -> None:
        """The figure of a minute changed."""
        self.newest = minute if self.newest is None else max(minute, self.newest)
        self.oldest = minute if self.oldest is None else min(minute, self.oldest)

    def add(self, other: SourceTold) -> None:
        """What was told before, and could not be written down."""
        self.calls += other.calls
        for minute in (other.newest, other.oldest):
            if minute is not None:
                self.see(minute)
        self.delay_s = other.delay_s if self.delay_s is None else self.delay_s


@dataclass(slots=True)
class CallStore:
    """One for each engine that leads. `store` and `recall` run in a worker thread, one at a time."""

    database: Database
    prices: PriceBook
    called: Called
    retention: timedelta
    unproven: set[str] = field(default_factory=set)
    """Sources whose senders do not prove who they are."""
    told: dict[str, SourceTold] = field(default_factory=lambda: defaultdict(SourceTold))
    covering: Covering = field(default_factory=Covering)
    _rules: Attribution = field(default_factory=lambda: Attribution(()))
    _understood: dict[str, Understanding] = field(default_factory=dict)
    _numbers: dict[tuple[str, Dimensions], int] = field(default_factory=dict)
    _models: dict[int, str] = field(default_factory=dict)
    _led: dict[str, int] = field(default_factory=dict)
    """By workload: its newest minute, for as long as polls leave such to it."""

    def attribute_by(self, rules: Attribution, covering: Covering) -> None:
        """Take new rules for what comes in from now on."""
        self._rules, self.covering, self._understood = rules, covering, {}

    def store(self, batch: Sequence[tuple[str, Sequence[PushedCall]]], now: datetime, held: Held | None) -> set[str]:
        """Store what several requests told, by the names of their sources. Returns the workloads that it concerns.

        Raises Overtaken where another process leads by now, CannotStore; then nothing of it is stored.
        """
        understood, withdrawn = self._understand(batch, now)
        spent: dict[str, int] = {}
        try:
            with self.database.write() as tx:
                leadership.check(tx, held)
                rows = self._numbered(tx, understood, now)
                known = pushed.some_pushed(tx, {row.series for row in rows})
                taken = calls.put(tx, rows, withdrawn, lambda number: _is_claimed(tx, known, number))
                long_calls.put(tx, [(one.row.at, one.row.identity, microseconds(one.began))
                                    for _, one in understood if one.began is not None])
                known |= pushed.some_pushed(tx, {row.series for row in _all(taken)} - known.keys())
                self._count(tx, taken, known)
                self._note(taken, known, understood, now)
                spent = _spent(taken, known)
                for slug, more in spent.items():  # before a judgement can gather it: what it gathers is taken off
                    self.called.spent(slug, more)
        except BaseException:
            for slug, more in spent.items():
                self.called.spent(slug, -more)
            self._numbers.clear()
            self._led.clear()
            raise
        self._remember(taken, known, now)
        return set(spent)

    def recall(self, now: datetime) -> None:
        """Know the calls of the last hour as if they had just come in: another process took them, or a former one."""
        self.called.forget()
        with self.database.read() as tx:
            known = pushed.all_pushed(tx)
            models = {one.id: _model(one.dimensions) for one in usage.all_series(tx) if one.id in known}
            heard: dict[tuple[str, bool], list[Call]] = defaultdict(list)
            for taken, row in enumerate(
                    calls.since(tx, microseconds(now - timedelta(seconds=KEPT_S)), MOST_RECALLED), 1):
                one = known[row.series]
                if one.workload is not None:
                    heard[one.workload, one.source not in self.unproven].append(call_of(row, models[row.series]))
                if taken % TOGETHER == 0:  # all at once would not fit into the memory
                    self._hear(heard, now)
        self._hear(heard, now)

    def _hear(self, heard: dict[tuple[str, bool], list[Call]], now: datetime) -> None:
        for (slug, proven), each in heard.items():
            if slug:
                self.called.take(slug, each, now, proven=proven)
        heard.clear()

    def forget_old(self, now: datetime) -> int:
        """Delete some of what is older than the retention; returns how much."""
        before = now - self.retention
        with self.database.write() as tx:
            call_days.forget(tx, epoch(day_start(before)))
            long_calls.forget(tx, microseconds(before))
            return calls.forget(tx, microseconds(before)) + pushed.forget(tx, epoch(before))

    def _understand(self, batch: Sequence[tuple[str, Sequence[PushedCall]]], now: datetime
                    ) -> tuple[list[tuple[str, Understood]], list[tuple[bytes, int]]]:
        oldest, newest = microseconds(now - self.retention), microseconds(now)
        understood, withdrawn = [], []
        for source, told in batch:
            understanding = self._understood.get(source)
            if understanding is None:
                understanding = self._understood[source] = Understanding(source, self._rules, self.prices)
            for call in told:
                if call.withdrawn:
                    withdrawn.append((calls.identity(call.key), microseconds(call.at)))
                    continue
                one = understanding.of(call)
                if one.row.at > newest:  # the sender's clock is ahead
                    one = replace(one, row=one.row._replace(at=microseconds(now)))
                if one.row.at >= oldest:
                    understood.append((source, one))
            self.told[source].calls += len(told)
        return understood, withdrawn

    def _numbered(self, tx: Session, understood: Sequence[tuple[str, Understood]], now: datetime) -> list[CallRow]:
        """The rows with the numbers of their series; new ones get theirs now, and what covers them."""
        new: dict[str, dict[Dimensions, Understood]] = defaultdict(dict)
        for source, one in understood:
            if (source, one.dimensions) not in self._numbers:
                new[source][one.dimensions] = one
        for source, by_dimensions in new.items():
            self._begin(tx, source, by_dimensions, epoch(now) // 60 * 60)
        return [one.row._replace(series=self._numbers[source, one.dimensions]) for source, one in understood]

    def _begin(self, tx: Session, source: str, new: dict[Dimensions, Understood], bucket: int) -> None:
        keys = {dimensions: key_of(dimensions) for dimensions in new}
        ids = usage.series_ids(tx, source, keys.values(), bucket)
        numbers = {dimensions: ids[key] for dimensions, key in keys.items()}
        usage.set_workloads(tx, {numbers[dimensions]: one.workload for dimensions, one in new.items()})
        pushed.know(tx, {
            numbers[dimensions]: (provider := dict(dimensions)["provider"] or "",
                                  self.covering.first(tx, one.workload, provider))
            for dimensions, one in new.items()})
        for dimensions, number in numbers.items():
            self._numbers[source, dimensions] = number
            self._models[number] = dict(dimensions)["model"] or ""

    def _count(self, tx: Session, taken: Taken, known: dict[int, PushedOf]) -> None:
        """Let their minutes be what the calls come to."""
        signed = [*((row, 1) for row in taken.new), *((row, -1) for row in taken.gone)]
        for before, after in taken.changed:
            signed += [(before, -1), (after, 1)]
        if not signed:
            return
        estimated: dict[tuple[int, int], int] = {}
        for row, _ in signed:
            if row.estimated:
                key = row.series, minute_of(row)
                estimated[key] = max(row.estimated, estimated.get(key, 0))
        self._lead(tx, (row for row, _ in signed), known)
        pushed.add(tx, sums_of(signed), estimated, known)

    def _lead(self, tx: Session, rows: Iterable[CallRow], known: dict[int, PushedOf]) -> None:
        """From its first pushed call on, a workload's newest minutes are not also counted as a poll told them."""
        begins, until = set(), dict(self._led)
        for row in rows:
            one = known[row.series]
            if one.workload is None or one.covered_by is None:
                continue
            minute = minute_of(row)
            if minute - until.get(one.workload, 0) > LED_AGAIN_S:
                begins.add(one.workload)
            until[one.workload] = max(minute, until.get(one.workload, 0))
        if begins:
            changed = pushed.leave_to_push(tx, begins, pushed.all_pushed(tx))
            if changed is not None:
                for told in self.told.values():
                    told.oldest = changed if told.oldest is None else min(changed, told.oldest)
        self._led = until

    def _note(self, taken: Taken, known: dict[int, PushedOf], understood: Sequence[tuple[str, Understood]],
              now: datetime) -> None:
        for row in _all(taken):
            self.told[known[row.series].source].see(minute_of(row))
        for row in taken.new[-1:]:
            ended = next(one.ended for _, one in reversed(understood) if one.row.identity == row.identity)
            told, delay = self.told[known[row.series].source], max(0.0, (now - ended).total_seconds())
            told.delay_s = delay if told.delay_s is None else 0.9 * told.delay_s + 0.1 * delay

    def _remember(self, taken: Taken, known: dict[int, PushedOf], now: datetime) -> None:
        """Let the signs read what is new, and no longer what turned out to be no call of the workload."""
        heard: dict[tuple[str, bool], list[Call]] = defaultdict(list)
        amended: dict[tuple[str, bool], list[tuple[Call, Call]]] = defaultdict(list)
        withdrawn = list(taken.gone)
        for row, before in _told(taken):
            one, call = known[row.series], self._call(row)
            who = one.workload or "", one.source not in self.unproven
            if before is not None and known[before.series].workload == one.workload:
                amended[who].append((self._call(before), call))
            else:
                heard[who].append(call)
                withdrawn += [] if before is None else [before]
        for row in withdrawn:
            self.called.withdraw(known[row.series].workload or "", [self._call(row)])
        self._hear(heard, now)
        for (slug, proven), pairs in amended.items():
            if slug:
                self.called.amend(slug, pairs, now, proven=proven)

    def _call(self, row: CallRow) -> Call:
        return call_of(row, self._models.get(row.series, ""))


def _is_claimed(tx: Session, known: dict[int, PushedOf], number: int) -> bool:
    if number not in known:
        known |= pushed.some_pushed(tx, [number])
    return known[number].workload is not None


def _spent(taken: Taken, known: dict[int, PushedOf]) -> dict[str, int]:
    """By how much the figures that count changed, by workload; nothing is left out where they did not."""
    spent: dict[str, int] = defaultdict(int)
    for row, sign in (*((row, 1) for row, _ in _told(taken)), *((before, -1) for before, _ in taken.changed),
                      *((row, -1) for row in taken.gone)):
        one = known[row.series]
        if one.workload is not None:
            spent[one.workload] += sign * row.cost if one.counts(minute_of(row)) else 0
    return dict(spent)


def _told(taken: Taken) -> Iterator[tuple[CallRow, CallRow | None]]:
    """(as it is by now, as it was before)."""
    yield from ((row, None) for row in taken.new)
    yield from ((after, before) for before, after in taken.changed)


def _all(taken: Taken) -> Iterable[CallRow]:
    yield from taken.new
    yield from taken.gone
    for before, after in taken.changed:
        yield before
        yield after


def _model(dimensions: str) -> str:
    return str(json.loads(dimensions).get("model") or "")
