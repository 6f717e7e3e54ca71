"""How long the front door takes, against the least that a command line can take on the same machine in the same run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import environment

ROUNDS = 15


def seconds(arguments: list[str], home: Path) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=home, env=environment(home), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


@pytest.mark.benchmark
def test_help_takes_at_most_twice_as_long_as_importing_argparse(tmp_path: Path) -> None:
    bare, ours = ["-c", "import argparse"], ["-m", "console", "--help"]
    for arguments in (bare, ours):
        seconds(arguments, tmp_path)  # bytecode and disk caches are warm from here on
    pairs = [(seconds(bare, tmp_path), seconds(ours, tmp_path)) for _ in range(ROUNDS)]
    least, taken = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\nargparse {least * 1000:.0f} ms, --help {taken * 1000:.0f} ms, ratio {taken / least:.2f}")
    assert taken / least <= 2
