"""What is known of a workload for the lab: from its usage, its Charter, its MBOM entry and today's prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from console.cadences.measured.known import known_of
from console.cadences.measured.seen import Seen, Traces, Use
from console.cadences.orchestration import Multiplier
from console.charters.parsing import parse
from console.charters.tram import DEFAULT
from console.economics.catalogue import TOPICS
from console.economics.filling import Known
from console.pricing import PriceBook
from tests.support.charters import edited

F = Fraction
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SONNET = Use("anthropic", "claude-sonnet-4-6", 30_000, (27_000_000, 4_500_000, 0, 180_000_000, 10_500_000), 300_000_000)
HAIKU = Use("anthropic", "claude-haiku-4-5", 100_000, (100_000_000, 0, 0, 0, 10_000_000), 150_000_000)
CHARTER = (3, parse(edited(('monthly_usd = "1860" ', 'review_usd = "450"\nmonthly_usd = "1860" '),
                           ('baseline = ', 'outcomes_per_month = 90000\nbaseline = ')), "claims-triage.toml"))
RECORDED = Multiplier("claims-triage", 60, 12, 10, 200_000, 40_000, 3_000_000)
SEEN = Seen(AT, F(30), (SONNET,), Traces(0, None, 0, 0), None, {}, None)


def known(**changes: object) -> dict[str, Known]:
    return known_of(replace(SEEN, **changes), PriceBook(), DEFAULT.tier)  # type: ignore[arg-type]


def test_every_measure_that_an_input_names_can_be_known() -> None:
    entry = {"prompt": {"tokens": 3400}, "eviction": {"turn_cap": 20}, "data_pre_work": {"chunking": {"tokens": 500}},
             "cascade": {"models": ["claude-haiku-4-5", "claude-sonnet-4-6"], "misroute_share": 0.04,
                         "top_escalation_share": 0.1, "rework_usd": "0.02"},
             "prompt_literacy": {"required": 4, "had": 2}}
    found = known(uses=(SONNET, HAIKU), entry=entry, charter=CHARTER, traces=Traces(10, 4_000, 5, 20),
                  multiplier=RECORDED)
    named = {each.measure for topic in TOPICS.values() for each in topic.inputs if each.measure}
    assert named <= set(found)
    assert all(one.origin for one in found.values())


def test_the_levels_that_users_lack_are_known_where_both_are_stated() -> None:
    assert known(entry={"prompt_literacy": {"required": 4, "had": 2}})["literacy_gap"].value == 2
    for stated in (4, {"required": 4}, {"required": 2, "had": 3}, "three"):
        assert "literacy_gap" not in known(entry={"prompt_literacy": stated})


def test_usage_gives_calls_over_time_and_what_a_token_costs() -> None:
    found = known()
    assert found["calls_per_day"] == Known(F(1000), "measured, last 30 days")
    assert found["calls_per_minute"].value == F(1000, 1440)
    # $300 for 222 million tokens.
    assert found["usd_per_million"].value == F(300, 222)


def test_prices_are_todays_and_the_caching_is_the_workloads_own() -> None:
    found = known()
    assert found["output_usd_per_million"] == Known(F(15), "today's price")
    assert (found["cache_write_multiple"].value, found["cache_read_multiple"].value) == (F("1.25"), F("0.1"))
    assert found["cache_ttl_seconds"].value == 300
    # 27 x $3 + 4.5 x $3.75 + 180 x $0.30 = $151.875 for 211.5 million tokens.
    mixed = F("151.875") / F("211.5")
    assert found["input_usd_per_million"] == Known(mixed, "today's price, cached as in last 30 days")


def test_a_cache_that_is_kept_for_an_hour_has_its_own_price_and_time() -> None:
    found = known(uses=(replace(SONNET, tokens=(1, 0, 5, 0, 1)),))
    assert (found["cache_write_multiple"].value, found["cache_ttl_seconds"].value) == (F(2), F(3600))


def test_an_average_call_is_priced_on_every_tier_and_a_model_it_does_not_use_is_said() -> None:
    found = known()
    # 900 x $3 + 150 x $3.75 + 6,000 x $0.30 + 350 x $15 a million.
    assert found["usd_per_call_workhorse"] == Known(F("0.0103125"), "today's price of claude-sonnet-4-6")
    assert found["usd_per_call_distilled"].value == F("0.0103125") / 3
    assert found["usd_per_call_distilled"].origin == "today's price of claude-haiku-4-5, not used here"
    assert found["misroute_usd"].value == found["usd_per_call_workhorse"].value


def test_what_a_declared_cascade_hands_on_is_counted_and_where_calls_are_not_the_mbom_says_it() -> None:
    entry = {"cascade": {"models": ["claude-haiku-4-5", "claude-sonnet-4-6"], "escalation_share": 0.2}}
    assert known(uses=(SONNET, HAIKU), entry=entry)["escalation_share"] == Known(F(3, 10), "measured, last 30 days")
    uncounted = (SONNET, replace(HAIKU, requests=None))
    assert known(uses=uncounted, entry=entry)["escalation_share"] == Known(F(1, 5), "MBOM entry")
    assert "escalation_share" not in known(uses=(SONNET, HAIKU))


def test_the_charter_gives_the_review_and_the_traffic_of_what_has_not_run() -> None:
    found = known(charter=CHARTER, uses=(), days=F(0))
    # $450 a month for a twentieth of 90,000 outcomes.
    assert found["review_usd_per_case"] == Known(F(1, 10), "Charter v3")
    assert found["outcome_usd"] == Known(F("1.2"), "Charter v3: an outcome")
    assert found["calls_per_day"] == Known(F(6000), "Charter v3")
    assert found["usd_per_call_workhorse"].value == F("0.0103125")


def test_nothing_is_known_of_nothing() -> None:
    assert known(uses=(), days=F(0)) == {}


def test_a_model_without_a_price_gives_no_price() -> None:
    found = known(uses=(replace(SONNET, model="claude-next"),))
    assert not {"output_usd_per_million", "cache_write_multiple", "input_usd_per_million"} & set(found)
    assert found["calls_per_day"].value == 1000


def test_traces_give_tokens_of_an_action_where_every_call_told_them() -> None:
    found = known(traces=Traces(40, 800_000, 10, 65))
    assert found["tokens_per_action"] == Known(F(20_000), "traces of the last 24 hours")
    assert found["actions_per_month"].value == 1200
    assert found["calls_per_session"].value == F(13, 2)
    assert "tokens_per_action" not in known(traces=Traces(40, None, 0, 0))


def test_call_records_give_the_multiplier_and_what_one_call_takes() -> None:
    found = known(multiplier=RECORDED, traces=Traces(40, 800_000, 10, 65))
    assert found["multiplier"] == Known(F(5), "call records, last 30 days")
    assert (found["tokens_per_action"].value, found["single_call_tokens"].value) == (F(20_000), F(4_000))
    assert found["single_call_usd"].value == F("0.06")  # $3 for ten actions, a fifth of which is one call
    assert "multiplier" not in known(multiplier=replace(RECORDED, single=0))


def test_words_where_a_figure_belongs_are_not_known() -> None:
    found = known(entry={"prompt": "version 3", "eviction": {"turn_cap": "many"}, "cascade": {"misroute_share": True}})
    assert not {"system_tokens", "turn_cap", "misroute_share"} & set(found)
