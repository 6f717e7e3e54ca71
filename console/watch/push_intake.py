"""What a turn of the engine does for a source that is told of calls: how far it is known, as if it had been polled.

A source that hears nothing of one workload says that it is idle, as long as it listens and others speak. Where nobody
speaks, nobody can tell silence from a broken way, and its data grow old.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from console.clock import epoch, from_epoch
from console.config import SourceSettings
from console.providers.source import Capabilities
from console.watch import leadership
from console.watch.call_store import CallStore, SourceTold
from console.watch.execution import Held
from console.watch.intake import Poll
from store import streams, usage
from store.database import Database
from store.tables import Fetch, Stream

MINUTE = 60
QUIET = timedelta(minutes=30)
"""So long nobody may speak before what is known of a source counts as old."""


class PushIntake:
    """One push source, from when it listens."""

    def __init__(self, settings: SourceSettings, capabilities: Capabilities, database: Database) -> None:
        self.settings = settings
        self._lag_s = capabilities.documented_lag_s
        self._database = database
        self._since: int | None = None
        """Since when it listens, in seconds since 1970; None while it does not."""
        self._error: str | None = "it does not listen yet"

    def listens(self, now: datetime) -> None:
        """It listens from now on."""
        if self._since is None:
            self._since, self._error = -(-epoch(now) // MINUTE) * MINUTE, None

    def fails(self, why: str) -> None:
        """It does not listen."""
        self._since, self._error = None, why

    def turn(self, calls: CallStore, now: datetime, held: Held | None) -> Poll:
        """Write down how far the source is known, and let what covers its usage be what the MBOM says by now."""
        name, told = self.settings.name, SourceTold()
        try:
            with self._database.write() as tx:
                leadership.check(tx, held)
                told = calls.told.pop(name, told)  # here no batch is stored
                stream = streams.get(tx, name, "usage")
                fetch = self._reading(tx, stream, told, now)
                calls.covering.mended(tx, fetch.id or 0)
                if told.oldest is not None:
                    usage.note_change(tx.connection(), fetch.id or 0, told.oldest)
                self._advance(stream, told, fetch.window_end, now)
                tx.add_all((fetch, stream))
        except BaseException:
            calls.told[name].add(told)
            raise
        newest = None if told.newest is None else from_epoch(told.newest)
        return Poll(name, ok=self._error is None, rows=told.calls, changed=told.calls, newest_bucket=newest,
                    complete=fetch.complete, error=self._error)

    def _reading(self, tx: Session, stream: Stream, told: SourceTold, now: datetime) -> Fetch:
        """A reading of the minutes that are over since the last one; whole where it listened all the time."""
        end = max(stream.read_until or 0, self._known_until(stream, told, now))
        start = end if self._since is None else min(end, max(self._since, stream.read_until or 0))
        fetch = usage.begin_fetch(tx, source=self.settings.name, stream="usage", start=start, end=end, width=MINUTE,
                                  at=now)
        fetch.finished_at, fetch.complete, fetch.rows = now, end > start, told.calls
        return fetch

    def _known_until(self, stream: Stream, told: SourceTold, now: datetime) -> int:
        heard = max(told.newest or 0, stream.newest_bucket or 0)
        if self._since is None or not heard or epoch(now) - heard > QUIET.total_seconds():
            return 0
        return (epoch(now) - self._lag_s) // MINUTE * MINUTE

    def _advance(self, stream: Stream, told: SourceTold, end: int, now: datetime) -> None:
        if told.newest is not None:
            stream.newest_bucket = max(stream.newest_bucket or 0, told.newest)
        if told.delay_s is not None:
            stream.measured_lag_s = told.delay_s
        if end:
            stream.read_until = stream.watermark = end
        stream.last_attempt_at, stream.error = now, self._error
        stream.failures = 0 if self._error is None else stream.failures + 1
        if self._error is None:
            stream.last_success_at = now
