"""The one way in for whatever is not as a Charter has it: opened, seen again, reopened, closed.

Trips, alerts, drift, findings and variances all come as `Seen`. While an exception is not closed there is one row for
workload, kind and subject; each transition has one audit entry beside it, and saying the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from console.money import MicroUsd, usd_or_none
from store import audit
from store import exceptions as store
from store.tables import CharterException, ExceptionDecision

STILL = timedelta(hours=1)
"""`last_seen_at` of what goes on being so is brought up to date this often."""
LONGEST = {"summary": 400, "advice": 400}
"""Characters that are kept of what somebody else may have named."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that is not as the Charter has it, as it is seen now."""

    workload: str
    origin: str
    """trip, alert, drift, finding, variance."""
    kind: str
    """The same for every workload, since it makes the pattern: `drift: model`, `finding: Cached Timestamp`."""
    summary: str
    """What is so, from what to what, with figures."""
    subject: str = ""
    """What of it: a model, a window, a month; part of its identity."""
    advice: str = ""
    charter_line: str | None = None
    stake: MicroUsd | None = None
    """Dollars at stake; None is unknown."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    degree: int = 0
    """How bad it is, in the unit of its kind: what was dismissed is asked again when this has doubled."""
    alert: int | None = None
    intent: str | None = None


def open_or_refresh(tx: Session, seen: Seen, at: datetime) -> CharterException:
    """The exception of what was seen: a new one, or the one there is with its figures brought up to date.

    Another alert than before means that it began once more. What was dismissed stays decided, and reopens where it has
    become materially worse: its degree has doubled since.
    """
    row = store.current(tx, seen.workload, seen.kind, seen.subject)
    return open_new(tx, seen, at) if row is None else refresh(tx, row, seen, at)


def refresh(tx: Session, row: CharterException, seen: Seen, at: datetime) -> CharterException:
    """The same for whoever has the row already, one of this identity that is not closed."""
    again = seen.alert is not None and (row.alert is None or seen.alert > row.alert)
    grown = seen.degree > row.degree
    _refresh(row, seen, at, again)
    if again:
        row.times += 1
        store.note(tx, row, at, "again")
    worse = _worse_than_dismissed(tx, row) if grown else ""
    if worse:
        reopen(tx, row, worse, at)
    return row


def open_new(tx: Session, seen: Seen, at: datetime) -> CharterException:
    """The same for whoever knows that there is none of this identity."""
    row = CharterException(
        workload=seen.workload, origin=seen.origin, kind=seen.kind, subject=seen.subject, opened_at=at, last_seen_at=at,
        summary=_short(seen, "summary"), advice=_short(seen, "advice"), charter_line=seen.charter_line,
        stake_microusd=seen.stake, evidence=dict(seen.evidence), degree=seen.degree, alert=seen.alert,
        intent=seen.intent)
    store.add(tx, row)
    _audit(tx, row, "opened", at, summary=row.summary, stake_usd=usd_or_none(row.stake_microusd), alert=row.alert,
           intent=row.intent)
    return row


def reopen(tx: Session, row: CharterException, why: str, at: datetime) -> None:
    """A decided one waits for a decision once more."""
    row.state, row.reopened_at, row.reopened_why, row.decision = store.OPEN, at, why, None
    row.times += 1
    store.note(tx, row, at, "reopened")
    _audit(tx, row, "reopened", at, why=why)


def close(tx: Session, row: CharterException, why: str, at: datetime) -> None:
    """It is over, whatever was decided on it; seen again it is a new one."""
    row.state, row.closed_at, row.closed_why = store.CLOSED, at, why
    _audit(tx, row, "closed", at, why=why)


def mended(tx: Session, workload: str, kind: str, subject: str, why: str, at: datetime) -> bool:
    """Close the one of this identity, since it is no longer so. False where there is none."""
    row = store.current(tx, workload, kind, subject)
    if row is not None:
        close(tx, row, why, at)
    return row is not None


def variance(workload: str, month: str, *, of: str, summary: str, stake: MicroUsd | None, charter_line: str | None,
             evidence: Mapping[str, str]) -> Seen:
    """A month above the threshold (`of`: spend, return), to be given to `open_or_refresh`; `mended` closes it when both
    have explained it, by `variance_kind(of)` and the month."""
    return Seen(workload, "variance", variance_kind(of), summary, month, _EXPLAIN, charter_line, stake, evidence)


def variance_kind(of: str) -> str:
    """`variance: spend`, `variance: return`."""
    return f"variance: {of}"


_EXPLAIN = ("Business owner and platform lead each write their explanation; if the plan is what was wrong, revise the "
            "Charter.")


def _refresh(row: CharterException, seen: Seen, at: datetime, again: bool) -> None:
    """Figures as they are now. A row notes every change of it, at a cost; so only what differs is set."""
    told: dict[str, object] = {
        "summary": _short(seen, "summary"), "advice": _short(seen, "advice"), "charter_line": seen.charter_line,
        "stake_microusd": seen.stake, "evidence": dict(seen.evidence), "degree": seen.degree}
    if again:
        told["alert"] = seen.alert
    if again or at - row.last_seen_at >= STILL:
        told["last_seen_at"] = at
    for name, value in told.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _worse_than_dismissed(tx: Session, row: CharterException) -> str:
    """Why a dismissal no longer covers it; empty where it does, and where it was not dismissed."""
    decision = tx.get(ExceptionDecision, row.decision) if row.decision is not None else None
    if decision is None or decision.verdict != "dismissed" or row.degree < max(2 * decision.degree, 1):
        return ""
    return f"it has become materially worse since it was dismissed by {decision.decided_by}"


def _short(seen: Seen, name: str) -> str:
    text, longest = str(getattr(seen, name)), LONGEST[name]
    return text if len(text) <= longest else f"{text[:longest - 1]}…"


def _audit(tx: Session, row: CharterException, what: str, at: datetime, **detail: object) -> None:
    tx.add(row)
    audit.append(tx, at=at, actor="engine", action=f"exception.{what}", object=row.workload,
                 detail={"exception": row.id, "kind": row.kind, "subject": row.subject, "times": row.times, **detail})
