"""When garbage is looked for: a collection among many objects stops every thread, and with them a key press.

Nearly everything of ours is given back the moment nobody refers to it; the collector is only for cycles.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
