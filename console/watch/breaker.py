"""The spend breaker's state machine, as pure functions.

    armed ──trip──▶ tripped ──confirm──▶ held ──resume──▶ probation ──clean──▶ armed
                       ▲                                      │
                       └───────────────── trip ───────────────┘

No clock, restart, new period, restatement or raised limit leads out of tripped or held: `resume` does, and takes an
authorisation that was checked and spent when the resume began. A check that fails raises NotPermitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.errors import NotPermitted

ARMED, TRIPPED, HELD, PROBATION = "armed", "tripped", "held", "probation"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one workload's breaker stands."""

    state: str
    since: datetime
    intent: str | None = None
    """The kill that tripped it."""
    probation_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authorisation:
    """One person's leave to carry out one plan, once."""

    plan_hash: str
    requested_by: str
    approved_by: str
    expires_at: datetime
    used_at: datetime | None = None

    def spend(self, *, plan_hash: str, two_person: bool, at: datetime) -> Authorisation:
        """The same, used now. Raises NotPermitted where it does not cover this plan, person or moment."""
        if self.used_at is not None:
            raise NotPermitted("This authorisation has been used already; ask for the resume again.")
        if at >= self.expires_at:
            raise NotPermitted("This authorisation has expired; ask for the resume again.")
        if plan_hash != self.plan_hash:
            raise NotPermitted("The plan changed after it was authorised, so the authorisation is void. "
                               "Look at the new plan and ask again.")
        if two_person and self.approved_by == self.requested_by:
            raise NotPermitted(f"{self.requested_by} asked for this; somebody else must approve it.")
        return replace(self, used_at=at)


def trip(standing: Standing | None, *, intent: str, at: datetime) -> Standing:
    """Armed or in probation: tripped by this intent. Tripped or held: as it was."""
    if standing is not None and standing.state in (TRIPPED, HELD):
        return standing
    return Standing(TRIPPED, at, intent)


def retry(standing: Standing, *, intent: str, at: datetime) -> Standing:
    """Tripped or held, and a further kill was written down: tripped, and that is the kill that counts now."""
    return Standing(TRIPPED, at, intent) if standing.state in (TRIPPED, HELD) else standing


def confirm(standing: Standing, *, intent: str, at: datetime) -> Standing:
    """Every target of the kill was read back in the wanted state: held. Any other intent changes nothing."""
    if standing.state != TRIPPED or standing.intent != intent:
        return standing
    return replace(standing, state=HELD, since=at)


def resume(
    standing: Standing, spent: Authorisation, *, plan_hash: str, probation_s: float, at: datetime
) -> Standing:
    """Into probation, on an authorisation of this very plan that was spent on it. Raises NotPermitted otherwise."""
    if standing.state not in (TRIPPED, HELD, PROBATION):
        raise NotPermitted("This breaker is armed; there is nothing to resume.")
    if spent.used_at is None or spent.plan_hash != plan_hash:
        raise NotPermitted("No authorisation of this plan was spent on it; the breaker stays as it is.")
    return Standing(PROBATION, at, standing.intent, at + timedelta(seconds=probation_s))


def tick(standing: Standing, *, clean: bool, at: datetime) -> Standing:
    """Probation that is over and was clean: armed again. Too little traffic to judge is not clean, and stays."""
    if standing.state != PROBATION or standing.probation_until is None:
        return standing
    if not clean or at < standing.probation_until:
        return standing
    return Standing(ARMED, at, standing.intent)
