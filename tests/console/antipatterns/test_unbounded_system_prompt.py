"""Unbounded System Prompt: found by size and by growth, priced as the workload caches, silent where nothing is known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest

from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.telemetry import ModelUse, Telemetry
from console.antipatterns.unbounded_system_prompt import DETECTOR
from console.cadences.findings.reading import added
from console.prompts.version import SYSTEM, TOOLS, Gate, Prompt, Version
from tests.console.antipatterns.seen import ENTRY, START, bucket, telemetry

CALLS = 7000
"""In the week: a thousand a day."""
PATH = "prompts/claims-triage/system.md"


def version(commit: str, tokens: int | None, *, size: int = 70_000, gate: Gate | None = None) -> Version:
    return Version(commit * 40, PATH, "Ann", START, "Change it", commit * 40, None, size, tokens, 1, 0, gate=gate,
                   limit_line=120, changed_line=7)


def prompt(*versions: Version, kind: str = SYSTEM) -> Prompt:
    return Prompt("shop", "claims-triage", PATH, kind, "claude-sonnet-4-6", "whole", "/shop", START, versions)


def used(size: int, *, read: float = 0.0, written: float = 0.0, requests: int | None = 1000) -> Telemetry:
    """A week of claude-sonnet-4-6 at list prices, 3 USD a million uncached tokens, every call with the whole prompt."""
    through = 1000 * size
    days = [bucket(START + timedelta(days=day), uncached=round(through * (1 - read - written)),
                   written=round(through * written), read=round(through * read), requests=requests)
            for day in range(7)]
    total = reduce(added, days)
    cost = total.uncached * 3 + total.written_5m * 3.75 + total.read * 0.3
    return telemetry(days, models=(ModelUse("anthropic", "claude-sonnet-4-6", total._replace(cost=round(cost))),))


def found(seen: Telemetry) -> Finding:
    verdict = DETECTOR.look(seen)
    assert isinstance(verdict, tuple)
    [finding] = verdict
    return finding


@pytest.mark.parametrize(("read", "written", "usd_per_million"), [
    (0.0, 0.0, 3.0), (1.0, 0.0, 0.3), (0.9, 0.1, 0.3 * 0.9 + 3.75 * 0.1), (0.0, 1.0, 3.75), (0.5, 0.0, 1.65)],
    ids=["uncached", "read", "read and written", "written at every call", "half of it cached"])
def test_what_is_over_the_limit_costs_what_the_workload_pays_for_it(read: float, written: float,
                                                                    usd_per_million: float) -> None:
    finding = found(replace(used(20_000, read=read, written=written), prompts=(prompt(version("a", 20_000)),)))
    expected = CALLS * 5000 * usd_per_million
    assert finding.excess == pytest.approx(expected, abs=2)
    assert finding.stake is not None
    assert finding.stake.likely == pytest.approx(expected * 30 / 7, abs=5)
    assert finding.stake.low <= finding.stake.likely <= finding.stake.high
    assert (finding.confidence, finding.subject) == ("high", PATH)
    assert dict(finding.figures)["where"] == f"{PATH}:120"


def test_an_estimated_size_has_a_wider_range_and_less_confidence() -> None:
    finding = found(replace(used(20_000), prompts=(prompt(version("a", None)),)))  # 70,000 bytes
    assert finding.stake is not None
    assert finding.stake.low == pytest.approx(CALLS * 1000 * 3 * 30 / 7, abs=5)
    assert finding.stake.high == pytest.approx(CALLS * 10_000 * 3 * 30 / 7, abs=5)
    assert finding.confidence == "medium"
    assert found(replace(used(16_000), prompts=(prompt(version("a", None, size=56_000)),))).confidence == "low"


def test_growth_since_the_last_evaluation_is_found_below_the_limit() -> None:
    versions = version("b", 9000), version("a", 5000, gate=Gate("passed", "0.9", "trailer"))
    finding = found(replace(used(9000), prompts=(prompt(*versions),)))
    assert "has grown by 4,000 tokens" in finding.summary
    assert finding.stake is not None
    assert (finding.stake.low, finding.excess) == (0, CALLS * 4000 * 3)
    assert [dict(row)["size"] for row in finding.rows] == ["9,000 tokens", "5,000 tokens"]


def test_where_calls_or_usage_are_not_known_it_is_found_without_dollars() -> None:
    large = (prompt(version("a", 20_000)),)
    grown = (prompt(version("b", 9000), version("a", 5000, gate=Gate("passed", "0.9", "trailer"))),)
    for seen, why in ((replace(used(9000, requests=None), prompts=grown), "does not count calls"),
                      (telemetry(prompts=large), "no usage")):
        finding = found(seen)
        assert (finding.stake, finding.excess) == (None, None)
        assert why in finding.summary


def test_where_calls_are_not_counted_the_input_says_how_many_there_can_have_been() -> None:
    finding = found(replace(used(20_000, requests=None), prompts=(prompt(version("a", 20_000)),)))
    assert finding.stake is not None
    assert finding.stake.high == pytest.approx(CALLS * 5000 * 3 * 30 / 7, abs=5)
    assert finding.stake.low * 2 == pytest.approx(finding.stake.high, abs=5)
    assert finding.excess == pytest.approx(CALLS * 5000 * 3 * 3 / 4, abs=5)
    assert finding.confidence == "low"
    assert dict(finding.figures)["calls"].startswith("3,500 to 7,000, by the tokens of input")


def test_a_healthy_prompt_and_everything_out_of_use_is_no_finding() -> None:
    for fine in (prompt(version("a", 14_999)), prompt(version("a", 4000), version("b", 3900))):
        assert DETECTOR.look(replace(used(10_000), prompts=(fine,))) == ()


def test_the_entry_speaks_where_no_scan_read_the_prompt() -> None:
    unread = prompt(replace(version("a", None), unread="binary"))
    tools = prompt(version("a", 20_000), kind=TOOLS)
    for prompts in ((), (unread,), (tools,)):
        assert isinstance(DETECTOR.look(telemetry(prompts=prompts)), NotEnough)
        stated = {**ENTRY, "prompt": {"tokens": 16_000}}
        assert "16,000 tokens by its MBOM entry" in found(replace(used(16_000), prompts=prompts, entry=stated)).summary
    assert DETECTOR.look(telemetry(entry={**ENTRY, "prompt": {"tokens": 3400}})) == ()


def test_two_prompts_of_one_path_in_two_repositories_are_two_matters() -> None:
    ours = prompt(version("a", 20_000))
    verdict = DETECTOR.look(replace(used(20_000), prompts=(ours, replace(ours, repository="fork"))))
    assert isinstance(verdict, tuple)
    assert [each.subject for each in verdict] == [f"{PATH} of shop", f"{PATH} of fork"]


def test_a_prompt_that_went_out_of_use_is_no_finding_any_more() -> None:
    gone = replace(prompt(version("a", 20_000)), ended="deleted in 1a2b3c4d5e6f")
    assert DETECTOR.look(replace(used(20_000), prompts=(gone,))) == ()
