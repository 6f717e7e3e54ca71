"""`python -m console.simulator`: one simulated provider in a process of its own, which ends with its parent.

Prints one line of JSON when it is ready: port, base_url, admin_key (reads), kill_key (turns keys off), start, speed,
and monotonic: the machine's monotonic time at the story's start, so that the parent's clock can be the same one. With
`--hold` time stands still at the start until a line arrives on standard input, and `{"monotonic"}` is told then. With
`--gates` the organisation lives on all other providers too, and the line says where (`living`) and on which it cannot
(`missing`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from console.clock import Clock, ManualClock, ScaledClock, parse_rfc3339, rfc3339
from console.simulator.everywhere.catalogue import everyone
from console.simulator.server import RunningSimulator
from console.simulator.stories import STORIES, story


class _HeldClock:
    """Stands still until it is let go."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._clock: Clock = ManualClock(start)
        self.speed = 1.0

    def now(self) -> datetime:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    def let_go(self, speed: float, monotonic: float) -> None:
        self._clock = ScaledClock(self._start, speed, monotonic)
        self.speed = speed


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input ends."""
    given = _parser().parse_args(arguments)
    chosen = story(given.story, given.start)
    if given.gates:
        chosen = replace(chosen, profiles=everyone(chosen.profiles))
    clock = _HeldClock(chosen.start)
    running = RunningSimulator(chosen, clock=clock, seed=given.seed, port=given.port)
    if given.admin_key:
        running.admin_keys["read"] = given.admin_key
    ready: dict[str, object] = {
        "port": running.port, "base_url": running.base_url, "admin_key": running.admin_keys["read"],
        "kill_key": running.admin_keys["kill"], "start": rfc3339(chosen.start), "speed": given.speed}
    with ExitStack() as serving:
        serving.enter_context(running)
        if given.gates:
            from console.simulator.everywhere.serving import Everywhere

            everywhere = serving.enter_context(Everywhere(running.world, given.seed, clock, given.gates))
            ready |= {"living": [asdict(place) for place in everywhere.living], "missing": everywhere.missing}
        if given.hold:
            _tell(ready)
            if not sys.stdin.buffer.readline():
                return 0
            ready = {}
        monotonic = time.monotonic()
        clock.let_go(given.speed, monotonic)
        _tell({**ready, "monotonic": monotonic})
        sys.stdin.buffer.read()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m console.simulator", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--story", choices=sorted(STORIES), default="quiet-day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds in a real second")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--start", type=parse_rfc3339, help="RFC 3339; default: the story's own")
    parser.add_argument("--admin-key", help="default: a random one; the kill key is always its own")
    parser.add_argument("--gates", type=Path, metavar="DIR", help="serve the other providers too; DIR holds the gates")
    parser.add_argument("--hold", action="store_true", help="time begins when a line arrives on standard input")
    return parser


def _tell(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
