"""One defect planted in a sound Charter: exactly its rule says so, at its line, with what to write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.charters.rules import RULES, Verdict
from console.errors import InputError
from console.operations.charter.check import judge
from tests.support.charters import edited
from tests.support.desks import NOON
from tests.support.mbom import CONFIG
from tests.support.sound_charters import FINANCIAL, GENERAL, HEALTHCARE, SOUND


@dataclass(frozen=True, slots=True)
class Planted:
    rule: str
    text: str
    old: str
    new: str
    at: str
    """Words of the line that must be named."""
    remedy: str
    severity: str = "error"


ADVERSE = edited(('output_variance = "low"', 'output_variance = "medium"'), text=HEALTHCARE)
"""Its cell would be content with a sample; the decision is not."""
SCENARIO = HEALTHCARE[HEALTHCARE.index("[scenarios.expected]"):HEALTHCARE.index("[scenarios.stretch]")]
FIVE_TESTS = HEALTHCARE[HEALTHCARE.index("[five_tests]"):HEALTHCARE.index("[scenarios.expected]")]
LONG = "It sorts claims by cover and by age. " * 400

PLANTED = (
    Planted("missing", FINANCIAL, 'monthly_usd = "1860"', "#", "[scenarios.expected]", 'monthly_usd = "1860"'),
    Planted("missing", GENERAL, 'audience = "Client committee and senior management"', "", "[transparency]",
            "audience"),
    Planted("missing", FINANCIAL, 'domain = "financial"', "", "[charter]", "healthcare", "warning"),
    Planted("missing", GENERAL, 'decision = "erosion of trust"', "", "[charter]", "adverse individual", "warning"),
    Planted("missing", FINANCIAL, FINANCIAL[FINANCIAL.index("[review]"):FINANCIAL.index("[[kill")], "",
            'action = "retire"', "[review]"),
    Planted("missing", HEALTHCARE, SCENARIO, "", 'schedule = "', "[scenarios.expected]"),
    Planted("value", FINANCIAL, "half_life_months = 12", 'half_life_months = "soon"', "half_life_months", "= 12"),
    Planted("value", HEALTHCARE, 'when = "pre-issue"', 'when = "sometimes"', 'when = "sometimes"', "pre-issue"),
    Planted("value", GENERAL, 'outcome_value_usd = "14.50"', "outcome_value_usd = 14.50", "outcome_value_usd", '"14.5'),
    Planted("unknown-key", FINANCIAL, "kill_usd", "kill_usd_month", "kill_usd_month", "did you mean kill_usd?"),
    Planted("unknown-key", GENERAL, "[transparency]", "[carbon]\ngrams = 3\n\n[transparency]", "[carbon]", "newer"),
    Planted("unseen", FINANCIAL, '"claim triaged"', '"claim \\u001b[8mtriaged"', "outcome =", "take it out"),
    Planted("unseen", FINANCIAL, '"Claims officer with', '"any\u200bone, or a claims officer with', "who =",
            "take it out"),
    Planted("unseen", HEALTHCARE, '= "Dr M. Okafor', '= "\u202eDr M. Okafor', "accountable", "take it out"),
    Planted("placeholder", FINANCIAL, '"claim triaged"', '"<claim triaged>"', "outcome =", "your own"),
    Planted("vague", FINANCIAL, '"Executive committee"', '"whoever is available"', "audience", "committee"),
    Planted("vague", FINANCIAL, '"on_call", "platform_lead", "business_owner"', '"the team"', "escalation", "role"),
    Planted("vague", GENERAL, "Fifty minutes of an adviser for each letter.", "TBD", "baseline", "board member"),
    Planted("length", FINANCIAL, "Two paragraphs a board member can read.", LONG, "purpose = ", "one to 3 pages"),
    Planted("two-paragraphs", GENERAL, "An adviser reads", "And more.\n\nAn adviser reads", "purpose = ", "two",
            "warning"),
    Planted("half-life", GENERAL, "half_life_months = 30", "half_life_months = 12", "half_life_months", "24 months"),
    Planted("half-life", FINANCIAL, "half_life_months = 12", "half_life_months = 8", "half_life_months", "9 to 18"),
    Planted("half-life", HEALTHCARE, "half_life_months = 5", "half_life_months = 6", "half_life_months", "under 6"),
    Planted("half-life", HEALTHCARE, '"commodity"', '"expired"', "half_life_months", "take half_life_months away"),
    Planted("alpha-position", HEALTHCARE, 'outcome_value_usd = "22"', "", "[purpose]", "outcome_value_usd", "warning"),
    Planted("alpha-position", FINANCIAL, 'outcome_value_usd = "1.20"',
            'outcome_value_usd = "1.20"\nbaseline_value_usd = "1.20"', "outcome_value_usd", "expired", "warning"),
    Planted("alpha-position", FINANCIAL, 'outcome_value_usd = "1.20"', 'outcome_value_usd = "1.20"\n'
            'outcomes_per_month = 1800\nbaseline_value_usd = "0.20"', "outcome_value_usd", "outcomes_per_month",
            "warning"),
    Planted("tram-cell", FINANCIAL, 'cost_variance = "low"', 'cost_variance = "wild"', "cost_variance", "low, medium"),
    Planted("tram-model", HEALTHCARE, 'cost_variance = "high"', 'cost_variance = "medium"', "models", "workhorse"),
    Planted("tram-thinking", FINANCIAL, "thinking = false", "thinking = true", "thinking", "thinking = false"),
    Planted("tram-depth-cap", FINANCIAL, "depth_cap = 2", "depth_cap = 5", "depth_cap", "depth_cap = 2"),
    Planted("tram-fan-out-cap", GENERAL, "fan_out_cap = 8", "fan_out_cap = 9", "fan_out_cap", "fan_out_cap = 8"),
    Planted("tram-review", GENERAL, 'what = "every output"', 'what = "incidents"', "what =", '"every output"'),
    Planted("tram-review", FINANCIAL, '"post-issue pre-action"', '"post-incident"', "when =", "pre-action"),
    Planted("tram-review", FINANCIAL, '"override"', '"audit"', "authority =", '"override"'),
    Planted("five-tests", HEALTHCARE, FIVE_TESTS, "", "models = ", "[five_tests]", "warning"),
    Planted("five-tests", HEALTHCARE, FIVE_TESTS, FIVE_TESTS.replace("true", "false"), "[five_tests]", "workhorse",
            "warning"),
    Planted("five-tests", HEALTHCARE, "agents = false\n", "", "[five_tests]", "agents = false", "warning"),
    Planted("five-tests", HEALTHCARE, "tier_because = \"The summary is what the next clinician reads.\"\n", "",
            "tier = true", "tier_because", "warning"),
    Planted("placeholder", HEALTHCARE, "The summary is what the next clinician reads.", "<why it holds>",
            "tier_because", "your own"),
    Planted("derived-cost", FINANCIAL, '"1860"', '"2063"', "monthly_usd", 'monthly_usd = "1856.25"', "warning"),
    Planted("derived-cost", GENERAL, "calls_per_month = 20000", "calls_per_month = 26000", "monthly_usd", "448.5",
            "warning"),
    Planted("derived-cost", FINANCIAL, "calls_per_month = 180000", "calls_per_month = 18000", "monthly_usd", "185.625"),
    Planted("derived-cost", FINANCIAL, "calls_per_month = 180000", "calls_per_month = 380000", "monthly_usd",
            "3918.75"),
    Planted("model-shares", GENERAL, 'models = ["claude-sonnet-4-6", "claude-haiku-4-5"]',
            'models = ["claude-sonnet-4-6"]', "model_shares", "[tram] models"),
    Planted("stretch", FINANCIAL, "multiple = 2.5", "multiple = 3.5", "multiple = 3.5", "multiple = 2.5"),
    Planted("stretch", HEALTHCARE, "multiple = 2\n", "multiple = 1.5\n", "multiple = 1.5", "multiple = 2.5"),
    Planted("runaway", FINANCIAL, "multiple = 15", "multiple = 9", "multiple = 9", "multiple = 15"),
    Planted("runaway", HEALTHCARE, "multiple = 20", "multiple = 25", "multiple = 25", "multiple = 15"),
    Planted("kill-threshold", FINANCIAL, 'kill_usd = "9300"', 'kill_usd = "4000"', "kill_usd", 'kill_usd = "9300"'),
    Planted("kill-threshold", GENERAL, "kill_multiple = 4", "kill_multiple = 11", "kill_multiple", "kill_multiple = 5"),
    Planted("kill-threshold", GENERAL, "kill_multiple = 4", 'kill_multiple = 4\nkill_usd = "1360"', "kill_usd",
            "keep one"),
    Planted("kill-threshold", HEALTHCARE, 'kill_usd = "3500"\n', "", "[scenarios.runaway]", 'kill_usd = "3500"'),
    Planted("reviewer", FINANCIAL, '"Claims officer with delegated authority B"', '"The team"', "who =",
            "either has"),
    Planted("reviewer", GENERAL, '"Adviser registered with the regulator"', '"Experts as appropriate"', "who =",
            "who ="),
    Planted("sample", FINANCIAL, "sample_share = 0.05", "sample_share = 0.2", "sample_share", "sample_share = 0.05"),
    Planted("sample", GENERAL, 'what = "every output"', 'what = "every output"\nsample_share = 0.05', "sample_share",
            'what = "sample"', "warning"),
    Planted("adverse-individual", HEALTHCARE, 'when = "pre-issue"', 'when = "post-action"', "when =", '"pre-issue"'),
    Planted("adverse-individual", ADVERSE, '"every output"',
            '"sample"\nsample_share = 0.1\nsample_strategy = "By ward"', "what =", '"every output"'),
    Planted("adverse-individual", HEALTHCARE, 'when = "pre-issue"', 'when = "post-issue pre-action"', "when =",
            '"pre-issue"'),
    Planted("adverse-individual", HEALTHCARE, '"veto"', '"override"', "authority =", '"veto"'),
    Planted("accountable", HEALTHCARE, '"Dr M. Okafor, medical director"', '"risk_officer"', "accountable", "by name"),
    Planted("accountable", HEALTHCARE, '"Dr M. Okafor, medical director"', '"The Appeals Committee"', "accountable",
            "by name"),
    Planted("accountable", HEALTHCARE, '"Dr M. Okafor, medical director"', '"anyone"', "accountable", "by name"),
    Planted("accountable", HEALTHCARE, 'accountable = "Dr M. Okafor, medical director"\n', "", "[review]", "by name"),
    Planted("promise", FINANCIAL, '"population policy"', '"erosion of trust"', "decision", "promise =", "warning"),
    Planted("measurable", FINANCIAL, 'metric = "error_rate"', 'metric = "vibes"', 'metric = "vibes"', "measured_by"),
    Planted("measurable", GENERAL, '"spend_usd"', '"spend_on_mondays_usd"', "spend_on_mondays_usd", "spend_usd"),
    Planted("measurable", GENERAL, 'window = "1h"', 'window = "400m"', 'window = "400m"', "whole hours"),
    Planted("measurable", HEALTHCARE, 'window = "day"', 'window = "month"', 'window = "month"', 'window = "day"'),
    Planted("measurable", FINANCIAL, "above = 0.05", "above = 5", "above = 5", "above = 0.05", "warning"),
    Planted("measurable", FINANCIAL, "above = 0.05", "below = 0.05", "below = 0.05", "above = 0.05", "warning"),
    Planted("measurable", GENERAL, 'above = "60"', 'above = "6000"', "above =", "lower", "warning"),
    Planted("irreversible", FINANCIAL, 'action = "pause"', 'action = "retire"', "action =", 'action = "pause"'),
    Planted("automatic", FINANCIAL, 'action = "roll back"', 'action = "pause"\nautomatic = true', "automatic",
            "a person decides"),
    Planted("kills-the-plan", HEALTHCARE, 'above = "400"', 'above = "20"', "above =", "raise it", "warning"),
    Planted("schedule", FINANCIAL, 'schedule = "quarterly"', 'schedule = "when it seems right"', "schedule",
            "quarterly"),
    Planted("schedule", GENERAL, '"monthly, on the second Tuesday"', '"annually"', "schedule", "quarterly", "warning"),
)


def check(text: str) -> Verdict:
    return judge(text, "charter.toml", CONFIG, NOON)[1]


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_invented_against_a_sound_charter(name: str) -> None:
    assert check(SOUND[name]).problems == ()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: f"{each.rule}: {each.new[:30]!r}")
def test_exactly_the_rule_of_the_planted_defect_is_reported(planted: Planted) -> None:
    text = edited((planted.old, planted.new), text=planted.text)
    found = check(text).problems
    assert [(problem.rule, problem.severity) for problem in found] == [(planted.rule, planted.severity)]
    line = found[0].line
    assert line is not None
    assert planted.at in text.splitlines()[line - 1]
    assert planted.remedy in found[0].remedy


def test_a_key_that_is_not_known_hides_no_other_fault_of_its_table() -> None:
    text = edited(("thinking = false", "thinking = false\nthinking_budget = 4000"), ("depth_cap = 2", "depth_cap = 7"))
    verdict = check(text)
    assert [problem.rule for problem in verdict.problems] == ["unknown-key", "tram-depth-cap"]
    assert verdict.derived_monthly is not None


@pytest.mark.parametrize("who", ["Dr M. Okafor", "M. Okafor, medical director", "Claims officer Helena Lindqvist-Berg",
                                 "\u738b\u5c0f\u660e"])
def test_a_reviewer_with_a_name_answers_for_an_adverse_decision(who: str) -> None:
    text = edited(('accountable = "Dr M. Okafor, medical director"\n', ""),
                  ("Licensed clinician of the discharging ward", who), text=HEALTHCARE)
    assert check(text).problems == ()


def test_every_rule_is_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "charter.md").read_text()
    told = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", manual, re.MULTILINE)
    assert told == list(RULES.items())


def test_every_rule_has_a_defect_here() -> None:
    assert {planted.rule for planted in PLANTED} | {"unreadable"} == set(RULES)


@pytest.mark.parametrize(("text", "line"), [
    (FINANCIAL.replace('version = 1', 'version = '), 4), (GENERAL + "[signs]\n", GENERAL.count("\n") + 1),
    ("[charter]\nworkload = \"a\0\"", 2), (HEALTHCARE + 'x = """', None), ("a" * 70_000, None),
    ("[charter]\nversion = 99999999999999999999999", 2), ("a.b" * 1000 + "= 1", 1), ("\n\n" + "[" * 5000, None),
])
def test_what_is_no_toml_is_one_problem_with_its_line_and_a_remedy(text: str, line: int | None) -> None:
    with pytest.raises(InputError) as refused:
        check(text)
    assert refused.value.remedy
    if line is not None:
        assert refused.value.line == line


