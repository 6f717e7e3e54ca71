"""What a rule is: a pure function from the facts of one workload to the signals it sees. One file here a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from console.money import MicroUsd


@dataclass(frozen=True, slots=True)
class Criterion:
    """An economic kill criterion of the Charter: spend over a window above a sum."""

    label: str
    """The Charter's own line: `kill_criteria[1]: spend_usd above 150 over 10m`."""
    window: str
    """`month`, `day`, or a duration such as `10m`, `1h`."""
    above: MicroUsd
    automatic: bool
    action: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a signed Charter commits to, as the rules need it."""

    version: int
    expected: MicroUsd
    """The expected month."""
    stretch_multiple: float
    runaway_multiple: float
    kill_threshold: MicroUsd
    automatic: bool
    """Whether crossing the kill threshold kills without asking."""
    criteria: tuple[Criterion, ...] = ()
    mode: str = "enforce"
    """`observe` writes down what it would have done, and stops."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known of one workload's spend at one instant. Rules read nothing else."""

    workload: str
    at: datetime
    data_until: datetime | None
    """End of the newest bucket known complete; windows end here. None: nothing was ever read."""
    fresh: bool
    """Every source of the workload is within its freshness limit, complete, on two polls in a row, clock sane."""
    terms: Terms | None
    month_start: datetime
    month_end: datetime
    month: MicroUsd
    """Seen so far this month, late buckets included."""
    today: MicroUsd
    windows: Mapping[int, MicroUsd] = field(default_factory=dict)
    """Spend of the last so many seconds before `data_until`."""
    expected_share: Mapping[int, float] = field(default_factory=dict)
    """Share of the expected month that the profile gives to the same windows; linear while history is short."""
    month_share: float = 0.0
    """Share of the expected month that the profile gives from the month's start to `data_until`."""
    estimated: MicroUsd = 0
    """The part of `month` that is priced by an estimate."""
    unpriced_models: tuple[str, ...] = ()
    lag_s: float = 300.0
    """Measured: how old the newest data usually are when they are first seen."""
    poll_s: float = 60.0
    act_s: float = 30.0
    """Time from decision to confirmed state, from the switch's declaration or its last drill."""
    probation: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule's view of one window: is its condition true now, by how much, and what follows."""

    rule: str
    window: str
    severity: str
    active: bool
    """The condition is true on this evaluation."""
    clears: bool
    """Below the resolve threshold (0.9 of the firing one, by default). Neither: between the two lines."""
    summary: str
    charter_line: str | None = None
    advice: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    hold_s: float = 0.0
    """`for`: how long the condition must hold before it fires."""
    keep_s: float = 900.0
    """`keep_firing_for`: how long it must stay clear before it resolves."""
    trips: bool = False
    """The Charter says: kill now, without asking."""
    once_a_month: bool = False
    """A month-to-date step: resolves on restatement, fires again only 2 % above."""


class Rule(Protocol):
    """Implementations are modules with these two names."""

    NAME: str

    def judge(self, facts: Facts) -> Iterable[Signal]:
        """Signals of this rule for these facts, one a window, active or not. Pure."""
