"""A week, a quarter and a year of the insurer of `portfolio`, and its MBOM, for reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from console.cadences.annual import Annual, Measure, PatternYear, PredictionLine, StatementLine
from console.cadences.quarterly import NoteLine, QuarterLine, Quarterly, QuarterTotals
from console.cadences.weekly import DecisionLine, ExceptionLine, PatternLine, Weekly
from console.reports.mbom import MbomRow
from tests.support.portfolio import AT, dollars

WEEK = datetime(2026, 11, 23, tzinfo=UTC)
DECIDED = DecisionLine(7, "time-bounded", "The launch ends on the 14th; nothing is to be done before.",
                       "token_architect", "maria", AT - timedelta(hours=2), WEEK + timedelta(days=21))


def exception(number: int, workload: str, kind: str, stake: float | None, **other: object) -> ExceptionLine:
    given: dict[str, object] = {
        "id": number, "workload": workload, "name": workload.replace("-", " ").capitalize(), "owner": "J. Marsh",
        "origin": kind.split(":")[0], "kind": kind, "subject": "1h", "state": "open",
        "opened_at": AT - timedelta(days=3), "last_seen_at": AT, "times": 2,
        "summary": "Spends 3.1 times its expected pace.", "advice": "Ask its owner.",
        "charter_line": "scenarios.stretch.multiple = 2.5", "stake": None if stake is None else dollars(stake),
    }
    return ExceptionLine(**{**given, **other})  # type: ignore[arg-type]


def week() -> Weekly:
    """Two patterns, one rising; one exception open with an unknown stake, one bounded in time, one closed."""
    return Weekly(
        at=AT, organisation="Northwind Mutual", time_zone="Europe/London", week_start=WEEK,
        week_end=WEEK + timedelta(days=7),
        patterns=(
            PatternLine("alert: burn", "alert", "Spends faster than its Charter expects; usually a launch that nobody "
                        "announced.", 2, 0, ("reconciliation-agent", "email-drafts"), 5, dollars(1_930.25), 1,
                        (0, 0, 1, 0, 1, 1, 2, 3), "rising", True),
            PatternLine("drift: model", "drift", "Uses a model that its Charter does not name.", 0, 1,
                        ("code-assistant",), 1, None, 0, (0, 0, 0, 1, 0, 0, 0, 0), "falling"),
        ),
        exceptions=(
            exception(31, "reconciliation-agent", "alert: burn", 1_930.25),
            exception(32, "email-drafts", "alert: burn", None, owner=None, reopened_at=AT, reopened_why="still true"),
            exception(18, "code-assistant", "drift: model", 212.5, state="decided", decision=DECIDED),
            exception(12, "translation", "finding: Cached Timestamp", 40, state="closed", closed_at=AT,
                      closed_why="hit rate is 84 % again"),
        ),
        opened=3, closed=1, decided=1,
    )


def quarter_line(slug: str, planned: float | None, spent: float | None, value: float | None, alpha: float | None,
                 **other: object) -> QuarterLine:
    per = None if alpha is None or not spent else Decimal(str(alpha)) / Decimal(str(spent))
    given: dict[str, object] = {
        "slug": slug, "name": slug.replace("-", " ").capitalize(), "owner": "A. Owner", "platform_lead": "P. Lead",
        "status": "live", "charter_version": None if planned is None else 3,
        "charter_state": "none" if planned is None else "signed", "cell": "" if planned is None else "low x medium",
        "planned": None if planned is None else dollars(planned), "spent": None if spent is None else dollars(spent),
        "outcome": "claim triaged", "outcomes": None if value is None else Decimal("182400"),
        "value": None if value is None else dollars(value), "alpha_net": None if alpha is None else dollars(alpha),
        "per_dollar": per,
        "months": (None, None, None) if spent is None else tuple(dollars(spent * part) for part in (0.4, 0.35, 0.25)),
        "half_life": "operational", "half_life_ends": datetime(2027, 6, 30, tzinfo=UTC), "half_life_over": False,
        "last_review": datetime(2026, 9, 28, 10, tzinfo=UTC), "review_due": datetime(2026, 12, 31, tzinfo=UTC),
        "overdue": False, "trips": 0, "exceptions_open": 0, "questions": (),
    }
    return QuarterLine(**{**given, **other})  # type: ignore[arg-type]


def note(kind: str, role: str, by: str, text: str) -> NoteLine:
    return NoteLine(kind, role, by, AT - timedelta(days=4), text)


def quarter() -> Quarterly:
    """A quarter that runs: two workloads that need attention, one reaffirmed, one without a value."""
    lines = (
        quarter_line("claims-triage", 5_580, 5_402.18, 221_000, 132_418.77,
                     decision=note("reaffirm", "business_owner", "A. Owner", "It earns what it promised.")),
        quarter_line("fraud-screening", 15_600, 13_911.40, 148_050, 60_114.2),
        quarter_line(
            "reconciliation-agent", 12_000, 21_404.11, 28_620, -4_310.9, trips=1, exceptions_open=2, overdue=True,
            last_review=datetime(2026, 6, 30, 9, tzinfo=UTC),
            attention=("tripped once, at 6,204.18 USD of a day", "spent 78.4 % above plan",
                       "review overdue since 30 June"),
            questions=("exception 31 needs a Charter revision", "the return variance of November was explained"),
            learned=(note("learned", "platform_lead", "P. Whitfield",
                          "A cached prefix is code: it has a test now.\n"
                          "The breaker stopped it after 34 minutes; nobody would have by then."),),
            recommended=(note("recommended", "business_owner", "J. Marsh", "Go on, at half the fan-out."),),
            owed=("platform_lead",), draft_version=4,
            decision=note("revise", "token_architect", "maria", "Fan-out cap 2, kill at three times the month."),
        ),
        quarter_line("contract-review", None, 1_120.5, None, None, owner=None, half_life="", half_life_ends=None,
                     last_review=None, attention=("spends without a Charter", "nobody owns it"), outcome=""),
        quarter_line("policy-search", 3_600, 2_702.9, None, None),
    )
    return Quarterly(
        at=AT, organisation="Northwind Mutual", time_zone="Europe/London", quarter="2026-Q4",
        start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC), partial=True,
        month_names=("2026-10", "2026-11", "2026-12"), lines=lines,
        totals=QuarterTotals(dollars(36_780), dollars(44_541.09), dollars(397_670), dollars(188_222.07),
                             Decimal("4.621"), 3, 2, 1, dollars(93.19), 1),
    )


def many_quarters(count: int, attention: int = 0) -> Quarterly:
    """So many workloads, of which the first ones need attention."""
    lines = tuple(
        quarter_line(f"workload-{at:04}", 1_000 + at, 900.25 + at, 5_000, 3_200.5,
                     attention=("spent above plan",) if at < attention else ()) for at in range(count))
    return replace(quarter(), lines=lines)


def mbom_rows(count: int = 3) -> tuple[MbomRow, ...]:
    return tuple(MbomRow(
        f"workload-{at:04}", "live", "A. Owner", "workhorse", "supervisor-worker, depth 2, fan-out 4",
        "sample of 5 %, post-issue pre-action, override, by Claims officer with delegated authority B",
        ("month_usd above 9300 over month: pause, automatic", "accuracy below 0.92 over 7d: roll back"), "low x medium",
        "version 3", datetime(2026, 9, 28, tzinfo=UTC)) for at in range(count))


MEASURES = (
    Measure("reviews held on time", "11 of 14 (79 %)", 11 / 14, "share", 14, "higher", 0.64,
            "quarterly reviews by due date"),
    Measure("time to kill", "4 min (median of 9)", 252.0, "seconds", 9, "lower", 611.0,
            "decided until state confirmed"),
    Measure("false kills", "1 of 9", 1.0, "count", 9, "lower", None, "resumed as a false alarm"),
    Measure("overshoot", "312.40 USD", 312.4, "usd", 9, "lower", 1_904.55,
            "spent above the threshold until it stopped"),
    Measure("overdue explanations", "not known", None, "share", 0, "lower", None,
            "no variance was above the threshold"),
)


def year() -> Annual:
    """A year that runs, with a statement that is signed and a prediction that was judged."""
    return Annual(
        at=AT, organisation="Northwind Mutual", time_zone="Europe/London", year="2026",
        start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC), partial=True, measures=MEASURES,
        patterns=(PatternYear("alert: burn", 31, 29, dollars(12_904.5), (1, 2, 0, 4, 3, 2, 5, 1, 4, 6, 3, 0)),
                  PatternYear("drift: model", 6, 6, None, (0, 0, 1, 0, 2, 0, 0, 1, 1, 0, 1, 0))),
        predictions=(
            PredictionLine(1, "Workhorse prices fall so far that more than half of running cascades no longer pay.",
                           "Half of the cascades still save against flat mid-tier.", datetime(2027, 12, 31, tzinfo=UTC),
                           "2 of 3 cascades save, by 21 % and 34 %.", "holding",
                           ((AT, "maria", "holding", "One cascade stopped paying in May."),)),
            PredictionLine(2, "Agent economics invert in at least one direction.", "Neither direction is seen.",
                           datetime(2027, 12, 31, tzinfo=UTC), "Cannot be computed: no traces.", "open"),
        ),
        months=tuple((f"2026-{month:02}", None if month == 2 else dollars(20_000 + month * 731.5), dollars(24_000))
                     for month in range(1, 12)),
        statement=StatementLine("The operating model held.\n\nOne night went wrong, and ended after 34 minutes.",
                                "9f" * 32, "maria", AT - timedelta(days=2), "maria", "token_architect",
                                AT - timedelta(days=1)),
    )
