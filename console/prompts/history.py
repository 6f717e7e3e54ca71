"""The commits that touched some paths, and what each did to them: a few passes, however many files there are."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from console.clock import from_epoch
from console.errors import InputError
from console.prompts.git import Git

MOST_COMMITS = 20_000
"""Newest commits on some paths that are read."""
_ROUNDS = 8
"""How often a file may have been renamed into the folders that are read."""
_RENAMES = 2000
"""Files of one commit among which a renamed one is looked for by likeness; one that did not change is always found."""
_FORMAT = "%x00".join(("%H", "%P", "%an", "%ct", "%s", "%(trailers:only,unfold)", "%b"))
_REVERTS = re.compile(r"This reverts commit ([0-9a-f]{40,64})")
_NOTHING = frozenset("0")
_LONGEST = 200
"""Characters of a name or subject that are kept."""
_LAST_SECOND = 32_503_680_000
"""The year 3000: a later date is a broken clock's."""


@dataclass(frozen=True, slots=True)
class Commit:
    name: str
    parents: tuple[str, ...]
    author: str
    at: datetime
    subject: str
    trailers: tuple[tuple[str, str], ...]
    reverts: str
    """The commit that it takes back by its own words; empty for none."""

    def trailer(self, key: str) -> str:
        """The last trailer of a key, without regard to case; empty where there is none."""
        return next((value for name, value in reversed(self.trailers) if name.lower() == key.lower()), "")


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit did to one path. A blob that is None: there was, or is, no file."""

    commit: Commit
    path: str
    before: str | None
    after: str | None
    is_file: bool
    """Not a link or a submodule."""
    added: int | None = None
    removed: int | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """Where a file had been before a commit, and how much that commit changed of it."""

    old: str
    before: str | None
    added: int | None
    removed: int | None


@dataclass(slots=True)
class History:
    commits: dict[str, Commit]
    """The newest first; no commit stands before one that descends from it."""
    changes: dict[str, list[Change]]
    """By path, in the same order."""
    renamed: dict[tuple[str, str], Rename] = field(default_factory=dict)
    """By commit and new path."""
    whole: bool = True
    """False: more commits than are read."""

    def chain(self, path: str) -> list[Change]:
        """Every change of a file, the newest first, through its renames. One of its name that was renamed away before
        is another file."""
        chain: list[Change] = []
        left = {(commit, rename.old) for (commit, _), rename in self.renamed.items()}
        after: str | None = None
        seen = set[str]()
        while path not in seen:
            seen.add(path)
            for change in _from(self.changes.get(path, []), after):
                if change.after is None and (change.commit.name, path) in left:
                    return chain
                chain.append(change)
                renamed = self.renamed.get((change.commit.name, path))
                if renamed is not None:
                    path, after = renamed.old, change.commit.name
                    break
        return chain


def read_history(git: Git, paths: Collection[str], ours: Callable[[str], bool]) -> History:
    """What happened at or below some paths (`.`: everywhere), and to what became of `ours` by a rename.

    Raises InputError.
    """
    wanted, followed, looked = set(paths), set[str](), set[str]()
    renamed: dict[tuple[str, str], Rename] = {}
    for _ in range(_ROUNDS):
        commits = _commits(git, wanted)
        changes = _changes(git, commits, wanted)
        begun = {change.commit.name for path, each in changes.items() if path in followed or ours(path)
                 for change in each if change.before is None}
        renamed |= _renamed(git, begun - looked)
        looked |= begun
        sources = {rename.old for (commit, new), rename in renamed.items() if (new in followed or ours(new))
                   and not any(change.commit.name == commit for change in changes.get(rename.old, ()))}
        if not sources - wanted:
            break
        wanted |= sources
        followed |= sources
    for path, each in changes.items():
        changes[path] = [_moved(change, renamed.get((change.commit.name, path))) for change in each]
    return History(commits, changes, renamed, len(commits) < MOST_COMMITS)


def _moved(change: Change, renamed: Rename | None) -> Change:
    return change if renamed is None else replace(change, before=renamed.before, added=renamed.added,
                                                  removed=renamed.removed)


def _from(changes: Sequence[Change], commit: str | None) -> Iterator[Change]:
    """Those before the one that a commit made; all where no commit is named."""
    passed = commit is None
    for change in changes:
        if passed:
            yield change
        passed = passed or change.commit.name == commit


def _commits(git: Git, paths: Collection[str]) -> dict[str, Commit]:
    asked = ["log", "-z", "--topo-order", "--no-show-signature", "--no-notes", "--no-decorate", "-n", str(MOST_COMMITS),
             f"--format=tformat:{_FORMAT}"]
    words = git.ask(*asked, "HEAD", "--", *_below(paths)).split(b"\0")
    fields = _FORMAT.count("%x00") + 1
    found = (_commit(words[start:start + fields]) for start in range(0, len(words) - fields + 1, fields))
    return {commit.name: commit for commit in found}


def _commit(words: Sequence[bytes]) -> Commit:
    name, parents, author, at, subject, trailers, body = (word.decode("utf-8", "replace") for word in words)
    reverts = _REVERTS.search(body)
    pairs = (line.partition(":") for line in trailers.splitlines())
    second = min(max(int(at or 0), 0), _LAST_SECOND)
    return Commit(name, tuple(parents.split()), author[:_LONGEST], from_epoch(second), subject[:_LONGEST],
                  tuple((key.strip(), value.strip()) for key, sign, value in pairs if sign),
                  reverts[1] if reverts else "")


def _changes(git: Git, commits: Mapping[str, Commit], paths: Collection[str]) -> dict[str, list[Change]]:
    """A merge counts where it left something else than any of its parents had."""
    asked = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--numstat", "--root", "-c", "--no-renames", "--no-ext-diff",
             "--no-textconv", "--text", "--no-abbrev")
    words = iter(git.ask(*asked, "--", *_below(paths), given="".join(f"{name}\n" for name in commits).encode()
                         ).split(b"\0"))
    found: dict[tuple[str, str], Change] = {}
    lines: dict[tuple[str, str], tuple[int, int]] = {}
    commit: Commit | None = None
    for word in words:
        if word.startswith(b":"):
            assert commit is not None
            change = _change(commit, word, os.fsdecode(next(words)))
            found[commit.name, change.path] = change
        elif b"\t" in word:
            assert commit is not None
            added, removed, counted = word.split(b"\t", 2)
            if added.isdigit():
                lines[commit.name, os.fsdecode(counted)] = (int(added), int(removed))
        elif word:
            commit = commits[word.decode()]
    by_path: dict[str, list[Change]] = {}
    for (name, path), change in found.items():
        told = lines.get((name, path))
        by_path.setdefault(path, []).append(replace(change, added=told[0], removed=told[1]) if told else change)
    return by_path


def _change(commit: Commit, raw: bytes, path: str) -> Change:
    """`:100644 100644 BEFORE AFTER M`; of a merge, as many modes and blobs before as it has parents."""
    parents = len(raw) - len(raw.lstrip(b":"))
    words = raw.lstrip(b":").decode().split(" ")
    mode, blobs = words[parents], words[parents + 1:]
    return Change(commit, path, _blob(blobs[0]), _blob(blobs[parents]), mode.startswith("100"))


def _blob(name: str) -> str | None:
    return None if set(name) == _NOTHING else name


def _renamed(git: Git, commits: Collection[str]) -> dict[tuple[str, str], Rename]:
    """The files that some commits began by renaming another, by commit and new path."""
    if not commits:
        return {}
    asked = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--numstat", "-M", f"-l{_RENAMES}", "--diff-filter=R",
             "--no-ext-diff", "--no-textconv", "--text", "--no-abbrev")
    words = iter(git.ask(*asked, given="".join(f"{name}\n" for name in sorted(commits)).encode()).split(b"\0"))
    found: dict[tuple[str, str], Rename] = {}
    commit = ""
    for word in words:
        if word.startswith(b":"):
            old, new = os.fsdecode(next(words)), os.fsdecode(next(words))
            found[commit, new] = Rename(old, _blob(word.split(b" ")[2].decode()), None, None)
        elif b"\t" in word:
            added, removed, _ = word.split(b"\t")
            next(words)
            key = commit, os.fsdecode(next(words))
            if added.isdigit():
                found[key] = replace(found[key], added=int(added), removed=int(removed))
        elif word:
            commit = word.decode()
    return found


def _below(paths: Collection[str]) -> list[str]:
    if len(paths) > 5000:
        raise InputError(f"{len(paths):,} paths are more than can be read at once. Use patterns: prompts/**/*.md")
    return [] if "." in paths else sorted(paths)
