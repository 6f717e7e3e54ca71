"""What makes a Charter signable."""

from __future__ import annotations

import pytest

from console.charters.tram import matrix_of
from console.errors import BadConfiguration
from tests.support.charters import said, verdict


def test_a_sound_charter_can_be_signed_and_hears_nothing() -> None:
    found = verdict()
    assert found.signable
    assert found.problems == ()


def test_the_derived_month_stands_beside_the_typed_one() -> None:
    assert verdict().derived_monthly == 1_856_250_000


def test_a_typed_month_a_tenth_off_is_a_warning_and_no_obstacle() -> None:
    found = verdict(('monthly_usd = "1860"', 'monthly_usd = "2500"'))
    assert said(found, "derived-cost") == [
        "claims-triage.toml:25: [scenarios.expected] monthly_usd is 2,500.00 USD; 180,000 calls at today's prices "
        'come to 1,856.25 USD; write monthly_usd = "1856.25", or correct the traffic']
    assert found.signable


def test_an_unknown_price_is_said_and_never_nothing() -> None:
    found = verdict(('models = ["claude-sonnet-4-6"]', 'models = ["claude-haiku-4-5"]'))
    assert found.derived_monthly is None
    assert "no known price" in said(found, "derived-cost")[0]


@pytest.mark.parametrize(("half_life", "months", "sound"), [
    ("structural", 24, True), ("structural", 23, False), ("operational", 9, True), ("operational", 18, True),
    ("operational", 8, False), ("operational", 19, False), ("commodity", 5, True), ("commodity", 6, False),
    ("commodity", 0, False),
])
def test_half_life_and_months_agree(half_life: str, months: int, sound: bool) -> None:
    found = verdict(('half_life = "operational"', f'half_life = "{half_life}"'),
                    ("half_life_months = 12", f"half_life_months = {months}"))
    assert (said(found, "half-life") == []) is sound
    assert found.signable is sound


def test_an_expired_half_life_is_a_warning() -> None:
    found = verdict(('half_life = "operational"', 'half_life = "expired"'), ("half_life_months = 12", ""))
    assert found.signable
    assert "no alpha is left" in said(found, "half-life")[0]


@pytest.mark.parametrize(("old", "new", "rule"), [
    ("multiple = 2.5", "multiple = 1.9", "stretch"),
    ("multiple = 2.5", "multiple = 3.1", "stretch"),
    ("multiple = 15", "multiple = 9", "runaway"),
    ("multiple = 15", "multiple = 21", "runaway"),
    ('kill_usd = "9300"', 'kill_usd = "4000"', "kill-threshold"),
    ('kill_usd = "9300"', 'kill_usd = "30000"', "kill-threshold"),
    ('kill_usd = "9300"', "kill_multiple = 2", "kill-threshold"),
    ('kill_usd = "9300"', "kill_multiple = 16", "kill-threshold"),
    ('kill_usd = "9300" ', 'kill_usd = "9300"\nkill_multiple = 5 ', "kill-threshold"),
    ('kill_usd = "9300" ', "", "kill-threshold"),
])
def test_the_scenarios_keep_their_distance(old: str, new: str, rule: str) -> None:
    found = verdict((old, new))
    assert len(said(found, rule)) == 1
    assert not found.signable


@pytest.mark.parametrize("value", ['kill_usd = "4650"', 'kill_usd = "27900"', "kill_multiple = 5"])
def test_the_kill_threshold_lies_between_stretch_and_runaway(value: str) -> None:
    assert verdict(('kill_usd = "9300"', value)).signable


@pytest.mark.parametrize(("old", "new", "rule"), [
    ('models = ["claude-sonnet-4-6"]', 'models = ["claude-sonnet-4-6", "claude-opus-4-6"]', "tram-model"),
    ("thinking = false", "thinking = true", "tram-thinking"),
    ("depth_cap = 2", "depth_cap = 3", "tram-depth-cap"),
    ("fan_out_cap = 4", "fan_out_cap = 5", "tram-fan-out-cap"),
    ('what = "sample"', 'what = "exceptions"', "tram-review"),
    ('when = "post-issue pre-action"', 'when = "post-action"', "tram-review"),
    ('authority = "override"', 'authority = "audit"', "tram-review"),
    ('cost_variance = "low"', 'cost_variance = "reckless"', "tram-cell"),
])
def test_the_cell_decides_what_is_permitted(old: str, new: str, rule: str) -> None:
    found = verdict((old, new))
    assert len(said(found, rule)) == 1
    assert not found.signable


def test_a_model_of_no_known_tier_is_a_warning_until_the_matrix_names_it() -> None:
    change = ('models = ["claude-sonnet-4-6"]', 'models = ["house-sonet-7"]')
    assert "nobody said what tier" in said(verdict(change), "tram-model")[0]
    assert said(verdict(change, matrix=matrix_of({"tiers": {"workhorse": ["house-*"]}})), "tram-model") == []


def test_the_organisations_own_matrix_wins() -> None:
    matrix = matrix_of({"low": {"medium": {"thinking": True, "depth_cap": 9, "models": ["claude-sonnet-4-*"]}}})
    assert verdict(("thinking = false", "thinking = true"), ("depth_cap = 2", "depth_cap = 9"), matrix=matrix).signable


