"""Score decisions against labels: dollars burned, delays, false and missed kills, alerts on healthy work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.operations import replaying
from console.watch.replay import Course, Replayed
from tests.detection import baselines
from tests.detection.incidents import Incident


@dataclass(frozen=True, slots=True)
class Scored:
    """One incident at one lag."""

    incident: Incident
    lag_s: int
    killed_at: datetime | None
    """The target, at or after the onset."""
    signs: tuple[str, ...]
    alerted_at: datetime | None
    false_kills: tuple[str, ...]
    """Workloads killed that are not the target, or before the onset, or in a scenario without fault."""

    @property
    def burned(self) -> float:
        return self.incident.burned(self.killed_at)

    @property
    def missed(self) -> bool:
        """A kill was required and did not come by its deadline."""
        deadline = self.incident.deadline("kill")
        late = self.killed_at is None or (deadline is not None and self.killed_at > deadline)
        return self.incident.verdict == "required" and late

    @property
    def unheard(self) -> bool:
        """An alert was required and did not come by its deadline; a kill is an alert too."""
        if self.incident.label["alert"]["verdict"] != "required":
            return False
        first = min((at for at in (self.alerted_at, self.killed_at) if at is not None), default=None)
        deadline = self.incident.deadline("alert")
        return first is None or (deadline is not None and first > deadline)


def score(incident: Incident, lag_s: int, *, calls: bool = True, announced: bool = False) -> Scored:
    """Replay one incident through the engine and hold it against the label."""
    replayed = replaying.answer(incident.question(lag_s, calls=calls, announced=announced))
    kills = {outcome.workload: outcome.kill.at for outcome in replayed.outcomes if outcome.kill is not None}
    killed, false = _sorted_out(incident, kills)
    target = next(outcome for outcome in replayed.outcomes if outcome.workload == incident.target)
    alerted = min((alert.at for alert in target.alerts if alert.at >= incident.onset), default=None)
    signs = target.kill.signs if killed is not None and target.kill is not None else ()
    return Scored(incident, lag_s, killed, signs, alerted, false)


def score_baseline(incident: Incident, lag_s: int, rule: baselines.Rule) -> Scored:
    """The same for a plain rule."""
    question = incident.question(lag_s)
    recorded = replaying.usage_of(question)
    months = incident.label["expected_monthly_usd"]
    kills = {}
    for workload, recording in recorded.workloads.items():
        if months.get(workload) is not None:
            at = baselines.killed_at(rule, recording, recorded.first, recorded.end, months[workload] * 1e6,
                                     Course(lag_s=lag_s))
            if at is not None:
                kills[workload] = at
    killed, false = _sorted_out(incident, kills)
    return Scored(incident, lag_s, killed, (), killed, false)


def _sorted_out(incident: Incident, kills: Mapping[str, datetime]) -> tuple[datetime | None, tuple[str, ...]]:
    right = incident.label["class"] == "malignant"
    at = kills.get(incident.target)
    good = at if right and at is not None and at >= incident.onset else None
    return good, tuple(workload for workload in sorted(kills) if good is None or workload != incident.target)


@dataclass(frozen=True, slots=True)
class Healthy:
    """What real tenants, none of them at fault, had to bear."""

    tenants: int
    killed: tuple[str, ...]
    most_alerts: int
    """Of one tenant, in the week."""
    alerts: int


def healthy(replayed: Replayed) -> Healthy:
    """Score tenants of whom none may be killed."""
    return Healthy(
        len(replayed.outcomes), tuple(one.workload for one in replayed.outcomes if one.kill is not None),
        max((len(one.alerts) for one in replayed.outcomes), default=0),
        sum(len(one.alerts) for one in replayed.outcomes),
    )
