"""What the sample Monthly says of fixes and of bills: promised and realised savings, gaps of each class."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from console.cadences.monthly import GapLine, SavingLine
from tests.support.portfolio import AT, dollars

SAVINGS = (
    SavingLine(
        4,
        "reconciliation-agent",
        "Take the timestamp out of the cached prefix",
        dollars(1_800),
        AT - timedelta(days=1),
        "maria",
        31,
        None,
        "Applied less than a week ago: too early to tell.",
    ),
    SavingLine(
        2,
        "document-summariser",
        "Move the first pass to the distilled tier",
        dollars(600),
        AT - timedelta(days=41),
        "maria",
        None,
        dollars(655.20),
        "Cost a call of the 30 days before, against this month's, at this month's calls.",
    ),
    SavingLine(
        3,
        "policy-search",
        "Halve the retrieval depth",
        dollars(250),
        AT - timedelta(days=60),
        "jo",
        None,
        dollars(-38.40),
        "Calls went up by more than their cost went down.",
    ),
    SavingLine(
        1,
        "call-notes",
        "Trim the system prompt",
        dollars(120),
        AT - timedelta(days=90),
        "jo",
        None,
        0,
        "No change was measured.",
    ),
)
GAPS = (
    GapLine(
        "anthropic",
        22,
        dollars(26_412.75),
        dollars(26_408.11),
        dollars(4.64),
        Decimal("0.000176"),
        "within tolerance",
        "Billed and metered agree within the tolerance of 0.5 %.",
    ),
    GapLine(
        "anthropic-eu",
        22,
        dollars(1_190.02),
        dollars(871.90),
        dollars(318.12),
        Decimal("0.267323"),
        "unknown cost types",
        "The provider bills web search and code execution, which usage does not show. Look at the cost report by type.",
    ),
    GapLine("gateway", 0, None, dollars(48.20), None, None, "unknown", "This source says nothing of what it bills."),
)