@pytest.mark.parametrize("settings", [
    {"low": 3}, {"low": {"medium": 3}}, {"low": {"medium": {"models": "x"}}}, {"low": {"medium": {"depth": 3}}},
    {"low": {"medium": {"review": {"what": "nothing"}}}}, {"low": {"medium": {"depth_cap": True}}},
    {"low": {"medium": {"thinking": "no"}}}, {"tiers": {"workhorse": "x"}},
])
def test_a_malformed_matrix_is_bad_configuration(settings: dict[str, object]) -> None:
    with pytest.raises(BadConfiguration):
        matrix_of(settings)


def test_a_frontier_model_answers_the_five_tests() -> None:
    frontier = [('cost_variance = "low"', 'cost_variance = "high"'),
                ('models = ["claude-sonnet-4-6"]', 'models = ["claude-opus-4-6"]')]
    assert len(said(verdict(*frontier), "five-tests")) == 1
    answered = verdict(*frontier, (
        "[transparency]", '[five_tests]\ntier = true\ntier_because = "The letter is what the client pays for."\n'
        "thinking = false\nlong_context = false\ntools = false\nagents = false\n\n[transparency]"))
    assert said(answered, "five-tests") == []
    signed_before = verdict(*frontier, ("[transparency]", "[five_tests]\ntier = true\n\n[transparency]"))
    assert len(said(signed_before, "five-tests")) == 2  # four are not answered, and one has no sentence
    assert signed_before.signable


@pytest.mark.parametrize("who", ["anyone", "Anyone", "as appropriate", "Reviewed by anyone available", "TBD", "-",
                                 "Reviewers as appropriate", "n/a", "Someone", "the team", "A qualified person",
                                 "subject-matter experts as appropriate", "Humans in the loop", "whoever is on duty"])
def test_a_reviewer_is_a_named_qualification(who: str) -> None:
    found = verdict(("Claims officer with delegated authority B", who))
    assert len(said(found, "reviewer")) == 1
    assert not found.signable


def test_an_empty_reviewer_is_missing() -> None:
    assert len(said(verdict(("Claims officer with delegated authority B", " ")), "missing")) == 1


def test_a_sample_is_one_to_ten_per_cent() -> None:
    assert said(verdict(("sample_share = 0.05", "sample_share = 0.01")), "sample") == []
    assert len(said(verdict(("sample_share = 0.05", "sample_share = 0.11")), "sample")) == 1


def test_an_adverse_decision_about_a_person_is_always_a_persons() -> None:
    adverse = ("population policy", "adverse individual")
    assert len(said(verdict(adverse), "adverse-individual")) == 3
    decided = verdict(adverse, ('what = "sample"', 'what = "every output"'),
                      ('when = "post-issue pre-action"', 'when = "pre-issue"'),
                      ('authority = "override"', 'authority = "veto"\naccountable = "Dr M. Okafor"'))
    assert decided.signable


def test_a_promise_is_written_down() -> None:
    assert len(said(verdict(("population policy", "erosion of trust")), "promise")) == 1
    kept = verdict(('decision = "population policy"', 'decision = "erosion of trust"\npromise = "A person answers."'))
    assert said(kept, "promise") == []


@pytest.mark.parametrize(("changes", "rule"), [
    ([('metric = "month_usd"', 'metric = "vibes"'), ('above = "9300"', "above = 1")], "measurable"),
    ([('window = "month"', 'window = "day"')], "measurable"),
    ([('metric = "month_usd"', 'metric = "day_usd"')], "measurable"),
    ([('metric = "month_usd"', 'metric = "spend_usd"')], "measurable"),
    ([('metric = "month_usd"', 'metric = "spend_usd"'), ('window = "month"', 'window = "400m"')], "measurable"),
    ([('metric = "month_usd"', 'metric = "spend_usd"'), ('window = "month"', 'window = "90d"')], "measurable"),
    ([('action = "pause"', 'action = "retire"')], "irreversible"),
    ([('kind = "economic"', 'kind = "quality"')], "automatic"),
    ([('kind = "economic"', 'kind = "strategic"')], "automatic"),
])
def test_a_criterion_that_cannot_be_measured_or_undone_is_refused(changes: list[tuple[str, str]], rule: str) -> None:
    found = verdict(*changes)
    assert len(said(found, rule)) == 1
    assert not found.signable


def test_a_criterion_below_the_plan_is_a_warning() -> None:
    found = verdict(('above = "9300"', 'above = "1000"'))
    assert found.signable
    assert len(said(found, "kills-the-plan")) == 1


def test_a_broken_element_does_not_hide_what_is_wrong_with_the_others() -> None:
    found = verdict(("version = 1", "version = 0"), ("multiple = 2.5", "multiple = 3.5"),
                    ("depth_cap = 2", "depth_cap = 7"))
    assert {problem.rule for problem in found.problems} == {
        "value", "stretch", "tram-depth-cap"}


def test_problems_come_in_the_order_of_the_file() -> None:
    found = verdict(("multiple = 2.5", "multiple = 7"), ("thinking = false", "thinking = true"))
    lines = [problem.line or 0 for problem in found.problems]
    assert lines == sorted(lines)
