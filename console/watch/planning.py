"""What a kill or a resume would do: the targets as they are found now, and the hash that binds the plan to them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import unicodedata
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.cadences import stages
from console.cadences.trip_sheet import PlannedTarget
from console.errors import InputError
from console.switches.switch import ActionClass, Switch, SwitchError, SwitchUnreachable, Verb

UNREADABLE = "unknown"
"""A target's state where it could not be read."""

Switchboard = Callable[[str, str | None], Switch]
"""(kind, source) to the switch that works there."""

UNDO = {"disable": "resume enables it again", "enable": "kill disables it again"}


@dataclass(frozen=True, slots=True)
class Wired:
    """One line of an MBOM entry's `switches`."""

    kind: str
    source: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the console knows around a target, without asking the provider."""

    entries: Mapping[str, Mapping[str, Any]]
    """Every live MBOM entry by slug."""
    names: Mapping[tuple[str, str], str]
    """(source, identifier) to what the provider calls it."""
    protected: frozenset[str]
    """Identifiers that no automatic kill may touch."""
    seen: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """(source, identifier) to the workloads whose usage was seen to go through it, whatever the MBOM says."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to one target, and the state to reach."""

    wired: Wired
    verb: str
    wanted: str | None = None
    """The state before the kill, for a verb that restores it; None: as the verb says."""
    stage: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """A target as it was read: its plan line, and why it could not be read or must not be touched."""

    target: PlannedTarget
    unreachable: bool = False
    warning: str | None = None
    refusal: str | None = None


def wired(entry: Mapping[str, Any]) -> list[Wired]:
    """The switches of an MBOM entry. Raises InputError for a line without a kind or a target."""
    lines = []
    for number, line in enumerate(entry.get("switches") or (), start=1):
        kind, target = line.get("kind"), line.get("target")
        if not isinstance(kind, str) or not isinstance(target, str):
            raise InputError(f"Switch {number} of {entry.get('slug')} has no kind or no target; "
                             'write { kind = "anthropic-api-key", source = "...", target = "..." }.')
        lines.append(Wired(kind, line.get("source") or line.get("name"), target))
    return lines


def to_stop(entry: Mapping[str, Any], acts: Container[int]) -> tuple[Wish, ...]:
    """What a kill wishes of the switches of these stages. Raises InputError as `wired` does."""
    wired(entry)
    return tuple(Wish(Wired(line.kind, line.source, line.target), "disable", stage=line.stage)
                 for line in stages.lines(entry) if line.stage in acts)


async def look(wishes: Sequence[Wish], switchboard: Switchboard, around: Surroundings, slug: str) -> list[Found]:
    """Read every target's state now, all at once; one that cannot be read is still in the plan."""
    return list(await asyncio.gather(*(_look(wish, switchboard, around, slug) for wish in wishes)))


def plan_hash(workload: str, verb: str, targets: Sequence[PlannedTarget]) -> str:
    """SHA-256 over everything that an approver approves: targets, verbs, wanted values and saved states."""
    lines = [[item.switch, item.source, item.target, item.verb, item.wanted, item.state_now] for item in targets]
    return _digest([workload, verb, lines])


def idempotency_key(intent: str, target: PlannedTarget) -> str:
    """The key of one step: the same for every retry, and after every restart."""
    return _digest([intent, target.switch, target.source, target.target, target.verb, target.wanted])


def sharing(around: Surroundings, slug: str, target: Wired) -> tuple[str, ...]:
    """The other live workloads whose usage or switches go through this target, as declared or as seen."""
    seen = {user for (source, identifier), users in around.seen.items() for user in users
            if identifier == target.target and target.source in (None, source)}
    return tuple(sorted(
        other for other, entry in around.entries.items()
        if other != slug and (other in seen or names_target(entry, target))
    ))


async def _look(wish: Wish, switchboard: Switchboard, around: Surroundings, slug: str) -> Found:
    switch = switchboard(wish.wired.kind, wish.wired.source)
    verb = declared(switch, wish.verb, wish.wanted)
    name = _name(around, wish.wired)
    state, unreachable, warning, refusal = UNREADABLE, False, None, None
    try:
        state = await switch.read(wish.wired.target)
    except SwitchError as error:
        unreachable = isinstance(error, SwitchUnreachable)
        warning = f"The state of {wish.wired.target} could not be read: {error}"
    if state in verb.impossible_from:
        refusal = (f"{wish.wired.target} is {state}; it cannot be {_participle(verb)} again. "
                   "Give the workload a new key.")
    if switch.is_own(wish.wired.target):
        refusal = (f"{wish.wired.target} is the key that this console itself works with; "
                   "switching it off would lock the console out.")
    found = PlannedTarget(
        switch=wish.wired.kind, source=wish.wired.source, target=wish.wired.target, name=name, state_now=state,
        wanted=verb.wanted, verb=verb.name, action_class=verb.action_class.value, reversible=verb.reversible,
        undo=_undo(switch, verb, state),
        shared_with=sharing(around, slug, wish.wired),
        protected=wish.wired.target in around.protected or switch.is_own(wish.wired.target),
        looks_like=_look_alikes(around, wish.wired, name), stage=wish.stage,
    )
    return Found(found, unreachable, warning, refusal)


def declared(switch: Switch, verb: str, wanted: str | None = None) -> Verb:
    """The verb as the switch declares it. Raises InputError for one it does not, and for acts that are never taken.

    wanted: the state that a step was planned for, which of a verb that restores is that of its target alone.
    """
    found = switch.verbs.get(verb)
    if found is None:
        raise InputError(f"The switch {switch.kind} does not declare {verb!r}; nothing was sent.")
    if found.action_class in (ActionClass.DELETE, ActionClass.ARCHIVE):
        raise InputError(f"{verb} is of class {found.action_class}, which the breaker never uses; nothing was sent.")
    return found.aiming_at(wanted)


def _undo(switch: Switch, verb: Verb, state: str) -> str:
    if not verb.reversible:
        return "It cannot be undone."
    back = switch.verbs.get("enable")
    if verb.name == "disable" and back is not None and back.restores and state != UNREADABLE:
        return f"resume puts back: {state}"
    return UNDO.get(verb.name, "")


def _participle(verb: Verb) -> str:
    return {"enable": "enabled", "disable": "disabled"}.get(verb.name, verb.name)


def _name(around: Surroundings, target: Wired) -> str:
    return around.names.get((target.source or "", target.target), target.target)


def names_target(entry: Mapping[str, Any], target: Wired) -> bool:
    """Whether a usage rule or a switch of the entry names the target."""
    if any(line.get("target") == target.target and line.get("kind") == target.kind
           for line in entry.get("switches") or ()):
        return True
    return any(
        target.target in (value for key, value in rule.items() if key != "source")
        and rule.get("source") in (None, target.source)
        for rule in entry.get("usage") or ()
    )


def _look_alikes(around: Surroundings, target: Wired, name: str) -> tuple[str, ...]:
    shape = _skeleton(name)
    return tuple(sorted(
        identifier for (source, identifier), other in around.names.items()
        if source == (target.source or "") and identifier != target.target and _skeleton(other) == shape
    ))


_CONFUSED = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "-": "", "_": "", " ": "", ".": "", "5": "s",
                           "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l"})


def _skeleton(name: str) -> str:
    """A name with what the eye confuses taken out: case, marks, separators, invisible and look-alike letters."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    seen = "".join(letter for letter in plain if unicodedata.category(letter)[0] not in "MC")
    return seen.translate(_CONFUSED)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
