"""Agents, their depth and fan-out, turns of a conversation and tool calls, however late their spans come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from console.cadences.call_track import Call, CallTrack
from console.providers.otel.traces import Traces
from console.providers.source import PushedCall
from tests.support.otlp import NOW, Ledger, heard, normaliser, span, traces

AGENT = {"gen_ai.operation.name": "invoke_agent"}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
MODEL = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.response.model": "claude-sonnet-4-6",
    "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 5,
}


def supervisor_with_workers(workers: int) -> list[dict[str, Any]]:
    """A supervisor (1) that calls a model (2) and starts workers through tools; each worker calls a model once."""
    spans = [span(2, MODEL, parent=1, seconds_ago=60)]
    for worker in range(workers):
        base = 10 * (worker + 1)
        spans += [
            span(base + 2, MODEL, parent=base + 1, seconds_ago=40),
            span(base + 1, {**AGENT, "gen_ai.agent.name": "worker"}, parent=base, seconds_ago=39),
            span(base, TOOL, parent=1, seconds_ago=38),
        ]
    return [*spans, span(1, {**AGENT, "gen_ai.agent.name": "supervisor"}, seconds_ago=5)]


def shape(ledger: Ledger) -> list[tuple[str, str | None, int]]:
    return sorted((call.caller, call.parent, call.depth) for call in ledger.calls.values())


def test_depth_and_fan_out_are_those_of_the_agents(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.take(heard(normaliser(tmp_path), "traces", traces(supervisor_with_workers(3))))
    one = f"{1:016x}"
    workers = [(f"{10 * number + 1:016x}", one, 1) for number in (1, 2, 3)]
    assert shape(ledger) == sorted([*workers, (f"{1:032x}/supervisor", None, 0)])


def test_every_order_and_cut_of_an_export_comes_to_the_same(tmp_path: Path) -> None:
    spans = supervisor_with_workers(3)
    whole = Ledger()
    whole.take(heard(normaliser(tmp_path), "traces", traces(spans)))
    for each in (spans, spans[::-1], spans[::2] + spans[1::2]):
        ledger, receiver = Ledger(), normaliser(tmp_path)
        for one in each:
            ledger.take(heard(receiver, "traces", traces([one])))
        assert shape(ledger) == shape(whole)
        assert ledger.calls.keys() == whole.calls.keys()


def test_a_supervisor_that_has_not_ended_is_known_by_the_tools_it_runs(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.take(heard(normaliser(tmp_path), "traces", traces(supervisor_with_workers(5)[1:-1])))
    assert {(call.parent, call.depth) for call in ledger.calls.values()} == {(f"{1:016x}", 1)}
    assert len({call.caller for call in ledger.calls.values()}) == 5


def test_calls_of_one_request_without_agents_have_no_fan_out(tmp_path: Path) -> None:
    calls = [span(number, MODEL, parent=99) for number in range(1, 9)]
    found = heard(normaliser(tmp_path), "traces", traces([*calls, span(99, {}, name="POST /triage")]))
    assert {(call.caller, call.parent, call.depth) for call in found} == {(f"{1:032x}/main", None, 0)}
    assert {call.action for call in found} == {f"{1:032x}"}


def test_recursion_shows_as_depth_when_it_unwinds(tmp_path: Path) -> None:
    ledger, receiver = Ledger(), normaliser(tmp_path)
    for level in range(30, 0, -1):  # the deepest ends first
        base = 10 * level
        ledger.take(heard(receiver, "traces", traces([
            span(base + 2, MODEL, parent=base + 1),
            span(base + 1, {**AGENT, "gen_ai.agent.name": "self"}, parent=base),
            span(base, TOOL, parent=base - 9 if level > 1 else 0),
        ])))
    assert max(call.depth for call in ledger.calls.values()) == 29


def test_a_trace_that_goes_in_a_circle_ends(tmp_path: Path) -> None:
    circle = [span(1, AGENT, parent=2), span(2, AGENT, parent=1), span(3, MODEL, parent=1), span(4, MODEL, parent=4)]
    assert len(heard(normaliser(tmp_path), "traces", traces(circle))) == 2


def test_turns_of_a_conversation_share_a_session_over_traces(tmp_path: Path) -> None:
    told = [span(turn, {**MODEL, "gen_ai.conversation.id": "c-1"}, trace=turn) for turn in (1, 2, 3)]
    found = heard(normaliser(tmp_path), "traces", traces(told))
    assert {(call.session, call.caller) for call in found} == {("c-1", "c-1/main")}
    assert len({call.action for call in found}) == 3


def test_a_tools_run_belongs_to_the_call_before_it_and_its_arguments_are_hashed(tmp_path: Path) -> None:
    told = {**TOOL, "gen_ai.tool.call.arguments": '{"query": "salary of J. Doe"}'}
    other = {**TOOL, "gen_ai.tool.call.arguments": '{"query":   "salary of J. Doe"}'}
    blind = {**TOOL}
    spans = [
        span(1, MODEL, seconds_ago=60), span(2, told, seconds_ago=50), span(3, MODEL, seconds_ago=40),
        span(4, other, seconds_ago=30), span(5, blind, seconds_ago=20),
    ]
    for order in (spans, spans[::-1]):
        ledger, receiver = Ledger(), normaliser(tmp_path)
        for one in order:
            ledger.take(heard(receiver, "traces", traces([one])))
        tools = [call.tools for call in sorted(ledger.calls.values(), key=lambda each: each.at)]
        assert [len(each) for each in tools] == [1, 1]
        assert tools[0] == tools[1]
        assert "Doe" not in repr(ledger.calls)


def test_the_key_of_the_hashes_is_this_consoles_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    told = [span(1, MODEL), span(2, {**TOOL, "gen_ai.tool.call.arguments": "{}"}, seconds_ago=1)]
    hashes = {
        heard(normaliser(folder), "traces", traces(told))[0].tools[0][1]
        for folder in (tmp_path, tmp_path, tmp_path / "other")
    }
    assert len(hashes) == 2
    assert (tmp_path / "arguments.key").stat().st_mode & 0o077 == 0


def test_tools_are_found_in_answers_of_every_shape(tmp_path: Path) -> None:
    arguments = '{"order": "A1"}'
    shapes: list[dict[str, Any]] = [
        {"gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "tool_call", "id": "1", "name": "look",'
                                   ' "arguments": {"order": "A1"}}]}]'},
        {"gen_ai.output.messages": [{"role": "assistant", "parts": [
            {"type": "tool_call", "id": "1", "name": "look", "arguments": {"order": "A1"}}]}]},
        {"gen_ai.completion.0.tool_calls.0.name": "look", "gen_ai.completion.0.tool_calls.0.arguments": arguments},
        {"llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "look",
         "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": arguments},
        {"output.value": '{"id": "x", "content": [{"type": "tool_use", "name": "look", "input": {"order": "A1"}}]}'},
        {"output.value": '{"choices": [{"message": {"tool_calls": [{"id": "1", "function": {"name": "look",'
                         ' "arguments": "{\\"order\\": \\"A1\\"}"}}]}}]}'},
        {"output.value": '{"id": "resp_1", "output": [{"type": "function_call", "call_id": "1", "name": "look",'
                         ' "arguments": "{\\"order\\": \\"A1\\"}"}]}'},
        {"events": '[{"event.name": "gen_ai.user.message", "content": "x"}, {"event.name": "gen_ai.choice", "message":'
                   ' {"tool_calls": [{"function": {"name": "look", "arguments": "{\\"order\\":\\"A1\\"}"}}]}}]'},
    ]
    found = [heard(normaliser(tmp_path), "traces", traces([span(1, {**MODEL, **each})]))[0] for each in shapes]
    assert {call.tools for call in found} == {found[0].tools}
    assert found[0].tools[0][0] == "look"


def test_an_answer_that_names_its_tools_is_not_told_them_again_by_their_runs(tmp_path: Path) -> None:
    answer = {**MODEL, "gen_ai.output.messages": '[{"parts": [{"type": "tool_call", "id": "c1", "name": "search",'
                                                 ' "arguments": {}}]}]'}
    run = {**TOOL, "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": "{}"}
    ledger = Ledger()
    ledger.take(heard(normaliser(tmp_path), "traces", traces([span(1, answer), span(2, run, seconds_ago=1)])))
    [call] = ledger.calls.values()
    assert len(call.tools) == 1


def test_the_signs_read_loops_and_fan_out_of_what_came(tmp_path: Path) -> None:
    ledger, receiver = Ledger(), normaliser(tmp_path)
    ledger.take(heard(receiver, "traces", traces(supervisor_with_workers(7))))
    run = {**TOOL, "gen_ai.tool.call.arguments": '{"query": "same"}'}
    told = [each for turn in range(9) for each in (
        span(500 + turn, MODEL, trace=5, seconds_ago=100 - turn * 10),
        span(600 + turn, run, trace=5, seconds_ago=95 - turn * 10))]
    ledger.take(heard(receiver, "traces", traces(told)))
    signs = CallTrack().put([as_call(call) for call in ledger.calls.values()], NOW)
    assert (signs.deepest, signs.widest) == (1, 7)
    assert (signs.most_repeats, signs.repeated) == (9, "search")


def as_call(call: PushedCall) -> Call:
    assert call.tokens is not None
    return Call(call.at, call.session, call.caller, call.parent, call.depth, call.model, call.tokens.uncached_input,
                call.tokens.cache_read, call.tokens.cache_write_5m, call.tokens.output, call.tools)


def test_memory_for_traces_is_bounded_and_what_is_let_go_is_counted(tmp_path: Path) -> None:
    receiver = normaliser(tmp_path)
    receiver.assembly.traces = Traces(most_places=50)
    receiver.assembly._most_calls = 20
    for number in range(1, 41):
        told = [span(1, MODEL, trace=number), span(2, {}, trace=number), span(3, {}, trace=number)]
        assert len(heard(receiver, "traces", traces(told))) == 1
    assert sum(len(trace.places) for trace in receiver.assembly.traces._traces.values()) <= 50
    assert receiver.let_go() == {"agents and fan-out of the quietest traces": 24, "completing the oldest calls": 20}


def test_quiet_traces_are_forgotten_after_their_time(tmp_path: Path) -> None:
    places = Traces()
    receiver = normaliser(tmp_path)
    receiver.assembly.traces = places
    heard(receiver, "traces", traces([span(1, MODEL)]))
    places.forget(NOW.timestamp() + 3600)
    assert len(places._traces) == 1
    places.forget(NOW.timestamp() + 3 * 3600)
    assert not places._traces
    assert places.let_go == 0
