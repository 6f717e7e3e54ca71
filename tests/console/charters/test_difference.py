"""What changes between two Charters, in the playbook's terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charters.difference import Change, compare
from console.charters.parsing import parse
from console.charters.signing import content_hash
from tests.console.charters.test_signing import EDITS, SOUND, Edit
from tests.support.charters import edited
from tests.support.sound_charters import FINANCIAL, GENERAL, HEALTHCARE


def changes(*pairs: tuple[str, str], text: str = FINANCIAL) -> list[Change]:
    return list(compare(parse(text, "before"), parse(edited(*pairs, text=text), "after")))


@pytest.mark.parametrize(("old", "new", "element", "text", "meaning"), [
    ('kill_usd = "9300"', 'kill_usd = "12000"', "three scenarios", "kill threshold 9,300 → 12,000 USD (+29 %)",
     "a runaway may cost 2,700 USD more"),
    ('kill_usd = "9300"', 'kill_usd = "8000"', "three scenarios", "kill threshold 9,300 → 8,000 USD (-14 %)",
     "a runaway is killed 1,300 USD earlier"),
    ('kill_usd = "9300"', "kill_multiple = 5", "three scenarios",
     "kill threshold stated as a sum → a multiple of the expected month", ""),
    ('"platform_lead", "business_owner"]', '"business_owner"]', "three scenarios",
     "escalation on_call, then platform_lead, then business_owner → on_call, then business_owner", ""),
    ("calls_per_month = 180000", "calls_per_month = 181000", "three scenarios",
     "calls per month 180,000 → 181,000 (+0.56 %)", ""),
    ("half_life_months = 12", "half_life_months = 12\noutcomes_per_month = 150000", "purpose and alpha position",
     "outcomes per month none → 150,000", ""),
    ("half_life_months = 12", 'half_life_months = 12\nbaseline_value_usd = "0.35"', "purpose and alpha position",
     "value of the baseline, an outcome none → 0.35 USD", ""),
    ("calls_per_month = 180000", 'calls_per_month = 180000\nreview_usd = "400"', "three scenarios",
     "review cost a month none → 400 USD", ""),
    ("calls_per_month = 180000", 'calls_per_month = 180000\nrework_usd = "0"', "three scenarios",
     "rework cost a month none → 0 USD", ""),
    ("output = 350", "output = 700", "three scenarios", "output tokens per call 350 → 700 (+100 %)", ""),
    ('domain = "financial"', 'domain = "general"', "header", "domain financial → general",
     "the risk officer's signature is no longer asked for"),
    ('"population policy"', '"none"', "header", "decision category population policy → none",
     "no decision about people"),
    ("half_life_months = 12", "half_life_months = 18", "purpose and alpha position",
     "half-life months 12 → 18 (+50 %)", ""),
    ('models = ["claude-sonnet-4-6"]', 'models = ["claude-haiku-4-5"]', "target TRAM cell",
     "models claude-sonnet-4-6 → claude-haiku-4-5",
     "may also run on claude-haiku-4-5; may no longer run on claude-sonnet-4-6"),
    ("depth_cap = 2", "depth_cap = 1", "target TRAM cell", "depth cap 2 → 1 (-50 %)", "agents nest less deep"),
    ('when = "post-issue pre-action"', 'when = "post-action"', "review topology",
     "when post-issue pre-action → post-action", "a weaker review"),
    ('authority = "override"', 'authority = "veto"', "review topology", "authority override → veto",
     "a stronger review"),
    ("sample_share = 0.05", "sample_share = 0.025", "review topology", "sample 5 → 2.5 % (-50 %)", ""),
    ('above = "9300"', 'above = "9000"', "kill criteria", "month_usd above 9,300 → 9,000 USD over month (-3 %)", ""),
    ('audience = "Executive committee"', 'audience = "Board"', "transparency cadence",
     "audience Executive committee → Board", ""),
    ("[transparency]", '[signs]\nobserve = ["surge"]\n[transparency]', "signs", "only observed none → surge",
     "these are told of and never killed for"),
])
def test_a_change_says_its_element_from_to_and_what_it_means(old: str, new: str, element: str, text: str,
                                                             meaning: str) -> None:
    assert [(each.element, each.text, each.meaning) for each in changes((old, new))] == [(element, text, meaning)]


def test_a_kill_that_is_no_longer_automatic_is_said_in_so_many_words() -> None:
    found = changes(("automatic = true", "automatic = false"))
    assert [each.text for each in found] == ["kill automatic → escalated to a person"]
    assert found[0].meaning == "nothing is killed until a person decides"


def test_a_threshold_that_is_a_multiple_moves_with_the_plan() -> None:
    before = edited(('kill_usd = "9300"', "kill_multiple = 5"), text=FINANCIAL)
    found = changes(('monthly_usd = "1860"', 'monthly_usd = "2000"'), text=before)
    assert [each.what for each in found] == ["expected month", "kill threshold"]


def test_criteria_come_go_and_change_hands() -> None:
    found = changes(('metric = "error_rate"', 'metric = "rework_rate"'), ('action = "retire"', 'action = "pause"'))
    assert [(each.before, each.after) for each in found] == [
        ("none", "quality: rework_rate above 0.05 over 7d"),
        ("retire, escalated to a person", "pause, escalated to a person"),
        ("quality: error_rate above 0.05 over 7d", "none")]


def test_the_order_of_criteria_is_content_too() -> None:
    before = parse(FINANCIAL, "x")
    first, second, third = before.kill_criteria
    turned = type(before)(**{name: getattr(before, name) for name in before.__slots__}
                          | {"kill_criteria": (second, first, third)})
    assert [each.what for each in compare(before, turned)] == ["order"]


@given(st.lists(EDITS, max_size=3), st.lists(EDITS, max_size=3))
def test_there_is_a_change_exactly_where_the_signed_content_differs(first: list[Edit], second: list[Edit]) -> None:
    one = two = SOUND
    for edit in first:
        one = edit(one)
    for edit in second:
        two = edit(two)
    assert bool(compare(one, two)) is (content_hash(one) != content_hash(two))


@pytest.mark.parametrize("text", [FINANCIAL, GENERAL, HEALTHCARE])
def test_a_charter_is_no_change_of_itself(text: str) -> None:
    assert changes(text=text) == []


def test_every_key_of_a_charter_file_that_changes_is_seen() -> None:
    """Each of two Charters' keys is told where they differ: nothing is compared by its own name only."""
    found = {each.what for each in compare(parse(GENERAL, "x"), parse(HEALTHCARE, "x"))}
    assert found >= {"workload", "version", "domain", "decision category", "promise", "purpose", "outcome", "baseline",
                     "value of an outcome", "half-life", "half-life months", "cell", "models", "depth cap",
                     "fan-out cap", "expected month", "calls per month", "model shares", "stretch", "runaway",
                     "kill threshold", "kill", "escalation", "reviewer", "accountable", "criterion", "audience",
                     "format", "schedule", "tests that hold", "only observed", "time to say no"}
