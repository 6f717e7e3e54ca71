"""The first useful picture: rows of the Daily on the terminal, and what was imported for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.large_console import SECRETS, large_console
from tests.support.measuring import median, report
from tests.support.pty_console import in_terminal
from tests.support.timed_terminal import timed

WORKLOADS, ROUNDS = 200, 9
MOST = 1.25
"""Times what the least Textual app with one table takes."""
PROGRAMS = "from tests.benchmarks import programs; programs."
HEAVY = {"alembic", "apprise", "apscheduler", "genai_prices", "httpx", "keyring", "numpy", "plotext", "pydantic",
         "sqlalchemy", "sqlmodel", "tomlkit"}


@pytest.mark.benchmark
def test_the_daily_of_two_hundred_workloads_paints_with_the_least_textual_app(tmp_path: Path) -> None:
    config = str(large_console(tmp_path / "console", WORKLOADS))
    least, ours = [], []
    for _ in range(ROUNDS + 1):
        least.append(first_paint(f"least({WORKLOADS})", r"Workload \d+ "))
        ours.append(first_paint(f"front_door({config!r})", r"workload-\d+ "))
    least, ours = least[1:], ours[1:]  # the first of each warmed the disk and the bytecode
    for what, at in (("time", 0), ("processor time", 1)):
        theirs, daily = [one[at] for one in least], [one[at] for one in ours]
        pairs = [mine / other for mine, other in zip(daily, theirs, strict=True)]
        report(f"First paint of the Daily with {WORKLOADS} workloads, {what}", least_textual_app_s=min(theirs),
               daily_s=min(daily), ratio=min(daily) / min(theirs), pairs=median(pairs),
               least_median_s=median(theirs), daily_median_s=median(daily))
        assert min(daily) / min(theirs) <= MOST  # whatever else runs here can only add to either
        assert median(pairs) <= MOST or what == "time"  # the load of other programs hardly changes processor time


def first_paint(program: str, row: str) -> tuple[float, float]:
    """Seconds until a row is on the screen, and of processor time."""
    with timed(PROGRAMS + program, **SECRETS) as terminal:
        terminal.settle(0.4)
        return terminal.first_seen(row)


def test_only_textual_and_sqlite_are_imported_before_the_first_paint(tmp_path: Path) -> None:
    config = large_console(tmp_path / "console", 3)
    found = tmp_path / "modules"
    with in_terminal(f"{PROGRAMS}first_modules({str(config)!r}, {str(found)!r})", **SECRETS) as console:
        console.ends_within(20)
    loaded = {name.partition(".")[0] for name in found.read_text().split()}
    assert {"textual", "screens"} <= loaded
    assert not loaded & HEAVY
    textual = {"textual", "rich", "pygments", "markdown_it", "mdurl", "mdit_py_plugins", "linkify_it", "uc_micro",
               "typing_extensions", "platformdirs", "tree_sitter"}
    others = {name for name in loaded - textual - {"console", "store", "screens", "tests"} if installed(name)}
    assert others <= {"pysqlite3"}, others


def installed(name: str) -> bool:
    """Whether a module comes from an installed package, and is not a hook of an editable installation."""
    if name in sys.stdlib_module_names or name.startswith(("_", "sitecustomize", "pyrepl")):
        return False
    return not name.startswith(("distutils", "pip", "a1_coverage", "coverage"))
