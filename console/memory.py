"""When garbage is looked for, and where memory comes from.

A collection among many objects stops every thread, and with them a key press. Nearly everything of ours is given back
the moment nobody refers to it; the collector is only for cycles.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from weakref import WeakKeyDictionary

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
"""`M_ARENA_MAX` and its like of malloc.h."""
_LARGE_BYTES = 256 * 1024
_PLACE_OF_ITS_OWN_BYTES = 48 * 1024
_YOUNG = 10_000
_lock = threading.Lock()
_holders = 0
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection in this process until the block ends, and every other such block: work on many rows, briefly."""
    global _holders
    with _lock:
        _holders += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if _holders == 0:
                gc.enable()


@asynccontextmanager
async def in_turn(size: int) -> AsyncIterator[None]:
    """Of large answers, by their bytes, one in each event loop is taken apart at a time. What is made of one is for a
    moment several times as large, and two threads would be no quicker."""
    if size < _LARGE_BYTES:
        yield
        return
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        yield


def keep() -> None:
    """What is loaded now stays until the end: no collection looks through it again."""
    gc.freeze()


def collect_seldom() -> None:
    """Look for garbage once in so many objects more, and not in 700: a screen of two thousand lines makes ten thousand
    and gives them back, and each look through them holds it up."""
    gc.set_threshold(_YOUNG)


def share_one_heap() -> None:
    """Let all threads from now on take memory from one place. Else glibc gives each its own, and what one worker thread
    gave back no other takes: judging goes from one to the next, and would hold half as much again. What is large has a
    place of its own, which the system has back at once: a page of a provider's answer leaves no hole behind.

    Where the C library has no such setting there is nothing to set.
    """
    import ctypes

    with suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_ARENA_MAX, 1)
        set_option(_MMAP_THRESHOLD, _PLACE_OF_ITS_OWN_BYTES)
        set_option(_TRIM_THRESHOLD, _PLACE_OF_ITS_OWN_BYTES)
