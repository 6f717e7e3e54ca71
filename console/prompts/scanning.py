"""A whole scan: every prompt of a checkout with its versions, as the commit that is checked out has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from console.errors import InputError
from console.prompts import convention
from console.prompts.checkout import Checkout, File, open_checkout, storable
from console.prompts.findings import UNBOUNDED
from console.prompts.git import Blobs
from console.prompts.history import Change, History, read_history
from console.prompts.manifest import NAME, Declared, read_manifest
from console.prompts.reading import gates, line_at, versions_of
from console.prompts.version import SYSTEM, Prompt, Version, short
from console.text import clean
from console.wording import counted, named

MOST_PROMPTS = 5000
VERSIONS = 1000
"""Newest versions of each prompt that are kept, unless another number is asked for."""
_REGULAR = "file"
_WHY = {"link": "is a symbolic link, and is not followed", "submodule": "is a submodule, which has a history of its "
        "own: scan its checkout"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of the past is kept. What lies beyond is read for gates and marks all the same."""

    versions: int = VERSIONS
    since: datetime | None = None
    """Older versions are left out, but for the present one."""


@dataclass(frozen=True, slots=True)
class Scan:
    checkout: Checkout
    by_manifest: bool
    """False: by convention."""
    prompts: tuple[Prompt, ...]
    notes: tuple[str, ...]
    """What was left out or could not be told, and what to do."""


def scan(path: Path, entries: Mapping[str, Mapping[str, Any]], at: datetime, bounds: Bounds | None = None) -> Scan:
    """Read a checkout. `entries`: the MBOM's, by slug. Raises InputError where there is nothing to read.

    Blocks for as long as git takes, so call it in a thread.
    """
    checkout = open_checkout(path)
    reader = _Reader(checkout, entries, at, bounds or Bounds())
    prompts = reader.prompts()
    if not prompts:
        raise InputError(_nothing(checkout, reader.manifest is not None, reader.notes))
    return Scan(checkout, reader.manifest is not None, prompts, tuple(dict.fromkeys(reader.notes)))


def measured(checkout: Checkout, prompt: Prompt, counted: Mapping[str, int]) -> Prompt:
    """The prompt with what a provider counted, by blob; and on which line it passes the largest size, if it does."""
    versions = tuple(replace(one, tokens=counted.get(one.blob)) for one in prompt.versions)
    prompt = replace(prompt, versions=versions)
    present = prompt.present
    size = prompt.size(present) if present else None
    if present is None or size is None or size < UNBOUNDED or prompt.kind != SYSTEM:
        return prompt
    with checkout.git.blobs() as blobs:
        raw = blobs.read(present.blob) or b""
    line = line_at(raw, UNBOUNDED / size)
    return replace(prompt, versions=(replace(present, limit_line=line), *versions[1:]))


