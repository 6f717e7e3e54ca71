"""A sample Monthly of the insurer of `portfolio`: known and unknown sums, variances open and explained, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from console.cadences.monthly import (
    ExplanationLine,
    GapLine,
    MonthLine,
    Monthly,
    MonthTotals,
    OutcomeLine,
    SavingLine,
)
from console.money import MICRO
from tests.support.month_bills import GAPS, SAVINGS
from tests.support.portfolio import AT, HOSTILE, dollars

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
THRESHOLD = Decimal("0.20")
OWES = ("business_owner", "platform_lead")
GONE_BY = 0.7528
"""The share of the month's plan up to `AT`."""


def line(
    slug: str,
    name: str,
    owner: str | None,
    outcome: str,
    outcomes: int | None,
    worth: tuple[float | None, float | None, float | None, float | None, float | None],
    month: float | None = None,
    planned_per: str | None = None,
    explanations: tuple[ExplanationLine, ...] = (),
    **other: object,
) -> MonthLine:
    """One workload's month from `worth`: value, baseline, inference, review, rework, in dollars. What follows from them
    is worked out by the rules of the playbook."""
    value, baseline, inference, review, rework = (None if part is None else dollars(part) for part in worth)
    names = ("value of the outcomes", "baseline value", "inference", "review cost", "rework cost")
    missing = tuple(
        name for name, part in zip(names, (value, baseline, inference, review, rework), strict=True) if part is None
    )
    alpha = None
    if (
        value is not None
        and baseline is not None
        and inference is not None
        and review is not None
        and rework is not None
    ):
        alpha = value - baseline - inference - review - rework
    per = Decimal(alpha) / Decimal(inference) if alpha is not None and inference else None
    planned = None if month is None else dollars(month * GONE_BY)
    wanted = None if planned_per is None else Decimal(planned_per)
    spend_variance = Decimal(inference - planned) / planned if inference is not None and planned else None
    return_variance = (per - wanted) / abs(wanted) if per is not None and wanted else None
    over = any(abs(part) > THRESHOLD for part in (spend_variance, return_variance) if part is not None)
    owed = tuple(role for role in OWES if role not in {said.role for said in explanations}) if over else ()
    known = "on plan" if not over else "open" if owed else "explained"
    return MonthLine(
        slug=slug,
        name=name,
        owner=owner,
        platform_lead="P. Lead",
        outcome=outcome,
        outcomes=None if outcomes is None else Decimal(outcomes),
        value=value,
        baseline=baseline,
        inference=inference,
        review=review,
        rework=rework,
        alpha_net=alpha,
        per_dollar=per,
        missing=missing,
        charter_version=None if month is None else 2,
        planned=planned,
        planned_alpha_net=None if wanted is None or planned is None else round(planned * wanted),
        planned_per_dollar=wanted,
        spend_variance=spend_variance,
        return_variance=return_variance,
        over=over,
        state="no Charter" if month is None else known if over else "unknown" if missing else "on plan",
        explanations=explanations,
        owed=owed,
        **other,  # type: ignore[arg-type]
    )


def said(role: str, by: str, days: int, text: str) -> ExplanationLine:
    return ExplanationLine(role, by, AT - timedelta(days=days), text)


NIGHT = said(
    "platform_lead",
    "P. Whitfield",
    1,
    "On the night of the 22nd a deployment put a timestamp into the cached prefix: every agent wrote the cache anew. "
    "The breaker stopped it after 34 minutes; the prefix is fixed and has a test.",
)
DRAFTS = (
    said("business_owner", "S. Lindqvist", 3, "The autumn mailing doubled the drafts; value followed spend."),
    said("platform_lead", "K. Braun", 2, "No change of model or prompt; traffic alone."),
)


def normal() -> Monthly:
    """November, day 23: the night's runaway open, the mailing explained, two that nobody gave a value, one without a
    Charter."""
    lines = (
        line(
            "claims-triage",
            "Claims triage",
            "A. Owner",
            "claim triaged",
            61_240,
            (73_488, 21_000, 1_391.05, 9_120, 1_204.5),
            1_860,
            "28.00",
        ),
        line(
            "document-summariser",
            "Document summariser",
            "P. Whitfield",
            "document summarised",
            18_020,
            (27_030, 12_614, 2_505.31, 3_100, 410),
            3_400,
            "3.20",
        ),
        line(
            "policy-search",
            "Policy search",
            "M. Okafor",
            "answer accepted",
            44_500,
            (8_900, 4_450, 871.90, 1_900, 240),
            1_200,
            "2.40",
            exceptions=(18,),
        ),
        line(
            "reconciliation-agent",
            "Reconciliation sub-agent",
            "J. Marsh",
            "ledger reconciled",
            212,
            (9_540, 4_240, 6_204.18, 1_060, 320),
            4_000,
            "1.10",
            (NIGHT,),
            exceptions=(31, 32),
            trips=("kill-7f3a91",),
            estimated=True,
        ),
        line(
            "email-drafts",
            "E-mail drafts",
            "S. Lindqvist",
            "draft sent",
            30_100,
            (3_612, 1_505, 402.13, 300, 96),
            250,
            "3.00",
            DRAFTS,
        ),
        line(
            "fraud-screening",
            "Fraud screening",
            "R. Adeyemi",
            "case screened",
            9_870,
            (49_350, 19_740, 4_310.66, 11_200, None),
            5_200,
            "2.60",
        ),
        line("contract-review", "Contract review", None, "", None, (None, None, 390.00, None, None), estimated=True),
        line(
            "call-notes",
            "Call notes",
            "T. Brandt",
            "call noted",
            12_050,
            (6_025, 2_410, 1_004.72, 602, 150),
            1_500,
            "1.80",
        ),
        line(
            "underwriting-copilot",
            "Underwriting copilot",
            "C. Moreau",
            "case underwritten",
            1_204,
            (24_080, 8_428, 3_115.40, 6_020, 830),
            2_900,
            "2.10",
            trips=("kill-51c002",),
        ),
        line(
            "translation", "Translation", "E. Novak", "page translated", None, (None, 310, 211.47, 90, 0), 300, "4.00"
        ),
        line(
            "code-assistant",
            "Code assistant",
            "D. Park",
            "change merged",
            2_110,
            (21_100, 10_550, 6_911.03, 2_532, 700),
            9_000,
            "0.06",
        ),
        line(
            "knowledge-graph", "Knowledge graph build", "L. Ferrari", "entity linked", 0, (0, 0, 0, 0, 0), 250, "2.00"
        ),
        line("letters", HOSTILE[0], HOSTILE[1], HOSTILE[2], 402, (804, 402, 70.44, 40, 12), 120, "4.10"),
        line("tone-check", HOSTILE[3], "W. Osei", "text checked", 880, (176, 88, 22.18, 20, 4), 40, "2.00"),
    )
    return month(lines)


