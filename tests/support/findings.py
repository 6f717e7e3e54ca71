"""A look of the detectors, made by hand for the screens."""

from __future__ import annotations

from datetime import timedelta

from console.antipatterns.finding import Confidence, Finding, Stake
from console.cadences.findings.value import Decided, FindingLine, Findings, Lack
from console.cadences.orchestration import Multiplier, orchestration
from tests.support.portfolio import AT

START = AT - timedelta(days=7)


def finding(workload: str, detector: str, summary: str, likely: int | None, *, subject: str = "",
            confidence: Confidence = "high") -> Finding:
    """One with evidence; its stake lies between half and twice what is likely, micro-dollars a month."""
    stake = None if likely is None else Stake(likely // 2, likely, likely * 2)
    return Finding(detector, workload, summary, START, AT, (("calls", "61,200"), ("reads", "0.4 % of input")),
                   ((("session", "s-17"), ("calls", "412"), ("repeated", "380")),),
                   None if likely is None else likely // 4, stake, confidence,
                   "Move the timestamp behind the cached prefix.", subject)


def normal() -> Findings:
    """Three findings: one waits, one is dismissed, one has no exception yet; and two that cannot be told."""
    return Findings(
        AT, "Example Ltd", START, AT, 12,
        (FindingLine(finding("claims-triage", "Cached Timestamp",
                             "98 % of 61,200 calls wrote the cache and 0.4 % of input was read from it", 1_840_000_000),
                     Decided(7, "open")),
         FindingLine(finding("support-bot", "Ungoverned Tool",
                             "kb_search was called 41 times with the same arguments in one session", 212_000_000,
                             subject="kb_search", confidence="medium"),
                     Decided(5, "decided", "dismissed", "the vendor polls; ends with the contract", "maria",
                             AT + timedelta(days=30))),
         FindingLine(finding("pricing-agent", "Silent Downgrade",
                             "the MBOM reviews a sample, the Charter every output; what it costs is not known", None))),
        (Lack("Phantom RAG", "claims-triage", "a recorded evaluation with the arms thinking and retrieval"),
         Lack("Eternal Conversation", "pricing-agent", "call records with sessions")),
        orchestration=orchestration(START, AT, [
            Multiplier("claims-triage", 61_200, 4_000, 3_900, 93_600_000, 31_200_000, 420_000_000),
            Multiplier("support-bot", 900, 0, 0, 0, 0, 0)]))
