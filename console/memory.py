"""When garbage is looked for, and where memory comes from.

A collection among many objects stops every thread, and with them a key press. Nearly everything of ours is given back
the moment nobody refers to it; the collector is only for cycles.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ARENA_MAX = -8
"""`M_ARENA_MAX` of malloc.h."""
_lock = threading.Lock()
_holders = 0


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


def keep() -> None:
    """What is loaded now stays until the end: no collection looks through it again."""
    gc.freeze()


def share_one_heap() -> None:
    """Let all threads from now on take memory from one place. Else glibc gives each its own, and what one worker thread
    gave back no other takes: judging goes from one to the next, and would hold half as much again.

    Where the C library has no such setting there is nothing to set.
    """
    import ctypes

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