def month(
    lines: tuple[MonthLine, ...], gaps: tuple[GapLine, ...] = GAPS, savings: tuple[SavingLine, ...] = SAVINGS
) -> Monthly:
    """A month of these lines, with the sums that follow from them."""
    return Monthly(
        at=AT,
        organisation="Northwind Mutual",
        time_zone="Europe/London",
        month="2026-11",
        start=START,
        end=END,
        partial=True,
        data_until=AT - timedelta(minutes=5, seconds=12),
        threshold=THRESHOLD,
        lines=lines,
        totals=totals(lines, savings),
        gaps=gaps,
        savings=savings,
    )


def totals(lines: tuple[MonthLine, ...], savings: tuple[SavingLine, ...]) -> MonthTotals:
    known = [item.alpha_net for item in lines if item.alpha_net is not None]
    whole = len(known) == len(lines)
    spent = sum(item.inference or 0 for item in lines)
    earning = sum(item.inference or 0 for item in lines if item.alpha_net is not None)
    values = [item.value for item in lines if item.value is not None]
    realised = [saving.realised for saving in savings if saving.realised is not None]
    return MonthTotals(
        inference=spent,
        planned=sum(item.planned or 0 for item in lines),
        value=sum(values) if len(values) == len(lines) else None,
        alpha_net=sum(known) if whole else None,
        per_dollar=Decimal(sum(known)) / earning if earning else None,
        known_alpha_net=sum(known) if known else None,
        known_workloads=len(known),
        open=sum(bool(item.owed) for item in lines),
        unattributed=dollars(93.19),
        promised=sum(saving.promised for saving in savings),
        realised=sum(realised) if len(realised) == len(savings) else None,
    )


def closed() -> Monthly:
    """October, closed: everything is known and nothing waits."""
    lines = tuple(
        item._replace(over=False, owed=(), state="on plan")
        for item in normal().lines
        if item.alpha_net is not None and item.slug not in ("reconciliation-agent", "underwriting-copilot")
    )
    return replace(
        month(lines, GAPS[:1], SAVINGS[1:2]),
        month="2026-10",
        start=datetime(2026, 10, 1, tzinfo=UTC),
        end=START,
        partial=False,
        data_until=START,
    )


def without_ledger() -> Monthly:
    """A month of usage of which nobody has said what it was worth."""
    lines = tuple(
        line(
            item.slug,
            item.name,
            item.owner,
            item.outcome,
            None,
            (None, None, (item.inference or 0) / MICRO, None, None),
            None if item.planned is None else item.planned / MICRO / GONE_BY,
        )
        for item in normal().lines[:6]
    )
    return month(lines, (), ())


def nothing() -> Monthly:
    """A month before the first workload."""
    return replace(month((), (), ()), month="2026-11")


def hostile() -> Monthly:
    """Every text of it was written by somebody who means harm."""
    lines = tuple(
        line(
            f"w-{at}",
            text,
            text,
            text,
            5,
            (50, 20, 10 + at, 5, 1),
            5,
            "2.0",
            (said("business_owner", text, 1, text),),
            trips=(text,),
            exceptions=(at,),
        )
        for at, text in enumerate(HOSTILE)
    )
    gaps = tuple(replace(gap, source=HOSTILE[at], says=HOSTILE[at + 1]) for at, gap in enumerate(GAPS))
    savings = tuple(
        replace(saving, what=HOSTILE[at], declared_by=HOSTILE[at], basis=HOSTILE[at], workload=f"w-{at}")
        for at, saving in enumerate(SAVINGS)
    )
    return replace(month(lines, gaps, savings), organisation=HOSTILE[0])


def ledger(workload: str) -> tuple[OutcomeLine, ...]:
    """Two rows of the month, of which one leaves its baseline value to the Charter."""
    half, day = datetime(2026, 11, 16, tzinfo=UTC), timedelta(days=1)
    return (
        OutcomeLine(71, workload, "2026-11-01..2026-11-15", START, half, "batch 1", Decimal(12_345), dollars(14_814),
                    dollars(4_114.5), dollars(1_234.56), dollars(78.9), "", "entered", "olga", AT),
        OutcomeLine(72, workload, "2026-11-16", half, half + day, "", Decimal("987.5"), dollars(1_185), dollars(329.13),
                    None, None, "late claims", "file october.csv", "pawel", AT, ("baseline",)),
    )
