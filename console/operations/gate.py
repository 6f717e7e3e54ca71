"""The way in of every command on a breaker: permission and a reason, or a refusal that is written down; the store."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from console.config import Config
from console.errors import NotPermitted, UsageError
from console.memory import uncollected
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.permissions import allowed, require
from store import audit
from store.database import Database
from store.errors import StoreError

Answer = TypeVar("Answer")


async def required(desk: Desk, actor: Actor, command: str, object_: str, reason: str, *, dry_run: bool = False) -> str:
    """The role that carries the command. A refused attempt is written down, then refused."""
    if desk.read_only and not dry_run:
        raise NotPermitted(f"This console is read-only, so it will not {command} anything.")
    role = await asyncio.to_thread(permitted, desk, actor, command, object_)
    if not reason.strip():
        raise UsageError(f"A {command} needs a reason: say why, for whoever reads the audit log.")
    return role


def permitted(desk: Desk, actor: Actor, command: str, object_: str) -> str:
    """The role that carries the command. Raises NotPermitted, and a refused attempt is written down before it is."""
    if not allowed(actor, command) and not desk.read_only:
        _write_down(desk, actor, command, object_, "no role that carries it")
    return require(actor, command)


def writable(desk: Desk, stays: str) -> None:
    """Raises NotPermitted in a console that was started to look; `stays`: `the ledger stays as it is`."""
    if desk.read_only:
        raise NotPermitted(f"This console is read-only, so {stays}. Start it without --read-only.")


async def refused(desk: Desk, actor: Actor, command: str, object_: str, why: str) -> None:
    """Write down that somebody tried what they may not."""
    await asyncio.to_thread(_write_down, desk, actor, command, object_, why)


def required_at_hand(config: Config, actor: Actor, command: str, object_: str, at: datetime) -> str:
    """The role that carries a command which works without an open database. Raises NotPermitted.

    A refused attempt is written down where the database can be written; it is refused all the same.
    """
    if not allowed(actor, command) and not config.read_only:
        with contextlib.suppress(StoreError), contextlib.closing(Database.open(config.database_url)) as database:
            _entry(database, actor, command, object_, "no role that carries it", at)
    return require(actor, command)


def _write_down(desk: Desk, actor: Actor, command: str, object_: str, why: str) -> None:
    _entry(desk.database, actor, command, object_, why, desk.clock.now())


def _entry(database: Database, actor: Actor, command: str, object_: str, why: str, at: datetime) -> None:
    with database.write() as tx:
        audit.append(tx, at=at, actor=actor.user, action="attempt.refused", object=object_,
                     detail={"command": command, "roles": list(actor.roles), "why": why})


async def read(desk: Desk, question: Callable[[Session], Answer]) -> Answer:
    """Ask the store, in a thread of its own."""
    def ask() -> Answer:
        with uncollected(), desk.database.read() as tx:  # often thousands of rows, and no garbage among them
            return question(tx)

    return await asyncio.to_thread(ask)


async def write(desk: Desk, change: Callable[[Session], Answer]) -> Answer:
    """Change the store in one transaction, in a thread of its own."""
    def commit() -> Answer:
        with desk.database.write() as tx:
            return change(tx)

    return await asyncio.to_thread(commit)
