"""What the simulated organisation earned and said of it: outcomes by week, explanations, fixes and lessons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from console.clock import month_bounds, month_name


@dataclass(frozen=True, slots=True)
class Earning:
    """A month of one workload, as its Charter promises it."""

    outcomes: int
    baseline_usd: str
    """What the baseline earned with each outcome."""
    review_usd: int
    rework_usd: int
    pace: str = "1"
    """What it really produced, over what was promised."""


EARNINGS: dict[str, Earning] = {
    "claims-triage": Earning(18_000, "0.20", 2600, 500, "1.04"),
    "customer-chat": Earning(14_000, "0.60", 3900, 900, "0.97"),
    "policy-search": Earning(31_000, "0.05", 400, 120, "1.12"),
    "document-intake": Earning(150_000, "0.01", 1400, 600, "0.84"),
    "underwriting-notes": Earning(820, "6.00", 9000, 700, "1.02"),
    "fraud-screening": Earning(420_000, "0.012", 5200, 400, "1.01"),
    "broker-mail": Earning(5200, "0.10", 1500, 80, "0.99"),
    "code-review": Earning(5400, "0.40", 1900, 500, "1.05"),
    "nightly-reconciliation": Earning(46_000, "0.03", 900, 200, "1.00"),
    "call-summaries": Earning(62_000, "0.01", 300, 90, "1.03"),
    "campaign-copy": Earning(260, "1.50", 700, 60, "0.92"),
    "regulatory-watch": Earning(310, "4.00", 900, 50, "1.06"),
    "hr-helpdesk": Earning(1900, "0.20", 260, 40, "0.98"),
}
REWORK_UNKNOWN = "campaign-copy"
"""Nobody counted what was done over again."""

HEADINGS = "workload,period,outcomes,baseline_usd,review_usd,rework_usd"


@dataclass(frozen=True, slots=True)
class Fix:
    workload: str
    what: str
    promised_usd: str
    """A month."""
    days_ago: int


FIXES = (
    Fix("hr-helpdesk", "Paused until the new leave policy is in its sources", "300.00", 12),
    Fix("policy-search", "Ranked chunks before they enter the context", "420.00", 30),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One person's words, in one role."""

    workload: str
    role: str
    text: str


EXPLAINED = (
    Said("document-intake", "business_owner",
         "Two weeks of paper from the flood in Somerset did not reach us: the scanning centre was closed."),
)
"""Of last month's variances. The platform lead still owes the other half."""

LEARNED = (
    Said("claims-triage", "platform_lead", "History lookups are the half of every claim that the cache does not help."),
    Said("code-review", "token_architect", "The deeper reading finds little in changes under forty lines."),
)
RECOMMENDED = (
    Said("code-review", "platform_lead", "Send changes under forty lines to the workhorse tier only."),
    Said("broker-mail", "business_owner", "Keep it as it is."),
    Said("broker-mail", "platform_lead", "Keep it as it is; move to the next distilled model when it is priced."),
)


def outcomes_csv(first: date, until: date) -> str:
    """The ledger's rows of each day from `first` to the day before `until`, as a file that the console takes in."""
    days = [first + timedelta(days=count) for count in range((until - first).days)]
    rows = [_row(slug, earning, day) for day in days for slug, earning in EARNINGS.items()]
    return "\n".join([HEADINGS, *rows]) + "\n"


def _row(slug: str, earning: Earning, day: date) -> str:
    share = _share(day)
    produced = int(earning.outcomes * Decimal(earning.pace) * share)
    baseline, review, rework = (_cents(amount) for amount in (
        produced * Decimal(earning.baseline_usd), earning.review_usd * share, earning.rework_usd * share))
    return f"{slug},{day},{produced},{baseline},{review},{'' if slug == REWORK_UNKNOWN else rework}"


def _share(day: date) -> Decimal:
    """Of the month: a day at the weekend carries a fifth of a working day."""
    start, end = month_bounds(datetime(day.year, day.month, day.day, tzinfo=UTC))
    days = [start.date() + timedelta(days=count) for count in range((end - start).days)]
    return Decimal(_weight(day)) / sum(map(_weight, days))


def _weight(day: date) -> int:
    return 1 if day.weekday() >= 5 else 5


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def last_month(at: datetime) -> str:
    """`2026-10`, where `at` lies in November."""
    return month_name(month_bounds(at)[0] - timedelta(days=1))
