"""What follows from the decision that ends a quarterly review: a draft of the next Charter, or a workload's end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import tomlkit
from sqlmodel import Session

from console.charters.signing import DRAFT, IN_REVIEW
from console.errors import InputError, UsageError
from console.operations import gate, registry_mbom
from console.operations.actor import Actor
from console.operations.charter import review as charter_review
from console.operations.desk import Desk
from console.operations.registry_charters import import_charter
from store import registry as store


@dataclass(frozen=True, slots=True)
class Followed:
    """What was done, in sentences."""

    says: str
    draft_version: int | None = None


async def follow(desk: Desk, actor: Actor, decision: str, workload: str, version: int | None, why: str) -> Followed:
    """Carry a decision out on the Charter in force (`version`; None: there is none), and date the review in the MBOM.
    Done once, again changes nothing.

    Raises UsageError where there is nothing to reaffirm or revise, NotPermitted where the actor may not retire.
    """
    return await _dated(desk, actor, workload, await _carried_out(desk, actor, decision, workload, version, why))


async def _carried_out(desk: Desk, actor: Actor, decision: str, workload: str, version: int | None,
                       why: str) -> Followed:
    if decision == "retire":
        return await _retire(desk, actor, workload, version, why)
    if version is None:
        raise UsageError(f"{workload} has no Charter in force to {decision}. To begin one: token-console charter new "
                         f"{workload}")
    if decision == "revise":
        return await _revise(desk, actor, workload, version)
    return Followed(f"Version {version} of its Charter stands.")


async def _dated(desk: Desk, actor: Actor, workload: str, followed: Followed) -> Followed:
    """The MBOM entry says when the workload was last reviewed, by the organisation's calendar."""
    today = desk.clock.now().astimezone(ZoneInfo(desk.config.organisation.time_zone)).date()
    try:
        await registry_mbom.set_field(desk, actor, slug=workload, field="last_review", value=today.isoformat())
    except InputError as error:  # the entry has a fault of its own, which must not hold the review up
        return replace(followed, says=f"{followed.says} Its MBOM entry was not dated: {error}")
    return followed


async def _revise(desk: Desk, actor: Actor, workload: str, version: int) -> Followed:
    """A draft that says what the Charter in force says; an open draft is left as it is."""
    def look(tx: Session) -> tuple[str, int, int | None]:
        rows = store.charters(tx, workload)
        opened = [row.version for row in rows if row.version > version and row.state in (DRAFT, IN_REVIEW)]
        return (next(row.text for row in rows if row.version == version), max(row.version for row in rows) + 1,
                opened[-1] if opened else None)

    text, new, opened = await gate.read(desk, look)
    if opened is not None:
        return Followed(f"Version {opened} is open already and was left as it is; it says what somebody wrote there, "
                        f"not what version {version} says: token-console charter show {workload} --version {opened}",
                        opened)
    try:
        await import_charter(desk, actor, text=_renumbered(text, new), name=f"{workload}-{new}.toml")
    except InputError as error:
        return Followed(f"No draft was stored: the rules of today refuse a copy of version {version}. {error} Write "
                        f"version {new} from: token-console charter new {workload}")
    return Followed(f"Version {new} is a draft that says what version {version} says. Change it, then: token-console "
                    f"charter submit {workload}", new)


def _renumbered(text: str, version: int) -> str:
    """The same file as another version, with every comment. Raises InputError where it is no Charter file."""
    try:
        document = tomlkit.parse(text)
        document["charter"]["version"] = version
    except (KeyError, TypeError, tomlkit.exceptions.ParseError) as error:
        raise InputError("Its stored text is not a Charter file.") from error
    return tomlkit.dumps(document)


async def _retire(desk: Desk, actor: Actor, workload: str, version: int | None, why: str) -> Followed:
    for command in ("edit_mbom", *(("retire_charter",) if version is not None else ())):
        await asyncio.to_thread(gate.permitted, desk, actor, command, workload)
    await registry_mbom.set_field(desk, actor, slug=workload, field="status", value="retired")
    if version is not None:
        await charter_review.retire(desk, actor, workload=workload, version=version,
                                    reason=why[:charter_review.LONGEST])
    charter = f" and so is version {version} of its Charter" if version is not None else ""
    return Followed(f"{workload} is retired in the MBOM{charter}: nothing watches it from now on, and nothing kills "
                    "it. Its keys are not switched off by this, and what it spent and said stays. To switch them off, "
                    "use the provider's own console.")
