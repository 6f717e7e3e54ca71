"""Garbage collection is held off while any block asks for it, and on again after the last one; threads share a heap."""

from __future__ import annotations

import asyncio
import gc
import platform
import subprocess
import sys
import threading

import pytest

from console.memory import collect_seldom, in_turn, uncollected


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


@pytest.mark.parametrize(("size", "most"), [(10**6, 1), (1000, 3)])
async def test_of_large_answers_one_is_taken_apart_at_a_time(size: int, most: int) -> None:
    inside, seen = 0, []

    async def take() -> None:
        nonlocal inside
        async with in_turn(size):
            inside += 1
            seen.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(take(), take(), take())
    assert max(seen) == most


def test_some_thousand_objects_are_made_without_a_look_for_garbage() -> None:
    usual = gc.get_threshold()
    try:
        collect_seldom()
        gc.collect()
        before = gc.get_stats()[0]["collections"]
        kept = [[number] for number in range(5_000)]
        assert (len(kept), gc.get_stats()[0]["collections"]) == (5_000, before)
    finally:
        gc.set_threshold(*usual)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives each thread memory of its own")
def test_what_one_thread_gave_back_any_other_takes() -> None:
    assert heaps("") > heaps("share_one_heap()") == 0


def heaps(first: str) -> int:
    """How many places beside the first a process with four threads takes memory from: each has 64 MiB of addresses,
    most of them not in use yet."""
    program = f"""
import threading
from console.memory import share_one_heap
{first}
here = threading.Barrier(4)
def work():
    kept = [bytes(2000) for _ in range(50)]
    here.wait(10)
workers = [threading.Thread(target=work) for _ in range(4)]
for worker in workers: worker.start()
for worker in workers: worker.join()
for line in open("/proc/self/maps"):
    start, end = (int(each, 16) for each in line.split()[0].split("-"))
    if "---p" in line and 48 * 2**20 < end - start < 64 * 2**20:
        print(line)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return len(said.stdout.splitlines())
