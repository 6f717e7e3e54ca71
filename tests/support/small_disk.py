"""A file system of its own with as much room as a test says: a real full disk. Needs the right to mount."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """A folder on a tmpfs of this size, until the block ends. Skips the test where this user may not mount one."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", str(disk)],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a file system of its own: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, leave: int = 0) -> Path:
    """A file that takes all the room but so many bytes; removing it frees them."""
    file = disk / "filling"
    with file.open("wb", buffering=0) as filling:
        left = shutil.disk_usage(disk).free - leave
        while left > 0:
            try:
                left -= filling.write(bytes(min(left, 1 << 20)))
            except OSError:  # full, to the byte
                break
    return file
