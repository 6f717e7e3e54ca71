"""The trip sheet: why a breaker tripped, what was done to what, whether spend fell, and who may resume.

Values only (standard library). Money is whole micro-dollars; None is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.clock import rfc3339
from console.money import MicroUsd


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """One thing a kill or resume would act on, as it is found now."""

    switch: str
    source: str | None
    target: str
    name: str
    state_now: str
    wanted: str
    verb: str
    action_class: str
    reversible: bool
    undo: str
    """How it is undone, in words."""
    shared_with: tuple[str, ...] = ()
    protected: bool = False
    looks_like: tuple[str, ...] = ()
    """Other targets whose names look the same."""
    stage: int = 1


@dataclass(frozen=True, slots=True)
class LaterStage:
    """What a kill would do next, if spend ran on."""

    stage: int
    after_s: float
    """How long after the stage before was confirmed, or found failed or unknown."""
    targets: tuple[str, ...]
    """`disable proj_01 by openai-project-spend-limit`."""

    @property
    def says(self) -> str:
        """What it does, and when it comes."""
        return (f"stage {self.stage}, where spend still runs {self.after_s / 60:g} min after the stage before: "
                f"{', '.join(self.targets)}")

    def document(self) -> dict[str, Any]:
        """As `kill --json` prints it."""
        return {"stage": self.stage, "after_s": self.after_s, "targets": list(self.targets)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, rendered from stored data, before anyone confirms it."""

    workload: str
    name: str
    environment: str
    verb: str
    """kill, resume."""
    plan_hash: str
    rate_per_hour: MicroUsd | None
    today: MicroUsd | None
    month: MicroUsd | None
    targets: tuple[PlannedTarget, ...]
    warnings: tuple[str, ...] = ()
    refusal: str | None = None
    """Why it cannot be done at all; None where it can."""
    needs_second_person: bool = False
    later: tuple[LaterStage, ...] = ()
    """The stages that come after, where spend runs on."""


@dataclass(frozen=True, slots=True)
class StepLine:
    switch: str
    target: str
    target_name: str
    verb: str
    before: str | None
    wanted: str
    after: str | None
    state: str
    confirmed_at: datetime | None
    error: str | None
    shared_with: tuple[str, ...] = ()
    stage: int = 1


@dataclass(frozen=True, slots=True)
class IntentResult:
    """What became of a kill or a resume that somebody asked for."""

    intent: str | None
    """None for a dry run, which is written down nowhere."""
    workload: str
    verb: str
    state: str
    """awaiting_approval, executing, done, partial, failed, unknown, expired, dry_run."""
    steps: tuple[StepLine, ...]
    spend_stopped_at: datetime | None = None
    existing: bool = False
    """It was under way or done before; nothing further was asked of the provider."""
    unreachable: bool = False
    """The provider gave no usable answer at all."""
    note: str = ""
    later: tuple[LaterStage, ...] = ()
    """Of a dry run: the stages that come after, where spend runs on."""

    def document(self) -> dict[str, Any]:
        """As `kill --json` and `resume --json` print it."""
        return {
            "intent": self.intent, "workload": self.workload, "state": self.state,
            "steps": [{"target": step.target, "verb": step.verb, "before": step.before, "wanted": step.wanted,
                       "after": step.after, "state": step.state, "error": step.error} for step in self.steps],
            "spend_stopped": rfc3339(self.spend_stopped_at) if self.spend_stopped_at else None,
            "existing": self.existing, "note": self.note,
            **({"later_stages": [each.document() for each in self.later]} if self.later else {}),
        }


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A usage row behind the figure: they add up to it, line by line."""

    bucket: datetime
    width: int
    identity: str
    model: str
    uncached_input: int
    cache_write: int
    cache_read: int
    output: int
    cost: MicroUsd
    estimated: bool


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of the kill that a sheet belongs to: taken, proposed, or still to come."""

    stage: int
    intent: str | None
    """None: it was not written down yet."""
    state: str
    """The intent's state; `to come`, `not needed`."""
    at: datetime | None
    """When it was written down; of one to come, the soonest that it comes if spend runs on, None while not known."""
    says: str
    """Its reason, or its targets and how long spend may run on before."""


@dataclass(frozen=True, slots=True)
class TripSheet:
    intent: str
    workload: str
    name: str
    verb: str
    origin: str
    state: str
    at: datetime
    requested_by: str
    reason: str
    why: str
    """The signal's summary with its figures."""
    signs: tuple[tuple[str, str], ...]
    """The signs that it was decided for and what each of them said; empty where it was not for signs."""
    means: str
    """What these signs together are, in plain words."""
    rule: str | None
    charter_line: str | None
    data_age_s: float | None
    """How old the data were when it was decided."""
    rows: tuple[EvidenceRow, ...]
    rows_total: MicroUsd
    """Sum of all rows, also of those left out."""
    rows_left_out: int
    decided_on: MicroUsd | None
    """The figure when it was decided; what `rows_total` is above it arrived late. None: not decided on usage."""
    steps: tuple[StepLine, ...]
    state_confirmed_at: datetime | None
    spend_stopped_at: datetime | None
    settled_at: datetime | None
    rate_before: MicroUsd | None
    """Dollars an hour in the 15 minutes before."""
    rate_after: MicroUsd | None
    """Dollars an hour in the newest 15 complete minutes after; None while they are not in."""
    tail: MicroUsd | None
    """Spend that arrived after the state was confirmed."""
    minutes_from: datetime | None
    minutes: tuple[MicroUsd, ...]
    """Micro-dollars by minute around the act, oldest first."""
    breaker: str
    resume_roles: tuple[str, ...]
    two_person: bool
    approvals: tuple[tuple[str, str, datetime], ...] = ()
    """(who, role, when)."""
    manual_command: str = ""
    """What to do by hand where the outcome is unknown."""
    note: str = ""
    exception: int | None = None
    """The exception that this kill is in the Weekly; None where it is none."""
    exception_state: str = ""
    """open, decided, closed."""
    stages: tuple[StageLine, ...] = ()
    """Of a kill that has several: all of them, in their order."""
