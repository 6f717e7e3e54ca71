"""Room on the disk: how much is left, and a ballast in reserve so that a kill can be written down (DB-15)."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

BALLAST_BYTES = 32 * 2**20
WARN_BYTES = 200 * 2**20
STOP_BYTES = 50 * 2**20
"""With less than this no usage is taken in: the rest is for what a kill writes down."""
LAST_BYTES = 4 * 2**20
"""With less than this a transaction may not fit, so the ballast is given up before it begins."""


def free(path: Path) -> int:
    """Bytes that this user may still write on the disk that holds the database at `path`."""
    return shutil.disk_usage(path.parent).free


def ballast_of(path: Path) -> Path:
    """Where the ballast of the database at `path` lies: beside it."""
    return path.with_name(f"{path.name}.ballast")


def keep_ballast(path: Path) -> bool:
    """Have the ballast lie there, unless the disk is so full that it is needed elsewhere. Whether it does."""
    ballast = ballast_of(path)
    if ballast.exists():
        return True
    if free(path) < WARN_BYTES + BALLAST_BYTES:
        return False
    try:
        descriptor = os.open(ballast, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, BALLAST_BYTES)  # blocks of its own: a hole would keep nothing free
        finally:
            os.close(descriptor)
    except OSError:
        drop_ballast(path)
        return False
    return True


def drop_ballast(path: Path) -> None:
    """Give the ballast's room to what has to be written now."""
    with contextlib.suppress(OSError):
        ballast_of(path).unlink()


def make_for_a_transaction(path: Path) -> None:
    """See that the next transaction fits, at the ballast's expense where there is nothing else left."""
    with contextlib.suppress(OSError):
        if free(path) < LAST_BYTES:
            drop_ballast(path)
