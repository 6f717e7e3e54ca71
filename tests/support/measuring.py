"""Time things fairly on a shared machine: baseline and subject in turn, medians, and a line with the figures."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


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
