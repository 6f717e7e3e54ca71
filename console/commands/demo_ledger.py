"""What people had done by the time a demo's story starts: outcomes entered, a month explained, a quarter talked about.

All of it goes through the same door as a person's commands do.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from console.cadences.periods import quarter_of
from console.clock import ManualClock, month_bounds
from console.config import Config
from console.money import from_usd
from console.operations import exceptions, months, outcomes, quarters
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.identity import current_actor
from console.simulator import earnings
from console.simulator.catalogue import WITHOUT_CHARTER
from store.database import Database

BOUNDED_FOR = timedelta(days=26)


async def fill(config: Config, database: Database, at: datetime) -> None:
    """The ledger, explanations, lessons and one decision, as they stood at `at`, the story's start."""
    desk, actor = Desk(config, database, ManualClock(at)), current_actor(config)
    await _earned(desk, actor, at)
    await _said(desk, actor, at)
    await _decided(desk, actor, at)


async def _earned(desk: Desk, actor: Actor, at: datetime) -> None:
    month, _ = month_bounds(at)
    last, _ = month_bounds(month - timedelta(days=1))
    for first, until in ((last, month), (month, at)):
        if first.date() < until.date():
            text = earnings.outcomes_csv(first.date(), until.date())
            await outcomes.import_outcomes(desk, actor, text=text, name=f"outcomes-{first:%Y-%m}.csv")
    for fix in earnings.FIXES:
        await months.declare_saving(desk, actor, workload=fix.workload, what=fix.what,
                                    promised=from_usd(fix.promised_usd), applied_at=at - timedelta(days=fix.days_ago))


async def _said(desk: Desk, actor: Actor, at: datetime) -> None:
    quarter = quarter_of(at, desk.config.fiscal_year_month).name
    for each in earnings.EXPLAINED:
        await months.explain(desk, actor, workload=each.workload, month=earnings.last_month(at), text=each.text,
                             role=each.role)
    for kind, said in (("learned", earnings.LEARNED), ("recommended", earnings.RECOMMENDED)):
        for each in said:
            await quarters.note(desk, replace(actor, roles=(each.role,)), workload=each.workload, quarter=quarter,
                                kind=kind, text=each.text)


async def _decided(desk: Desk, actor: Actor, at: datetime) -> None:
    """The workload without a Charter is known of, and may stay without one for a while."""
    week = await exceptions.weekly(desk, actor)
    known = [line.id for line in week.exceptions if line.workload == WITHOUT_CHARTER and line.state == "open"]
    if known:
        await exceptions.decide(desk, actor, exceptions=known, verdict="time-bounded", ends_at=at + BOUNDED_FOR,
                                rationale="The pricing board decides in December whether the lab goes on.")
