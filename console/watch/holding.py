"""Targets that the breakers of several workloads hold: whose resume puts one back, and whose must come first.

What was there before the first of their kills must be there after the last of their resumes, and not sooner. So it is
the resume of the first kill that puts it back, once no other breaker holds it; those of later ones leave it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from console.switches.switch import Grouping, SwitchError
from console.watch import breaker as machine
from console.watch import planning
from console.watch.planning import Switchboard, Wired
from store import incidents
from store.tables import Intent, Step

UNDER_WAY = ("approved", *incidents.SENT)


@dataclass(frozen=True, slots=True)
class Left:
    """A target's state before the kill, the state that the kill left it in, and the stage that did."""

    before: str | None
    after: str | None
    stage: int
    since: tuple[datetime, str]
    """When the first kill that turned it off was asked for, and its identifier."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other breakers hold of what a resume would put back."""

    refusal: str | None = None
    """Whose resume must come first."""
    stays: Mapping[Wired, str] = field(default_factory=dict)
    """What stays off, with the workload whose resume puts it back."""

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(f"{line.target} stays off: the breaker of {slug} holds it too. It is put back when {slug} is "
                     "resumed." for line, slug in self.stays.items())


def left_by(tx: Session, past: Iterable[Intent], switchboard: Switchboard) -> dict[Wired, Left]:
    """Targets that the kills since the last whole resume turned off, and the states each was in before and after.

    past: intents of one workload, newest first. Several kills may stand behind one trip (a first one that was refused
    in part, a second that did the rest): the state before is that of the first, the state after of the last. What was
    off before any of them stays off: it was not this breaker that turned it off.
    """
    left: dict[Wired, Left] = {}
    for intent in past:
        if intent.verb == "resume" and intent.state == "done":
            break
        if intent.verb != "kill" or intent.state in ("observed", "rejected"):
            continue
        for step in incidents.steps(tx, intent.id):
            was_off = planning.declared(switchboard(step.switch, step.source), step.verb).satisfied_by(step.before)
            if not was_off and step.state in ("done", "unknown"):
                line = _line(step)
                left[line] = Left(step.before, left[line].after if line in left else step.after, step.stage,
                                  (intent.requested_at, intent.id))
    return left


async def names(wired: Iterable[Wired], left: Mapping[Wired, Left], switchboard: Switchboard
                ) -> dict[Wired, frozenset[str]]:
    """Every target that is another name for one of these, itself included: one limit may have several. The provider is
    asked for those of what would be put back alone."""
    found = {}
    for line in wired:
        found[line] = frozenset({line.target})
        switch = switchboard(line.kind, line.source)
        if line in left and isinstance(switch, Grouping):
            with suppress(SwitchError):  # the plan says already that it could not be read
                found[line] |= await switch.moved_with(line.target)
    return found


def elsewhere(tx: Session, switchboard: Switchboard, workload: str, left: Mapping[Wired, Left],
              named: Mapping[Wired, frozenset[str]]) -> Elsewhere:
    """What other workloads' breakers hold of the targets of a resume of this one; `named` as `names` gives it."""
    stays: dict[Wired, str] = {}
    first: dict[Wired, str] = {}
    for slug, row in sorted(incidents.breakers(tx).items()):
        if slug == workload or row.state not in (machine.TRIPPED, machine.HELD) or row.intent is None:
            continue
        stopped = [_line(step) for intent in incidents.thread(tx, row.intent) if intent.state in UNDER_WAY
                   for step in incidents.steps(tx, intent.id)]
        theirs: dict[Wired, Left] | None = None
        for line, targets in named.items():
            for other in (each for each in stopped if _is_at(each, line, targets)):
                theirs = left_by(tx, incidents.intents(tx, slug, 200), switchboard) if theirs is None else theirs
                if line not in left or (other in theirs and theirs[other].since < left[line].since):
                    stays.setdefault(line, slug)
                else:
                    first.setdefault(line, _wait(line, other, slug))
    return Elsewhere(next((why for line, why in first.items() if line not in stays), None), stays)


def _wait(line: Wired, other: Wired, slug: str) -> str:
    known_as = "" if line.target == other.target else f" (as {other.target})"
    return (f"{line.target} is also held{known_as} by the breaker of {slug}; to enable it would set {slug} going "
            f"again. Resume {slug} first.")


def _is_at(other: Wired, line: Wired, targets: frozenset[str]) -> bool:
    """Whether it is the same thing; a line without a source means the only one of its kind."""
    return (other.kind == line.kind and other.target in targets
            and (None in (other.source, line.source) or other.source == line.source))


def _line(step: Step) -> Wired:
    return Wired(step.switch, step.source, step.target)
