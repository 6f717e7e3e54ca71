"""Where each workload stands at one instant, gathered from the store: what the rules judge and the Daily shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.cadences.call_track import CallSigns
from console.cadences.changes import Change
from console.cadences.track import Track
from console.charters.terms import Terms
from console.money import MicroUsd


@dataclass(slots=True)
class Facts:
    """Everything that is known of one workload's spend at one instant. Rules read nothing else, and change nothing.

    Not frozen: one is made of every workload at every judgement, and a frozen one takes four times as long to make.
    """

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
    resumed_at: datetime | None = None
    """The last authorised resume of this month; windows count nothing from before it."""
    since_resume: MicroUsd = 0
    sources: frozenset[str] = frozenset()
    """The names of the sources that its usage may come from."""
    track: Track | None = None
    """Its recent minutes and own range; None where no minutes are known, and then no sign is judged."""
    dearer: Mapping[str, Track] = field(default_factory=dict)
    """Minutes on models that cost more than any the Charter permits, by model."""
    calls: CallSigns | None = None
    """What its call records show; None where there are none."""
    change: Change | None = None
    """A planned change that holds now."""
    more: MicroUsd = 0
    """So much may have been spent beside what the track shows; `month`, `today` and `windows` hold it already. Only
    what asks whether a rule is near counts it in."""
    usual: MicroUsd | None = None
    """What it spent in a month, by its own last 28 days; None while it has fewer than seven."""
