"""The lab on a terminal: from a key that moves an input until numbers and chart have followed."""

from __future__ import annotations

import pytest

from tests.support.measuring import median, p95, report
from tests.support.timed_terminal import Answer, TimedTerminal, timed

PROGRAM = "from tests.benchmarks import programs; programs."
RIGHT, DOWN = b"\x1b[C", b"\x1b[B"
GOAL_S = 0.05
PRESSES = 25


def pressed(terminal: TimedTerminal, key: bytes) -> list[Answer]:
    return [answer for answer in (terminal.press(key) for _ in range(PRESSES)) if answer is not None]


@pytest.fixture(scope="module")
def stock_key() -> float:
    """Seconds until the stock table has moved its cursor: how fast this machine is now."""
    with timed(f"{PROGRAM}least(30)") as terminal:
        terminal.settle(1.0)
        return median([answer.settled_s for answer in pressed(terminal, DOWN)])


@pytest.mark.benchmark
@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_the_chart_follows_a_key_before_one_notices(size: tuple[int, int], stock_key: float) -> None:
    columns, lines = size
    with timed(f"{PROGRAM}still(30)", columns=columns, lines=lines) as terminal:
        terminal.settle(2.0)
        terminal.press(b"9")
        terminal.settle(2.0)
        for _ in range(3):
            terminal.press(DOWN)  # to the swept input: the chart's upright moves with it
        moved = pressed(terminal, RIGHT)
    settled = [one.settled_s for one in moved]
    report(f"A key in the lab at {columns}x{lines}", first_s=median([one.first_s for one in moved]),
           settled_median_s=median(settled), settled_p95_s=p95(settled),
           bytes=int(median([one.written for one in moved])), stock_key_s=stock_key, ratio=median(settled) / stock_key)
    assert len(moved) == PRESSES
    assert median(settled) < max(GOAL_S, 8 * stock_key)
