"""What the console writes to the terminal: first paint, refreshes, keys, views and prompts, and nothing when idle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.measuring import median, p95, report
from tests.support.timed_terminal import Answer, TimedTerminal, timed

WORKLOADS, ROWS = 200, 30
PROGRAMS = "from tests.benchmarks import programs; programs."


@contextmanager
def controlled(program: Callable[[str], str], folder: Path, **options: int) -> Iterator[tuple[TimedTerminal, int]]:
    """A settled program on a terminal, and the pipe that tells it what to do."""
    pipe = folder / "control"
    os.mkfifo(pipe)
    with timed(PROGRAMS + program(str(pipe)), **options) as terminal:
        control = os.open(pipe, os.O_RDWR)
        terminal.settle(1.0)
        yield terminal, control
        os.close(control)
        pipe.unlink()


def refresh(terminal: TimedTerminal, control: int, what: str) -> int:
    os.write(control, f"{what}\n".encode())
    return terminal.read(0.5)


@pytest.mark.benchmark
def test_three_changed_cells_write_a_tenth_of_what_the_stock_table_does(tmp_path: Path) -> None:
    size = {"columns": 120, "lines": 50}
    with controlled(lambda pipe: f"least({ROWS}, {pipe!r})", tmp_path, **size) as (terminal, control):
        stock = [refresh(terminal, control, "cells") for _ in range(5)]
    with controlled(lambda pipe: f"still({ROWS}, {pipe!r})", tmp_path, **size) as (terminal, control):
        ours = [refresh(terminal, control, "cells") for _ in range(5)]
        same = [refresh(terminal, control, "same") for _ in range(5)]
    report("A refresh with three changed cells of thirty rows", stock_bytes=int(median(stock)),
           bytes=int(median(ours)), ratio=median(ours) / median(stock), nothing_changed_bytes=int(median(same)))
    assert 0 < median(ours) < 1500
    assert median(same) < 100  # the clock in the header


@pytest.fixture(scope="module")
def stock_key() -> float:
    """Seconds until the stock table has moved its cursor: how fast this machine is now."""
    with timed(PROGRAMS + f"least({ROWS})") as terminal:
        terminal.settle(1.0)
        answers = [terminal.press(b"\x1b[B") for _ in range(15)]
    return median([answer.settled_s for answer in answers if answer is not None])


@pytest.mark.benchmark
def test_views_switch_and_prompts_open_before_one_notices(stock_key: float) -> None:
    with timed(PROGRAMS + f"still({ROWS})") as terminal:
        terminal.settle(1.0)
        answers: dict[str, list[Answer]] = {"a": [], "A": [], "2": [], "6": [], "1": [], "/": [], ":": []}
        for _ in range(15):
            for key, found in answers.items():
                answer = terminal.press(key.encode())
                assert answer is not None, key
                found.append(answer)
                if key in "/:":
                    terminal.press(b"\x07")
    first = {key: found.pop(0) for key, found in answers.items()}  # the first time a view is made
    views = [answer for key in "aA261" for answer in answers[key]]
    prompts = [answer for key in "/:" for answer in answers[key]]
    report("Views at 80x24", switches=len(views), settled_median_s=median([one.settled_s for one in views]),
           settled_p95_s=p95([one.settled_s for one in views]), bytes=max(one.written for one in views),
           first_time_s=max(first[key].settled_s for key in "aA261"))
    report("A docked prompt", settled_median_s=median([one.settled_s for one in prompts]),
           settled_p95_s=p95([one.settled_s for one in prompts]), bytes=max(one.written for one in prompts),
           stock_key_s=stock_key, ratio=median([one.settled_s for one in prompts]) / stock_key)
    assert p95([one.settled_s for one in views]) < 0.1
    assert max(one.written for one in views) < 12_000
    assert median([one.settled_s for one in prompts]) < max(0.02, 2 * stock_key)
    assert max(one.written for one in prompts) < 1_000
