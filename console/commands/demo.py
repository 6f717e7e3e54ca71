"""`demo`: simulator, seeded portfolio and console in one command. Nothing outside this machine is touched."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import logs
from console.commands.context import print_json, say
from console.errors import CannotWrite, ConsoleError, UsageError
from console.simulator.stories import STORIES

if TYPE_CHECKING:
    from console.clock import Clock
    from console.config import Config
    from console.operations.door import Door
    from console.simulator.child import Child

SPEED = 60.0
FASTEST = 3600.0
SECONDS = 60.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--story", choices=sorted(STORIES), default="runaway-night", help="default: runaway-night")
    parser.add_argument("--speed", type=float, default=SPEED, metavar="N",
                        help=f"simulated seconds in a second (default {SPEED:g}: an hour a minute)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, another night (default 1)")
    parser.add_argument("--headless", action="store_true", help="no screens: watch, then print what happened as JSON")
    parser.add_argument("--json", action="store_true", help="the same as --headless")
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="N",
                        help=f"how long to watch without screens (default {SECONDS:g})")
    parser.add_argument("--keep", metavar="DIR", help="keep configuration, MBOM, Charters and database in a new folder")


def run(args: argparse.Namespace) -> int:
    """Show the story. `args.show` opens the screens on a door; without it there are none."""
    headless = args.headless or args.json
    show: Callable[[Door], int] | None = getattr(args, "show", None)
    if not 0 < args.speed <= FASTEST:
        raise UsageError(f"--speed {args.speed:g} is not above 0 and at most {FASTEST:g}.")
    if args.seconds <= 0:
        raise UsageError("--seconds must be above 0.")
    if not headless and show is None:
        raise UsageError("The screens need a terminal. Without one: token-console demo --headless")
    from console.simulator.child import Child, ChildError

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        with _folder(args.keep) as folder, \
                Child(args.story, seed=args.seed, speed=args.speed, gates=folder / "gates") as child:
            for sentence in child.missing:
                say(sentence, error=True)
            if headless or show is None:
                logs.to_file()
                print_json(asyncio.run(_watch(folder, child, args)))
                return 0
            return _show(folder, child, args, show)
    except ChildError as error:
        raise ConsoleError(f"The demo's simulated provider failed: {error}.") from error


def _leave(number: int, _: object) -> None:
    """End through every `finally`: the child process and the temporary folder go too."""
    sys.exit(128 + number)


def _show(folder: Path, child: Child, args: argparse.Namespace, show: Callable[[Door], int]) -> int:
    from console.commands.demo_setup import prepare
    from console.operations.door import Door
    from console.operations.identity import current_actor

    say("Preparing sixty days of a simulated organisation…", error=True)
    config = asyncio.run(prepare(folder, child, args.story))
    door = Door(config, child.begin(), current_actor(config), read_only=args.read_only)
    code = show(door)
    if args.keep:
        say(f"Kept in {folder}. The simulated provider is gone with the demo; token-console --config "
            f"{config.path} --read-only still shows what was seen.", error=True)
    return code


async def _watch(folder: Path, child: Child, args: argparse.Namespace) -> dict[str, Any]:
    """Drive the engine for so many real seconds. Returns the report."""
    from console.commands.demo_report import document
    from console.commands.demo_setup import prepare
    from store.database import Database

    config = await prepare(folder, child, args.story)
    database = Database.open(config.database_url)
    try:
        clock = child.begin()
        daily = await _drive(config, database, clock, args.seconds)
        return await asyncio.to_thread(document, child, database, daily, story=args.story, seconds=args.seconds,
                                       until=clock.now())
    finally:
        database.close()


async def _drive(config: Config, database: Any, clock: Clock, seconds: float) -> Any:
    from console.watch.engine import Engine

    published: list[Any] = []
    engine = Engine(config, database, clock, publish=published.append)
    running = asyncio.create_task(engine.run())
    await asyncio.wait([running], timeout=seconds)
    engine.stop()
    await running
    if not published:
        raise ConsoleError("The engine published nothing; let it run longer (--seconds).")
    return published[-1]


@contextmanager
def _folder(keep: str | None) -> Iterator[Path]:
    """A folder of mode 0700: a new one that stays, or a temporary one that goes."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="token-console-demo-") as name:
            yield Path(name)
        return
    folder = Path(keep).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be made: {error.strerror}. Name a folder that does not exist yet."
                          ) from error
    yield folder
