"""Garbage collection is held off while any block asks for it, and on again after the last one."""

from __future__ import annotations

import gc
import threading

import pytest

from console.memory import uncollected


def test_nothing_is_collected_within_a_block() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_block_that_ends_does_not_end_another_one() -> None:
    entered, leave = threading.Event(), threading.Event()

    def work() -> None:
        with uncollected():
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=work)
    with uncollected():
        other.start()
        assert entered.wait(10)
    assert not gc.isenabled()
    leave.set()
    other.join()
    assert gc.isenabled()


def test_a_block_that_fails_lets_the_collector_run_again() -> None:
    with pytest.raises(ValueError, match="broken"), uncollected():
        raise ValueError("broken")
    assert gc.isenabled()
