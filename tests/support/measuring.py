"""Time things fairly on a shared machine: baseline and subject in turn, medians, and a line with the figures."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

START = datetime(2026, 1, 1, tzinfo=UTC)


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def own_seconds(work: Callable[..., object], *arguments: object) -> float:
    """How long this process computes for one call, whatever else the machine does meanwhile."""
    started = time.process_time()
    work(*arguments)
    return time.process_time() - started


def yardstick() -> float:
    """Processor seconds of a fixed piece of work like ours: rows made to values, ordered, written and read as text. A
    goal in milliseconds is held as a multiple of it, so that no test depends on how fast a machine is."""
    def work() -> None:
        rows = [(f"workload-{number:05}", Decimal(number) / 7, START + timedelta(0, number)) for number in range(4_000)]
        rows.sort(key=lambda row: (-row[1], row[0]))
        json.loads(json.dumps([(slug, str(share), str(at)) for slug, share, at in rows]))

    return median([own_seconds(work) for _ in range(5)])


def in_turn(rounds: int, *works: Callable[[], object]) -> tuple[list[float], ...]:
    """Seconds of each work, measured in turn so that another program's load falls on all of them alike."""
    taken: tuple[list[float], ...] = tuple([] for _ in works)
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            times.append(seconds(work))
    return taken


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def report(what: str, **figures: float) -> None:
    """One line of figures, shown with `-s`. A name that ends in `_s` is a time in seconds, shown in milliseconds."""
    shown = ", ".join(f"{name.removesuffix('_s').replace('_', ' ')} {_figure(name, value)}"
                      for name, value in figures.items())
    print(f"\n{what}: {shown}")


def _figure(name: str, value: float) -> str:
    if name.endswith("_s"):
        return f"{value * 1000:.1f} ms"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
