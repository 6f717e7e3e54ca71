"""A desk with a signed Charter, what is known of its workload, and a trip."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from console.cadences.facts import Facts
from console.config import Config
from console.operations import breakers
from console.operations.desk import Desk
from console.watch.automatic import Automatic
from console.watch.judgement import Trip
from console.watch.rules.rule import Signal
from tests.support import kills
from tests.support.facts import facts
from tests.support.kills import NIGHT


def charted(settings: Config, *entries: dict[str, object]) -> Desk:
    """A desk whose workload has a signed Charter."""
    made = kills.kill_desk(settings, *entries)
    kills.signed_terms(made)
    return made


def known(**changes: object) -> Facts:
    month = NIGHT.replace(day=1, hour=0, minute=0)
    usual = facts(terms=kills.TERMS, at=NIGHT, data_until=NIGHT - timedelta(minutes=5), month_start=month)
    return replace(usual, **changes)  # type: ignore[arg-type]


def trip(**changes: object) -> Trip:
    signal = Signal(rule="cap", window="month", severity="critical", active=True, clears=False, trips=True,
                    summary="$21,000.00 this month; the cap is $20,000.00",
                    charter_line="Charter v1, scenarios.runaway: kill at $20,000.00")
    return Trip(signal, known(**changes))


def engine(desk: Desk) -> Automatic:
    return breakers.automatic(desk)
