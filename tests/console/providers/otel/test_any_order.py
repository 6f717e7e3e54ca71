"""Whatever the order, the cut into requests and the repeats, the same spans come to the same calls."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from console.providers.source import PushedCall
from tests.console.providers.otel.test_counted_once import NATIVE, OPENINFERENCE, TRACELOOP, TRUE
from tests.support.otlp import Ledger, heard, normaliser, span, traces

AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "worker"}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "ask"}


def run_of_agents(chance: random.Random) -> tuple[list[dict[str, Any]], int]:
    """Spans of agents that start agents through tools, each call told by one to three instrumentations; and how many
    calls they made."""
    spans: list[dict[str, Any]] = []
    number, calls = iter(range(1, 10_000)), 0

    def agent(parent: int, depth: int) -> None:
        nonlocal calls
        own = next(number)
        spans.append(span(own, AGENT, parent=parent, seconds_ago=5))
        for _ in range(chance.randint(1, 3)):
            calls += 1
            call(own, f"msg_{calls}")
        for _ in range(chance.randint(0, 2) if depth < 3 else 0):
            tool = next(number)
            spans.append(span(tool, TOOL, parent=own, seconds_ago=6))
            agent(tool, depth + 1)

    def call(parent: int, answer: str) -> None:
        outer = next(number)
        link = chance.choice([parent, outer])
        if link == outer:  # an instrumentation around the SDK's own span, which does not know the answer
            spans.append(span(outer, OPENINFERENCE, parent=parent, seconds_ago=20))
        spans.append(span(next(number), {**NATIVE, "gen_ai.response.id": answer}, parent=link, seconds_ago=20))
        if chance.random() < 0.5:  # one that knows it, in a trace of its own
            spans.append(span(next(number), {**TRACELOOP, "gen_ai.response.id": answer}, trace=1000 + outer,
                              seconds_ago=20))

    agent(0, 0)
    return spans, calls


def shape(call: PushedCall) -> tuple[Any, ...]:
    return call.key, call.tokens, call.caller, call.parent, call.depth, call.session, call.action, call.dimensions


@pytest.mark.parametrize("seed", range(25))
def test_the_same_spans_come_to_the_same_calls(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    spans, calls = run_of_agents(chance)
    whole = Ledger()
    whole.take(heard(normaliser(tmp_path), "traces", traces(spans)))
    assert len(whole.calls) == calls
    assert {call.tokens for call in whole.calls.values()} == {TRUE}
    for _ in range(4):
        told = spans + chance.sample(spans, len(spans) // 3)
        chance.shuffle(told)
        receiver, ledger = normaliser(tmp_path), Ledger()
        while told:
            size = chance.randint(1, 12)
            ledger.take(heard(receiver, "traces", traces(told[:size])))
            del told[:size]
        assert sorted(map(shape, ledger.calls.values())) == sorted(map(shape, whole.calls.values()))
