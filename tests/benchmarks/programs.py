"""What the benchmarks run on a terminal: the console on doors of several kinds, and the least app to compare with."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any


def least(rows: int, control: str = "") -> None:
    """A minimal Textual app with one stock table. A line in `control` changes three of its cells."""
    from textual.app import App, ComposeResult
    from textual.widgets import DataTable

    class Least(App[None]):
        def compose(self) -> ComposeResult:
            yield DataTable()

        def on_mount(self) -> None:
            table = self.query_one(DataTable)
            table.add_columns(*(f"COLUMN {number}" for number in range(8)))
            for number in range(rows):
                table.add_row(f"Workload {number}", *(f"{number}.{cell}" for cell in range(7)), key=str(number))
            obey(control, lambda turn: self.call_from_thread(self.change, turn))

        def change(self, turn: int) -> None:
            table = self.query_one(DataTable)
            for row in (3, 11, 19):
                table.update_cell_at((row, 3), f"{turn}.{row}")  # type: ignore[arg-type]

    Least().run()


def front_door(config: str) -> None:
    """`token-console --config FILE`."""
    from console.__main__ import main

    sys.exit(main(["--config", config]))


def first_modules(config: str, target: str) -> None:
    """Write which modules are loaded right after the first paint, and leave."""
    from screens.app import ConsoleApp

    def leave(app: ConsoleApp) -> None:
        Path(target).write_text("\n".join(sys.modules))
        app.exit(return_code=0)

    setattr(ConsoleApp, "_open_door", leave)  # noqa: B010
    front_door(config)


def still(count: int, control: str = "") -> None:
    """The console on a door without an engine. A line in `control` publishes a Daily: `same` or `cells`."""
    from console.cadences.measured.seen import Measurements
    from console.clock import ScaledClock
    from screens.app import run
    from tests.support import audit_lines, incidents, portfolio, tram, weekly
    from tests.support.still_door import StillDoor, as_door

    door = StillDoor()
    door.clock = ScaledClock(portfolio.AT, 1.0)  # type: ignore[assignment]
    door.answers |= {"workload": incidents.VIEW, "trip_sheet": incidents.SHEET, "audit": list(audit_lines.AUDIT),
                     "weekly": lambda at: weekly.week(), "matrix": lambda: tram.view(),
                     "measurements": lambda workload: Measurements(workload, portfolio.AT, {})}
    first = portfolio.large(count)

    def publish(turn: int) -> None:
        lines = [replace(line, today=(line.today or 0) + turn * 1_000_000) if number in (3, 11, 19) else line
                 for number, line in enumerate(first.workloads)]
        door.publish(replace(first, workloads=tuple(lines), version=first.version + turn))

    obey(control, publish)
    sys.exit(run(as_door(door), first))


def watched(config: str, target: str, poll_s: float) -> None:
    """The console on its real engine, polling every so often; how late its loop was goes to `target` at the end."""
    from console.clock import SystemClock
    from console.config import load
    from console.operations.door import Door
    from console.operations.identity import current_actor
    from screens.app import ConsoleApp, run

    settings = load(Path(config))
    settings = replace(settings, sources=tuple(replace(source, poll_s=poll_s) for source in settings.sources))
    late: list[float] = []
    mounted = ConsoleApp.on_mount

    def on_mount(app: ConsoleApp) -> None:
        mounted(app)
        app.run_worker(beat(late), group="beat")

    setattr(ConsoleApp, "on_mount", on_mount)  # noqa: B010
    door = Door(settings, SystemClock(), current_actor(settings))
    code = run(door, door.first_daily())
    Path(target).write_text("\n".join(map(str, late)))
    os._exit(code)


async def beat(late: list[float]) -> None:
    """How late the loop wakes up, every ten milliseconds."""
    while True:
        due = time.perf_counter() + 0.01
        await asyncio.sleep(0.01)
        late.append(time.perf_counter() - due)


def obey(control: str, act: Callable[[int], Any]) -> None:
    """Call `act` with 1, 2, 3 … for each line that is written to the named pipe; `same` repeats the number."""
    def listen() -> None:
        turn = 0
        with open(control) as lines:
            for line in lines:
                turn += line.strip() != "same"
                act(turn)

    if control:
        threading.Thread(target=listen, daemon=True).start()
