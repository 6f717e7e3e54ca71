"""Whatever is metered and billed, every breakdown adds up to its whole, and nothing is lost between the ways."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from console.cadences.residue.lines import day_lines, lines_by, unclaimed_lines
from store.residue import Billed, MeteredSeries

DAY = 86_400
T0 = 20_000 * DAY
sources = st.sampled_from(["anthropic", "openai"])
said = st.fixed_dictionaries({"api_key_id": st.sampled_from(["k1", "k2", None]),
                              "model": st.sampled_from(["m1", "m2", None])})
amounts = st.integers(0, 10**9)


def _series(source: str, dimensions: dict[str, str | None], workload: str | None, cost: int, compared: int | None,
            ) -> MeteredSeries:
    return MeteredSeries(source, dimensions, workload, cost, cost // 2, T0, T0 + DAY, compared)


metered = st.lists(st.builds(_series, sources, said, st.sampled_from(["claims", "search", None]), amounts,
                             st.none() | amounts), max_size=12)
days = st.sampled_from([T0, T0 + DAY])
bills = st.lists(st.builds(Billed, sources, days, said, amounts, st.just(False)), max_size=12)


def key(source: str, dimensions: Mapping[str, str | None]) -> str:
    return dimensions.get("api_key_id") or ""


@given(metered, bills)
def test_the_lines_of_each_way_add_up_to_what_was_metered_and_billed(series: list[MeteredSeries],
                                                                    rows: list[Billed]) -> None:
    for way, pick in (("source", lambda source, _: source), ("key", key)):
        lines = lines_by(way, pick, series, rows, {})
        assert sum(line.metered or 0 for line in lines) == sum(each.cost for each in series)
        assert sum(line.compared or 0 for line in lines) == sum(each.compared or 0 for each in series)
        told = {row.source for row in rows if pick(row.source, row.dimensions)}
        assert sum(line.billed or 0 for line in lines) == sum(row.amount for row in rows if row.source in told)
        assert len({(line.source, line.what) for line in lines}) == len(lines)


@given(bills)
def test_the_days_add_up_to_what_was_billed(rows: list[Billed]) -> None:
    whole = dict.fromkeys(("anthropic", "openai"), (T0, T0 + 2 * DAY))
    lines = day_lines({("anthropic", T0): (5, 0)}, rows, whole)
    assert sum(line.billed or 0 for line in lines) == sum(row.amount for row in rows)
    assert all((line.gap is None) == (line.billed is None) for line in lines)


def test_a_day_that_is_not_known_whole_is_shown_and_not_compared() -> None:
    rows = [Billed("anthropic", T0 + DAY * number, {}, 100, False) for number in range(3)]
    lines = day_lines({("anthropic", T0 + DAY): (40, 0), ("anthropic", T0 + 2 * DAY): (90, 0)}, rows,
                      {"anthropic": (T0 + 2 * DAY, T0 + 3 * DAY)})
    assert sorted((line.what, line.metered, line.billed, line.gap) for line in lines) == [
        ("2024-10-04", None, 100, None), ("2024-10-05", 40, 100, None), ("2024-10-06", 90, 100, 10)]


@given(metered)
def test_what_nobody_claims_is_all_that_has_no_workload_and_the_dearest_comes_first(
        series: list[MeteredSeries]) -> None:
    whole = sum(each.cost for each in series)
    lines = unclaimed_lines(key, lambda source, what: f"{source} {what}", series, {}, whole)
    assert sum(line.spent for line in lines) == sum(each.cost for each in series if each.workload is None)
    assert [line.spent for line in lines] == sorted((line.spent for line in lines), reverse=True)
    assert all(line.share == (Decimal(line.spent) / whole if whole else 0) for line in lines)


def test_a_source_that_bills_no_key_apart_has_no_billed_dollars_by_key() -> None:
    series = [_series("anthropic", {"api_key_id": "k1"}, "claims", 10, 10)]
    rows = [Billed("anthropic", T0, {"description": "tokens"}, 12, False)]
    [line] = lines_by("key", key, series, rows, {})
    assert (line.billed, line.gap, line.claimed_by) == (None, None, "claims")
    [whole] = lines_by("source", lambda source, _: source, series, rows, {})
    assert (whole.billed, whole.gap) == (12, 2)


def test_a_key_that_was_metered_on_billed_days_and_not_billed_is_over_metered() -> None:
    series = [_series("openai", {"api_key_id": name}, None, 10, 10) for name in ("k1", "k2")]
    rows = [Billed("openai", T0, {"api_key_id": "k1"}, 10, False)]
    lines = {line.what: line for line in lines_by("key", key, series, rows, {("openai", "k1"): "Claims"})}
    assert (lines["k1"].gap, lines["k2"].gap, lines["k1"].name) == (0, -10, "Claims")
