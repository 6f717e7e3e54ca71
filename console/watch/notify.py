"""Out to people: messages are written with the change they tell of, and sent at least once (operations 1.3)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from console import secrets
from console.config import Config, Notification
from console.errors import ConsoleError
from console.text import clean
from console.watch.alerts import SEVERITIES, Change
from store import incidents
from store.database import Database
from store.tables import OutboxMessage

TITLE_WIDTH, BODY_WIDTH = 120, 1000
RETRY_S, RETRY_CAP_S = 30.0, 1800.0
SEND_DEADLINE_S = 20.0
AT_ONCE = 50
"""Messages of one channel that one drain takes up."""


def enqueue_alert(tx: Session, channels: Sequence[Notification], change: Change, at: datetime, *, muted: bool) -> None:
    """A message a channel for an alert that fired, worsened or resolved; a silence mutes it, a kill is never muted."""
    if muted or change.kind not in {"fired", "worse", "resolved"}:
        return
    alert = change.alert
    title = f"[{alert.severity if change.kind != 'resolved' else 'resolved'}] {alert.workload}: {alert.rule}"
    body = "\n".join(part for part in (change.reason, alert.summary, alert.charter_line, alert.advice) if part)
    enqueue(tx, channels, subject=f"alert:{alert.id}", transition=alert.transition, severity=alert.severity,
            title=title, body=body, at=at)


def enqueue(tx: Session, channels: Sequence[Notification], *, subject: str, transition: int, severity: str, title: str,
            body: str, at: datetime) -> None:
    """One row for each channel that wants this severity; the same subject and transition is never queued twice."""
    for channel in channels:
        if SEVERITIES.index(severity) >= SEVERITIES.index(channel.severity):
            incidents.enqueue(tx, OutboxMessage(
                subject=subject, transition=transition, channel=channel.name, severity=severity,
                title=clean(title, TITLE_WIDTH), body=_cleaned(body), created_at=at, next_attempt_at=at))


def _cleaned(body: str) -> str:
    """Line by line: a cleaned line break would be a placeholder."""
    return "\n".join(clean(line) for line in body.split("\n"))[:BODY_WIDTH]


class Sender:
    """Drains the outbox. A channel that fails waits longer each time and never holds up another.

    Each channel has one thread of its own: one that hangs must not take the threads that polls and kills run in.
    """

    def __init__(self, config: Config, database: Database) -> None:
        self._channels = {channel.name: channel for channel in config.notifications}
        self._base: Path | None = config.path.parent if config.path else None
        self._database = database
        self._threads = {name: ThreadPoolExecutor(1, thread_name_prefix=f"channel-{name}") for name in self._channels}
        self._hanging: dict[str, Future[str | None]] = {}

    async def drain(self, now: datetime) -> int:
        """Send what is due; returns how many went out."""
        if not self._channels:
            return 0
        due = await asyncio.to_thread(self._due, now)
        sent = await asyncio.gather(*(self._send_all(channel, messages, now) for channel, messages in due.items()))
        return sum(sent)

    def _due(self, now: datetime) -> dict[str, list[OutboxMessage]]:
        with self._database.read() as tx:
            return {name: incidents.outbox_due(tx, now, AT_ONCE, name) for name in self._channels}

    async def _send_all(self, channel: str, messages: Sequence[OutboxMessage], now: datetime) -> int:
        """One after the other, for as long as a drain may take; what is not reached stays due. How many went out."""
        outcomes: list[str | None] = []
        until = time.monotonic() + SEND_DEADLINE_S
        for message in messages:
            outcomes.append(await self._send(channel, message))
            if time.monotonic() >= until:
                break
        await asyncio.to_thread(self._record, messages[:len(outcomes)], outcomes, now)
        return sum(error is None for error in outcomes)

    async def _send(self, channel: str, message: OutboxMessage) -> str | None:
        """None when it went out, else what went wrong."""
        before = self._hanging.get(channel)
        if before is not None and not before.done():
            return "an earlier message still hangs"
        sending = self._threads[channel].submit(self._deliver, message)
        self._hanging[channel] = sending
        try:
            async with asyncio.timeout(SEND_DEADLINE_S):
                return await asyncio.wrap_future(sending)
        except TimeoutError:
            return f"no answer within {SEND_DEADLINE_S:.0f} s"
        except Exception as error:  # the library's, or the network's: it is this message's, and nobody else's
            return f"{type(error).__name__} while it was sent"

    def _deliver(self, message: OutboxMessage) -> str | None:
        return deliver(self._channels[message.channel], self._base, message.severity, message.title, message.body)

    def _record(self, messages: Sequence[OutboxMessage], outcomes: Sequence[str | None], now: datetime) -> None:
        if not messages:
            return
        with self._database.write() as tx:
            for message, error in zip(messages, outcomes, strict=True):
                row = tx.merge(message)
                row.attempts += 1
                row.error = error
                if error is None:
                    row.sent_at = now
                else:
                    row.next_attempt_at = now + timedelta(seconds=min(RETRY_CAP_S, RETRY_S * 2.0 ** row.attempts))


def deliver(channel: Notification, base: Path | None, severity: str, title: str, body: str) -> str | None:
    """Send now, and wait. Returns None when it went out, else what went wrong."""
    try:
        import apprise
    except ImportError:
        return "notifications need the extra: pip install 'token-console[notify]'"
    try:
        url = secrets.resolve(channel.url, base=base)
    except ConsoleError as error:
        return str(error)
    service = apprise.Apprise()
    if not service.add(str(url)):
        return "the channel's address is not one that the notification library understands"
    kinds = {"info": "info", "warning": "warning", "error": "failure", "critical": "failure"}
    sent = service.notify(title=title, body=body, notify_type=kinds[severity], body_format="text")
    return None if sent else "the channel did not accept the message"
