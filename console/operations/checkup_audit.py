"""What `doctor` says of the audit log: whether it is signed and told outside, and how much that proves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from console.audit import checkpoint as checkpoints
from console.audit.keys import signing_key
from console.clock import Clock
from console.config import Config
from console.errors import ConsoleError
from console.operations.checkup import Check, Health, failed
from console.watch import anchoring
from console.watch.rules.audit_log import UNSIGNED_AFTER
from store import checkpoints as store
from store.database import Database


def of_audit(config: Config, database: Database, clock: Clock) -> Iterator[Check]:
    """The signing key, the last checkpoint, and each place outside."""
    with database.read() as tx:
        last = store.last(tx)
        places = anchoring.standings(tx, config)
    if last is None:
        yield Check("audit signature", Health.OK, "nothing was signed yet; the engine signs every hour")
    else:
        yield _signature(config, checkpoints.of_row(last), clock)
    if not places:
        yield Check("audit anchor", Health.WARNING, "nothing outside is told of what was signed: whoever may write the "
                    "database could rewrite the log and sign it again, unseen. Name a place under [audit]: file, "
                    "syslog or channel.")
    for place in places:
        yield _anchor(config, place, clock)


def _signature(config: Config, last: checkpoints.Checkpoint, clock: Clock) -> Check:
    try:
        key = signing_key(config.audit_key, config.base)
    except ConsoleError as error:
        return failed("audit signature", error)
    said = f"checkpoint {last.number} at {last.at:%Y-%m-%d %H:%MZ}, key {last.key[:16]}"
    if key.public != last.key:
        return Check("audit signature", Health.WARNING, f"{said}; the key is another one now ({key.public[:16]}).")
    if clock.now() - last.at > UNSIGNED_AFTER:
        return Check("audit signature", Health.WARNING, f"{said}: older than two hours. Is the engine running?")
    return Check("audit signature", Health.OK, said)


def _anchor(config: Config, place: anchoring.Standing, clock: Clock) -> Check:
    name = f"audit anchor {place.place}"
    late = place.owed_since is not None and (clock.now() - place.owed_since).total_seconds() > config.audit.late_s
    if late or place.error:
        why = f": {place.error}" if place.error else ""
        return Check(name, Health.FAILED, f"was told nothing since checkpoint {place.number}{why}")
    weak = _weakness(config, place.place)
    told = f"knows checkpoint {place.number}; " if place.number else "is told of the next checkpoint; "
    if weak is not None:
        return Check(name, Health.WARNING, told + weak)
    strength = {"file": "this user cannot change what it holds",
                "syslog": "it proves as much as whoever administers this host's log",
                "channel": "it leaves this machine, and proves as much as its receiver keeps it"}
    return Check(name, Health.OK, told + strength[place.place.partition(":")[0]])


def _weakness(config: Config, place: str) -> str | None:
    """Why a file proves little; None for one that this user can do no more than append to, and for other places."""
    file = config.audit.file
    if file is None or place != f"file:{file}":
        return None
    if _own(file) or _own(file.parent):
        return ("this user can change it, as it can the database: it shows a mistake, not what an intruder with this "
                "user's rights did. Let another user own it and its folder, or add syslog or a channel.")
    return None


def _own(path: Path) -> bool:
    """Whether this user may exchange or rewrite it. Root may, whoever owns it."""
    try:
        return os.getuid() in (0, path.stat().st_uid)
    except OSError:
        return True
