"""Findings as the JSON document that `findings --json` prints: dollars as strings with six decimals, unknown null."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from console.antipatterns.catalogue import DETECTORS
from console.antipatterns.finding import Finding, Stake
from console.cadences.documents import document
from console.cadences.findings.value import FindingLine, Findings
from console.cadences.orchestration import ACHIEVABLE, TYPICAL, Multiplier, Orchestration
from console.clock import rfc3339
from console.money import usd, usd_or_none

NUMBERS = {detector.name: detector.number for detector in DETECTORS}


def findings_document(found: Findings) -> dict[str, Any]:
    """The whole look."""
    return {
        "at": rfc3339(found.at), "since": rfc3339(found.start), "until": rfc3339(found.end),
        "workloads": found.workloads, "findings": [_line(line) for line in found.lines],
        "not_enough_data": [{"workload": lack.workload, "anti_pattern": lack.detector, "missing": lack.missing}
                            for lack in found.lacks],
        "failed": list(found.failed),
        "orchestration": _orchestration(found.orchestration) if found.orchestration is not None else None,
    }


def _orchestration(found: Orchestration) -> dict[str, Any]:
    return {**_multiplier(found.together), "typical": list(map(_share, TYPICAL)),
            "achievable": list(map(_share, ACHIEVABLE)),
            "workloads": [{"workload": one.workload, **_multiplier(one)} for one in found.workloads]}


def _multiplier(one: Multiplier) -> dict[str, Any]:
    return {"multiplier": None if one.value is None else _share(one.value), "like": one.like,
            "user_actions": one.actions, "measured": one.measured,
            "tokens_per_action": one.tokens / one.measured if one.measured else None,
            "recoverable_usd": usd(one.recoverable) if one.measured else None, "missing": one.lacks}


def _share(value: Fraction) -> float:
    return round(float(value), 6)


def _line(line: FindingLine) -> dict[str, Any]:
    found = line.finding
    return {**_finding(found), "exception": document(line.decided)}


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "workload": found.workload, "anti_pattern": found.detector, "number": NUMBERS.get(found.detector),
        "subject": found.subject, "summary": found.summary,
        "since": rfc3339(found.start), "until": rfc3339(found.end),
        "excess_usd": usd_or_none(found.excess), "stake_usd_a_month": _stake(found.stake),
        "confidence": found.confidence, "fix": found.fix, "charter_line": found.charter_line,
        "figures": dict(found.figures), "rows": [dict(row) for row in found.rows],
    }


def _stake(stake: Stake | None) -> dict[str, str] | None:
    return None if stake is None else {"low": usd(stake.low), "likely": usd(stake.likely), "high": usd(stake.high)}
