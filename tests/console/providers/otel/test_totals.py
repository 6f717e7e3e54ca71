"""Token metrics: deltas and cumulative counts come to the same sums, whatever is told again or begins anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from console.providers.otel import series_state
from console.providers.otel.decoding import Decoder
from console.providers.otel.normalising import Normaliser
from tests.support.otlp import NOW, Ledger, heard, normaliser, point, points, span, traces

METRIC = "claude_code.token.usage"
WHO = {"session.id": "0c1f", "model": "claude-opus-4-6"}


def output(ledger: Ledger) -> int:
    return sum(call.tokens.output for call in ledger.calls.values() if call.tokens)


def told(amount: float, seconds_ago: float, *, began_s: float = 600, cumulative: bool, **more: Any) -> dict[str, Any]:
    return points(METRIC, [point(amount, {**WHO, "type": "output", **more}, seconds_ago=seconds_ago, began_s=began_s)],
                  cumulative=cumulative)


def test_deltas_and_cumulative_counts_come_to_the_same_also_over_a_reset(tmp_path: Path) -> None:
    deltas, cumulative = Ledger(), Ledger()
    receiver = normaliser(tmp_path)
    for amount, ago in ((100, 180), (50, 120), (30, 60), (5, 1)):
        deltas.take(heard(receiver, "metrics", told(amount, ago, cumulative=False)))
    receiver = normaliser(tmp_path)
    for amount, ago, began in ((100, 180, 600), (150, 120, 600), (30, 60, 90), (35, 1, 90)):
        cumulative.take(heard(receiver, "metrics", told(amount, ago, began_s=began, cumulative=True)))
    assert output(deltas) == output(cumulative) == 185
    assert [call.at for call in deltas.calls.values()] == [call.at for call in cumulative.calls.values()]


def test_a_count_that_falls_without_saying_so_began_anew(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    for amount, ago in ((100, 180), (40, 60)):
        ledger.take(heard(receiver, "metrics", told(amount, ago, cumulative=True)))
    assert output(ledger) == 140


def test_what_is_told_again_or_overtaken_changes_nothing(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    for amount, ago in ((100, 180), (150, 120), (150, 120), (100, 180)):
        ledger.take(heard(receiver, "metrics", told(amount, ago, cumulative=True)))
    for _ in range(2):
        ledger.take(heard(receiver, "metrics", told(7, 30, cumulative=False, effort="high")))
    assert output(ledger) == 157


def test_every_attribute_makes_a_series_of_its_own(tmp_path: Path) -> None:
    receiver, ledger = normaliser(tmp_path), Ledger()
    for effort, amount in (("low", 100), ("high", 90), ("low", 110), ("high", 95)):
        ago = 60 if amount in (100, 90) else 1
        ledger.take(heard(receiver, "metrics", told(amount, ago, cumulative=True, effort=effort)))
    assert output(ledger) == 205


def test_a_restart_counts_nothing_twice(tmp_path: Path) -> None:
    first, ledger = normaliser(tmp_path), Ledger()
    ledger.take(heard(first, "metrics", told(100, 60, cumulative=True)))
    series_state.write(tmp_path / "counts.json", first.totals.counted)
    second: Normaliser = normaliser(tmp_path)
    second.totals.counted |= series_state.read(tmp_path / "counts.json")
    ledger.take(heard(second, "metrics", told(130, 1, cumulative=True)))
    assert output(ledger) == 130


def test_a_damaged_file_of_counts_is_none(tmp_path: Path) -> None:
    place = tmp_path / "counts.json"
    assert series_state.read(place) == {}
    for damage in ("{", "[1]", '{"a": [1]}', '{"a": 5}'):
        place.write_text(damage)
        assert series_state.read(place) == {}


def test_a_histogram_of_tokens_counts_by_its_sum_and_only_where_no_span_tells(tmp_path: Path) -> None:
    def histogram(ago: float, given: float) -> dict[str, Any]:
        who = {"gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o"}
        return points("gen_ai.client.token.usage", [
            point(given, {**who, "gen_ai.token.type": "input"}, field="sum", seconds_ago=ago),
            point(9, {**who, "gen_ai.token.type": "output"}, field="sum", seconds_ago=ago),
        ], cumulative=True, kind="histogram", service="shop")

    receiver, ledger = normaliser(tmp_path), Ledger()
    ledger.take(heard(receiver, "metrics", histogram(60, 100)))
    [total] = ledger.calls.values()
    assert total.tokens is not None
    assert (total.tokens.uncached_input, total.tokens.output, total.provider) == (100, 9, "openai")
    usage = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 9}
    ledger.take(heard(receiver, "traces", traces([span(1, usage)], service="shop")))
    ledger.take(heard(receiver, "metrics", histogram(1, 300)))
    [call] = ledger.calls.values()
    assert not call.total


def test_counts_that_cannot_be_true_are_refused_one_by_one(tmp_path: Path) -> None:
    receiver = normaliser(tmp_path)
    bad = [point(amount, {**WHO, "type": "output"}) for amount in (-1, 1e30, float("nan"))]
    good = point(4, {**WHO, "type": "output"}, seconds_ago=3)
    export = Decoder().json("metrics", json.dumps(points(METRIC, [*bad, good], cumulative=False)).encode())
    [total] = receiver.put(export, NOW)
    assert total.tokens is not None
    assert total.tokens.output == 4
    assert export.refused == {"token counts that cannot be true": 3}
