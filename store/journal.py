"""The fallback journal: what was done while the database could not be written (operations AU-9).

One JSON entry a line, each with the hash of the entry before it, in a file that is only ever appended to and is on
disk before anything is done. A line that a crash cut short is no entry; the next one follows from the last whole one.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.audit import canonical, chained
from store.errors import JournalFailed

FORMAT = 1
START = "0" * 64


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry as it stands in the file."""

    seq: int
    at: datetime
    actor: str
    action: str
    about: str
    """The object, as the audit log calls it."""
    detail: Mapping[str, object]
    hash: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a journal holds, up to the first line that does not follow from the one before it."""

    name: str
    """Tells this journal from any other; empty where there is none."""
    entries: tuple[JournalEntry, ...]
    broken_at: int | None = None
    """The sequence number at which the chain does not hold; nothing from there on is believed."""


class Journal:
    """One file. `held` keeps it for one act; entries are appended while it is held."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Open it to append, made where it is missing, and keep everybody else from it. Raises JournalFailed."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._open()
        except OSError as error:
            self._let_go()
            raise JournalFailed(f"The fallback journal {self.path} cannot be opened: {error.strerror}. Nothing was "
                                "sent. Name another file as fallback_journal in [breaker].") from error
        try:
            yield
        finally:
            self._let_go()

    def append(self, *, at: datetime, actor: str, action: str, object: str,  # noqa: A002  (as in the audit log)
               detail: Mapping[str, object]) -> JournalEntry:
        """One entry, on disk when this returns. Raises JournalFailed; call it while the journal is held."""
        assert self._file is not None
        try:
            text = _whole(self._file)
            before = _read(text).entries
            if not before:
                detail = {**detail, "journal": secrets.token_hex(16)}
            previous = before[-1].hash if before else START
            entry = {"format": FORMAT, "seq": len(before) + 1, "at": at.isoformat(), "actor": actor, "action": action,
                     "object": object, "detail": detail}
            line = canonical({**entry, "hash": chained(canonical(entry), previous)}).encode("utf-8", "surrogatepass")
            torn = b"" if not text or text.endswith(b"\n") else b"\n"
            _write(self._file, torn + line + b"\n")
            os.fsync(self._file)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise JournalFailed(f"The fallback journal {self.path} cannot be written: {error.strerror}. Name a file on "
                                "another disk as fallback_journal in [breaker].") from error
        made = _parsed(line)
        assert made is not None
        return made

    def read(self) -> Read | None:
        """What it holds; None while somebody acts with it. Raises JournalFailed where it cannot be read."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return Read("", ())
        except OSError as error:
            raise JournalFailed(f"The fallback journal {self.path} cannot be read: {error.strerror}.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return _read(_whole(file))
        except BlockingIOError:
            return None
        finally:
            os.close(file)

    def set_aside(self) -> list[Journal]:
        """The files that were this journal until they did not hold; what stands before the break is still believed."""
        return [Journal(path) for path in sorted(self.path.parent.glob(f"{glob.escape(self.path.name)}.broken-*"))]

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(self.path, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        if _read(_whole(self._file)).broken_at is not None:  # nothing that follows it would be believed
            self.path.rename(self.path.with_name(f"{self.path.name}.broken-{secrets.token_hex(4)}"))
            os.close(self._file)
            self._open()

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _read(text: bytes) -> Read:
    entries: list[JournalEntry] = []
    previous, broken = START, None
    for line in text.split(b"\n"):  # and at nothing else that some call a line's end: a reason may hold such characters
        entry = _parsed(line)
        if entry is None:  # cut short by a crash: it was not on disk, and nothing was done on it
            continue
        if entry.seq != len(entries) + 1 or chained(_body(line), previous) != entry.hash:
            broken = len(entries) + 1
            break
        entries.append(entry)
        previous = entry.hash
    name = str(entries[0].detail.get("journal", "")) if entries else ""
    return Read(name, tuple(entries), broken)


def _parsed(line: bytes) -> JournalEntry | None:
    try:
        said = json.loads(line)
        return JournalEntry(int(said["seq"]), datetime.fromisoformat(said["at"]), str(said["actor"]),
                            str(said["action"]), str(said["object"]), dict(said["detail"]), str(said["hash"]))
    except (ValueError, KeyError, TypeError):
        return None


def _body(line: bytes) -> str:
    said = json.loads(line)
    return canonical({name: value for name, value in said.items() if name != "hash"})


def _whole(file: int) -> bytes:
    size = os.fstat(file).st_size
    parts, place = [], 0
    while place < size:
        parts.append(os.pread(file, size - place, place))
        place += len(parts[-1])
    return b"".join(parts)


def _write(file: int, line: bytes) -> None:
    """All of it, or an error: a full disk may take half a line."""
    while line:
        line = line[os.write(file, line):]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
