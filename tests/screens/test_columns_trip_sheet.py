"""What a trip sheet says of a kill and of a resume, without a terminal."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.cadences.trip_sheet import LaterStage, StageLine
from console.commands import acts
from console.text import clean, display_width
from screens.columns import plan as plan_columns
from screens.columns import trip_sheet
from screens.columns.page import PageLine, verbatim
from tests.support.incidents import AT, HOSTILE, KEY, PLAN, SETTLED_SHEET, SHEET, STEP


def times(at: datetime | None) -> str:
    return "?" if at is None else f"{at.astimezone(UTC):%d %b %H:%MZ}"


def text(lines: Sequence[PageLine]) -> str:
    return "\n".join(one.text().rstrip() for one in lines)


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


def test_a_kill_names_the_exception_that_it_is_in_the_week() -> None:
    shown = text(trip_sheet.why(replace(SHEET, exception=12, exception_state="open"), 80))
    assert "in the Weekly    exception 12: it waits for a decision (2)" in shown
    assert "exception 12: decided" in text(trip_sheet.why(replace(SHEET, exception=12, exception_state="decided"), 80))
    assert "Weekly" not in text(trip_sheet.why(SHEET, 80))


def test_each_target_shows_before_wanted_after_and_what_went_wrong() -> None:
    shown = text(trip_sheet.done(SHEET, 80, times))
    assert "DONE  disable anthropic-api-key contracts-prod" in shown
    assert KEY in shown
    assert "before active · wanted inactive · after inactive, confirmed 04 Mar 02:40Z" in shown
    assert "UNKNOWN" in shown
    assert "No answer came within 10 s" in shown
    assert "SHARED with contract-search" in shown


def test_the_stages_say_which_was_taken_and_when_the_next_one_comes() -> None:
    taken = StageLine(1, SHEET.intent, "done", SHEET.at, "it ran away")
    later = StageLine(2, None, "to come", SHEET.at + timedelta(minutes=10), "disable proj_01 by openai-rate-limit, ...")
    shown = text(trip_sheet.stages(replace(SHEET, stages=(taken, later)), 100, times))
    assert "STAGES" in shown
    assert "1  DONE" in shown
    assert "this sheet" in shown
    assert "2  TO COME" in shown
    assert "at the soonest" in shown
    assert "disable proj_01" in shown
    assert trip_sheet.stages(SHEET, 100, times) == []


def test_a_plan_says_what_would_come_next_and_when() -> None:
    later = LaterStage(2, 600.0, ("disable proj_01 by openai-rate-limit",))
    shown = " ".join(text(plan_columns.lines(replace(PLAN, later=(later,)), 80)).split())
    assert "then stage 2, where spend still runs 10 min after the stage before: disable proj_01" in shown
    assert "stage 2, where spend still runs 10 min" in acts.plan_text(replace(PLAN, later=(later,)))


def test_the_manual_command_is_shown_only_where_something_did_not_take_effect() -> None:
    assert "curl -X POST" in text(trip_sheet.head(SHEET, 80, times))
    running = replace(SHEET, steps=(replace(STEP, state="verifying", confirmed_at=None),))
    assert "curl" not in text(trip_sheet.head(running, 80, times))
    refused = replace(SHEET, steps=(replace(STEP, state="refused", confirmed_at=None),))
    assert "curl" in text(trip_sheet.head(refused, 80, times))


def test_a_kill_or_resume_that_was_refused_says_what_it_leaves_and_what_to_press() -> None:
    step = replace(STEP, state="refused", confirmed_at=None)
    kill = replace(SHEET, state="failed", steps=(step,), state_confirmed_at=None, spend_stopped_at=None)
    assert "It took no effect: the workload goes on spending." in text(trip_sheet.head(kill, 200, times))
    assert "press K again" in text(trip_sheet.head(kill, 200, times))
    assert "no: 0 of 1 read back as wanted, 1 refused" in text(trip_sheet.confirmations(kill, 80, times))
    resume = replace(kill, verb="resume")
    assert "It took no effect: the workload is still stopped." in text(trip_sheet.head(resume, 200, times))
    assert "press R again" in text(trip_sheet.head(resume, 200, times))
    partly = replace(resume, state="partial", steps=(STEP, step))
    assert "part of the workload is still stopped" in text(trip_sheet.head(partly, 200, times))


def test_a_resume_is_not_asked_whether_spend_stopped() -> None:
    resume = replace(SETTLED_SHEET, verb="resume", rate_before=0, rate_after=4_000_000)
    assert "SPEND STOPPED" not in text(trip_sheet.confirmations(resume, 80, times))
    assert text(trip_sheet.fell(resume, 80)).splitlines()[:2] == ["DOES IT SPEND AGAIN?", "  yes"]


def test_a_long_command_is_whole_and_what_is_copied_from_the_screen_works() -> None:
    url = f"https://api.example/{'k' * 90}"
    command = f"printf '%s|' -X POST {url} -H 'anthropic-version: 2023-06-01' -d '{{\"status\":\"inactive\"}}'"
    for width in (40, 60, 80, 200):
        shown = text(verbatim(command, width))
        assert all(display_width(one) <= width for one in shown.splitlines())
        whole, broken = (
            subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout for script in (command, shown)
        )
        assert broken == whole


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


def test_what_arrived_after_the_decision_is_told_apart() -> None:
    late = replace(SHEET, decided_on=SHEET.rows_total - 4_020_000)
    shown = text(trip_sheet.evidence(late, 100, times))
    assert "when decided" in shown
    assert "4.0200  arrived late" in shown