def test_of_two_defects_neither_hides_the_other() -> None:
    text = edited(("multiple = 15", "multiple = 9"), ('"Claims officer with delegated authority B"', '"anyone"'),
                  ('metric = "error_rate"', 'metric = "vibes"'), ("version = 1", "version = 0"), text=FINANCIAL)
    assert [problem.rule for problem in check(text).problems] == ["value", "runaway", "reviewer", "measurable"]


@pytest.mark.parametrize("who", [
    "TBC", "all staff", "Everybody on the team", "Appropriately qualified staff", "The reviewers on shift", "no one",
    "not applicable", "pending", "see wiki", "management", "The business", "An LLM", "the model itself", "automated",
    "AI system", "The usual people", "Anyone holding CFA level III",
])
def test_nobody_is_not_mistaken_for_a_qualification(who: str) -> None:
    text = edited(("Claims officer with delegated authority B", who), text=FINANCIAL)
    assert [problem.rule for problem in check(text).problems] == ["reviewer"]


@pytest.mark.parametrize("named", ["Customer Service", "Credit Risk Team", "Head of Fraud Operations", "Siobhan"])
def test_a_department_is_nobody_to_appeal_to(named: str) -> None:
    text = edited(("Dr M. Okafor, medical director", named), text=HEALTHCARE)
    assert [problem.rule for problem in check(text).problems] == ["accountable"]


