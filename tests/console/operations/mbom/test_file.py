"""The MBOM file, in and out."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config import SourceSettings
from console.errors import InputError
from console.operations.mbom.export import to_csv, to_toml
from console.operations.mbom.file import contested, read
from tests.support.mbom import CLAIMS, CONFIG, SUPPORT


def messages(text: str) -> list[str]:
    return [problem.text("mbom.toml") for problem in read(text, "mbom.toml", CONFIG).problems]


def changed(old: str, new: str) -> list[str]:
    assert old in CLAIMS
    return messages(CLAIMS.replace(old, new, 1))


def test_the_designs_own_entry_is_understood() -> None:
    found = read(CLAIMS, "mbom.toml", CONFIG)
    assert found.problems == []
    assert found.entries[0].slug == "claims-triage"
    assert found.entries[0].data["usage"] == [{"source": "anthropic", "api_key_id": "apikey_01Example"}]


def test_a_dotted_label_is_one_dimension() -> None:
    found = read(CLAIMS + SUPPORT, "mbom.toml", CONFIG)
    assert found.problems == []
    assert found.entries[1].data["usage"][1] == {"label.team": "support"}


GATEWAY = replace(CONFIG, sources=(*CONFIG.sources, SourceSettings("gateway", "litellm", "env:KEY"),
                                   SourceSettings("told", "litellm-callback", None)))


@pytest.mark.parametrize(("more", "warned"), [
    ('{ source = "gateway", api_key_id = "k" }', True),
    ('{ source = "gateway", api_key_id = "k", provider = "anthropic" }', True),
    ('{ source = "gateway", api_key_id = "k", provider = "openai" }', False),
    ('{ source = "told", api_key_id = "k" }', False),
], ids=["gateway", "its-anthropic", "its-openai", "pushed"])
def test_a_gateway_beside_the_provider_that_it_leads_to_would_count_twice(more: str, warned: bool) -> None:
    old = 'usage = [{ source = "anthropic", api_key_id = "apikey_01Example" }'
    assert old in CLAIMS
    found = read(CLAIMS.replace(old, f"{old}, {more}"), "mbom.toml", GATEWAY).problems
    assert [(each.rule, each.severity) for each in found] == [("counted-twice", "warning")] * warned
    assert all("'gateway' and 'anthropic' are both in usage" in each.message for each in found)


@pytest.mark.parametrize(("old", "new", "expected"), [
    ('slug = "claims-triage"', 'slug = "Claims_Triage"', 'mbom.toml:2: [[workload]] 1 slug is not made of'),
    ('slug = "claims-triage"', f'slug = "{"a" * 65}"', "slug is not made of"),
    ('slug = "claims-triage"', 'slug = ""', "slug is empty"),
    ('slug = "claims-triage"\n', "", 'mbom.toml:1: [[workload]] 1 slug is missing; write slug = "claims-triage"'),
    ('name = "Claims triage"\n', "", "name is missing"),
    ('status = "live"', 'status = "alive"', "write one of: planned, live, paused, retired"),
    ('tier = "workhorse"', 'tier = "best"', "write one of: distilled, workhorse, frontier"),
    ('"supervisor-worker"', '"swarm"', "write one of: single-call"),
    ("depth_cap = 2", "depth_cap = -2", "not a whole number"),
    ("models = [", "models = [3, ", "not a list of texts"),
    ("business_owner", "buisness_owner", "did you mean business_owner?"),
    ('kind = "anthropic-api-key"', 'kind = "anthropic"', "write one of: anthropic-api-key, "),
    ('kind = "anthropic-api-key", source = "anthropic"', 'kind = "anthropic-api-key", source = "antropic"',
     "is not in [[sources]] of the configuration; it has anthropic"),
    ('kind = "anthropic-api-key", source = "anthropic"', 'kind = "webhook", source = "anthropic"',
     "is not in [[switches]] of the configuration; it has gateway"),
    (', target = "apikey_01Example"', "", "target is missing"),
    (', target = "apikey_01Example"', ', target = "apikey_01Example", stage = 6', "not a whole number from 1 to 5"),
    (', target = "apikey_01Example"', ', target = "apikey_01Example", stage = 2', "no switch is of stage 1"),
    (', target = "apikey_01Example"', ', target = "apikey_01Example", after = "10m"', "without a later stage"),
    (', target = "apikey_01Example"', ', target = "apikey_01Example", stage = 2, after = "soon"', "from 1m to 24h"),
    (', target = "apikey_01Example" }', ', target = "apikey_01Example" }, { kind = "anthropic-api-key", source = '
     '"anthropic", target = "apikey_01Example", stage = 2 }', "the switch is given twice"),
    ('usage = [{ source = "anthropic", api_key_id = "apikey_01Example" }]', "usage = [{ }]", "would match everything"),
    ('usage = [{ source', 'usage = "all" #', "not a list of tables"),
    ('api_key_id = "apikey_01Example" }]', "api_key_id = 7 }]", "not a dimension with a text"),
    ('usage = [{ source = "anthropic", api_key_id = "apikey_01Example" }]',
     'usage = [{ model = "m" }, { model = "m" }]', "the rule is given twice"),
])
def test_what_is_wrong_names_its_line_and_what_to_write(old: str, new: str, expected: str) -> None:
    assert any(expected in message for message in changed(old, new))


def test_a_slug_given_twice_names_both_lines() -> None:
    assert any("mbom.toml:18" in text and "first on line 1" in text for text in messages(CLAIMS + "\n" + CLAIMS))


def test_a_file_without_workloads_is_no_mbom() -> None:
    assert messages("") == ["mbom.toml:1: [[workload]] is missing; add at least one table [[workload]]"]
    assert any("not known" in text for text in messages("[charter]\nversion = 1\n"))


def test_a_name_has_at_most_two_hundred_characters() -> None:
    assert changed('"Claims triage"', f'"{"n" * 200}"') == []
    assert any("shorten it to 200" in text for text in changed('"Claims triage"', f'"{"n" * 10_000}"'))


def test_what_a_running_workload_lacks_is_said_and_no_obstacle() -> None:
    found = read('[[workload]]\nslug = "bare"\nname = "Bare"\n', "mbom.toml", CONFIG)
    assert [problem.severity for problem in found.problems] == ["warning"] * 3
    assert len(found.entries) == 1
    planned = read('[[workload]]\nslug = "bare"\nname = "Bare"\nstatus = "planned"\n', "mbom.toml", CONFIG)
    assert planned.problems == []


@pytest.mark.parametrize(("stated", "said"), [
    ('platform_lead = "as appropriate"', "platform_lead = 'as appropriate' names nobody"),
    ('platform_lead = "the team"', "platform_lead = 'the team' names nobody"),
    ('platform_lead = "Claims platform"', ""),
    ('tier = "workhorse"\nmodels = ["claude-opus-4-6"]', 'tier = "workhorse" is not that of the models named, which is '
                                                         'frontier; write tier = "frontier", or name other models'),
    ('tier = "workhorse"\nmodels = ["claude-haiku-4-5", "claude-sonnet-4-6"]', ""),
    ('tier = "workhorse"\nmodels = ["a-model-of-ours"]', ""),
])
def test_an_owner_that_is_nobody_and_a_tier_that_is_not_of_its_models_are_warned_of(stated: str, said: str) -> None:
    text = f'[[workload]]\nslug = "bare"\nname = "Bare"\nstatus = "planned"\n{stated}\n'
    found = read(text, "mbom.toml", CONFIG)
    warned = [problem.text("mbom.toml") for problem in found.problems if problem.severity == "warning"]
    assert [each.startswith(f"mbom.toml:5: [[workload]] 1 {said}") for each in warned] == ([True] if said else [])
    assert (len(found.entries), len(found.problems)) == (1, len(warned))
    assert messages(text.replace('"planned"', '"retired"')) == []


def test_a_source_or_dimension_that_nobody_knows_is_a_warning() -> None:
    unknown_source = changed('{ source = "anthropic", api', '{ source = "x", api')
    assert any("is not in the configuration" in text for text in unknown_source)
    assert any("no dimension that a source" in text for text in changed("api_key_id =", "api_key ="))


def test_the_same_rule_for_two_workloads_is_refused_in_a_file_and_against_the_store() -> None:
    thief = CLAIMS.replace("claims-triage", "thief")
    both = read(CLAIMS + thief, "mbom.toml", CONFIG)
    assert "is also that of claims-triage" in contested(both.entries, [])[0].message
    alone = read(thief, "mbom.toml", CONFIG)
    stored = read(CLAIMS, "mbom.toml", CONFIG).entries[0].data
    assert len(contested(alone.entries, [stored])) == 1
    assert contested(both.entries[:1], [stored]) == [], "an entry never contests the one it replaces"


class TestHostileFiles:
    @pytest.mark.parametrize("name", ["[@click=app.quit]x[/]", "=1+1"])
    def test_names_are_kept_as_they_are(self, name: str) -> None:
        found = read(CLAIMS.replace("Claims triage", name), "mbom.toml", CONFIG)
        assert (found.entries[0].data["name"], found.problems) == (name, [])

    @pytest.mark.parametrize("name", ["\\u001b]52;c;AAAA\\u0007", "\\u202eevil", "an\\u200byone"])
    def test_a_name_with_what_nobody_sees_is_refused_and_kept_where_it_is_stored(self, name: str) -> None:
        text = CLAIMS.replace("Claims triage", name)
        found = read(text, "mbom.toml", CONFIG)
        assert [(each.rule, each.line, each.severity) for each in found.problems] == [("unseen", 3, "error")]
        stored = {"claims-triage": {"name": name.encode().decode("unicode_escape")}}
        assert [problem.severity for problem in read(text, "mbom.toml", CONFIG, stored).problems] == ["warning"]

    def test_a_key_of_a_megabyte_makes_a_short_message(self) -> None:
        assert all(len(text) < 2000 and text.isprintable() for text in changed("team =", f'"{"k" * 1_000_000}" ='))

    def test_a_cut_file_is_refused_and_never_half_read(self) -> None:
        for length in range(0, len(CLAIMS) - 100, 11):
            try:
                found = read(CLAIMS[:length], "cut.toml", CONFIG)
            except InputError:
                continue
            assert found.problems

    def test_deep_tables_are_refused(self) -> None:
        with pytest.raises(InputError):
            read(CLAIMS + "review = " + "{ a = " * 40 + "1" + " }" * 40, "deep.toml", CONFIG)


def test_an_exported_mbom_imports_as_itself() -> None:
    entries = [entry.data for entry in read(CLAIMS + SUPPORT, "mbom.toml", CONFIG).entries]
    written = to_toml(entries, ["The MBOM of Example Ltd"])
    assert written.startswith("# The MBOM of Example Ltd\n")
    again = read(written, "again.toml", CONFIG)
    assert again.problems == []
    assert [entry.data for entry in again.entries] == entries


identifiers = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda t: t.strip() == t)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    lambda t: t.strip() == t)
ENTRIES = st.fixed_dictionaries(
    {"slug": st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True), "name": texts},
    optional={
        "prompt": st.dictionaries(texts, st.one_of(st.integers(-10**9, 10**9), texts, st.booleans()), max_size=3),
        "models": st.lists(texts, max_size=3), "depth_cap": st.integers(0, 50), "caching": st.booleans(),
        "usage": st.lists(st.dictionaries(st.sampled_from(["model", "label.x.y", "api_key_id"]), identifiers,
                                          min_size=1),
                          max_size=3, unique_by=repr),
    },
)


@given(st.lists(ENTRIES, min_size=1, max_size=3, unique_by=lambda entry: entry["slug"]))
def test_any_entry_survives_export_and_import(entries: list[dict[str, Any]]) -> None:
    again = read(to_toml(entries), "again.toml", CONFIG)
    assert [problem for problem in again.problems if problem.is_error] == []
    assert [entry.data for entry in again.entries] == entries
    assert all(line.isprintable() for line in to_toml(entries).split("\n"))


def test_a_spreadsheet_runs_no_formula_from_an_export() -> None:
    entry = read(CLAIMS.replace("Claims triage", "=HYPERLINK(1)"), "mbom.toml", CONFIG).entries[0].data
    row = next(csv.DictReader(io.StringIO(to_csv([entry]))))
    assert row["name"] == "'=HYPERLINK(1)"
    assert row["depth_cap"] == "2"
    assert row["usage"] == "source=anthropic, api_key_id=apikey_01Example"


def test_a_field_of_the_organisations_own_is_kept_and_said() -> None:
    text = CLAIMS.replace('tier = "workhorse"', 'tier = "workhorse"\ntram_cell = "low/medium"')
    found = read(text, "mbom.toml", CONFIG)
    (problem,) = found.problems
    assert problem.severity == "warning"
    assert "tram_cell" in problem.message
    assert found.entries[0].data["tram_cell"] == "low/medium"


def test_a_misspelt_dimension_is_refused_before_it_takes_usage_away() -> None:
    assert any("did you mean api_key_id?" in text for text in changed("api_key_id =", "api_key ="))


def test_a_misspelt_field_is_refused_with_the_right_one() -> None:
    said = messages('[[workload]]\nslug = "a"\nname = "A"\nusages = []\n')
    assert any("did you mean usage?" in text for text in said)
