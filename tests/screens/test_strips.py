"""Totals, chart, alerts and notices of the Daily, without a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.text import display_width
from screens.columns import daily_strips as strips
from screens.columns.bars import bars, spark
from screens.columns.daily_strips import ListState
from screens.columns.page import PageLine
from screens.feed import feed_of
from tests.support import portfolio


def zone(at: datetime) -> datetime:
    return at.astimezone(UTC)


def times(at: datetime | None) -> str:
    return "" if at is None else f"{at:%H:%M}Z"


def text(lines: list[PageLine]) -> str:
    return "\n".join(line.text() for line in lines)


def test_totals_at_80_cells_have_the_month_against_its_expectation_and_the_unclaimed() -> None:
    assert strips.totals(portfolio.normal(), 80).text() == (
        " USD  today 3,349.61  month 27,481 of 30,270  projected 263,800  unclaimed 93.19"
    )


def test_wide_totals_add_cents_the_reconciliation_gap_and_the_rate() -> None:
    said = strips.totals(portfolio.normal(), 200).text()
    assert "month 27,480.63" in said
    assert "billed gap +1.12" in said
    assert "rate 1,311.20/h" in said


def test_each_of_several_sources_says_how_fresh_it_is_the_furthest_behind_first() -> None:
    daily = portfolio.normal()
    (one,) = daily.sources
    until = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    several = replace(daily, sources=(
        replace(one, name="anthropic", state="ok", data_until=until, lag_s=130.0),
        replace(one, name="openai", state="stale", data_until=until - timedelta(minutes=15), lag_s=420.0),
        replace(one, name="bedrock", state="never", data_until=None, lag_s=None),
    ))
    assert text(strips.sources(several, 100, times)) == (
        " data to  bedrock not read yet  openai 13:50Z, 7 min late, STALE  anthropic 14:05Z, 2 min late")
    assert text(strips.sources(several, 70, times)) == (
        " data to  bedrock not read yet  openai 13:50Z, STALE  anthropic 14:05Z")
    assert text(strips.sources(several, 50, times)) == " data to  bedrock not read yet  and 2 more"
    assert strips.sources(daily, 100, times) == []  # the header says it


def test_a_gap_of_less_than_a_cent_has_no_sign() -> None:
    daily = portfolio.normal()
    for gap in (-1_000, 1_000):
        totals = replace(daily.totals, billed_month=9_000_000 + gap, metered_same_days=9_000_000)
        assert strips.billed_gap(replace(daily, totals=totals)) == "0.00"


def test_unknown_totals_are_not_zero() -> None:
    assert "today ?" in strips.totals(portfolio.empty(), 80).text()


def test_no_strip_is_wider_than_its_place() -> None:
    for daily in (portfolio.normal(), portfolio.hostile()):
        for width in (80, 200):
            lines = [
                strips.totals(daily, width),
                *strips.alert_strip(daily, width, 2),
                *strips.day(daily, width, 2, zone),
            ]
            assert all(display_width(line.text()) <= width for line in lines)


def test_the_day_is_drawn_by_hour_with_its_highest_hour_named() -> None:
    said = text(strips.day(portfolio.normal(), 80, 2, zone))
    assert "this hour 1,244.92" in said
    assert "14h" in said
    assert "█" in said


def test_a_day_without_spend_says_so() -> None:
    assert "nothing was spent" in text(strips.day(portfolio.empty(), 80, 2, zone))


def test_a_tall_chart_has_a_scale_and_hours() -> None:
    lines = strips.day(portfolio.normal(), 200, 9, zone)
    assert len(lines) == 9
    assert "1,244.92" in text(lines)
    assert "00" in lines[-1].text()


def test_the_worst_alert_stands_first_and_the_newest_of_equals() -> None:
    said = [alert.id for alert in strips.live_alerts(portfolio.normal())]
    assert said == [31, 32, 19, 27]


def test_the_strip_counts_what_fires_and_leaves_out_what_is_pending() -> None:
    assert text(strips.alert_strip(portfolio.normal(), 80, 2)).startswith(" ALERTS 4 critical reconciliation-agent 6m")


def test_no_alert_is_said_in_words() -> None:
    quiet = replace(portfolio.normal(), alerts=())
    assert text(strips.alert_strip(quiet, 80, 2)) == " ALERTS none fires"


def test_the_panel_says_what_to_do_and_who_has_it() -> None:
    said = text(strips.alert_panel(portfolio.normal(), 60, 40))
    assert "Open the trip sheet" in said
    assert "acknowledged" in said


def test_a_panel_that_is_too_short_says_where_the_others_are() -> None:
    assert "a shows the others" in text(strips.alert_panel(portfolio.normal(), 44, 9))


def test_a_stale_source_is_named_with_its_cause() -> None:
    lines = strips.notices(portfolio.stale(), ["anthropic: wait · 529"], ListState(1, 1), 80, times)
    assert text(lines) == " ! STALE anthropic: wait · 529"


def test_a_stale_source_says_first_what_to_do_and_what_does_not_happen_meanwhile() -> None:
    daily = portfolio.stale()
    refused = replace(daily.sources[0], state="stale", message="unauthorised: " + "the credential was refused " * 9)
    causes = feed_of(replace(daily, sources=(refused,)), portfolio.AT).causes
    shown = text(strips.notices(daily, causes, ListState(1, 1), 80, times))
    assert shown.startswith(" ! STALE anthropic: press r, or run token-console doctor · no automatic kills ·")
    assert "asked again by itself" in feed_of(daily, portfolio.AT).causes[0]
    assert "token-console poll" in feed_of(daily, portfolio.AT + timedelta(minutes=6)).causes[1]


def test_filter_sort_hold_and_pause_are_in_words() -> None:
    state = ListState(2, 14, "claims", ("BURN", True), True, portfolio.AT)
    said = text(strips.notices(portfolio.normal(), (), state, 80, times))
    assert "PAUSED since 14:03Z" in said
    assert "filter: claims  2 of 14 · sorted by BURN ▼ · order held while you move" in said


def test_a_disarmed_portfolio_cannot_be_overlooked() -> None:
    daily = replace(portfolio.normal(), alarms=("DISARMED: no automatic kill of anything until noon",))
    assert "DISARMED" in text(strips.notices(daily, (), ListState(1, 1), 80, times))


def test_bars_show_the_least_that_is_not_nothing() -> None:
    assert spark((0, 1, 1_000_000)) == " ▁█"
    assert bars((0, 5, 10), 2) == ["  █", " ██"]
    assert bars((), 1) == [""]
