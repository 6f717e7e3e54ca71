"""Files that are no sound Charter: everything wrong is told with line, rule and remedy, and nothing is stored."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from console.charters.rules import RULES
from tests.console.commands.test_registry_commands import console
from tests.console.commands.test_registry_commands import home as home
from tests.support.command_line import token_console
from tests.support.sound_charters import FINANCIAL, HEALTHCARE

CONTRADICTORY = FINANCIAL.replace("kill_usd =", 'kill_multiple = 5\nkill_usd =').replace(
    'half_life = "operational"', 'half_life = "expired"')
NEWER = FINANCIAL.replace("[charter]", "[charter]\nschema = 9") + "\n[carbon_budget]\ngrams_per_call = 3\n"
HOSTILE = FINANCIAL.replace('"claims-triage"', '"../../etc/passwd"').replace(
    'models = ["claude-sonnet-4-6"]', 'models = ["\\u001b]52;c;AAAA\\u0007", "\\u202eevil"]').replace(
        "multiple = 15", "multiple = 1e308")
BAD: dict[str, tuple[bytes, set[str]]] = {
    "contradictory": (CONTRADICTORY.encode(), {"half-life", "kill-threshold"}),
    "a key twice": (FINANCIAL.replace("version = 1", "version = 1\nversion = 2").encode(), {"unreadable"}),
    "newer": (NEWER.encode(), {"unknown-key"}),
    "hostile": (HOSTILE.encode(), {"value", "tram-model", "unseen"}),
    "empty": (b"", {"missing"}),
    "binary": (bytes(range(256)) * 40, {"unreadable"}),
    "UTF-16": (FINANCIAL.encode("utf-16"), {"unreadable"}),
    "endless": (b"a = [" * 20_000, {"unreadable"}),
    "cut off": (HEALTHCARE.encode()[:700], {"unreadable"}),
    "of wrong kinds": (re.sub(r"= .*", "= 1979-05-27", FINANCIAL).encode(), {"value"}),
}


@pytest.mark.parametrize("name", BAD)
def test_check_lists_every_problem_with_line_rule_and_remedy(tmp_path: Path, name: str) -> None:
    content, rules = BAD[name]
    (tmp_path / "bad.toml").write_bytes(content)
    done = token_console("charter", "check", "bad.toml", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    problems = json.loads(done.stdout)["files"][0]["problems"]
    assert rules <= {problem["rule"] for problem in problems} <= set(RULES)
    for problem in problems:
        assert problem["remedy"], problem
        assert problem["line"] is not None or problem["rule"] in ("missing", "unreadable"), problem
    shown = token_console("charter", "check", "bad.toml", cwd=tmp_path).stdout
    assert not set(shown) & set("\x1b\x07\u202e\x9b")
    assert all(f"[{problem['rule']}]" in shown for problem in problems)


@pytest.mark.parametrize("name", BAD)
def test_import_stores_nothing_of_it(home: Path, name: str) -> None:
    console(home, "mbom", "import", "mbom.toml")
    (home / "bad.toml").write_bytes(BAD[name][0])
    done = console(home, "charter", "import", "bad.toml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert not set(done.stderr) & set("\x1b\x07\u202e\x9b")
    assert "(versions: none)" in console(home, "charter", "show", "claims-triage").stderr


def test_an_import_names_the_rule_of_each_error(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    (home / "bad.toml").write_text(FINANCIAL.replace("multiple = 15", "multiple = 50"))
    assert console(home, "charter", "import", "bad.toml").stderr.splitlines()[-1].endswith("[runaway]")
