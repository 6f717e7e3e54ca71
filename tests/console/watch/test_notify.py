"""Messages to people: written with the change, sent at least once, each channel on its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from console.config import Config, Notification
from console.watch import notify
from console.watch.alerts import Change
from console.watch.notify import Sender
from store.database import Database
from store.tables import Alert, OutboxMessage
from tests.support.database import fresh_database
from tests.support.http_server import Asked, Reply, Server, serving
from tests.support.mbom import CONFIG

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


@pytest.fixture
def pager() -> Iterator[Server]:
    with serving(lambda asked: Reply(200, b"{}")) as server:
        yield server


def config(folder: Path, **addresses: str) -> Config:
    """Channels whose addresses are secrets in files, as an organisation would keep them."""
    channels = []
    for name, address in addresses.items():
        secret = folder / name
        secret.write_text(address)
        secret.chmod(0o600)
        channels.append(Notification(name=name, url=f"file:{secret}", severity="error"))
    return replace(CONFIG, notifications=tuple(channels), path=folder / "token-console.toml")


def fired(severity: str = "critical", kind: str = "fired", number: int = 7) -> Change:
    return Change(Alert(id=number, workload="claims [bold]", rule="burn", window="1h", severity=severity,
                        state="firing", active_since=NOW, last_true=NOW, last_evaluated=NOW,
                        summary="burning \x1b[31m20x", charter_line="Charter v1", advice="Look.", transition=1), kind)


def test_what_an_alert_says_stands_line_by_line(database: Database, tmp_path: Path) -> None:
    queue(database, config(tmp_path, pager="json://localhost"), fired())
    with database.read() as tx:
        (message,) = tx.exec(select(OutboxMessage))
    assert message.body.splitlines() == ["burning \N{REPLACEMENT CHARACTER}[31m20x", "Charter v1", "Look."]


def queue(database: Database, settings: Config, change: Change, *, muted: bool = False) -> None:
    with database.write() as tx:
        notify.enqueue_alert(tx, settings.notifications, change, NOW, muted=muted)


def messages(database: Database) -> list[OutboxMessage]:
    with database.read() as tx:
        return list(tx.exec(select(OutboxMessage)))


async def test_an_alert_reaches_the_channel_once(database: Database, pager: Server, tmp_path: Path) -> None:
    settings = config(tmp_path, pager=pager.url.replace("http://", "json://"))
    queue(database, settings, fired())
    queue(database, settings, fired())
    sender = Sender(settings, database)
    assert await sender.drain(NOW) == 1
    assert await sender.drain(NOW) == 0
    (asked,) = pager.asked
    assert b"burning" in asked.body
    assert b"\\u001b" not in asked.body


async def test_what_cannot_be_sent_is_tried_again_later(database: Database, tmp_path: Path) -> None:
    settings = config(tmp_path, pager="json://127.0.0.1:9/")
    queue(database, settings, fired())
    sender = Sender(settings, database)
    assert await sender.drain(NOW) == 0
    (message,) = messages(database)
    assert message.sent_at is None
    assert message.error
    assert message.next_attempt_at > NOW + timedelta(seconds=30)


async def test_a_failing_channel_holds_up_no_other(database: Database, pager: Server, tmp_path: Path) -> None:
    settings = config(tmp_path, broken="json://127.0.0.1:9/", pager=pager.url.replace("http://", "json://"))
    queue(database, settings, fired())
    assert await Sender(settings, database).drain(NOW) == 1
    assert len(pager.asked) == 1


async def test_messages_of_a_channel_that_is_gone_hold_up_none_that_is_there(
    database: Database, pager: Server, tmp_path: Path
) -> None:
    for number in range(60):
        queue(database, config(tmp_path, gone="json://127.0.0.1:9/"), fired(number=number))
    settings = config(tmp_path, pager=pager.url.replace("http://", "json://"))
    queue(database, settings, fired())
    assert await Sender(settings, database).drain(NOW) == 1


async def test_a_channel_that_hangs_leaves_the_threads_of_polls_and_kills_alone(
    database: Database, tmp_path: Path
) -> None:
    asked, released = threading.Event(), threading.Event()

    def hang(_: Asked) -> Reply:
        asked.set()
        released.wait(10)
        return Reply(200, b"{}")

    with serving(hang) as server:
        settings = config(tmp_path, pager=server.url.replace("http://", "json://"))
        for number in range(40):
            queue(database, settings, fired(number=number))
        draining = asyncio.create_task(Sender(settings, database).drain(NOW))
        assert await asyncio.to_thread(asked.wait, 10)
        await asyncio.gather(*(asyncio.to_thread(queue, database, settings, fired(number=100)) for _ in range(10)))
        assert not draining.done()
        assert len(server.asked) == 1
        released.set()
        assert await draining == 40


@pytest.mark.parametrize(("change", "muted"), [(fired("warning"), False), (fired(kind="pending"), False),
                                               (fired(), True)])
def test_mild_pending_and_silenced_alerts_call_nobody(
    database: Database, tmp_path: Path, change: Change, muted: bool
) -> None:
    settings = config(tmp_path, pager="json://127.0.0.1:9/")
    queue(database, settings, change, muted=muted)
    assert messages(database) == []
