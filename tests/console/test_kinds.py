"""Kinds of sources and switches are found by name: one more file in the folder is all that a new one takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

import console.providers
import console.switches
from console import kinds, providers, switches
from console.clock import ManualClock
from console.config import Config, load_text
from console.errors import BadConfiguration
from console.http import BoundedClient
from console.operations.mbom.file import read
from console.watch.switchboard import Board
from tests.support.mbom import CLAIMS, CONFIG

AT = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)

SOURCE = '''
from console.kinds import SourceKind
from console.providers.source import Capabilities

class Meter:
    def __init__(self, settings, tools):
        self.name, self.office, self.key = settings.name, settings.options["office"], tools.key

def options(table):
    return {"office": table.text("office")}

KIND = SourceKind("paper-meter", Capabilities((60,), dimensions=("desk",), covers=("paper",)), Meter, options,
                  needs_secret=False)
'''

SWITCH = '''
from console.kinds import SwitchKind
from console.switches.switch import ActionClass, Verb

VERBS = {"disable": Verb("disable", "empty", ActionClass.LIMIT, True, 1.0, read_back="it is looked at"),
         "enable": Verb("enable", "", ActionClass.LIMIT, True, 1.0, read_back="it is looked at", restores=True)}

class Tray:
    kind, verbs = "paper-tray", VERBS

    def __init__(self, settings, tools):
        self.at = settings.name

    async def close(self):
        pass

def check_target(target):
    return None if target.startswith("tray-") else "is no tray: write tray-1"

KIND = SwitchKind("paper-tray", "paper-meter", VERBS, Tray, check_target=check_target)
'''

TEXT = '[[sources]]\nname = "office"\nkind = "paper-meter"\noffice = "north"\n'


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A source and a switch, each one file in a folder that is looked into as well."""
    for package, name, text in ((console.providers, "paper_meter", SOURCE), (console.switches, "paper_tray", SWITCH)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    yield
    for name in ("console.providers.paper_meter", "console.switches.paper_tray"):
        sys.modules.pop(name, None)


def settings(text: str) -> Config:
    return load_text(text, Path("/etc/token-console.toml"))


async def test_a_file_dropped_into_the_folder_is_a_source_and_a_switch(dropped: None) -> None:
    config = settings(TEXT)
    tools = kinds.SourceTools(lambda: "", ManualClock(AT), Path("/etc"))
    source = providers.build(config.sources[0], tools)
    assert (source.name, vars(source)["office"]) == ("office", "north")
    assert config.sources[0].secret is None
    board = Board(config, ManualClock(AT))
    assert board("paper-tray", "office").kind == "paper-tray"
    await board.close()


def test_its_own_keys_are_checked_as_all_others(dropped: None) -> None:
    with pytest.raises(BadConfiguration, match="office: is missing"):
        settings('[[sources]]\nname = "o"\nkind = "paper-meter"\n')
    with pytest.raises(BadConfiguration, match="“desk” is not known"):
        settings(TEXT + 'desk = "1"\n')


def test_the_mbom_knows_its_switch_its_targets_and_its_dimensions(dropped: None) -> None:
    config = settings(TEXT)
    paper = CLAIMS.replace('kind = "anthropic-api-key", source = "anthropic", target = "apikey_01Example"',
                           'kind = "paper-tray", source = "office", target = "tray-1"')
    paper = paper.replace('source = "anthropic", api_key_id', 'source = "office", desk')
    assert read(paper, "mbom", config).problems == []
    (problem,) = read(paper.replace("tray-1", "drawer"), "mbom", config).problems
    assert "'drawer' is no tray" in problem.message
    assert problem.remedy == "write tray-1"


def test_without_the_file_there_is_no_such_kind() -> None:
    with pytest.raises(BadConfiguration, match="“paper-meter” is not known"):
        settings(TEXT)
    with pytest.raises(BadConfiguration, match="no kind of switch called 'paper-tray'; there are: anthropic-api-key"):
        kinds.switch("paper-tray")


@pytest.mark.parametrize("name", ["source", "shared", "../x", ""])
def test_what_is_no_kind_is_never_imported_as_one(name: str) -> None:
    with pytest.raises(BadConfiguration):
        kinds.source(name)


def test_a_kind_has_one_spelling() -> None:
    assert kinds.switch("anthropic-api-key")
    with pytest.raises(BadConfiguration):
        kinds.switch("anthropic_api_key")


def test_a_rule_may_match_on_any_dimension_that_a_kind_declares_and_on_labels_and_traces() -> None:
    for kind in kinds.source_names():
        for dimension in kinds.source(kind).capabilities.dimensions:
            rule = CLAIMS.replace("api_key_id", dimension)
            assert read(rule, "mbom", CONFIG).problems == [], dimension
    for dimension in ("label.team", "trace.user"):
        assert read(CLAIMS.replace("api_key_id", dimension), "mbom", CONFIG).problems == []


@pytest.mark.parametrize("kind", kinds.source_names())
def test_each_source_declares_itself_whole(kind: str) -> None:
    declared = kinds.source(kind)
    assert declared.kind == kind
    told = declared.capabilities
    assert told.covers
    assert told.push or (told.bucket_widths == tuple(sorted(told.bucket_widths)) and told.dimensions)


@pytest.mark.parametrize("kind", kinds.switch_names())
def test_each_switch_declares_itself_whole(kind: str) -> None:
    declared = kinds.switch(kind)
    assert declared.kind == kind
    assert set(declared.verbs) == {"disable", "enable"}
    assert declared.works_at is None or declared.works_at in kinds.source_names()
    for verb in declared.verbs.values():
        assert verb.read_back
        assert verb.propagation_s > 0
        assert verb.action_class in ("K1", "K2")
        assert verb.reversible


def test_to_know_every_kind_imports_nothing_heavy() -> None:
    program = ("import sys; from console import kinds\n"
               "for name in kinds.source_names(): kinds.source(name)\n"
               "for name in kinds.switch_names(): kinds.switch(name)\n"
               "print(*{name.partition('.')[0] for name, module in sys.modules.items() if module})")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"httpx", "boto3", "botocore", "google", "opentelemetry", "sqlalchemy", "sqlmodel", "genai_prices",
             "cryptography", "aiohttp", "uvicorn", "starlette"}
    assert not heavy & set(done.stdout.split())


def test_a_switch_knows_a_dry_run_by_its_client() -> None:
    from console.switches.shared.rehearsal import Rehearsal

    def tools(client: BoundedClient) -> kinds.SwitchTools:
        return kinds.SwitchTools(client, lambda: "", tuple, lambda: AT, Path())

    assert tools(Rehearsal()).rehearsal
    assert not tools(BoundedClient()).rehearsal


def test_a_switch_is_not_built_at_a_source_of_another_kind() -> None:
    hook = CONFIG.switches[0]
    with pytest.raises(BadConfiguration, match="does not work at 'gateway'"):
        switches.build("anthropic-api-key", hook, kinds.SwitchTools(BoundedClient(), lambda: "", tuple, lambda: AT,
                                                                   Path()))


def test_the_modules_of_kinds_are_where_their_names_say() -> None:
    for package, names in (("providers", kinds.source_names()), ("switches", kinds.switch_names())):
        for name in names:
            assert import_module(f"console.{package}.{name.replace('-', '_')}").KIND.kind == name
