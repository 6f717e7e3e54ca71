"""Take the pictures of the real screens that the documents show: `make pictures`.

Runs the demo's night against the simulated provider, presses keys as a person would, and exports each screen as SVG.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from console.commands.demo_setup import prepare
from console.operations.door import Door
from console.operations.identity import current_actor
from console.simulator.child import Child
from screens.app import ConsoleApp

# The same picture whatever terminal it is taken in, and whatever theme its user chose.
os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TOKEN_CONSOLE_THEME": "dark", "LC_ALL": "C.UTF-8"}
HERE = Path(__file__).parent / "pictures"
SIZES = {"80x24": (80, 24), "120x36": (120, 36), "200x50": (200, 50)}
UNTIL_HELD_S = 34.0
"""Real seconds at sixty simulated ones until the night has been stopped."""

STEPS = (("daily", ()), ("workload", ("enter",)), ("trip-sheet", ("escape", "T")), ("alerts", ("escape", "a")),
         ("audit", ("escape", "A")), ("weekly", ("2",)), ("monthly", ("3", "left_square_bracket")),
         ("quarterly", ("4",)), ("annual", ("5",)), ("tram", ("6",)), ("mbom", ("7",)),
         ("findings", ("0",)), ("lab", ("9", "down", "down", "down")))
"""Picture to the keys that lead there from the one before."""


async def take(size: str) -> None:
    """Every picture at one size."""
    with tempfile.TemporaryDirectory() as folder, \
            Child("runaway-night", seed=1, speed=60.0, gates=Path(folder) / "gates") as child:
        config = await prepare(Path(folder), child, "runaway-night")
        door = Door(config, child.begin(), current_actor(config))
        app = ConsoleApp(door, door.first_daily())
        async with app.run_test(size=SIZES[size]) as pilot:
            await asyncio.sleep(UNTIL_HELD_S)
            await pilot.press("home")
            for name, keys in STEPS:
                for key in keys:
                    await pilot.press(key)
                    await asyncio.sleep(1.5)
                (HERE / f"{name}-{size}.svg").write_text(app.export_screenshot())
            await pilot.press("q")
        door.close()


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for chosen in sys.argv[1:] or SIZES:
        asyncio.run(take(chosen))
