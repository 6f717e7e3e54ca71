"""A sample Annual of the insurer of `portfolio`: measures known and not, predictions judged and not, a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.cadences.annual import Annual, Measure, PatternYear, PredictionLine, StatementLine
from tests.support.portfolio import AT, HOSTILE, dollars

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
MEASURES = (
    Measure("reviews held on time", "31 of 38 (82 %)", 31 / 38, "share", 38, "higher", 0.64,
            "Quarterly reviews ended before they were due, of all that fell due in the year."),
    Measure("time to acknowledge", "4 min (median of 61)", 240.0, "seconds", 61, "lower", 660.0,
            "From an alert's firing to the first person who took it on."),
    Measure("time to kill", "41 s (median of 5)", 41.0, "seconds", 5, "lower", None,
            "From the reading that crossed the line to the state read back as wanted."),
    Measure("time to resume", "3 h 05 (median of 5)", 11_100.0, "seconds", 5, "lower", 9_000.0,
            "From a kill to the resume that ended it."),
    Measure("false kills", "1 of 5 (20 %)", 0.2, "share", 5, "lower", 0.0,
            "Kills whose review found that nothing was wrong."),
    Measure("spent past the kill threshold", "1,204.18", 1204.18, "usd", 5, "lower", 3120.5,
            "What was still spent between the line and the end of spend, all kills together."),
    Measure("exceptions decided in a week", "112 of 131 (85 %)", 112 / 131, "share", 131, "higher", 0.71,
            "Decided within seven days of their opening."),
    Measure("explanations overdue", "3", 3.0, "count", 29, "lower", 11.0,
            "Variances of closed months that still wait for business owner or platform lead."),
    Measure("savings realised", "not known", None, "usd", 0, "higher", None,
            "Of the savings declared in the year, what the months showed."),
)  # fmt: skip
PATTERNS = (
    PatternYear("drift: model", 31, 29, dollars(4_120), (1, 2, 1, 0, 3, 2, 4, 6, 5, 4, 3, 0)),
    PatternYear("burn", 22, 22, dollars(9_311), (4, 3, 3, 2, 2, 2, 1, 1, 1, 2, 1, 0)),
    PatternYear("finding: cached timestamp", 3, 2, None, (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0)),
)
PREDICTIONS = (
    PredictionLine(
        1,
        "By the end of 2027 workhorse prices fall so far that more than half of running cascades no longer pay against "
        "flat mid-tier.",
        "fewer than half of the cascades that run then lose against flat workhorse",
        datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC),
        "1 of 3 cascades of this portfolio does not pay today.",
        "holding",
        ((AT - timedelta(days=12), "maria", "holding", "Two list prices fell this year, by a fifth."),
         (AT - timedelta(days=340), "maria", "open", "Nothing to see yet.")),
    ),
    PredictionLine(
        2,
        "By the end of 2027 agent economics invert in at least one direction.",
        "neither cheap specialised sub-agents nor single calls win",
        datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC),
        "Cannot be computed: no workload has traces.",
        "open",
    ),
    PredictionLine(
        3,
        "By the end of 2028 finance and healthcare rules require context lineage documents in at least two major "
        "jurisdictions.",
        "fewer than two jurisdictions require them",
        datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC),
        "Not a matter of the portfolio: judged by a person.",
        "open",
    ),
)  # fmt: skip
TEXT = (
    "The year in which nothing ran unwatched for a night.\n\nFive kills, one of them for nothing: the surge of the "
    "autumn mailing was planned and not announced. We announce now.\n\nReviews slipped in spring, when two owners "
    "changed; since July all were held on time."
)
WRITTEN = StatementLine(TEXT, "9f2c51d0e7a84b63aa01", "maria", AT - timedelta(days=2))
SIGNED = replace(WRITTEN, signed_by="maria", signed_role="token_architect", signed_at=AT - timedelta(days=1))
SPENT = (18_204.4, 19_911.02, 21_480.9, 20_114, 22_870.11, 24_005.6, 23_411.7, 22_908, 25_660.31, 28_114.9, 27_480.63)


def normal() -> Annual:
    """The year so far, with a text that nobody has signed."""
    return Annual(
        at=AT,
        organisation="Northwind Mutual",
        time_zone="Europe/London",
        year="2026",
        start=START,
        end=END,
        partial=True,
        measures=MEASURES,
        patterns=PATTERNS,
        predictions=PREDICTIONS,
        months=tuple(
            (f"2026-{at + 1:02}", dollars(spent), dollars(20_000 + at * 1_000)) for at, spent in enumerate(SPENT)
        ),
        statement=WRITTEN,
    )


def closed() -> Annual:
    """The year before: signed."""
    return replace(
        normal(),
        year="2025",
        start=datetime(2025, 1, 1, tzinfo=UTC),
        end=START,
        partial=False,
        months=tuple((f"2025-{at + 1:02}", dollars(9_000 + at * 700), None) for at in range(12)),
        statement=SIGNED,
    )


def unwritten() -> Annual:
    """A year of which nobody has written anything."""
    return replace(normal(), statement=None)


def nothing() -> Annual:
    """A year before the console was there."""
    return replace(normal(), measures=(), patterns=(), predictions=(), months=(), statement=None)


def hostile() -> Annual:
    """Every text of it was written by somebody who means harm."""
    measures = tuple(
        replace(MEASURES[0], name=f"{at} {text}", value=text, how=text) for at, text in enumerate(HOSTILE)
    )
    predictions = tuple(
        replace(one, text=bad, criterion=bad, computed=bad, evidence=((AT, bad, "open", bad),))
        for bad, one in zip(HOSTILE, PREDICTIONS, strict=False)
    )
    return replace(
        normal(),
        organisation=HOSTILE[0],
        measures=measures,
        predictions=predictions,
        patterns=tuple(replace(PATTERNS[0], kind=text) for text in HOSTILE),
        statement=replace(WRITTEN, text="\n".join(HOSTILE), by=HOSTILE[0]),
    )
