"""The configuration file: what it may say, and how each mistake is answered."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from console import kinds
from console.config import Config, RuleSettings, find, load, load_text
from console.errors import BadConfiguration, NotPermitted

ROOT = Path(__file__).parents[2]

LEAST = """\
[organisation]
name = "Example Ltd"
time_zone = "Europe/London"

[database]
url = "sqlite:///token-console.db"

[[operators]]
user = "maria"
roles = ["on_call", "token_architect"]

[[sources]]
name = "anthropic"
kind = "anthropic"
secret = "env:ANTHROPIC_ADMIN_KEY"
kill_secret = "keyring:anthropic-kill"
poll = "60s"
"""


def settings(text: str) -> Config:
    return load_text(text, Path("/etc/token-console/token-console.toml"))


def refusal(text: str) -> str:
    with pytest.raises(BadConfiguration) as caught:
        settings(text)
    return str(caught.value).removeprefix("/etc/token-console/token-console.toml, ")


def test_the_least_that_works() -> None:
    config = settings(LEAST)
    assert config.organisation.time_zone == "Europe/London"
    assert config.database_url == "sqlite:////etc/token-console/token-console.db"
    assert config.operators[0].roles == ("on_call", "token_architect")
    assert config.sources[0].poll_s == 60
    assert config.sources[0].kill_reference == "keyring:anthropic-kill"
    assert config.notices == ()


def test_the_example_loads_and_names_every_key() -> None:
    config = load(ROOT / "config.example.toml")
    example = (ROOT / "config.example.toml").read_text()
    asked = set(re.findall(r'table\.\w+\(\s*"(\w+)"', (ROOT / "console/settings_tables.py").read_text()))
    asked |= set(re.findall(r'(?:calendar|root)\.\w+\("(\w+)"', (ROOT / "console/settings_tables.py").read_text()))
    asked |= set(re.findall(r'table\.optional\("(\w+)"', (ROOT / "console/settings_tables.py").read_text()))
    assert {"kill_secret", "time_zone", "protected", "week_start", "tram"} <= asked
    given = _keys(tomllib.loads(example))
    assert asked - given == set()
    assert str(config.switches[0].options["url"]).startswith("https://gateway")


def test_the_example_has_a_table_of_every_kind_of_source_and_of_switch() -> None:
    config = load(ROOT / "config.example.toml")
    assert {source.kind for source in config.sources} == set(kinds.source_names())
    assert {switch.kind for switch in config.switches} == set(kinds.switch_table_names())
    assert config.notices == ()


def test_the_example_states_the_thresholds_that_hold_without_it() -> None:
    assert load(ROOT / "config.example.toml").rules == RuleSettings()


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in _keys(item)}
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    return set()


def test_one_secret_for_reading_and_killing_is_said() -> None:
    config = settings(LEAST.replace('kill_secret = "keyring:anthropic-kill"\n', ""))
    assert config.sources[0].kill_reference == "env:ANTHROPIC_ADMIN_KEY"
    assert "anthropic: one secret both reads and kills" in config.notices[0]
    same = settings(LEAST.replace("keyring:anthropic-kill", "env:ANTHROPIC_ADMIN_KEY"))
    assert len(same.notices) == 1


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('poll = "60s"', 'pol = "60s"', "line 17: sources 1: “pol” is not known; did you mean “poll”? Known: an"),
        ('poll = "60s"', "poll = 60", 'line 17: sources 1, poll: must be a duration from 15s to 1h: write poll ='),
        ('poll = "60s"', 'poll = "1s"', "must be a duration from 15s to 1h"),
        ('poll = "60s"', 'poll = "60"', "must be a duration"),
        ('poll = "60s"', 'poll = "９０s"', "must be a duration"),
        ('"on_call"', '"oncall"', "line 10: operators 1, roles: “oncall” is not known; did you mean “on_call”?"),
        ('["on_call", "token_architect"]', '"on_call"', "line 10: operators 1, roles: must be a list of texts"),
        ('roles = ["on_call", "token_architect"]', "", "operators 1, roles: is missing: write roles = ["),
        ("Europe/London", "Europe/Londn", "line 3: organisation, time_zone: “Europe/Londn” is no time zone: write “Eu"),
        ("Europe/London", "../../etc/passwd", "is no time zone"),
        ("[organisation]", "[organization]", "line 1: “organization” is not known; did you mean “organisation”?"),
        ('name = "Example Ltd"', "name = 7", 'line 2: organisation, name: must be text in quotes: write name = "…"'),
        ('kind = "anthropic"', 'kind = "antropic"', "“antropic” is not known; did you mean “anthropic”?"),
        ('name = "anthropic"', 'name = "a b"', "use letters, digits"),
        ('name = "anthropic"', "", "sources 1, name: is missing"),
        ("sqlite:///token-console.db", "postgresql://host/db", "keeps its records in SQLite"),
        ("sqlite:///token-console.db", "sqlite:///", "keeps its records in SQLite"),
        ("env:ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_KEY", "line 15: sources 1, secret: a secret is referred to"),
        ("env:ANTHROPIC_ADMIN_KEY", "vault:x", "a secret is referred to, never written: keyring:NAME"),
        ("env:ANTHROPIC_ADMIN_KEY", "env:1", "write env:NAME"),
        ("keyring:anthropic-kill", "keyring:../x", "write keyring:NAME"),
        ("keyring:anthropic-kill", "command:op read", "write command:["),
        ('poll = "60s"', 'base_url = "http://api.anthropic.com"', "line 17: sources 1, base_url: must begin with https://"),
        ('poll = "60s"', 'base_url = "http://127.0.0.1.evil.example"', "must begin with https://"),
        ('poll = "60s"', 'base_url = "https://user:pw@host"', "holds a user or a password"),
        ('poll = "60s"', 'base_url = "https://host/?key=1"', "holds a query"),
        ('poll = "60s"', 'base_url = "https://[broken"', "is not an address"),
        ('poll = "60s"', 'base_url = "ftp://host"', "must begin with https://"),
        ("[[operators]]", "[operators]", "line 8: operators: may be given several times: write [[operators]]"),
        ("[database]", "[[database]]", "database must be a table: write [database]"),
    ],
)
def test_a_mistake_is_answered_with_its_line_and_what_to_write(before: str, after: str, says: str) -> None:
    assert before in LEAST
    assert says in refusal(LEAST.replace(before, after, 1))


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("[calendar]\nfiscal_year_month = 13", "must be a whole number from 1 to 12"),
        ('[calendar]\nweek_start = "mon"', "“mon” is not known; did you mean “monday”?"),
        ("[rules]\nmonth_steps = [0.8, 0.5]", "must be rising numbers"),
        ("[rules]\nburn_fast = true", "must be a number from 1 to 1000"),
        ("[rules]\nfloor_usd = 5", 'must be dollars as text: write floor_usd = "5.00"'),
        ('[rules]\nfloor_usd = "-1"', "must be dollars"),
        ("[breaker]\nmax_targets = 0", "must be a whole number from 1"),
        ('[approvals]\ntwo_person = "yes"', "must be true or false, without quotes: write two_person = false"),
        ('[[prices]]\nmodel = "m"', "says no price"),
        ('[[prices]]\nmodel = "a*b"\ninput = "1"', "may hold one *"),
        ('[[prices]]\nmodel = "m"\ninput = "NaN"', "must be an amount from 0"),
        ('[[prices]]\nmodel = "m"\ninput = 3.0', "must be an amount from 0 to 100000 as text"),
        ('[[prices]]\nmodel = "m"\ninput = "1"\nsince = "soon"', "must be a day: write since = 2000-01-01"),
        ('[[operators]]\nuser = "maria"\nroles = ["viewer"]', "operators 2, user: “maria” is given twice"),
        ('[[sources]]\nname = "anthropic"\nkind = "anthropic"\nsecret = "env:A"', "“anthropic” is given twice"),
        ('[[notifications]]\nname = "n"\nurl = "slack://x"', "a secret is referred to"),
        ("[keys]\nkill = 1", "must be a key in quotes"),
        (
            '[[switches]]\nname = "w"\nurl = "http://127.0.0.1/a"\nstate_url = "https://h/b"\nsecret = "env:A"',
            "must begin with https://",
        ),
    ],
)
def test_further_tables(extra: str, says: str) -> None:
    assert says in refusal(f"{LEAST}\n{extra}\n")


@pytest.mark.parametrize(
    "secret",
    ["sk-ant-admin01-abc", "sk-ant-api03-" + "x" * 90, "ghp_" + "a" * 36, "Zm9vYmFy" * 6, "-----BEGIN PRIVATE KEY"],
)
@pytest.mark.parametrize("place", ["env:ANTHROPIC_ADMIN_KEY", "Example Ltd", "maria"])
def test_what_looks_like_a_secret_is_refused_and_not_repeated(secret: str, place: str) -> None:
    message = refusal(LEAST.replace(place, secret))
    assert "looks like a secret" in message
    assert re.match(r"line \d+: ", message)
    assert "keyring:NAME" in message
    assert secret not in message


def test_a_secret_behind_a_scheme_is_refused_too() -> None:
    message = refusal(LEAST.replace("env:ANTHROPIC_ADMIN_KEY", "env:sk-ant-admin01-abcdef"))
    assert "looks like a secret" in message
    assert "sk-ant" not in message


def test_a_switch_on_this_machine_is_reached_only_where_it_says_so() -> None:
    extra = '[[switches]]\nname = "w"\nurl = "http://127.0.0.1:1/a"\nstate_url = "http://[::1]:1/b"\nsecret = "env:A"\n'
    assert settings(LEAST + extra + "allow_private = true\n").switches[0].options["allow_private"]


def test_a_switch_that_works_at_a_source_has_no_table_of_its_own() -> None:
    message = refusal(LEAST + '[[switches]]\nname = "w"\nkind = "anthropic-api-key"\nsecret = "env:A"\n')
    assert "anthropic-api-key works at a [[sources]] table" in message
    assert "webhook" in message


def test_a_hostile_key_name_is_shown_harmlessly() -> None:
    message = refusal(LEAST + '"\\u001b]0;x\\u0007" = 1\n')
    assert "\x1b" not in message
    assert "is not known" in message


def test_a_file_that_others_may_write_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "token-console.toml"
    path.write_text(LEAST)
    path.chmod(0o664)
    with pytest.raises(NotPermitted, match=f"chmod go-w {path}"):
        load(path)
    path.chmod(0o644)
    assert load(path).database_url == f"sqlite:///{tmp_path}/token-console.db"
    tmp_path.chmod(0o777)
    with pytest.raises(NotPermitted, match=f"folder {tmp_path} can be changed by others"):
        load(path)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "binary", "huge"])
def test_what_is_no_configuration(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "c.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "binary":
        path.write_bytes(b"\xff\xff")
    elif kind == "huge":
        path.write_bytes(b"#" * 70_000)
    with pytest.raises((BadConfiguration, NotPermitted), match=re.escape(str(path))):
        load(path)


def test_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert find(None) is None
    own = tmp_path / "xdg/token-console/token-console.toml"
    own.parent.mkdir(parents=True)
    own.write_text(LEAST)
    assert find(None) == own
    here = tmp_path / "work/token-console.toml"
    here.write_text(LEAST)
    assert find(None) == here
    assert find(Path("other.toml")) == tmp_path / "work/other.toml"


def test_the_mouse_is_the_consoles_unless_the_file_leaves_it_to_the_terminal() -> None:
    assert settings(LEAST).mouse
    assert not settings(f"{LEAST}\n[console]\nmouse = false\n").mouse
