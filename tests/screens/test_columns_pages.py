"""What the pages of a workload and a trip sheet say, without a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.cadences.drill import DrillLine
from console.cadences.workload import IntentLine, PushedLine, WorkloadView
from console.text import clean, display_width
from screens.columns import workload
from screens.columns.page import Heading, PageLine, ago, beside, compact, labelled, line, paragraphs, table, wrapped
from tests.support.incidents import (
    ALERT,
    AT,
    CHARTER,
    HOSTILE_VIEW,
    KEY,
    LINE,
    VIEW,
)


def times(at: datetime | None) -> str:
    return "?" if at is None else f"{at.astimezone(UTC):%d %b %H:%MZ}"


def text(lines: Sequence[PageLine]) -> str:
    return "\n".join(one.text().rstrip() for one in lines)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("view", [VIEW, HOSTILE_VIEW], ids=["plain", "hostile"])
def test_every_line_of_a_workload_is_harmless_and_fits(width: int, view: WorkloadView) -> None:
    for one in workload.page(view, view.line, (), (), width, times):
        assert clean(one.text()) == one.text()
        if width >= 80:
            assert display_width(one.text().rstrip()) <= width + 12, "the page cuts what remains"


def test_the_head_says_state_breaker_owner_and_team_in_words() -> None:
    shown = text(workload.head(LINE, "", 80))
    assert "RUNAWAY" in shown
    assert "breaker armed" in shown
    assert "owner Amara Okafor" in shown
    assert "team Legal platform" in shown
    assert "ESTIMATED" in shown


def test_a_workload_without_a_charter_says_why_and_that_it_is_never_killed_automatically() -> None:
    shown = text(workload.page(HOSTILE_VIEW, HOSTILE_VIEW.line, (), (), 80, times))
    assert "NO CHARTER: no Charter was imported. It is watched and never killed" in shown


def test_stale_data_are_marked_with_a_word() -> None:
    assert "STALE" in text(workload.head(replace(LINE, stale=True), "", 80))


def test_the_money_is_whole_and_zero_is_not_unknown() -> None:
    shown = text(workload.figures(replace(LINE, today=0, month=None, projected_month=None), 80))
    assert "today                     0.00" in shown
    assert "this month                   ?" in shown
    assert "1h 25m" in shown


def test_the_charter_in_short_names_signatures_and_what_is_missing() -> None:
    shown = text(workload.charter_lines(CHARTER, 80, times))
    assert "4,000.00 USD, kills automatically" in shown
    assert "stretch x2.5" in shown
    assert "finance partner Rui Sato" in shown
    unsigned = replace(CHARTER, state="in review", signatures=(), missing_roles=("business_owner", "finance_partner"))
    shown = text(workload.charter_lines(unsigned, 80, times))
    assert "STILL MISSING     business owner, finance partner" in shown
    assert "nobody" in shown


def test_switches_show_the_identifier_beside_the_name_and_who_shares_it() -> None:
    shown = text(workload.switches(VIEW, 80))
    assert f"contracts-prod ({KEY}) · active" in shown
    assert "SHARED with contract-search" in shown
    assert "None: nothing can be killed" in text(workload.switches(replace(VIEW, switches=()), 80))


def test_one_stops_at_alerts_and_intents_and_at_nothing_else() -> None:
    stops = [one.stop for one in workload.page(VIEW, LINE, (), (), 80, times) if one.stop is not None]
    assert stops == [*VIEW.alerts, *VIEW.intents]
    assert isinstance(stops[-1], IntentLine)


def test_models_give_every_class_where_there_is_room() -> None:
    assert "CACHE READ" in text(workload.models(VIEW.models, 200))
    narrow = text(workload.models(VIEW.models, 80))
    assert "CACHE READ" not in narrow
    assert "71,204,118" in narrow
    assert "estimated" in narrow


def test_the_first_paint_says_what_it_waits_for_and_a_failure_what_is_still_true() -> None:
    assert "loading…" in text(workload.first(LINE, 80))
    failed = text(workload.first(LINE, 80, "The database is locked."))
    assert "The database is locked." in failed
    assert "from the last Daily" in failed
    assert "1,204.18" in failed


# The parts.


def test_wrapping_breaks_at_spaces_and_says_where_it_cuts() -> None:
    lines = wrapped("one two three four five six seven eight nine ten", 16, most=2)
    assert text(lines) == "  one two three\n  four five six…"
    assert display_width(wrapped("x" * 10_000, 40)[0].text()) == 40


def test_a_label_stands_beside_the_first_line_only() -> None:
    shown = text(labelled("review", "a b c d e f g h", 24, label_width=10))
    assert shown.splitlines()[0].startswith("  review    a b")
    assert shown.splitlines()[1].startswith(" " * 12)


def test_a_table_lets_columns_leave_from_the_right_and_keeps_the_open_one() -> None:
    headings = (Heading("A", 10), Heading("OPEN", 0), Heading("B", 10), Heading("C", 10, True))
    rows = [(("a", "open", "b", "c"), ALERT)]
    wide, narrow = table(headings, rows, 80), table(headings, rows, 40)
    assert wide[0].text().split() == ["A", "OPEN", "B", "C"]
    assert narrow[0].text().split() == ["A", "OPEN", "B"]
    assert narrow[1].stop is ALERT
    assert {display_width(one.text()) for one in narrow} == {40}


def test_two_blocks_stand_side_by_side_and_keep_their_tones() -> None:
    joined = beside([line("left", stop=ALERT)], [line("right"), line("more")], 10)
    assert text(joined) == "left      right\n          more"
    assert joined[0].stop is ALERT


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "?"),
        (-5, "0s"),
        (42, "42s"),
        (400, "6m"),
        (3600, "1h"),
        (12_000, "3h 20m"),
        (86_400, "1d"),
        (180_000, "2d 2h"),
    ],
)
def test_ages(seconds: float | None, said: str) -> None:
    assert ago(seconds) == said


@pytest.mark.parametrize(
    ("tokens", "said"), [(0, "0"), (950, "950"), (1_500, "1.5k"), (34_000_000, "34M"), (2 * 10**9, "2.0G")]
)
def test_compact_tokens(tokens: int, said: str) -> None:
    assert compact(tokens) == said


def test_time_to_kill_is_reached_when_nothing_is_left() -> None:
    assert "reached" in text(workload.figures(replace(LINE, seconds_to_kill=timedelta(0).total_seconds()), 80))


def test_a_stopped_workload_says_what_to_press_and_has_no_time_to_kill() -> None:
    held = replace(LINE, breaker="held", state="held", seconds_to_kill=90.0)
    assert "T shows why and whether spend fell; R resumes it" in text(workload.head(held, "", 200))
    assert "stopped" in text(workload.figures(held, 80))
    assert "resumes" not in text(workload.head(LINE, "", 200))


def test_what_was_pushed_stands_beside_what_was_polled_for_the_same_hours() -> None:
    seen = replace(VIEW, pushed=PushedLine(12_300_000, 12_510_000, 5))
    assert "pushed $12.30, polled $12.51 for the same 5 hours: 1.7% less" in text(workload.switches(seen, 120))
    assert PushedLine(5_000_000, 5_000_000, 2).says.endswith("the same 2 hours: the same")
    assert "%" not in PushedLine(5_000_000, 0, 2).says


def test_cells_stay_under_their_headings_where_columns_find_no_room() -> None:
    headings = (Heading("WHEN", 10), Heading("VALUE", 12, right=True), Heading("COST", 12, right=True),
                Heading("FROM", 0))
    head, row = (one.text() for one in table(headings, [(("2026-10", "9.00", "1.00", "anna"), None)], 42))
    assert head.split() == ["WHEN", "VALUE", "FROM"]
    assert row.split() == ["2026-10", "9.00", "anna"]


def test_what_a_person_wrote_keeps_its_lines() -> None:
    assert [one.text().strip() for one in paragraphs("First.\n\nSecond, and more.", 60)] == [
        "First.", "", "Second, and more."]


def test_drills_show_their_times_the_median_and_that_a_breaker_is_unproven() -> None:
    def drill(days: int, confirmed: float, sort: str = "target") -> DrillLine:
        return DrillLine(LINE.slug, AT - timedelta(days=days), "otto", sort, KEY, 0.4, confirmed, "passed", "")

    done = tuple(drill(days, seconds) for days, seconds in enumerate((2.0, 9.0, 3.0, 4.0, 5.0, 99.0), start=1))
    view = replace(VIEW, drills=(drill(0, 0.1, "dry run"), *done), drill_every_s=7_776_000.0,
                   line=replace(LINE, proven=False))
    shown = text(workload.drills(view, 120, times))
    assert "the Charter wants one every 90 days" in shown
    assert "4.0 s to stop its test target" in shown
    assert "UNPROVEN: last drilled never" in shown
    assert "0.4 / 2.0" in shown
    assert workload.drills(VIEW, 120, times) == []
    assert "unproven" in text(workload.head(view.line, "", 120))
