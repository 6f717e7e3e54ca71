"""Five hundred Charters through the linter, against parsing the same text as TOML in the same run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tests.support.sound_charters import SOUND

FILES = 500
ROUNDS = 3
WITHIN_S = 5.0
TIMES = 12
"""What reading, judging, pricing and telling may cost, in parsings of the same files; start of the program left out."""


def texts() -> list[str]:
    sound = list(SOUND.values())
    return [f"# {number}\n{sound[number % len(sound)]}" for number in range(FILES)]


def checked(folder: Path, names: list[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "console", "charter", "check", *names], cwd=folder, check=False,
                          env=environment(folder), capture_output=True, text=True)
    taken = time.perf_counter() - started
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("can be signed") == len(names)
    return taken


@pytest.mark.benchmark
def test_five_hundred_charters_are_checked_in_a_few_parsings_and_five_seconds(tmp_path: Path) -> None:
    names = []
    for number, text in enumerate(texts()):
        names.append(f"charter-{number}.toml")
        (tmp_path / names[-1]).write_text(text)
    checked(tmp_path, names[:1])  # bytecode and disk caches are warm from here on
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for text in texts():
            tomllib.loads(text)
        parsing = time.perf_counter() - started
        rounds.append((parsing, checked(tmp_path, names[:1]), checked(tmp_path, names)))
    parsing, one, all_of_them = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"\n{FILES} Charters in {all_of_them:.2f} s, of which the start {one:.2f} s; parsed alone {parsing:.2f} s, "
          f"ratio {(all_of_them - one) / parsing:.1f}")
    assert all_of_them < WITHIN_S
    assert all_of_them - one < TIMES * parsing