@pytest.mark.parametrize("schedule", [
    "in March, June, September and December", "each Monday", "at every release", "continuously",
    "1 Feb, 1 May, 1 Aug, 1 Nov", "Quarterly, and annually to the board",
])
def test_a_schedule_is_known_in_many_words(schedule: str) -> None:
    assert check(edited(('"quarterly"', f'"{schedule}"'), text=FINANCIAL)).problems == ()


@pytest.mark.parametrize("schedule", ["every six months", "semi-annually", "half-yearly", "twice a year", "biennially"])
def test_what_is_rarer_than_the_quarterly_review_is_told(schedule: str) -> None:
    found = check(edited(('"quarterly"', f'"{schedule}"'), text=FINANCIAL)).problems
    assert [(problem.rule, problem.severity) for problem in found] == [("schedule", "warning")]


@pytest.mark.parametrize("who", [
    "Licensed clinician", "QA analyst", "Nurse", "Subject matter expert in tax law (CTA)", "Team lead, claims",
    "Credit officer with delegated authority of 50,000 USD", "Engineer of the owning team",
    "Broker manager", "Actuary", "Service desk supervisor", "Senior underwriter", "Claims team leader",
])
def test_a_qualification_is_not_mistaken_for_nobody(who: str) -> None:
    text = edited(("Claims officer with delegated authority B", who), text=FINANCIAL)
    assert check(text).problems == ()


@pytest.mark.parametrize("sentence", ["It answers anyone who writes in.", "Someone at the desk reads it as needed."])
def test_prose_may_speak_of_anyone(sentence: str) -> None:
    assert check(edited(("Two paragraphs a board member can read.", sentence), text=FINANCIAL)).problems == ()


def test_each_scenario_is_priced_beside_what_was_typed() -> None:
    costs = {each.scenario: (each.typed, each.derived) for each in check(FINANCIAL).costs}
    assert costs == {"expected": (1_860_000_000, 1_856_250_000), "stretch": (4_650_000_000, 4_640_625_000),
                     "runaway": (27_900_000_000, 27_843_750_000)}
