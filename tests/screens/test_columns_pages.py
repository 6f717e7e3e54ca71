"""What the pages of a workload and a trip sheet say, without a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.cadences.workload import IntentLine, WorkloadView
from console.text import clean, display_width
from screens.columns import trip_sheet, workload
from screens.columns.page import Heading, PageLine, ago, beside, compact, labelled, line, table, wrapped
from tests.support.incidents import (
    ALERT,
    AT,
    CHARTER,
    HOSTILE,
    HOSTILE_VIEW,
    KEY,
    LINE,
    SETTLED_SHEET,
    SHEET,
    STEP,
    VIEW,
)


def times(at: datetime | None) -> str:
    return "?" if at is None else f"{at.astimezone(UTC):%d %b %H:%MZ}"


def text(lines: Sequence[PageLine]) -> str:
    return "\n".join(one.text().rstrip() for one in lines)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("view", [VIEW, HOSTILE_VIEW], ids=["plain", "hostile"])
def test_every_line_of_a_workload_is_harmless_and_fits(width: int, view: WorkloadView) -> None:
    for one in workload.page(view, view.line, (), width, times):
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
    shown = text(workload.page(HOSTILE_VIEW, HOSTILE_VIEW.line, (), 80, times))
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
    stops = [one.stop for one in workload.page(VIEW, LINE, (), 80, times) if one.stop is not None]
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


# The trip sheet.


def test_the_two_confirmations_are_two_lines_with_times_or_not_yet() -> None:
    waiting = text(trip_sheet.confirmations(SHEET, 80, times)).splitlines()
    assert waiting[0].split("  ")[1] == "STATE CONFIRMED"
    assert "not yet: 1 of 2 read back as wanted, 1 unknown" in waiting[0]
    assert "SPEND STOPPED" in waiting[1]
    assert "not yet: first the state must be confirmed" in waiting[1]
    settled = text(trip_sheet.confirmations(SETTLED_SHEET, 80, times)).splitlines()
    assert settled[0].endswith("04 Mar 02:40Z")
    assert settled[1].endswith("04 Mar 03:03Z")


def test_the_state_is_confirmed_only_when_every_target_is() -> None:
    partly = replace(SHEET, state_confirmed_at=AT)
    assert trip_sheet.confirmed_at(partly) is None
    assert trip_sheet.confirmed_at(SETTLED_SHEET) == SETTLED_SHEET.state_confirmed_at


def test_spend_stopped_says_that_late_data_may_still_come() -> None:
    confirmed = replace(SETTLED_SHEET, spend_stopped_at=None, settled_at=None)
    assert "not yet: usage must stay away for two freshness periods" in text(
        trip_sheet.confirmations(confirmed, 200, times)
    )


def test_why_names_rule_figure_charter_line_and_the_age_of_the_data() -> None:
    shown = text(trip_sheet.why(SHEET, 80))
    assert "month to date 3,960.20 of 4,000.00" in shown
    assert "cap" in shown
    assert "kill threshold: 4000.00 USD a month" in shown
    assert "5m when it was decided" in shown


def test_each_target_shows_before_wanted_after_and_what_went_wrong() -> None:
    shown = text(trip_sheet.done(SHEET, 80, times))
    assert "DONE  disable anthropic-api-key contracts-prod" in shown
    assert KEY in shown
    assert "before active · wanted inactive · after inactive, confirmed 04 Mar 02:40Z" in shown
    assert "UNKNOWN" in shown
    assert "No answer came within 10 s" in shown
    assert "SHARED with contract-search" in shown


def test_the_manual_command_is_shown_only_where_something_did_not_take_effect() -> None:
    assert "curl -X POST" in text(trip_sheet.head(SHEET, 80, times))
    running = replace(SHEET, steps=(replace(STEP, state="verifying", confirmed_at=None),))
    assert "curl" not in text(trip_sheet.head(running, 80, times))
    refused = replace(SHEET, steps=(replace(STEP, state="refused", confirmed_at=None),))
    assert "did not take effect everywhere" in text(trip_sheet.head(refused, 80, times))


def test_the_rows_add_up_to_the_total_line_by_line() -> None:
    lines = text(trip_sheet.evidence(SHEET, 100, times)).splitlines()
    *rows, last, remark = lines[2:]
    costs = [round(float(one[16:30].replace(",", "")) * 10_000) for one in rows]
    total = round(float(last[16:30].replace(",", "")) * 10_000)
    assert sum(costs) == total
    assert "3 cheaper rows" in rows[-1]
    assert "15 rows" in last
    assert "late data" in remark
    assert "without usage data" in text(trip_sheet.evidence(replace(SHEET, rows=()), 80, times))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(412, None, "not known yet"), (412, 0, "yes, to nothing"), (400, 100, "yes, by 75 %"), (400, 400, "NO")],
)
def test_whether_spend_fell_is_a_word(before: int, after: int | None, said: str) -> None:
    sheet = replace(SHEET, rate_before=before * 1_000_000, rate_after=None if after is None else after * 1_000_000)
    assert said in text(trip_sheet.fell(sheet, 80))


def test_who_may_resume_and_who_approved() -> None:
    shown = text(trip_sheet.authority(SETTLED_SHEET, 80, times))
    assert "token architect or platform lead or business owner" in shown
    assert "second" in shown
    assert "Jonas Berg as platform lead" in shown


def test_hostile_words_reach_the_sheet_harmless() -> None:
    hostile = replace(
        SHEET,
        name=HOSTILE * 100,
        why=HOSTILE,
        reason=HOSTILE,
        manual_command=HOSTILE,
        steps=(replace(STEP, target_name=HOSTILE, target=HOSTILE * 500, error=HOSTILE, state="unknown"),),
    )
    for one in trip_sheet.page(hostile, (), 80, times):
        assert clean(one.text()) == one.text()
        assert "\x1b" not in one.text()


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


def test_what_arrived_after_the_decision_is_told_apart() -> None:
    late = replace(SHEET, decided_on=SHEET.rows_total - 4_020_000)
    shown = text(trip_sheet.evidence(late, 100, times))
    assert "when decided" in shown
    assert "4.0200  arrived late" in shown
