"""Prompts as code: reading a checkout into the registry, and what the registry says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from console.cadences.prompt_reading import read_prompts
from console.cadences.prompts import PromptLine, prompt_line
from console.errors import UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.prompt_counting import Counting, count
from console.operations.registry_mbom import existing, redraw
from console.prompts.checkout import open_checkout
from console.prompts.diff import unified
from console.prompts.documents import document_of
from console.prompts.findings import reviewed_on
from console.prompts.scanning import Bounds, Scan, measured, scan
from console.prompts.version import Prompt, Version
from console.text import clean
from store import audit, registry
from store import prompts as store
from store.prompts import Found, Kept, Told
from store.tables import PromptFile

LEAST_COMMIT = 4
"""Digits by which a person may name a commit."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan found, and what it changed in the registry."""

    checkout: str
    repository: str
    head: str
    shallow: bool
    by_manifest: bool
    at: datetime
    prompts: tuple[PromptLine, ...]
    kept: Kept
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of one prompt, and what differs."""

    workload: str
    path: str
    before: str
    """Commit; empty where the file began."""
    after: str
    lines: tuple[str, ...]
    """As git writes them: `-` before, `+` after, a space where both are the same. Outside text: clean them."""


async def scan_prompts(desk: Desk, actor: Actor, *, path: Path, bounds: Bounds | None = None,
                       ask: bool = True) -> Scanned:
    """Read a checkout and keep what it says. `ask`: whether a provider may count tokens, which sends it the texts.

    Raises InputError where there is nothing to read.
    """
    await asyncio.to_thread(gate.permitted, desk, actor, "scan_prompts", clean(str(path), 200))
    gate.writable(desk, "the prompts stay as they were read last")
    now = desk.clock.now()
    entries = await gate.read(desk, _entries)
    found = await asyncio.to_thread(scan, path, entries, now, bounds)
    counting = await _counting(desk, found, ask)
    prompts = await asyncio.to_thread(
        lambda: tuple(measured(found.checkout, each, counting.of(each)) for each in found.prompts))
    kept = await asyncio.to_thread(_keep, desk, actor, found, prompts, now)
    await redraw(desk)
    lines = tuple(prompt_line(each, reviewed_on(entries.get(each.workload, {}))) for each in prompts)
    return Scanned(prompts[0].checkout, found.checkout.repository, found.checkout.head, found.checkout.shallow,
                   found.by_manifest, now, lines, kept, (*found.notes, *counting.notes))


async def prompts(desk: Desk, actor: Actor, *, workload: str | None = None) -> tuple[PromptLine, ...]:
    """What is known of the prompts of one workload, or of all. Raises UsageError for a workload that is not known."""

    def read(tx: Session) -> tuple[PromptLine, ...]:
        found, entries = read_prompts(tx, None if workload is None else (workload,)), _entries(tx)
        if workload is not None and not found:
            existing(tx, workload)
        return tuple(prompt_line(each, reviewed_on(entries.get(each.workload, {}))) for each in found)

    return await gate.read(desk, read)


async def retire_prompts(desk: Desk, actor: Actor, *, repository: str) -> int:
    """End every prompt of a repository that nobody reads any more; how many there were. The next scan takes them back.

    Raises UsageError for a repository that no prompt in use is of.
    """
    await asyncio.to_thread(gate.permitted, desk, actor, "scan_prompts", clean(repository, 200))
    gate.writable(desk, "the prompts stay as they were read last")
    now = desk.clock.now()

    def end(tx: Session) -> int:
        ended = store.end(tx, repository, f"retired by {actor.user}", now)
        if not ended:
            raise UsageError(f"No prompt in use is of {clean(repository, 200)!r}. `token-console prompts show "
                             "WORKLOAD` names the repository of each.")
        audit.append(tx, at=now, actor=actor.user, action="prompts.retired", object=repository,
                     detail={"prompts": ended})
        return ended

    return await gate.write(desk, end)


async def compare_prompts(desk: Desk, actor: Actor, *, workload: str, path: str | None = None,
                          before: str | None = None, after: str | None = None,
                          checkout: Path | None = None) -> Difference:
    """What changed from one version to another (None: the one before it, the newest), read from the checkout.

    Raises UsageError for a version or file that is not known; InputError where the checkout does not have it any more.
    """
    found = await gate.read(desk, lambda tx: read_prompts(tx, (workload,)))
    prompt = _chosen(found, workload, path)
    new = _version(prompt, after) if after else prompt.versions[0]
    blob, commit = (None, "")
    if before:
        old = _version(prompt, before)
        blob, commit = old.blob, old.commit
    elif new.before:
        blob = new.before
        commit = next((one.commit for one in prompt.versions if one.blob == new.before), "")
    folder = checkout or Path(prompt.checkout)
    lines = await asyncio.to_thread(lambda: unified(open_checkout(folder), blob, new.blob))
    return Difference(workload, prompt.path, commit, new.commit, lines)


async def _counting(desk: Desk, found: Scan, ask: bool) -> Counting:
    if ask:
        return await count(desk, found.checkout, found.prompts)
    return Counting(await gate.read(desk, store.counts))


def _entries(tx: Session) -> dict[str, Mapping[str, object]]:
    return {row.slug: row.entry for row in registry.workloads(tx)}


def _keep(desk: Desk, actor: Actor, found: Scan, prompts: tuple[Prompt, ...], at: datetime) -> Kept:
    repository = found.checkout.repository
    with desk.database.read() as tx:
        known = store.revisions(tx, repository)
    gone = found.checkout.gone(known - {one.commit for each in prompts for one in each.versions})
    with desk.database.write() as tx:
        kept = store.keep(tx, repository, [_found(each) for each in prompts], gone, at)
        audit.append(tx, at=at, actor=actor.user, action="prompts.scanned", object=repository, detail={
            "checkout": prompts[0].checkout, "head": found.checkout.head, "prompts": len(prompts),
            "new_prompts": kept.prompts, "new_versions": kept.versions, "superseded": kept.superseded,
            "ended": kept.ended})
    return kept


def _found(prompt: Prompt) -> Found:
    row = PromptFile(repository=prompt.repository, workload=prompt.workload, path=prompt.path, kind=prompt.kind,
                     model=prompt.model, cached=prompt.cached, checkout=prompt.checkout,
                     scanned_at=prompt.scanned_at, ended=prompt.ended, ended_at=prompt.ended_at)
    former = frozenset(one.path for one in prompt.versions) - {prompt.path}
    return Found(row, former, [Told(one.commit, one.looked_at, document_of(one)) for one in prompt.versions])


def _chosen(found: tuple[Prompt, ...], workload: str, path: str | None) -> Prompt:
    named = [each for each in found if each.versions and (path is None or each.path == path)]
    usable = [each for each in named if not each.ended] or named
    if not usable:
        of = f"no prompt {clean(path, 100)!r} of" if path else "no prompt of"
        raise UsageError(f"There is {of} {clean(workload, 64)!r}. Those that are known: token-console prompts list")
    if len(usable) > 1:
        raise UsageError(f"{clean(workload, 64)} has {len(usable)} prompts. Say which: "
                         + " or ".join(f"--path {clean(each.path, 100)}" for each in usable[:8]))
    return usable[0]


def _version(prompt: Prompt, commit: str) -> Version:
    found = [one for one in prompt.versions if one.commit.startswith(commit)] if len(commit) >= LEAST_COMMIT else []
    if len(found) != 1:
        raise UsageError(f"{clean(commit, 64)!r} names {'no version' if not found else f'{len(found)} versions'} of "
                         f"{clean(prompt.path, 100)}. Those that are known: token-console prompts show "
                         f"{clean(prompt.workload, 64)}")
    return found[0]
