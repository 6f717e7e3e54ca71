"""How a workload is built, fed, prompted and reviewed: a place for each field, and a refusal for what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.errors import InputError
from console.operations import registry
from console.operations.mbom.export import to_toml
from console.operations.mbom.file import read
from store import registry as store
from tests.support.desks import ARCHITECT, NOON, open_desk
from tests.support.mbom import CLAIMS, CONFIG, WHOLE

OPEN = '\n[[workload]]\nslug = "a"\nname = "A"\nstatus = "planned"\n'


def said(lines: str) -> list[tuple[str, str]]:
    """Severity, and the message as a person reads it, of an entry with these lines (from line 6 on)."""
    return [(problem.severity, problem.text("f")) for problem in read(OPEN + lines, "f", CONFIG).problems]


def test_every_field_of_an_entry_has_its_place_and_comes_back_as_it_was() -> None:
    found = read(WHOLE, "mbom.toml", CONFIG)
    assert found.problems == []
    entry = found.entries[0].data
    assert entry["data_pre_work"]["chunking"] == {"state": "partial", "what": "split at headings", "tokens": 500}
    assert entry["last_review"] == "2026-09-30"
    assert [one.data for one in read(to_toml([entry]), "again", CONFIG).entries] == [entry]


@pytest.mark.parametrize(("lines", "expected"), [
    ("prompt_literacy = 6", "f:6: [[workload]] 1 prompt_literacy = 6 is not a whole number from 1 to 5"),
    ("prompt_literacy = { required = 0 }", "required = 0 is not a whole number from 1 to 5"),
    ("prompt_literacy = { requierd = 3 }", "did you mean required?"),
    ("prompt = { version = 12 }", 'version is a number, not a text; write version = "12"'),
    ("prompt = { tokens = -1 }", "tokens = -1 is not a whole number"),
    ("prompt = []", "prompt is a list, not a table"),
    ("data_pre_work = { ingestion_filtering = \"soon\" }", "write one of: in place, partial, absent, not applicable"),
    ("data_pre_work = { chunking = { state = \"in place\", tokens = \"many\" } }", "is not a whole number from 1"),
    ("data_pre_work = { ingestion_filterin = \"absent\" }", "did you mean ingestion_filtering?"),
    ("eviction = { turn_cap = 0 }", "turn_cap = 0 is not a whole number from 1"),
    ("eviction = { relevance_score = 1.5 }", "is not a number from 0 to 1"),
    ("eviction = { summarization_trigger = \"x\" }", "did you mean summarisation_trigger?"),
    ("tram = { cost_variance = \"lowish\" }", "write one of: low, medium, high"),
    ("review = { what = \"everything\" }", "write one of: every output, sample, exceptions, incidents"),
    ("review = { what = \"incidents\", sample_share = 0.1 }", "'incidents' is no sample; write what = \"sample\""),
    ("charter = 0", "charter = 0 is not a whole number from 1"),
    ("models = [\"a\"]\ncascade = { models = [\"a\", \"b\"] }", "f:7: [[workload.cascade]] 1 models names 'b'"),
    ("kill_criteria = [{ kind = \"economic\" }]", "metric is missing"),
    ("kill_criteria = [{ kind = \"economic\", metric = \"month_usd\" }]", "it takes one of above and below"),
    ("kill_criteria = [{ kind = \"economic\", metric = \"m\", above = 1, below = 2 }]", "and has 2"),
    ("kill_criteria = [{ kind = \"economic\", metric = \"month_usd\", above = 9300 }]", "dollars are decimal strings"),
    ("kill_criteria = [{ kind = \"quality\", metric = \"m\", below = 1, switches = [\"k\"] }]",
     "no switch of the workload has that target"),
    ("last_review = 20260930", "last_review is a number, not a text"),
    ("modls_observed = []", "did you mean models_observed?"),
])
def test_what_is_none_is_refused_with_its_line_and_what_to_write(lines: str, expected: str) -> None:
    assert any(severity == "error" and expected in text for severity, text in said(lines)), said(lines)


@pytest.mark.parametrize("lines", [
    'cascade = "small first"', 'tram = "low/medium"', 'kill_criteria = ["month over 9300"]', 'review = "weekly"',
    'prompt_literacy = "three"', 'eviction = "the oldest turns"', 'last_review = "last spring"', 'sourcing = "own"',
    'eviction = { by_age = true }', 'models = ["a"]\nmodels_observed = ["b"]',
])
def test_words_of_their_own_and_what_drifts_are_kept_and_said(lines: str) -> None:
    found = read(OPEN + lines, "f", CONFIG)
    assert [problem.severity for problem in found.problems] == ["warning"]
    key, _, _ = lines.split("\n")[-1].partition(" =")
    assert key in found.entries[0].data


@pytest.mark.parametrize(("field", "value", "stored"), [
    ("prompt_literacy.required", "4", 4), ("prompt.version", "12", "12"), ("eviction.turn_cap", "20", 20),
    ("data_pre_work.chunking", "partial", "partial"), ("tram.cost_variance", "high", "high"),
    ("models_observed", '["claude-sonnet-4-6"]', ["claude-sonnet-4-6"]), ("last_review", "2026-10-01", "2026-10-01"),
])
async def test_each_is_set_and_the_change_kept_with_who_and_when(tmp_path: Path, field: str, value: str,
                                                                 stored: Any) -> None:
    with open_desk(tmp_path) as desk:
        await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
        await registry.set_field(desk, ARCHITECT, slug="claims-triage", field=field, value=value)
        change = (await registry.mbom_history(desk, ARCHITECT, slug="claims-triage"))[-1]
    key, *inner = field.split(".")
    assert (change.field, change.by, change.at, change.before) == (key, "maria", NOON, None)
    assert change.after == ({inner[0]: stored} if inner else stored)


async def test_what_a_database_already_says_is_no_obstacle_to_changing_something_else(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
        with desk.database.write() as tx:
            before = store.workload(tx, "claims-triage")
            assert before is not None
            store.put_workload(tx, {**before.entry, "prompt_literacy": 9}, by="maria", at=NOON)
        done = await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="team", value="Motor")
        assert done.changed == ("claims-triage",)
        assert any("prompt_literacy = 9" in warning for warning in done.warnings)
        with pytest.raises(InputError, match="prompt_literacy = 8"):
            await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="prompt_literacy", value="8")
