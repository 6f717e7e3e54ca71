"""The log file: private, one line a record, without secrets, and the terminal stays untouched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import logging
from console import logs
path = logs.to_file()
logging.getLogger("x").warning("key sk-ant-admin01-abcdefgh and \\x1b[31m and\\na second line")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("x").exception("failed")
logging.getLogger("apscheduler.executors.default").warning("run was skipped")
print(path)
"""


def test_records_go_to_a_private_file_and_nowhere_else(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True,
                          env={**os.environ, "XDG_STATE_HOME": str(tmp_path)}, cwd=Path(__file__).parents[2])
    assert done.stderr == ""
    path = Path(done.stdout.strip())
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert "sk-ant" not in text
    assert "\x1b" not in text
    first, second = (json.loads(line) for line in text.splitlines())
    assert first["level"] == "WARNING"
    assert "ZeroDivisionError" in second["error"]


def test_without_a_place_for_the_file_nothing_fails(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True,
                          env={**os.environ, "XDG_STATE_HOME": str(blocked)}, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "None"
    assert done.stderr == ""
