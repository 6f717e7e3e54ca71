"""`python -m console.simulator`: one simulated provider in a process of its own, which ends with its parent.

Prints one line of JSON when it is ready: port, base_url, admin_key (reads), kill_key (turns keys off), start, speed,
and monotonic, the machine's monotonic time at the story's start, so that the parent's clock can be the same one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from console.clock import ScaledClock, parse_rfc3339, rfc3339
from console.simulator.server import RunningSimulator
from console.simulator.stories import STORIES, story


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m console.simulator", description=__doc__)
    parser.add_argument("--story", choices=sorted(STORIES), default="quiet-day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds in a real second")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--start", type=parse_rfc3339, help="RFC 3339; default: the story's own")
    parser.add_argument("--admin-key", help="default: a random one; the kill key is always its own")
    given = parser.parse_args(arguments)
    chosen = story(given.story, given.start)
    monotonic = time.monotonic()
    running = RunningSimulator(chosen, clock=ScaledClock(chosen.start, given.speed, monotonic), seed=given.seed,
                               port=given.port)
    if given.admin_key:
        running.admin_keys["read"] = given.admin_key
    with running:
        ready = {"port": running.port, "base_url": running.base_url, "admin_key": running.admin_keys["read"],
                 "kill_key": running.admin_keys["kill"], "start": rfc3339(chosen.start), "speed": given.speed,
                 "monotonic": monotonic}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
