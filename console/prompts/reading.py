"""The versions of one prompt out of its history: each with its gate and marks, the present one with what it says."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.prompts import marks
from console.prompts.checkout import storable
from console.prompts.git import LARGEST_FILE, Blobs
from console.prompts.history import Change, History
from console.prompts.manifest import Declared
from console.prompts.placeholders import places
from console.prompts.version import FAILED, PASSED, Gate, Place, Version, short
from console.text import clean

BINARY = "binary"
TOO_LARGE = f"more than {LARGEST_FILE // 1024 // 1024} MiB"
MISSING = "not in this clone"


def gates(chain: Sequence[Change], declared: Declared, history: History, blobs: Blobs,
          notes: list[str]) -> dict[str, Gate]:
    """What gated each version, by its commit: the newest result, from a trailer of its own commit or from a file.

    A result file speaks of the version that was there when the file was committed. Where two results were committed
    together, one that failed wins.
    """
    age = {name: number for number, name in enumerate(history.commits)}
    versions = [change for change in chain if change.after and change.is_file]
    ages = [age[version.commit.name] for version in versions]
    ages[:1] = [min(ages)] if ages else []  # the present one is the newest, also where a merge took an older branch's
    found: dict[str, list[tuple[int, bool, Gate]]] = {}

    def tell(version: Change, commit: str, gate: Gate) -> None:
        found.setdefault(version.commit.name, []).append((age[commit], gate.result != FAILED, gate))

    for version in versions:
        said = marks.by_trailer(version.commit, declared.trailer)
        if said is not None:
            tell(version, version.commit.name, said)
        elif version.commit.trailer(declared.trailer):
            notes.append(f"the trailer {declared.trailer} of {short(version.commit.name)} says neither passed nor "
                         "failed")
    for path in declared.evaluations:
        for change in history.changes.get(path, ()):
            number = bisect_left(ages, age[change.commit.name])  # the newest version that is not newer
            if number == len(versions) or change.after is None:
                continue
            raw = blobs.read(change.after) if change.is_file else None
            said = marks.by_file(raw, path, change.commit) if raw is not None else None
            if said is None:
                notes.append(f"{clean(path, 100)} of {short(change.commit.name)} holds no result: it is JSON or TOML "
                             "with passed = true or false")
            else:
                tell(versions[number], change.commit.name, said)
    return {commit: min(told, key=lambda one: one[:2])[2] for commit, told in found.items()}


@dataclass(frozen=True, slots=True)
class _Text:
    """What the present version says."""

    unread: str
    places: tuple[Place, ...] = ()
    changed_line: int | None = None


def versions_of(chain: Sequence[Change], declared: Declared, told: Mapping[str, Gate], sizes: Mapping[str, int],
                blobs: Blobs, notes: list[str], *, cached: str, shallow: bool, is_there: bool) -> tuple[Version, ...]:
    """Every version, the newest first. Notes say what could not be read, and why."""
    changes = [change for change in chain if change.after and change.is_file]
    if not changes:
        return ()
    newest = changes[0]
    base = next((one for one in changes if one is not newest and _looked_at(one, told)), None)
    text = _text(newest, base.after if base else newest.before, declared, sizes, blobs, notes, cached
                 ) if is_there else _Text("")
    taken_back = marks.rollbacks(changes, declared)
    made = []
    for number, change in enumerate(changes):
        blob, commit = change.after or "", change.commit
        cut = shallow and not commit.parents
        made.append(Version(
            commit=commit.name, path=storable(change.path), author="" if cut else commit.author, at=commit.at,
            subject=commit.subject, blob=blob, before=change.before, bytes=sizes.get(blob, 0), tokens=None,
            added=change.added, removed=change.removed,
            unread=_unread(blob, sizes) or (text.unread if blob == newest.after or text.unread == BINARY else ""),
            gate=None if cut else told.get(commit.name), canary=marks.canary(commit, declared),
            rollback=taken_back[number], reviewed_by="" if cut else commit.trailer(marks.REVIEWED)[:120], cut=cut,
            places=text.places if number == 0 else (), changed_line=text.changed_line if number == 0 else None))
    return tuple(made)


def _looked_at(change: Change, told: Mapping[str, Gate]) -> bool:
    gate = told.get(change.commit.name)
    return (gate is not None and gate.result == PASSED) or bool(change.commit.trailer(marks.REVIEWED))


def _unread(blob: str, sizes: Mapping[str, int]) -> str:
    if blob not in sizes:
        return MISSING
    return TOO_LARGE if sizes[blob] > LARGEST_FILE else ""


def _text(change: Change, base: str | None, declared: Declared, sizes: Mapping[str, int], blobs: Blobs,
          notes: list[str], cached: str) -> _Text:
    blob, path = change.after or "", clean(change.path, 100)
    unread = _unread(blob, sizes)
    raw = None if unread else blobs.read(blob)
    if raw is not None and b"\0" in raw:
        unread = BINARY
    if unread or raw is None:
        notes.append(f"{path} was not read: {unread or MISSING}")
        return _Text(unread or MISSING)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        notes.append(f"{path}, line {line}: byte 0x{raw[error.start]:02x} is not UTF-8; the rest was read")
        text = raw.decode("utf-8", "replace")
    before = blobs.read(base) if base else None
    return _Text("", () if cached == "none" else _variable(text, change.path, cached, declared, notes),
                 None if before is None else first_difference(before, raw))


def _variable(text: str, path: str, cached: str, declared: Declared, notes: list[str]) -> tuple[Place, ...]:
    marker = cached.removeprefix("until ") if cached.startswith("until ") else ""
    end = text.find(marker) if marker else len(text)
    if end < 0:
        notes.append(f"no line of {clean(path, 100)} holds {clean(marker, 60)!r}, so the whole file counts as cached")
        end = len(text)
    end = end if not marker or end == len(text) else text.rfind("\n", 0, end) + 1
    return places(text, path, end, declared.constant)


def first_difference(before: bytes, after: bytes) -> int | None:
    """The first line of `after`, from 1, that `before` does not have there; None where the two are the same."""
    if before == after:
        return None
    old, new = before.split(b"\n"), after.split(b"\n")
    same = next((number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
                min(len(old), len(new)))
    lines = len(new) - (new[-1] == b"")  # a line break at the end begins no line
    return max(1, min(same + 1, lines))


def line_at(raw: bytes, share: float) -> int:
    """The line, from 1, that a share of the bytes of a text ends in."""
    return raw.count(b"\n", 0, int(len(raw) * share)) + 1
