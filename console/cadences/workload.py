"""One workload, whole: its Charter in short, what it spends by token class, its alerts, intents and history.

Values only (standard library). Money is whole micro-dollars; None is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from console.cadences.daily import AlertLine, WorkloadLine
from console.cadences.drill import DrillLine
from console.cadences.orchestration import Multiplier
from console.cadences.prompts import PromptLine
from console.money import MicroUsd, display


@dataclass(frozen=True, slots=True)
class CharterBrief:
    version: int
    state: str
    """draft, in review, signed, superseded, retired."""
    content_hash: str
    purpose: str
    expected: MicroUsd
    stretch_multiple: float
    runaway_multiple: float
    kill_threshold: MicroUsd
    automatic: bool
    criteria: tuple[str, ...]
    review: str
    """Who, what, when and with what authority, in one line."""
    models: tuple[str, ...]
    signatures: tuple[tuple[str, str, datetime], ...]
    """(role, who, when), valid ones only."""
    missing_roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingBrief:
    pattern: str
    """The anti-pattern."""
    summary: str
    stake: MicroUsd | None
    """A month; None is unknown."""
    since: datetime
    verdict: str | None
    """None: it waits for one."""


@dataclass(frozen=True, slots=True)
class SwitchLine:
    kind: str
    target: str
    target_name: str
    source: str | None
    last_state: str | None
    shared_with: tuple[str, ...]
    """Other workloads whose usage goes through the same target."""
    stage: int = 1
    """Of a kill: when it is switched."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    model: str
    uncached_input: int
    cache_write: int
    cache_read: int
    output: int
    month: MicroUsd
    estimated: bool


@dataclass(frozen=True, slots=True)
class IntentLine:
    id: str
    verb: str
    origin: str
    state: str
    at: datetime
    requested_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    at: datetime
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class PushedLine:
    """What was pushed of it beside what polls told, for the same hours."""

    pushed: MicroUsd
    polled: MicroUsd
    hours: int

    @property
    def says(self) -> str:
        """`pushed $12.30, polled $12.51 for the same 5 hours: 1.7% less`."""
        length = "hour" if self.hours == 1 else f"{self.hours} hours"
        both = f"pushed ${display(self.pushed)}, polled ${display(self.polled)} for the same {length}"
        if not self.polled:
            return both
        apart = Decimal(self.pushed - self.polled) / self.polled
        return f"{both}: {f'{abs(apart):.1%} ' + ('more' if apart > 0 else 'less') if apart else 'the same'}"


@dataclass(frozen=True, slots=True)
class WorkloadView:
    line: WorkloadLine
    at: datetime
    charter: CharterBrief | None
    no_charter_reason: str
    """Why it is not held to a Charter: none imported, draft, signatures missing or void. Empty where it is."""
    hours_from: datetime
    """Start of the first hour of the series below."""
    tokens_by_hour: dict[str, tuple[int, ...]]
    """Token class (uncached input, cache write, cache read, output) to tokens by hour, 48 of them, oldest first."""
    spend_by_hour: tuple[MicroUsd, ...]
    recent_from: datetime
    """Start of the first three minutes of the series below."""
    recent_spend: tuple[MicroUsd, ...]
    """By three minutes, the span of the runaway pace: the last eight hours, oldest first."""
    recent_plan: tuple[MicroUsd, ...]
    """What the Charter expects of each of them, by the workload's working week; empty without one in force."""
    days_from: datetime
    spend_by_day: tuple[MicroUsd, ...]
    """By UTC day, 35 of them, oldest first."""
    models: tuple[ModelLine, ...]
    switches: tuple[SwitchLine, ...]
    usage_rules: tuple[str, ...]
    alerts: tuple[AlertLine, ...]
    intents: tuple[IntentLine, ...]
    history: tuple[ChangeLine, ...]
    planned: tuple[str, ...] = ()
    """Planned changes that hold or will hold, a sentence each."""
    drills: tuple[DrillLine, ...] = ()
    """The newest first."""
    drill_every_s: float | None = None
    """How often the Charter wants one; None: it does not say."""
    prompts: tuple[PromptLine, ...] = ()
    findings: tuple[FindingBrief, ...] = ()
    """Not closed, the dearest first."""
    multiplier: Multiplier | None = None
    """Of the last seven days; None: there are no call records."""
    """As the last scans of their checkouts found them; those in use first."""
    pushed: PushedLine | None = None
    """None where nothing is pushed, or polls do not know an hour of it yet."""
