"""A proposed Charter against the last quarter's usage: how often would it have alerted, and tripped, and when?

Minutes are kept for some days, hours for years: so most of the quarter is judged by what an hour can show, and the
answer says which part.

The version in force is replayed on the same minutes beside it, so that what the amendment changes is seen apart from
what the quarter was like.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.charters import parsing
from console.clock import from_epoch
from console.errors import InputError, UsageError
from console.money import MicroUsd, display
from console.operations import replaying
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_charters import stored
from console.operations.replaying import NamedText, Question
from console.watch.recorded import Recorded
from console.watch.replay import Course, Fired, Kill
from store import registry as store

DAYS = 92
"""A quarter."""
RESUME_S = 12 * 3600
"""A trip is taken as resumed by a person after half a day, so that the next one is seen too."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one Charter would have done."""

    charter: str
    """`version 1, signed`, or the file's name."""
    alerts: tuple[Fired, ...]
    trips: tuple[Kill, ...]


@dataclass(frozen=True, slots=True)
class Amendment:
    workload: str
    first: datetime
    end: datetime
    """What was judged by the minute: [first, end)."""
    in_force: Told | None
    """None where no Charter is in force."""
    proposed: Told
    before: MicroUsd = 0
    """What was spent in the month of the first minute or hour that was judged before it: it counts towards that month.
    """
    hours_from: datetime | None = None
    """What was judged by the hour: [hours_from, first). None: nothing was."""
    asked_from: datetime | None = None
    """The beginning of the quarter. What lies before the first hour or minute that was judged was not judged at all."""
    beside: MicroUsd = 0
    """What was spent in the minutes that were judged and is known by the hour only: no minute shows it."""

    @property
    def judged_from(self) -> datetime:
        return self.hours_from or self.first

    @property
    def not_judged(self) -> tuple[datetime, datetime] | None:
        """The part of the quarter of which the console has no usage."""
        if self.asked_from is None or self.asked_from >= self.judged_from:
            return None
        return self.asked_from, self.judged_from

    def parts(self, at: Callable[[datetime], str]) -> Iterator[str]:
        """Which part of the quarter was judged by what, a line each. `at` writes an instant."""
        if self.first < self.end:
            yield f"by the minute from {at(self.first)} to {at(self.end)}"
        if self.hours_from is not None:
            yield (f"by the hour from {at(self.hours_from)} to {at(self.first)}: caps, scenarios, burn and the month, "
                   "no signs; an hour's spend counts as even, so what tripped did so for certain")
        if self.not_judged is not None:
            yield f"not judged from {at(self.not_judged[0])} to {at(self.not_judged[1])}: no usage of it is known"
        if self.before:
            yield (f"the month had {display(self.before)} USD before {at(self.judged_from)}: they count towards its "
                   "caps")
        if self.beside:
            yield (f"not judged: {display(self.beside)} USD since {at(self.first)} that are known by the hour only, "
                   "beside the minutes")


async def replay_charter(desk: Desk, actor: Actor, *, workload: str, file: NamedText | None = None) -> Amendment:
    """Replay the last quarter against a file, or against the newest version, and against the one in force.

    Raises InputError where there is no usage of the workload or the file is malformed. Nothing is stored.
    """
    return await asyncio.to_thread(_replay, desk, workload, file)


def _replay(desk: Desk, workload: str, file: NamedText | None) -> Amendment:
    with desk.database.read() as tx:
        row = store.charter_in_force(tx, workload)
        before = None if row is None else (f"version {row.version}, {row.state}", row.text)
        newest = None if file is not None else stored(tx, workload, None)
    proposed = file if newest is None else (f"version {newest.version}, {newest.state}", newest.text)
    assert proposed is not None, "either a file or a stored version"
    _of(workload, proposed)
    question = Question(None, course=Course(resume_s=RESUME_S), rules=desk.config.rules, overrides=desk.config.prices,
                        days=DAYS, only=workload, by_hour_too=True)
    usage = replaying.usage_of(question, desk.database)
    same = before is not None and before[1] == proposed[1]
    told = _told(usage, question, workload, proposed)
    in_force = None if before is None else replace(told, charter=before[0]) if same else _told(
        usage, question, workload, before)
    hours_from = None if usage.hours_from is None else from_epoch(usage.hours_from * 3600)
    end = from_epoch(usage.end * 60)
    return Amendment(workload, from_epoch(usage.first * 60), end, in_force, told, usage.before.get(workload, 0),
                     hours_from, end - timedelta(days=DAYS), usage.beside)


def _of(workload: str, charter: NamedText) -> None:
    header = parsing.read(charter[1], charter[0]).header
    if header is None:
        raise InputError(f"{charter[0]}: the Charter does not say whose it is; write workload under [charter].")
    if header.workload != workload:
        raise UsageError(f"{charter[0]} is the Charter of {header.workload}, not of {workload}.")


def _told(usage: Recorded, question: Question, workload: str, charter: NamedText) -> Told:
    replayed = replaying.answer_on(usage, replace(question, charters=(charter,)))
    outcome = next(outcome for outcome in replayed.outcomes if outcome.workload == workload)
    return Told(charter[0], tuple(outcome.alerts), tuple(outcome.kills))
