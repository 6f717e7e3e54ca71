"""Two instrumentations that tell one call and are linked by nothing are known by their counts and their times."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.console.providers.otel.test_counted_once import NATIVE, OPENINFERENCE, TRUE
from tests.support.otlp import Ledger, heard, normaliser, span, traces

FRAMEWORK = {**OPENINFERENCE, "output.value": '{"generations": [[{"text": "four"}]]}'}
AGENT = {"openinference.span.kind": "AGENT", "agent.name": "reader"}
REFUSED = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "error.type": "rate_limit_error"}


def client(told: dict[str, Any], number: int = 1, **place: Any) -> dict[str, Any]:
    """The SDK's own span, in a trace of its own."""
    return traces([span(number, told, trace=number, lasted_s=1, **place)], scope="com.anthropic.sdk.python")


def framework(told: dict[str, Any], number: int = 5, **place: Any) -> dict[str, Any]:
    """A framework's, which lasts a little longer."""
    return traces([span(number, told, trace=100, lasted_s=1.2, **{"seconds_ago": 9.9, **place})], scope="langchain")


def agent() -> dict[str, Any]:
    return traces([span(4, AGENT, trace=100, lasted_s=3, seconds_ago=9)], scope="langchain")


def counted(exports: Any, folder: Path) -> tuple[list[Any], tuple[str, ...]]:
    receiver, ledger = normaliser(folder), Ledger()
    for export in exports:
        ledger.take(heard(receiver, "traces", export))
    return list(ledger.calls.values()), receiver.notices()


@pytest.mark.parametrize("exports", permutations([client(NATIVE), framework(FRAMEWORK, parent=4), agent()]))
def test_a_call_that_a_framework_tells_in_another_trace_counts_once_at_its_place(exports: Any, tmp_path: Path) -> None:
    [call], notices = counted(exports, tmp_path)
    assert (call.key, call.tokens) == ("anthropic/msg_01A", TRUE)
    assert call.trace == f"{100:032x}"
    assert ("agent", "reader") in call.dimensions
    assert notices == ()


def test_a_long_call_began_when_its_first_span_did(tmp_path: Path) -> None:
    long = traces([span(1, NATIVE, trace=1, lasted_s=70)], scope="com.anthropic.sdk.python")
    [call], _ = counted([long, framework(FRAMEWORK, seconds_ago=10)], tmp_path)
    assert call.began is not None
    assert (call.at - call.began).total_seconds() == pytest.approx(70, abs=0.2)
    assert counted([client(NATIVE)], tmp_path)[0][0].began is None


def test_a_failure_that_two_tell_is_one_failed_call(tmp_path: Path) -> None:
    for exports in permutations([client(REFUSED, failed=True), framework(REFUSED, failed=True)]):
        [call], notices = counted(exports, tmp_path)
        assert (call.failed, call.tokens, notices) == (True, None, ())


def test_a_second_failure_of_one_instrumentation_is_another_call(tmp_path: Path) -> None:
    told = [client(REFUSED, 1, failed=True), client(REFUSED, 2, failed=True), framework(REFUSED, failed=True)]
    assert len(counted(told, tmp_path)[0]) == 2


def test_calls_side_by_side_with_the_same_counts_stay_as_many_as_they_are(tmp_path: Path) -> None:
    told = [client({**NATIVE, "gen_ai.response.id": f"msg_{number}"}, number) for number in (1, 2, 3)]
    told += [framework(FRAMEWORK, number) for number in (11, 12, 13)]
    for exports in (told, told[::-1], told[::2] + told[1::2]):
        assert {call.key for call in counted(exports, tmp_path)[0]} == {f"anthropic/msg_{each}" for each in (1, 2, 3)}


def test_answers_of_two_names_are_two_calls_whatever_their_counts(tmp_path: Path) -> None:
    other = {**NATIVE, "gen_ai.response.id": "msg_02B"}
    assert len(counted([client(NATIVE), framework(other)], tmp_path)[0]) == 2


@pytest.mark.parametrize("other", [
    framework(FRAMEWORK, seconds_ago=8),
    framework({**FRAMEWORK, "llm.token_count.completion": 18}),
    traces([span(5, FRAMEWORK, trace=100)], scope="langchain", service="elsewhere"),
], ids=["another time", "other counts", "another service"])
def test_what_differs_is_another_call(other: dict[str, Any], tmp_path: Path) -> None:
    assert len(counted([client(NATIVE), other], tmp_path)[0]) == 2


def test_a_span_below_a_named_call_that_knows_nothing_more_is_no_call(tmp_path: Path) -> None:
    stream = {"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o"}
    for exports in permutations([framework(NATIVE), traces([span(6, stream, trace=100, parent=5)], scope="logfire")]):
        [call], _ = counted(exports, tmp_path)
        assert call.tokens == TRUE


def test_a_call_that_a_tool_of_another_makes_is_a_call(tmp_path: Path) -> None:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "ask"}
    spans = [span(1, OPENINFERENCE), span(2, tool, parent=1), span(3, {**NATIVE, "gen_ai.usage.output_tokens": 3},
                                                                  parent=2)]
    assert len(counted([traces(spans)], tmp_path)[0]) == 2
