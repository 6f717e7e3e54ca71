"""A process of its own that kills, resumes or recovers, and that ends itself without warning where it is told to.

    python -m tests.crash.child FOLDER URL VERB [CHECKPOINT]

VERB is kill, resume, break-glass, drill, recover, trip or escalate.

`trip` is a kill that the Charter orders, `escalate` a turn of the engine on the usage as far as it is read.

CHECKPOINT is one of the executor's or the journalled kill's, or `in record` and `in outcome`: inside the transactions
that write the intent and its outcome. Time runs fifty times as fast, so that waiting for a provider takes a moment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from console.clock import ScaledClock, from_epoch
from console.config import Config, load_text
from console.operations import breakers, breakglass, drilling
from console.operations.breakglass import Unstored
from console.operations.desk import Desk
from console.watch.intents import Notice
from console.watch.judgement import Trip
from store import streams
from store.database import Database
from tests.support import kills
from tests.support.desks import ARCHITECT

SPEED = 50.0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(desk: Desk, where: str) -> None:
    """Die at the named place."""
    engine = breakers.automatic(desk)
    notices: list[Notice] = []

    def checkpoint(name: str) -> None:
        if name == where:
            die()

    def notify(tx: Session, notice: Notice) -> None:
        notices.append(notice)
        tx.flush()
        if where == ("in record" if len(notices) == 1 else "in outcome"):
            die()

    engine.notify = engine.executor.notify = notify
    engine.executor.checkpoint = checkpoint


def settings_of(url: str, folder: Path) -> Config:
    """What the test wrote there, or else the usual ones."""
    written = folder / "token-console.toml"
    if written.exists():
        return load_text(written.read_text(), written)
    return (kills.aws_config if (folder / kills.AWS_SECRET).exists() else kills.config)(url, folder)


async def main(folder: Path, url: str, verb: str, where: str) -> None:
    settings = settings_of(url, folder)
    settings = replace(settings, breaker=replace(settings.breaker, act_deadline_s=10.0,
                                                 fallback_journal=folder / "journal.jsonl"))
    clock = ScaledClock(datetime.now(UTC), SPEED)
    desk = Desk(settings, Database.open(settings.database_url), clock)
    engine = breakers.automatic(desk)
    set_trap(desk, where)
    if verb == "recover":
        await engine.recover()
    elif verb == "break-glass":
        glass = Unstored(settings, clock, "the disk is full", desk.database, checkpoint=engine.executor.checkpoint)
        await breakglass.kill(glass, ARCHITECT, kills.SLUG, "a test of crashes in the night", kills.SLUG)
    elif verb == "drill":
        await drilling.drill(desk, ARCHITECT, workload=kills.SLUG)
    elif verb == "trip":
        await engine.trip([Trip(kills.SIGNAL, kills.known(desk))])
    elif verb == "escalate":
        with desk.database.read() as tx:
            until = streams.get(tx, "anthropic", "usage").watermark
        await engine.settle({kills.SLUG: kills.known(desk, data_until=from_epoch(until or 0))})
    else:
        act = breakers.kill if verb == "kill" else breakers.resume
        await act(desk, ARCHITECT, kills.SLUG, "a test of crashes")
    await engine.drain(60)
    desk.database.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *[*sys.argv[2:], ""][:3]))