class _Reader:
    """Reads one checkout once."""

    def __init__(self, checkout: Checkout, entries: Mapping[str, Mapping[str, Any]], at: datetime,
                 bounds: Bounds) -> None:
        self._checkout, self._entries, self._at, self._bounds = checkout, entries, at, bounds
        self.notes: list[str] = []
        self.manifest = self._read_manifest()

    def prompts(self) -> tuple[Prompt, ...]:
        roots = self._roots()
        files = {file.path: file for file in self._checkout.files(roots) if self.declared(file.path)}
        history = read_history(self._checkout.git, roots, lambda path: bool(self.declared(path)))
        self._note_history(history)
        found = [(path, declared) for path in sorted(_present_or_deleted(files, history, self.declared))
                 for declared in self.declared(path) if self._is_readable(path, files.get(path))]
        if len(found) > MOST_PROMPTS:
            raise InputError(f"{len(found):,} files are prompts, more than {MOST_PROMPTS:,}. Name fewer of them in "
                             f"{NAME}.")
        with self._checkout.git.blobs() as blobs:
            sizes = _sizes(self._checkout, history, [path for path, _ in found])
            prompts = [self._prompt(path, declared, files.get(path), history, blobs, sizes) for path, declared in found]
        self._note_workloads({prompt.workload for prompt in prompts})
        return tuple(sorted((each for each in prompts if each.versions), key=lambda each: (each.workload, each.path)))

    def declared(self, path: str) -> Sequence[Declared]:
        if self.manifest is None:
            by_place = convention.by_convention(path)
            return () if by_place is None else (by_place,)
        first: dict[str, Declared] = {}
        for each in self.manifest:
            if each.matches(path):
                first.setdefault(each.workload, each)
        return tuple(first.values())

    def _read_manifest(self) -> tuple[Declared, ...] | None:
        found = self._checkout.files([NAME])
        if not found:
            if (self._checkout.top / NAME).is_file():
                self.notes.append(f"{NAME} lies in the folder and is not committed, so it was not read: commit it")
            return None
        if found[0].sort != _REGULAR:
            raise InputError(f"{NAME} {_WHY[found[0].sort]}. Put a file in its place.")
        with self._checkout.git.blobs() as blobs:
            return read_manifest(blobs.read(found[0].blob) or b"")

    def _roots(self) -> Collection[str]:
        if self.manifest is None:
            return (*convention.FOLDERS, *convention.RESULTS)
        return {each.root for each in self.manifest} | {path for each in self.manifest for path in each.evaluations}

    def _is_readable(self, path: str, file: File | None) -> bool:
        if path != storable(path):
            self.notes.append(f"{clean(path, 100)} has a name that is not UTF-8, and was left out: rename it")
            return False
        if file is not None and file.sort != _REGULAR:
            self.notes.append(f"{clean(path, 100)} {_WHY[file.sort]}")
            return False
        return True

    def _prompt(self, path: str, declared: Declared, file: File | None, history: History, blobs: Blobs,
                sizes: Mapping[str, int]) -> Prompt:
        chain = _as_checked_out(history.chain(path), file)
        if file is not None and not chain:
            self.notes.append(f"{clean(path, 100)} has no version among the commits that were read, and was left out")
        entry = self._entries.get(declared.workload, {})
        cached = declared.cached or ("none" if entry.get("caching") is False else "whole")
        models = entry.get("models")
        model = declared.model or (str(models[0]) if isinstance(models, list) and models else None)
        told = gates(chain, declared, history, blobs, self.notes)
        versions = versions_of(chain, declared, told, sizes, blobs, self.notes, cached=cached,
                               shallow=self._checkout.shallow, is_there=file is not None)
        kept = self._within(versions, path)
        deleted = next((change.commit for change in chain if change.after is None), None) if file is None else None
        ended = f"deleted in {short(deleted.name)}" if deleted else ""
        return Prompt(self._checkout.repository, declared.workload, path, declared.kind, model, cached,
                      storable(str(self._checkout.top)), self._at, kept, ended, deleted.at if deleted else None)

    def _within(self, versions: tuple[Version, ...], path: str) -> tuple[Version, ...]:
        """The newest, as far as the bounds let; those since one was evaluated or reviewed are never cut off from it."""
        since, needed = self._bounds.since, next((age for age, one in enumerate(versions) if one.looked_at), 0)
        kept = tuple(one for age, one in enumerate(versions) if age <= needed or (
            age < self._bounds.versions and (since is None or one.at >= since)))
        if len(kept) < len(versions):
            self.notes.append(f"{clean(path, 100)}: {counted(len(versions) - len(kept), 'older version')} left out, by "
                              "--limit or --since")
        return kept

    def _note_history(self, history: History) -> None:
        if self._checkout.shallow:
            self.notes.append("the history is cut, because this is a shallow clone: what lies before is unknown. To "
                              "have all of it: git fetch --unshallow")
        if not history.whole:
            self.notes.append(f"only the newest {len(history.commits):,} commits were read")

    def _note_workloads(self, workloads: set[str]) -> None:
        unknown = sorted(workloads - self._entries.keys())
        if unknown:
            lines = {each.workload: f" ({NAME}, line {each.line})" for each in reversed(self.manifest or ())}
            said = named([clean(each, 64) + lines.get(each, "") for each in unknown])
            self.notes.append(f"the MBOM does not know {said}: their prompts are kept under that name. To add an "
                              "entry: token-console mbom import FILE")


def _as_checked_out(chain: list[Change], file: File | None) -> list[Change]:
    """With the change first that made what is checked out: a merge may have taken one of two branches' versions, and
    the history of several files does not say which."""
    made = next((change for change in chain if file is not None and change.after == file.blob), None)
    return chain if made is None else [made, *(change for change in chain if change is not made)]


def _present_or_deleted(files: Mapping[str, File], history: History,
                        declared: Callable[[str], Sequence[Declared]]) -> set[str]:
    """Every file that is there, and those that were deleted and not renamed."""
    moved = {rename.old for rename in history.renamed.values()}
    return set(files) | {path for path in history.changes if declared(path) and path not in moved}


def _sizes(checkout: Checkout, history: History, paths: Sequence[str]) -> dict[str, int]:
    """Bytes by blob. One that the repository does not have is left out."""
    wanted = {change.after for path in paths for change in history.chain(path) if change.after}
    asked = "".join(f"{blob}\n" for blob in sorted(wanted)).encode()
    told = (line.split() for line in checkout.git.ask("cat-file", "--batch-check", given=asked).splitlines())
    return {words[0].decode(): int(words[2]) for words in told if len(words) == 3}


def _nothing(checkout: Checkout, by_manifest: bool, notes: Sequence[str]) -> str:
    where = f"{clean(str(checkout.top), 200)} at {short(checkout.head)}"
    said = (f"{where}: no file is as {NAME} says" if by_manifest else
            f"{where} has no {NAME}, and no prompt by convention (prompts/WORKLOAD/*.md, tools/WORKLOAD.json, "
            "sources/WORKLOAD.toml)")
    return ". ".join((f"{said}. docs/prompts.md tells how to name them", *dict.fromkeys(notes))) + "."
