"""What SQLite itself refuses to store in the small tables: unknown words, numbers and times out of range (DB-7).

The usage tables have none beyond their keys: a CHECK over every column made an insert take 58 % longer, and what goes
into them is checked before (`replacement.Window`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Boolean, CheckConstraint, Table

from store.tables.types import UtcTime

BEYOND = 32_503_680_000_000_000
"""The year 3000 in microseconds since 1970: a time past it was computed in another unit."""

_SEVERITIES = ("info", "warning", "error", "critical")

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "alert": {"severity": _SEVERITIES, "acknowledged_severity": _SEVERITIES,
              "state": ("pending", "firing", "no-data", "resolved")},
    "annual_statement": {},
    "approval": {},
    "breaker": {"state": ("armed", "tripped", "held", "probation")},
    "charter": {"state": ("draft", "in review", "signed", "superseded", "retired")},
    "charter_exception": {"origin": ("trip", "alert", "drift", "finding", "variance"),
                          "state": ("open", "decided", "closed")},
    "charter_note": {"kind": ("submission", "comment", "refusal", "retirement")},
    "charter_signature": {},
    "disarm": {},
    "disarm_request": {"state": ("awaiting_approval", "granted", "expired")},
    "drill": {"sort": ("target", "dry run"), "outcome": ("passed", "failed", "unknown")},
    "evaluation": {"kind": ("retrieval", "thinking", "tier")},
    "exception_decision": {"verdict": ("revision", "time-bounded", "dismissed", "escalated")},
    "exception_sighting": {"what": ("opened", "again", "reopened")},
    "explanation": {"role": ("business_owner", "platform_lead")},
    "intent": {"verb": ("kill", "resume", "drill"), "origin": ("automatic", "manual", "drill"),
               "state": ("awaiting_approval", "approved", "executing", "verifying", "done", "partial", "failed",
                         "unknown", "expired", "rejected", "observed")},
    "lease": {},
    "outbox_message": {"severity": _SEVERITIES},
    "outcome": {},
    "planned_change": {},
    "prediction_note": {"verdict": ("open", "holding", "falsified")},
    "prompt": {"kind": ("system prompt", "tool descriptions", "source list")},
    "prompt_count": {},
    "prompt_version": {},
    "quarter_note": {"kind": ("learned", "recommended", "reaffirm", "revise", "retire")},
    "review": {},
    "saving": {},
    "silence": {},
    "step": {"verb": ("disable", "enable"),
             "state": ("planned", "executing", "verifying", "done", "refused", "failed", "unknown", "expired")},
    "stream": {},
    "workload": {"status": ("planned", "live", "paused", "retired")},
}
"""Every table with checks, and the words that its columns may hold."""

COUNTS: dict[str, tuple[str, ...]] = {
    "alert": ("transition",), "charter": ("version",), "charter_exception": ("times", "degree"),
    "charter_note": ("version",), "charter_signature": ("version",), "lease": ("fencing",),
    "outbox_message": ("transition", "attempts"),
    "outcome": ("review_microusd", "rework_microusd"), "prediction_note": ("number",), "prompt_count": ("tokens",),
    "prompt_version": ("position",), "saving": ("promised_microusd",),
    "step": ("position", "attempt", "fencing", "stage"),
    "stream": ("watermark", "newest_bucket", "read_until", "failures"),
}
"""Numbers that are never below zero."""

ORDER = {
    "approval": "approved_at <= expires_at", "disarm": "starts_at <= ends_at", "intent": "requested_at <= valid_until",
    "exception_decision": "decided_at <= ends_at", "outcome": "starts_at < ends_at",
    "planned_change": "starts_at < ends_at",
    "review": "opened_at <= due_at", "silence": "starts_at <= ends_at",
}
"""Times of which the one comes first."""


def add_to(table: Table) -> None:
    """Give a table its checks; each is named, so that a later migration can tell it apart."""
    for name, condition in _checks(table):
        table.append_constraint(CheckConstraint(condition, name=f"ck_{table.name}_{name}"))


def _checks(table: Table) -> Iterator[tuple[str, str]]:
    for column, words in WORDS[table.name].items():
        allowed = ", ".join(f"'{word}'" for word in words)
        yield column, f"{column} IN ({allowed})"
    ranges = [f"{column.name} BETWEEN 0 AND {BEYOND}" for column in table.columns if isinstance(column.type, UtcTime)]
    ranges += [f"{column.name} IN (0, 1)" for column in table.columns if isinstance(column.type, Boolean)]
    ranges += [f"{column} >= 0" for column in COUNTS.get(table.name, ())]
    yield "ranges", " AND ".join(ranges)
    if table.name in ORDER:
        yield "order", ORDER[table.name]
