"""A Charter as a form: every key of the file is a field, and changing one changes nothing else."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from console.charters import form
from console.charters.parsing import parse, read
from console.charters.template import template
from console.errors import InputError
from console.toml import KeyPath
from console.toml_writing import value_at
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.sound_charters import GENERAL, HEALTHCARE, SOUND


def changed(path: KeyPath, value: Any, text: str = CLAIMS_TRIAGE) -> list[tuple[str, str]]:
    """The lines that differ, as (before, after); a line that is only in one of them has an empty partner."""
    before, after = text.splitlines(), form.changed(text, path, value).splitlines()
    if len(before) == len(after):
        return [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    return [(line, "") for line in before if line not in after] + [("", line) for line in after if line not in before]


def leaves(data: Any, path: KeyPath = ()) -> list[KeyPath]:
    if isinstance(data, dict):
        return [leaf for key, value in data.items() for leaf in leaves(value, (*path, key))]
    if isinstance(data, list) and data and isinstance(data[0], dict):
        return [leaf for at, value in enumerate(data) for leaf in leaves(value, (*path, at))]
    return [path]


@pytest.mark.parametrize("text", [*SOUND.values(), template("claims-triage")])
def test_every_key_of_a_file_is_a_field_but_whose_it_is_and_its_version(text: str) -> None:
    data = tomllib.loads(text)
    fields = {each.path for element in form.elements(data) for each in element.fields}
    missing = [path for path in leaves(data) if not any(path[: len(field)] == field for field in fields)]
    assert missing == [("charter", "workload"), ("charter", "version")]


@pytest.mark.parametrize("text", SOUND.values())
def test_what_is_typed_back_as_it_was_changes_nothing(text: str) -> None:
    data, document = tomllib.loads(text), parse(text, "as it was")
    for element in form.elements(data):
        for each in element.fields:
            value = value_at(data, each.path)
            if value is not None:
                again = form.changed(text, each.path, form.meant(form.typed(value), each.kind))
                assert parse(again, str(each.path)) == document, each.path


def test_a_comment_survives_and_keeps_its_column() -> None:
    assert changed(("purpose", "half_life"), "structural") == [(
        'half_life = "operational"            # structural, operational, commodity, expired',
        'half_life = "structural"             # structural, operational, commodity, expired')]


def test_a_key_that_was_missing_joins_its_table() -> None:
    assert changed(("review", "accountable"), "Dr M. Okafor") == [("", 'accountable = "Dr M. Okafor"')]
    after = form.changed(CLAIMS_TRIAGE, ("review", "accountable"), "Dr M. Okafor")
    assert after.index("accountable") < after.index("[[kill_criteria]]")


def test_a_table_that_was_missing_is_begun() -> None:
    after = form.changed(CLAIMS_TRIAGE, ("signs", "veto"), "5m")
    assert after.endswith('\n[signs]\nveto = "5m"\n')


def test_nothing_takes_a_key_away() -> None:
    assert changed(("scenarios", "runaway", "kill_usd"), "") == [
        ('kill_usd = "9300"                    # or kill_multiple = 5', "")]
    assert changed(("signs", "veto"), "") == []


def test_inside_an_inline_table_and_a_list_of_tables() -> None:
    ((_, after),) = changed(("scenarios", "expected", "tokens_per_call", "output"), 400)
    assert after.endswith("cache_write = 150, output = 400 }")
    ((_, after),) = changed(("kill_criteria", 0, "above"), "8000")
    assert after == 'above = "8000"'


def test_a_text_of_several_lines_stays_one() -> None:
    text = form.changed(GENERAL, ("purpose", "purpose"), form.meant("One.\\n\\nTwo.", "prose"))
    assert tomllib.loads(text)["purpose"]["purpose"] == "One.\n\nTwo."
    assert 'purpose = """One.\n\nTwo."""' in text


@pytest.mark.parametrize(("typed", "kind", "meant"), [
    ("yes", "flag", True), ("No", "flag", False), ("perhaps", "flag", "perhaps"),
    ("a; b ;", "texts", ["a", "b"]), ('["a; b"]', "texts", ["a; b"]),
    ("180,000", "whole", 180_000), ("0.05", "number", 0.05), ("many", "whole", "many"),
    ("$9,300", "dollars", "9300"), ("9300", "text", "9300"),
    ('{ "a" = 0.5, b = 0.5 }', "table", {"a": 0.5, "b": 0.5}),
])
def test_what_a_person_means(typed: str, kind: str, meant: object) -> None:
    assert form.meant(typed, kind) == meant


@pytest.mark.parametrize("value", ['"]\n[charter]\nversion = 9\n#', "\x1b[2J", '"""', "\\", "#", "a\u202eb", "= 1"])
def test_a_hostile_value_stays_a_value(value: str) -> None:
    text = form.changed(CLAIMS_TRIAGE, ("purpose", "outcome"), value)
    assert tomllib.loads(text)["purpose"]["outcome"].strip() == value.strip()
    assert tomllib.loads(text)["charter"]["version"] == 1


def test_what_cannot_be_changed_alone_is_said() -> None:
    dotted = 'charter.workload = "a"\ncharter.version = 1\npurpose = "a text"\n'
    with pytest.raises(InputError, match="your editor"):
        form.changed(dotted, ("purpose", "outcome"), "claim triaged")


def test_a_missing_key_and_a_wrong_one_say_which_they_are() -> None:
    text = CLAIMS_TRIAGE.replace('outcome = "claim triaged"\n', "").replace("thinking = false", "thinking = 3")
    paths = {problem.rule: problem.path for problem in read(text, "c").problems}
    assert paths == {"missing": ("purpose", "outcome"), "value": ("tram", "thinking")}


def test_what_a_healthcare_charter_has_beside_is_shown_too() -> None:
    titles = [element.title for element in form.elements(tomllib.loads(HEALTHCARE))]
    assert "FIVE TESTS OF A FRONTIER MODEL" in titles
