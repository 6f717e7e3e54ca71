"""The one door, as screens hold it: ask an operation, hear of each new Daily. Light until `open`.

Everything behind the door runs in a thread of its own with its own event loop, so that polling, storing, pricing and
judging never hold up a key press.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from console.cadences.daily import Daily, from_document
from console.clock import Clock
from console.config import Config
from console.errors import ConsoleError, NotPermitted
from console.memory import keep, uncollected
from console.operations.actor import Actor

if TYPE_CHECKING:
    from console.operations.desk import Desk

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

TURN_S = 0.001
"""How long backstage computes on while a key press waits for its turn, three times a press. Python would give 5 ms."""

QUESTIONS = frozenset({
    "plan", "daily", "workload", "trip_sheet", "alerts", "audit", "verify_audit", "mbom", "show_mbom",
    "mbom_history", "export_mbom", "draft_from_unattributed", "charters", "show_charter", "charter_document_for",
    "new_charter", "weekly", "exception_of", "outcomes", "monthly", "quarterly", "annual", "matrix", "permissions",
    "report", "charter_form", "check_draft", "replay_charter", "compare_charters", "mbom_table", "mbom_form",
    "check_entry", "drill_plan", "measurements", "keep_plan", "prompts", "compare_prompts",
    "findings", "residue",
})
"""Operations by name that a read-only console may ask: the questions."""


class Door:
    """Questions and commands for one person (`actor`), answered by the backstage thread."""

    def __init__(self, config: Config, clock: Clock, actor: Actor, *, read_only: bool = False) -> None:
        self.config = config
        self.clock = clock
        self.actor = actor
        self.read_only = read_only
        self.before_opening: Callable[[], object] = lambda: None
        """Called once, on the backstage thread, before anything else is done there."""
        self._listeners: list[Callable[[Daily], None]] = []
        self._desk: Future[Desk] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._published = False

    def first_daily(self) -> Daily | None:
        """The last Daily that any console published, read with plain SQL; None where there is none yet."""
        from store.snapshots import newest

        path = database_path(self.config)
        row = newest(path, "daily") if path is not None and path.exists() else None
        return None if row is None else from_document(row[1])

    def open(self) -> None:
        """Start the backstage thread: it loads everything heavy, opens the database and runs the engine."""
        if self._thread is None:
            sys.setswitchinterval(TURN_S)
            self._thread = threading.Thread(target=self._backstage, name="backstage", daemon=True)
            self._thread.start()

    def subscribe(self, listener: Callable[[Daily], None]) -> None:
        """Call `listener` with each new Daily, on the backstage thread."""
        self._listeners.append(listener)

    async def ready(self) -> None:
        """Wait until operations can be asked. Raises what stopped the backstage from starting."""
        await asyncio.shield(asyncio.wrap_future(self._desk))

    async def ask(
        self,
        operation: Callable[Concatenate[Desk, Actor, Given], Coroutine[Any, Any, Answer]],
        *args: Given.args,
        **options: Given.kwargs,
    ) -> Answer:
        """Run `operation(desk, actor, …)` backstage and return its answer. Raises what it raises."""
        name = operation.__name__
        if self.read_only and name not in QUESTIONS:
            raise NotPermitted(f"This console is read-only, so it will not {name.replace('_', ' ')} anything. "
                               "Start it without --read-only to act.")
        desk = await asyncio.shield(asyncio.wrap_future(self._desk))
        if self._loop is None:
            raise ConsoleError("The console is closing; nothing was sent.")
        asked = asyncio.run_coroutine_threadsafe(operation(desk, self.actor, *args, **options), self._loop)
        return await asyncio.wrap_future(asked)

    def close(self, timeout_s: float = 1.5) -> None:
        """Stop the engine, let running kill steps end within the time, and leave the rest to recovery."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _publish(self, daily: Daily) -> None:
        if not self._published:
            self._published = True
            keep()  # what it took to make the first one is there for the next ones too
        for listener in self._listeners:
            listener(daily)

    def _backstage(self) -> None:
        try:
            self.before_opening()
            asyncio.run(self._run())
        except Exception as error:
            if not self._desk.done():
                self._desk.set_exception(error)
            else:
                raise

    async def _run(self) -> None:
        with uncollected():
            from console.operations.backstage import opened_desk
        keep()
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with opened_desk(self.config, self.clock, self._publish, read_only=self.read_only) as desk:
            self._desk.set_result(desk)
            ahead = asyncio.create_task(self._read_ahead(desk, self._stop))
            await self._stop.wait()
            await ahead  # it closes no database that is being read

    async def _read_ahead(self, desk: Desk, closing: asyncio.Event) -> None:
        from console.operations.ahead import read_ahead

        await read_ahead(desk, self.actor, lambda: self._published, closing)


def database_path(config: Config) -> Path | None:
    """The file of a SQLite database; None for a database server."""
    prefix = "sqlite:///"
    return Path(config.database_url.removeprefix(prefix)) if config.database_url.startswith(prefix) else None
