"""A sample Quarterly of the insurer of `portfolio`: reviews ended, due and overdue, half-lives that ran out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from console.cadences.quarterly import NoteLine, QuarterLine, Quarterly, QuarterTotals
from tests.support.portfolio import AT, HOSTILE, dollars

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
BOTH = ("business_owner", "platform_lead")


def note(kind: str, role: str, by: str, days: int, text: str) -> NoteLine:
    return NoteLine(kind, role, by, AT - timedelta(days=days), text)


AGREED = (
    note("recommended", "business_owner", "A. Owner", 4, "Keep it. Triage is the product; the reviewers trust it."),
    note("recommended", "platform_lead", "P. Lead", 3, "Keep it. Move re-ranking to the distilled tier in January."),
)
REAFFIRMED = note("reaffirm", "business_owner", "A. Owner", 2, "The plan held for three months and nothing drifted.")


def line(
    slug: str,
    name: str,
    owner: str | None,
    spent: tuple[float | None, float | None],
    planned: float | None,
    outcome: str = "",
    outcomes: int | None = None,
    value: float | None = None,
    alpha: float | None = None,
    half_life: str = "operational",
    ends_in: int | None = 300,
    due_in: int | None = 38,
    **other: object,
) -> QuarterLine:
    """One review: October and November are `spent`; `ends_in` and `due_in` are days from `AT`."""
    whole = None if None in spent else dollars(sum(part or 0 for part in spent))
    over = ends_in is not None and ends_in < 0
    given: dict[str, object] = {
        "slug": slug,
        "name": name,
        "owner": owner,
        "platform_lead": "P. Lead",
        "status": "live",
        "charter_version": None if planned is None else 2,
        "charter_state": "none" if planned is None else "signed",
        "cell": "" if planned is None else "low x medium",
        "planned": None if planned is None else dollars(planned),
        "spent": whole,
        "outcome": outcome,
        "outcomes": None if outcomes is None else Decimal(outcomes),
        "value": None if value is None else dollars(value),
        "alpha_net": None if alpha is None else dollars(alpha),
        "per_dollar": Decimal(dollars(alpha)) / whole if alpha is not None and whole else None,
        "months": (*(None if part is None else dollars(part) for part in spent), None),
        "half_life": "" if planned is None else half_life,
        "half_life_ends": None if ends_in is None else AT + timedelta(days=ends_in),
        "half_life_over": over,
        "last_review": None if due_in is None else AT + timedelta(days=due_in - 92),
        "review_due": None if due_in is None else AT + timedelta(days=due_in),
        "overdue": due_in is not None and due_in < 0,
        "trips": 0,
        "exceptions_open": 0,
        "questions": ("Its half-life has run out: what does it still give that others do not?",) if over else (),
        "owed": BOTH,
    }
    return QuarterLine(**{**given, **other})  # type: ignore[arg-type]


def normal() -> Quarterly:
    """The fourth quarter, day 54: two reviews ended, two overdue, a night that asks for another Charter."""
    lines = (
        line("claims-triage", "Claims triage", "A. Owner", (1_812.40, 1_391.05), 3_260, "claim triaged", 141_900,
             170_280, 94_310, recommended=AGREED, owed=(), decision=REAFFIRMED,
             learned=(note("learned", "token_architect", "maria", 9, "Caching the policy text paid for itself."),)),
        line("document-summariser", "Document summariser", "P. Whitfield", (3_388.10, 2_505.31), 5_960,
             "document summarised", 42_700, 64_050, 19_820, "commodity", -21, 12, recommended=AGREED, owed=(),
             attention=("its half-life has run out",)),
        line("policy-search", "Policy search", "M. Okafor", (1_160.20, 871.90), 2_100, "answer accepted", 99_100,
             19_820, 3_410, recommended=AGREED[:1], owed=("platform_lead",)),
        line("reconciliation-agent", "Reconciliation sub-agent", "J. Marsh", (3_904.12, 6_204.18), 7_010,
             "ledger reconciled", 700, 31_500, 2_660, ends_in=190, due_in=-9, trips=1, exceptions_open=2,
             questions=("exception 31: drift: depth is 3 and the Charter allows 2",
                        "exception 32: the cached prefix changes with every call, at 3 workloads",
                        "variance of November: spend is 106 % above plan"),
             learned=(note("learned", "platform_lead", "P. Whitfield", 1,
                           "A timestamp in the cached prefix cost 2,500 dollars in 34 minutes. A test forbids it."),),
             attention=("its breaker tripped", "its review is overdue", "two exceptions ask for a revision"),
             draft_version=3),
        line("email-drafts", "E-mail drafts", "S. Lindqvist", (240.02, 402.13), 439, "draft sent", 48_800, 5_856, 2_204,
             half_life="commodity", ends_in=61),
        line("fraud-screening", "Fraud screening", "R. Adeyemi", (5_011.90, 4_310.66), 9_110, "case screened", 20_110,
             100_550, None, "structural", 610),
        line("contract-review", "Contract review", None, (410.00, 390.00), None, ends_in=None, due_in=None,
             attention=("it has no owner", "it has no Charter"), questions=("It spends without a Charter.",)),
        line("call-notes", "Call notes", "T. Brandt", (1_420.00, 1_004.72), 2_630, "call noted", 29_500, 14_750, 4_930),
        line("underwriting-copilot", "Underwriting copilot", "C. Moreau", (2_650.33, 3_115.40), 5_080,
             "case underwritten", 2_400, 48_000, 11_240, ends_in=45, due_in=-2, trips=1, exceptions_open=1,
             attention=("its breaker tripped", "its review is overdue"),
             questions=("variance of November: spend is 43 % above plan",)),
        line("translation", "Translation", "E. Novak", (280.40, 211.47), 526, "page translated", half_life="commodity",
             ends_in=-130, decision=note("retire", "business_owner", "E. Novak", 6, "The office suite does it now."),
             recommended=AGREED, owed=(), status="retired"),
        line("code-assistant", "Code assistant", "D. Park", (8_440.10, 6_911.03), 15_780, "change merged", 4_700,
             47_000, 810),
        line("letters", HOSTILE[0], HOSTILE[1], (104.12, 70.44), 210, HOSTILE[2], 1_000, 2_000, 690),
    )  # fmt: skip
    return quarter(lines)


def quarter(lines: tuple[QuarterLine, ...]) -> Quarterly:
    """A quarter of these lines, with the sums that follow from them."""
    known = [item.alpha_net for item in lines if item.alpha_net is not None]
    spent = sum(item.spent or 0 for item in lines)
    whole = len(known) == len(lines)
    return Quarterly(
        at=AT,
        organisation="Northwind Mutual",
        time_zone="Europe/London",
        quarter="2026-Q4",
        start=START,
        end=END,
        partial=True,
        month_names=("2026-10", "2026-11", "2026-12"),
        lines=lines,
        totals=QuarterTotals(
            planned=sum(item.planned or 0 for item in lines),
            spent=spent,
            value=None,
            alpha_net=sum(known) if whole else None,
            per_dollar=Decimal(sum(known)) / spent if whole and spent else None,
            known_workloads=len(known),
            reviewed=sum(item.decision is not None for item in lines),
            overdue=sum(item.overdue and item.decision is None for item in lines),
            unattributed=dollars(291.40),
            trips=sum(item.trips for item in lines),
        ),
    )


def closed() -> Quarterly:
    """The third quarter: every review was ended."""
    lines = tuple(
        item._replace(decision=item.decision or REAFFIRMED, owed=(), overdue=False, attention=(), questions=())
        for item in normal().lines[:5]
    )
    return replace(
        quarter(lines),
        quarter="2026-Q3",
        start=datetime(2026, 7, 1, tzinfo=UTC),
        end=START,
        partial=False,
        month_names=("2026-07", "2026-08", "2026-09"),
    )


def nothing() -> Quarterly:
    """A quarter before the first workload."""
    return quarter(())


def hostile() -> Quarterly:
    """Every text of it was written by somebody who means harm."""
    lines = tuple(
        line(f"w-{at}", text, text, (10, 20), 40, text, 5, 50, 20, questions=(text,), attention=(text,), cell=text,
             status=text, learned=(note("learned", text, text, 1, text),),
             recommended=(note("recommended", "business_owner", text, 1, text),))
        for at, text in enumerate(HOSTILE)
    )  # fmt: skip
    return replace(quarter(lines), organisation=HOSTILE[0])
