"""The plan of a kill or a resume, drawn up from the store and from what the provider shows at this moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlmodel import Session

from console.cadences import stages
from console.cadences.trip_sheet import LaterStage, PlannedTarget
from console.config import Config
from console.errors import UsageError
from console.watch import breaker as machine
from console.watch import holding, intents, planning
from console.watch.holding import Left
from console.watch.planning import Found, Switchboard, Wired, Wish
from store import incidents, registry
from store.database import Database
from store.tables import Intent, Workload

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be done, before anybody wrote it down."""

    workload: str
    name: str
    environment: str
    verb: str
    targets: tuple[PlannedTarget, ...]
    warnings: tuple[str, ...]
    by_hand: tuple[str, ...]
    refusal: str | None = None
    """Why it cannot be done at all."""
    unreachable: bool = False
    """A target's state could not be had because its provider gave no usable answer."""
    reverses: str | None = None
    drifted: bool = False
    """The breaker is held, and a target works all the same: somebody switched it on by hand."""
    later: tuple[LaterStage, ...] = ()
    """The stages that come after it, where spend runs on."""
    left: Mapping[Wired, Left] = field(default_factory=dict)
    named: Mapping[Wired, frozenset[str]] = field(default_factory=dict)
    """Of a resume, what the kill did to its targets, and their other names."""

    @property
    def plan_hash(self) -> str:
        return planning.plan_hash(self.workload, self.verb, self.targets)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store tells before any provider is asked."""

    row: Workload
    around: planning.Surroundings
    standing: machine.Standing | None
    wishes: tuple[Wish, ...]
    left: Mapping[Wired, Left]
    """What the kill did to its targets, for a resume."""
    warnings: tuple[str, ...] = ()
    refusal: str | None = None
    later: tuple[LaterStage, ...] = ()


async def kill(config: Config, database: Database, switchboard: Switchboard, workload: str,
               stage: int | None = None) -> Draft:
    """The plan that stops what the MBOM entry's switches name. Raises UsageError for an unknown workload.

    stage: this one alone. None: the first stage; of a kill that has gone further, all that it has reached; of one whose
    next stage waits for a person, that stage.
    """
    known = await asyncio.to_thread(_read, database, lambda tx: _to_kill(tx, config, workload, stage))
    found = await planning.look(known.wishes, switchboard, known.around, workload)
    refusal = known.refusal or next((item.refusal for item in found if item.refusal), None)
    held = known.standing is not None and known.standing.state == machine.HELD
    works = any(not planning.declared(switchboard(item.target.switch, item.target.source), "disable")
                .satisfied_by(item.target.state_now) for item in found)
    draft = _draft(known, "kill", found, switchboard, refusal)
    return replace(draft, drifted=held and works)


async def resume(config: Config, database: Database, switchboard: Switchboard, workload: str) -> Draft:
    """The plan that restores the saved states of the kill. Raises UsageError for an unknown workload."""
    known = await asyncio.to_thread(_read, database, lambda tx: _to_resume(tx, config, switchboard, workload))
    found = await planning.look(known.wishes, switchboard, known.around, workload)
    names = await holding.names(planning.wired(known.row.entry), known.left, switchboard)
    held = await asyncio.to_thread(_read, database,
                                   lambda tx: holding.elsewhere(tx, switchboard, workload, known.left, names))
    found = [item for item in found if _line(item) not in held.stays]
    refusal = known.refusal or held.refusal or next((item.refusal for item in found if item.refusal), None)
    changed = tuple(filter(None, (_changed(item, known.left) for item in found)))
    draft = _draft(known, "resume", found, switchboard, refusal)
    return replace(draft, warnings=draft.warnings + held.warnings + changed, left=known.left, named=names,
                   reverses=known.standing.intent if known.standing else None)


def held_since(tx: Session, switchboard: Switchboard, draft: Draft) -> str | None:
    """Why a resume may no longer be written down: another breaker holds by now what it would set going."""
    held = holding.elsewhere(tx, switchboard, draft.workload, draft.left, draft.named)
    acted_on = {Wired(target.switch, target.source, target.target) for target in draft.targets}
    stays = next((f"The breaker of {slug} holds {line.target} by now; look at the new plan."
                  for line, slug in held.stays.items() if line in acted_on), None)
    return held.refusal or stays


def _to_kill(tx: Session, config: Config, workload: str, stage: int | None) -> _Known:
    row = _entry(tx, workload)
    around = intents.surroundings(tx, config.breaker.protected)
    acts = _stages_now(tx, row) if stage is None else {stage}
    wishes = planning.to_stop(row.entry, acts)
    refusal = None if wishes else (f"The MBOM entry of {workload} names no switch, so there is nothing to turn off. "
                                   "Add one under `switches`, or stop it at the provider by hand.")
    return _Known(row, around, intents.get_standing(tx, workload), wishes, {}, refusal=refusal,
                  later=stages.later(tx, config, row.entry, max(acts)))


def _stages_now(tx: Session, row: Workload) -> set[int]:
    """The stages that a kill would act on now."""
    there = {line.stage for line in stages.lines(row.entry)} or {stages.FIRST}
    proposed = next((intent for intent in incidents.open_intents(tx) if intent.workload == row.slug
                     and intent.escalates is not None and intent.state == "awaiting_approval"), None)
    if proposed is not None:
        return {incidents.stage_of(tx, proposed.id)}
    standing = intents.get_standing(tx, row.slug)
    reached = min(there)
    if standing is not None and standing.state in (machine.TRIPPED, machine.HELD) and standing.intent is not None:
        reached = max(reached, incidents.stage_of(tx, standing.intent))
    return {stage for stage in there if stage <= reached}


def _to_resume(tx: Session, config: Config, switchboard: Switchboard, workload: str) -> _Known:
    row = _entry(tx, workload)
    around = intents.surroundings(tx, config.breaker.protected)
    standing = intents.get_standing(tx, workload)
    past = incidents.intents(tx, workload, 200)
    refusal = _not_now(workload, standing, past)
    if refusal is not None:
        return _Known(row, around, standing, (), {}, refusal=refusal)
    left = holding.left_by(tx, past, switchboard)
    now_wired = set(planning.wired(row.entry))
    lost = {line for line, was in left.items() if _is_lost(switchboard, line, was)}
    wishes = tuple(Wish(line, "enable", was.before, was.stage) for line, was in _last_first(left)
                   if line in now_wired - lost)
    warnings = tuple(f"{line.target} is no longer a switch of this workload and is left as it is."
                     for line in left if line not in now_wired)
    warnings += tuple(f"What {line.target} was before the kill could not be read then, so it is left as it is: put "
                      "it back by hand." for line in left if line in lost & now_wired)
    warnings += tuple(f"The kill {intent.id} still waits for approval and will be rejected."
                      for intent in past if intent.verb == "kill" and intent.state == "awaiting_approval")
    return _Known(row, around, standing, wishes, left, warnings)


def _last_first(left: Mapping[Wired, Left]) -> list[tuple[Wired, Left]]:
    """The kill in reverse: what the last stage did is undone before what the first one did."""
    return sorted(left.items(), key=lambda each: -each[1].stage)


def _is_lost(switchboard: Switchboard, line: Wired, was: Left) -> bool:
    """Whether what must be put back exactly is not known."""
    back = switchboard(line.kind, line.source).verbs.get("enable")
    return back is not None and back.restores and was.before in (None, planning.UNREADABLE)


def _not_now(workload: str, standing: machine.Standing | None, past: list[Intent]) -> str | None:
    """Why there is nothing to resume, or not yet."""
    if standing is None or standing.state == machine.ARMED:
        return f"The breaker of {workload} is armed; there is nothing to resume."
    running = next((intent for intent in past if intent.state in ("approved", "executing", "verifying")
                    and intent.verb != "drill"), None)
    if running is not None:
        return f"{running.id} is still under way; look at its trip sheet and wait for its end."
    last = next((intent for intent in past if intent.verb == "resume" and intent.state != "awaiting_approval"), None)
    if standing.state == machine.PROBATION and (last is None or last.state == "done"):
        return f"{workload} is resumed already, and in probation."
    return None


def _changed(found: Found, left: Mapping[Wired, Left]) -> str | None:
    target = found.target
    known = left.get(_line(found))
    was = known.after if known else None
    if was is None or target.state_now in (was, planning.UNREADABLE):
        return None
    return f"The kill left {target.target} {was}; it is {target.state_now} now: somebody changed it meanwhile."


def _line(found: Found) -> Wired:
    return Wired(found.target.switch, found.target.source, found.target.target)


def _draft(known: _Known, verb: str, found: list[Found], switchboard: Switchboard, refusal: str | None) -> Draft:
    shared = tuple(f"{item.target.target} is also used by {', '.join(item.target.shared_with)}: "
                   f"{'they stop too' if verb == 'kill' else 'they start too'}."
                   for item in found if item.target.shared_with)
    alike = tuple(f"{item.target.target} looks like {', '.join(item.target.looks_like)}; compare the identifiers."
                  for item in found if item.target.looks_like)
    unread = tuple(item.warning for item in found if item.warning)
    by_hand, goes_on = [], list[str]()
    for item in found:
        switch = switchboard(item.target.switch, item.target.source)
        done = planning.declared(switch, item.target.verb, item.target.wanted)
        by_hand.append(switch.by_hand(item.target.target, done))
        if done.goes_on:
            goes_on.append(f"Once {item.target.target} is stopped, this may go on: {done.goes_on}.")
    return Draft(known.row.slug, known.row.name, known.row.environment, verb, tuple(item.target for item in found),
                 known.warnings + shared + alike + unread + tuple(goes_on), tuple(by_hand), refusal,
                 any(item.unreachable for item in found), later=known.later)


def _entry(tx: Session, workload: str) -> Workload:
    row = registry.workload(tx, workload)
    if row is None:
        raise UsageError(f"There is no workload {workload!r} in the MBOM. `token-console mbom list` shows them all.")
    return row


def _read(database: Database, question: Callable[[Session], Answer]) -> Answer:
    with database.read() as tx:
        return question(tx)
