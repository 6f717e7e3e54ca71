"""The stories that a demo tells: one organisation, and what happens to it in one night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from console.clock import epoch
from console.simulator.catalogue import RUNAWAY, WORKSPACES, ZONE, profiles
from console.simulator.everywhere.catalogue import AGENT
from console.simulator.incident import Incident, Recursion, ToolLoop
from console.simulator.profiles import Profile

START = datetime(2026, 11, 19, 21, 56, tzinfo=UTC)
"""A Thursday, four minutes before the night goes wrong (London time is UTC in November)."""
NIGHT = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Story:
    name: str
    summary: str
    start: datetime
    end: datetime
    """When the night is over and people are back."""
    profiles: tuple[Profile, ...]
    incident: Incident | None = None
    unsigned: tuple[str, ...] = ()
    """Workloads whose Charter nobody signed: they have none."""
    zone: str = ZONE
    workspaces: tuple[tuple[str, str, bool], ...] = WORKSPACES


def story(name: str, start: datetime | None = None) -> Story:
    """The story of that name, beginning at `start`. Raises KeyError for an unknown one."""
    return STORIES[name](start or START)


def _quiet_day(start: datetime) -> Story:
    return Story("quiet-day", "Nothing happens that was not planned.", start, start + NIGHT, profiles())


def _runaway_night(start: datetime) -> Story:
    onset = _onset(start)
    fault = Recursion(RUNAWAY, "claude-sonnet-4-6", epoch(onset), epoch(onset + NIGHT))
    return Story("runaway-night", "Uncapped recursion at 22:00, under a Charter with an automatic breaker.",
                 start, onset + NIGHT, profiles(), fault)


def _no_charter(start: datetime) -> Story:
    return replace(_runaway_night(start), name="no-charter", unsigned=(RUNAWAY,),
                   summary="The same night where nobody signed a Charter: it is watched, and nothing stops it.")


def _tool_loop(start: datetime) -> Story:
    onset = _onset(start)
    fault = ToolLoop(AGENT.slug, AGENT.models[0][0], epoch(onset), epoch(onset + NIGHT))
    return Story("tool-loop", "An agent asks one tool the same for ever; its pushed calls tell, its gate ends it.",
                 start, onset + NIGHT, (*profiles(), AGENT), fault)


def _onset(start: datetime) -> datetime:
    """22:00 by the organisation's clock on the evening of `start`, or at once where that has passed."""
    local = start.astimezone(ZoneInfo(ZONE))
    onset = local.replace(hour=22, minute=0, second=0, microsecond=0).astimezone(UTC)
    whole_minute = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return onset if onset >= start else whole_minute


STORIES: dict[str, Callable[[datetime], Story]] = {
    "quiet-day": _quiet_day,
    "runaway-night": _runaway_night,
    "no-charter": _no_charter,
    "tool-loop": _tool_loop,
}
