"""A proposed Charter against the usage that there was: how often would it have alerted, and tripped, and when?

The version in force is replayed on the same minutes beside it, so that what the amendment changes is seen apart from
what the quarter was like.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from console.charters import parsing
from console.clock import from_epoch
from console.errors import InputError, UsageError
from console.money import MicroUsd
from console.operations import replaying
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_charters import stored
from console.operations.replaying import NamedText, Question
from console.watch.recorded import Recorded
from console.watch.replay import Course, Fired, Kill
from store import registry as store

DAYS = 92
"""A quarter, as far as minutes reach."""
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
    """The minutes that there are: [first, end)."""
    in_force: Told | None
    """None where no Charter is in force."""
    proposed: Told
    before: MicroUsd = 0
    """What was spent in the month of the first minute before it, known by the hour: it counts towards that month."""


async def replay_charter(desk: Desk, actor: Actor, *, workload: str, file: NamedText | None = None) -> Amendment:
    """Replay the last quarter against a file, or against the newest version, and against the one in force.

    Raises InputError where there are no minutes of the workload or the file is malformed. Nothing is stored.
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
                        days=DAYS, only=workload)
    usage = replaying.usage_of(question, desk.database)
    minutes = usage.workloads[workload].minutes
    same = before is not None and before[1] == proposed[1]
    told = _told(usage, question, workload, proposed)
    in_force = None if before is None else replace(told, charter=before[0]) if same else _told(
        usage, question, workload, before)
    return Amendment(workload, from_epoch(min(minutes) * 60), from_epoch(usage.end * 60), in_force, told,
                     usage.before.get(workload, 0))


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
