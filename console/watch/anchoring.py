"""Checkpoints told to places outside, so that whoever can rewrite the database cannot rewrite what it once was.

A file and the host's log are written here. A notification channel gets its checkpoints through the outbox, in the
transaction that signs them.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from console.audit import checkpoint as checkpoints
from console.config import Config
from store import checkpoints as store
from store.database import Database

AT_ONCE = 500
"""Checkpoints that one turn tells one place; a place that is new is told all of them."""

LOG_AUDIT_INFO = 13 * 8 + 6
"""Facility “log audit”, severity “informational” (RFC 5424)."""
SEND_S = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one place was told."""

    place: str
    """file:PATH, syslog:PATH or channel:NAME."""
    number: int
    """The newest checkpoint that is there; 0 for none."""
    owed_since: datetime | None
    """When the oldest checkpoint was signed that it was not told; None where it knows all."""
    error: str | None


def tell(config: Config, database: Database, now: datetime) -> None:
    """Tell every file and log what it does not know yet. What goes wrong is kept with the place."""
    for place, send in _places(config).items():
        with database.read() as tx:
            told = store.anchor(tx, place)
            owed = store.after(tx, told.number, AT_ONCE)
        if not owed:
            continue
        try:
            send([checkpoints.of(row.body, row.signature).line for row in owed])
            told.number, told.at, told.error = owed[-1].number, now, None
        except (OSError, ValueError) as error:
            told.error = f"{type(error).__name__}: {error}"
        with database.write() as tx:
            tx.merge(told)


def standings(tx: Session, config: Config) -> list[Standing]:
    """Every place that is configured."""
    found = [_standing(tx, place, told.number, told.error)
             for place in _places(config) for told in [store.anchor(tx, place)]]
    if config.audit.channel is not None:
        number, _ = store.told_by_channel(tx, config.audit.channel)
        found.append(_standing(tx, f"channel:{config.audit.channel}", number,
                               store.channel_error(tx, config.audit.channel)))
    return found


def _standing(tx: Session, place: str, number: int, error: str | None) -> Standing:
    owed = store.after(tx, number, 1)
    return Standing(place, number, owed[0].at if owed else None, error)


def _places(config: Config) -> dict[str, Callable[[Sequence[str]], None]]:
    places: dict[str, Callable[[Sequence[str]], None]] = {}
    file, log = config.audit.file, config.audit.syslog
    if file is not None:
        places[f"file:{file}"] = lambda lines: _append(file, lines)
    if log is not None:
        places[f"syslog:{log}"] = lambda lines: _log(log, lines)
    return places


def _append(path: Path, lines: Sequence[str]) -> None:
    """Appended whole and synced. The file may belong to somebody else, who lets this user do no more than append."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def _log(path: Path, lines: Sequence[str]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(SEND_S)
        sender.connect(str(path))
        for line in lines:
            sender.send(f"<{LOG_AUDIT_INFO}>token-console[{os.getpid()}]: {line}".encode())
