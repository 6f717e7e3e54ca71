"""A week of exceptions of one insurer: four patterns, some decided, one reopened; and a door that decides on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.cadences.weekly import DecisionLine, ExceptionLine, PatternLine, Weekly
from console.money import MICRO
from tests.support.portfolio import HOSTILE
from tests.support.still_door import StillDoor

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
WEEK_START = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = timedelta(days=7)

WHATS = {
    "trip: signs": "The breaker tripped on the signs of a runaway. Find what ran away before the workload is resumed; "
    "where the plan was too low, the Charter needs another expected scenario.",
    "drift: model": "Production calls a model that the Charter does not permit. Usually a default that was changed in "
    "code: put it back, or have the Charter name the model.",
    "alert: stretch": "The workload entered its stretch scenario, and the changes that the Charter names for it were "
    "not made.",
    "finding: five tests": "A frontier model is named, and none of the five tests holds.",
}


def dollars(amount: float) -> int:
    return round(amount * MICRO)


def exception(number: int, workload: str, kind: str, stake: float | None, summary: str, **other: Any) -> ExceptionLine:
    """One open exception; what is not given follows from what is."""
    opened = AT - timedelta(hours=5 * number % 70 + 1)
    given: dict[str, Any] = {
        "id": number,
        "workload": workload,
        "name": workload.replace("-", " ").capitalize(),
        "owner": "A. Owner",
        "origin": kind.partition(":")[0],
        "kind": kind,
        "subject": "",
        "state": "open",
        "opened_at": opened,
        "last_seen_at": AT - timedelta(minutes=4),
        "times": 1,
        "summary": summary,
        "stake": None if stake is None else dollars(stake),
    }
    return ExceptionLine(**{**given, **other})


def made(number: int, verdict: str, rationale: str, **other: Any) -> DecisionLine:
    given: dict[str, Any] = {"role": "token_architect", "by": "maria", "at": AT - timedelta(hours=20)}
    return DecisionLine(number, verdict, rationale, **{**given, **other})


TRIP = exception(
    11,
    "reconciliation-agent",
    "trip: signs",
    2_526.00,
    "Killed on Tuesday at 02:37Z after 96.40 USD in 34 minutes: runaway pace with cache writes, 69 times its plan.",
    subject="runaway pace, cache writes",
    advice="Have J. Marsh say what invalidated the cache. Resume only with the fix, or with a Charter that expects it.",
    charter_line="signs: runaway pace and one more of another kind kill at once",
    evidence=(("spent", "96.40 USD"), ("pace", "19.20 USD in 3 min"), ("plan", "0.28 USD"), ("overshoot", "4.10 USD")),
    alert=31,
    intent="kill-20261124-0237",
)
DRIFT = exception(
    12,
    "claims-triage",
    "drift: model",
    412.20,
    "Calls claude-opus-5; the Charter permits claude-haiku-4-5 and claude-sonnet-5.",
    subject="claude-opus-5",
    advice="Ask the owner whether the default was meant to change. Put it back, or revise the Charter.",
    charter_line='tram.models = ["claude-haiku-4-5", "claude-sonnet-5"]',
    evidence=(("calls", "8,411"), ("share", "14% of its calls"), ("spent", "412.20 USD")),
)
EXCEPTIONS = (
    TRIP,
    DRIFT,
    exception(13, "policy-search", "drift: model", 190.05, "Calls claude-opus-5; the Charter permits claude-haiku-4-5.",
              subject="claude-opus-5"),
    exception(14, "call-notes", "drift: model", 96.00, "Calls claude-sonnet-5; the Charter permits claude-haiku-4-5.",
              subject="claude-sonnet-5", owner=None),
    exception(15, "translation", "drift: model", None, "Calls a model that the Charter does not permit.",
              subject="experimental-7"),
    exception(16, "email-drafts", "alert: stretch", 310.00, "In stretch since Monday; its changes are not made.",
              alert=27, reopened_at=AT - timedelta(hours=9),
              reopened_why="the time that it was bounded to ended, and it is still so"),
    exception(17, "fraud-screening", "alert: stretch", 775.40, "In stretch since Tuesday: 1.4 times its pace."),
    exception(18, "code-assistant", "finding: five tests", None, "claude-opus-5 is named, and no test was answered."),
    exception(19, "document-summariser", "alert: stretch", 60.00, "Left its stretch by itself on Tuesday.",
              state="decided", decision=made(501, "dismissed", "The quarter's close; it is in the forecast.")),
    exception(20, "knowledge-graph", "drift: model", 12.00, "Called claude-opus-5 in a test.", state="closed",
              closed_at=AT - timedelta(hours=30), closed_why="the model was not called for a day"),
)
SHAPES: dict[str, tuple[tuple[int, ...], str, bool]] = {
    "trip: signs": ((0, 0, 0, 1, 0, 0, 0, 1), "new", False),
    "drift: model": ((0, 1, 1, 2, 1, 3, 4, 5), "rising", True),
    "alert: stretch": ((3, 2, 3, 2, 3, 3, 2, 3), "steady", False),
    "finding: five tests": ((4, 3, 3, 2, 2, 1, 1, 1), "falling", False),
}


def pattern(kind: str, exceptions: Sequence[ExceptionLine]) -> PatternLine:
    """What these exceptions amount to, as the reading counts them."""
    mine = [one for one in exceptions if one.kind == kind]
    waiting = [one for one in mine if one.state == "open"]
    known = [one.stake for one in waiting if one.stake is not None]
    weeks, trend, escalated = SHAPES.get(kind, ((0,) * 7 + (len(mine),), "new", False))
    return PatternLine(
        kind=kind,
        origin=kind.partition(":")[0],
        what=WHATS.get(kind, "Something is not as the Charter has it."),
        open=len(waiting),
        decided=sum(one.state == "decided" for one in mine),
        workloads=tuple(dict.fromkeys(one.workload for one in mine if one.state != "closed")),
        times=sum(weeks),
        stake=sum(known) if known else None,
        stake_unknown=len(waiting) - len(known),
        weeks=weeks,
        trend=trend,
        escalated=escalated,
    )


def week(exceptions: Sequence[ExceptionLine] = EXCEPTIONS, at: datetime = AT, start: datetime = WEEK_START) -> Weekly:
    """The week in which these are the exceptions."""
    kinds = dict.fromkeys(one.kind for one in exceptions)
    patterns = sorted(
        (pattern(kind, exceptions) for kind in kinds), key=lambda one: (not one.open, -(one.stake or 0), one.kind)
    )
    return Weekly(
        at=at,
        organisation="Northwind Mutual",
        time_zone="Europe/London",
        week_start=start,
        week_end=start + WEEK,
        patterns=tuple(patterns),
        exceptions=tuple(exceptions),
        opened=8,
        closed=1,
        decided=sum(one.state == "decided" for one in exceptions),
    )


def hostile() -> Weekly:
    """Every name is hostile."""
    return week([
        exception(number, name, HOSTILE[-number], number, name, name=name, owner=name, subject=name, advice=name,
                  charter_line=name, evidence=((name, name),), intent=name,
                  decision=made(600 + number, "dismissed", name, by=name) if number % 3 == 0 else None,
                  state="decided" if number % 3 == 0 else "open")
        for number, name in enumerate(HOSTILE)
    ])


class DecidingDoor(StillDoor):
    """Answers the questions and commands of the weekly as the operations would, from a week in memory."""

    def __init__(self, weekly: Weekly | None = None, **options: Any) -> None:
        super().__init__(**{"at": AT, **options})
        self.weekly = weekly or week()
        self._next = 900
        self.answers.update(weekly=self._weekly, decide=self._decide, undo_decision=self._undo)

    def _weekly(self, *, at: datetime | None) -> Weekly:
        if at is None or at >= self.weekly.week_start:
            return self.weekly
        return week((), at, WEEK_START - WEEK)

    def _decide(
        self, *, exceptions: Sequence[int], verdict: str, rationale: str, ends_at: datetime | None
    ) -> tuple[DecisionLine, ...]:
        decided = {}
        for number in exceptions:
            self._next += 1
            decided[number] = made(self._next, verdict, rationale, at=self.clock.now(), ends_at=ends_at,
                                   batch="together" if len(exceptions) > 1 else None)
        self._set({number: {"state": "decided", "decision": decision} for number, decision in decided.items()})
        return tuple(decided.values())

    def _undo(self, *, decisions: Sequence[int]) -> None:
        self._set({one.id: {"state": "open", "decision": None} for one in self.weekly.exceptions
                   if one.decision is not None and one.decision.id in decisions})

    def _set(self, changed: dict[int, dict[str, Any]]) -> None:
        self.weekly = week([replace(one, **changed.get(one.id, {})) for one in self.weekly.exceptions])
