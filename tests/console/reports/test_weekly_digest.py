"""The week as it is sent: patterns, what was decided and why, and what is open, by dollars."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.cadences.week.patterns import pattern_lines
from console.cadences.weekly import DecisionLine, ExceptionLine, Weekly
from console.cadences.weeks import week_of, weeks_until
from console.reports import markdown
from console.reports.weekly_digest import OPEN_SHOWN, digest_of, title

AT = datetime(2026, 12, 2, 12, tzinfo=UTC)
OPEN = ExceptionLine(id=7, workload="chat", name="Chat", owner="A. Owner", origin="drift", kind="drift: model",
                     subject="claude-opus-4-6", state="open", opened_at=AT, last_seen_at=AT, times=3,
                     summary="claude-opus-4-6 is used", stake=1_234_500_000)
AGREED = DecisionLine(3, "time-bounded", "Trial until Christmas.", "token_architect", "maria", AT,
                      AT + timedelta(days=22))
DONE = replace(OPEN, id=8, workload="claims", state="decided", decision=AGREED)


def week(*lines: ExceptionLine) -> Weekly:
    start, end = week_of(AT, "Europe/London", "monday")
    weeks = weeks_until(AT, "Europe/London", "monday", 8)
    return Weekly(AT, "Example Ltd", "Europe/London", start, end, pattern_lines(lines, [], weeks, AT), lines, 2, 1, 1)


def digest(value: Weekly) -> str:
    return markdown.render(digest_of(value)).decode()


def test_the_sections_come_in_their_order_with_figures_and_rationale() -> None:
    text = digest(week(OPEN, DONE))
    assert text.index("## Patterns") < text.index("## Decided this week") < text.index("## Open, by dollars at stake")
    assert "- drift: model: 1 open, 1 decided, in 2 workloads" in text
    assert ("- claims, drift: model claude-opus-4-6: time-bounded exception until 2026-12-24 12:00, by maria, token "
            "architect: Trial until Christmas.") in text
    assert "(1,234.50 USD at stake; seen 3 times; exception 7, owner A. Owner)" in text
    assert text.endswith(").\n")


def test_a_decision_of_an_earlier_week_is_not_this_weeks() -> None:
    earlier = replace(DONE, decision=replace(AGREED, at=AT - timedelta(days=7)))
    assert "## Decided this week\n\nNone.\n" in digest(week(earlier))


def test_a_pattern_of_which_all_is_decided_has_nothing_at_stake() -> None:
    assert "began 0 times in eight weeks, steady. " in digest(week(DONE))


def test_an_empty_week_says_so() -> None:
    assert digest(week()).count("None.") == 3


def test_a_week_over_the_end_of_a_month_names_both() -> None:
    assert title(week()) == "Weekly of Example Ltd, 30 November to 6 December 2026: 0 exceptions open"


def test_very_many_are_named_by_the_dearest_and_counted() -> None:
    many = [replace(OPEN, id=number) for number in range(OPEN_SHOWN + 5)]
    assert "- and 5 more: token-console exceptions" in digest(week(*many))
