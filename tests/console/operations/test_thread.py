"""One incident through every cadence: what an on-call engineer lived through is never typed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from console.clock import ManualClock
from console.operations import exceptions, months, quarters, years
from console.operations.desk import Desk
from console.operations.identity import current_actor
from console.simulator.catalogue import RUNAWAY, WITHOUT_CHARTER
from console.simulator.earnings import REWORK_UNKNOWN
from tests.support.night import Night, night


def desk_of(story: Night, at: datetime | None = None) -> Desk:
    return Desk(story.config, story.database, ManualClock(at or story.clock.now()))


async def test_a_trip_becomes_an_exception_a_months_line_a_quarters_question_and_a_years_figure(tmp_path: Path) -> None:
    async with night(tmp_path, "runaway-night") as story:
        await story.watch(30)
        actor = current_actor(story.config)

        week = await exceptions.weekly(desk_of(story), actor)
        (trip,) = [line for line in week.exceptions if line.origin == "trip"]
        assert (trip.workload, trip.state) == (RUNAWAY, "open")
        assert trip.intent is not None
        assert (await exceptions.exception_of(desk_of(story), actor, intent=trip.intent)) == trip
        await exceptions.decide(desk_of(story), actor, exceptions=[trip.id], verdict="revision",
                                rationale="The depth cap must be in the Charter's cell, not in a comment.")

        month = await months.monthly(desk_of(story), actor)
        line = next(line for line in month.lines if line.slug == RUNAWAY)
        assert line.trips == (trip.intent,)
        assert trip.id in line.exceptions

        quarter = await quarters.quarterly(desk_of(story), actor)
        held = next(each for each in quarter.lines if each.slug == RUNAWAY)
        assert held.trips == 1
        assert any(f"exception {trip.id}" in question for question in held.questions)
        assert held.attention

        year = await years.annual(desk_of(story), actor)
        to_kill = next(measure for measure in year.measures if measure.name == "time to kill")
        assert (to_kill.cases, to_kill.unit) == (1, "seconds")
        assert next(each for each in year.patterns if each.kind == trip.kind).opened == 1


async def test_a_demo_has_a_ledger_to_show_and_says_what_nobody_counted(tmp_path: Path) -> None:
    async with night(tmp_path, "quiet-day") as story:
        actor = current_actor(story.config)
        month = await months.monthly(desk_of(story), actor, month="2026-10")
        lines = {line.slug: line for line in month.lines}
        claims = lines[RUNAWAY]
        assert claims.alpha_net is not None
        assert claims.alpha_net == (claims.value or 0) - (claims.baseline or 0) - (claims.inference or 0) - (
            claims.review or 0) - (claims.rework or 0)
        assert lines[REWORK_UNKNOWN].missing == ("rework cost",)
        assert lines[REWORK_UNKNOWN].alpha_net is None
        assert (lines["document-intake"].state, lines["document-intake"].owed) == ("open", ("platform_lead",))
        assert lines[WITHOUT_CHARTER].state == "no Charter"
        later = desk_of(story, story.clock.now() + timedelta(days=1))
        week = await exceptions.weekly(later, replace(actor, roles=("viewer",)))
        assert {line.workload for line in week.exceptions if line.state == "decided"} == {WITHOUT_CHARTER}
