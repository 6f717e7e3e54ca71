"""What a process tells the database when it opens it: who runs it and with which settings, for every audit entry."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from typing import Any

from sqlmodel import Session

from console.clock import Clock
from console.config import Config
from console.operations.actor import Actor
from store import audit, settings
from store.database import Database
from store.errors import StoreError

SEEN = "configuration_seen"
"""Setting: each key of the configuration as it was last seen, numbers and switches as they are, the rest as hashes."""


def introduce(database: Database, config: Config, actor: Actor, clock: Clock) -> None:
    """Let every entry of this process say where it comes from; write down what changed in the configuration since."""
    keys = _keys(config)
    database.origin.update({
        "user": actor.user, "uid": os.getuid(), "known": actor.known, "claimed": dict(actor.claimed),
        "program": version("token-console"), "configuration": _hash(keys),
        "clock": "simulated" if config.simulated else "system",
    })
    if config.read_only:
        return
    with contextlib.suppress(StoreError):  # a database that takes nothing must still open to be looked at
        with database.read() as tx:
            if settings.get(tx, SEEN) == json.dumps(keys, sort_keys=True):
                return
        with database.write() as tx:
            _note(tx, keys, clock)


def _note(tx: Session, now: dict[str, Any], clock: Clock) -> None:
    """One entry with the keys that differ, and the values of those that cannot be secret."""
    seen = settings.get(tx, SEEN)
    settings.put(tx, SEEN, json.dumps(now, sort_keys=True))
    if seen is None:
        return  # the first process: there is nothing to compare with
    before = json.loads(seen)
    changed = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
    if changed:
        audit.append(tx, at=clock.now(), actor="console", action="config.changed", object="configuration", detail={
            "was": _hash(before), "now": _hash(now), "keys": changed,
            "values": {key: [_shown(before.get(key)), _shown(now.get(key))] for key in changed}})


def _keys(value: object, path: str = "") -> dict[str, Any]:
    """Each leaf by its path. Text is hashed: an address may hold what should have been a secret."""
    if is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: leaf for name, item in value.items() for key, leaf in _keys(item, f"{path}.{name}").items()}
    if isinstance(value, list | tuple):
        return {key: leaf for place, item in enumerate(value) for key, leaf in _keys(item, f"{path}.{place}").items()}
    if value is None or isinstance(value, bool | int | float):
        return {path.removeprefix("."): value}
    return {path.removeprefix("."): f"sha256:{hashlib.sha256(str(value).encode()).hexdigest()[:16]}"}


def _shown(value: object) -> object:
    return "text" if isinstance(value, str) else value


def _hash(keys: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(keys, sort_keys=True).encode()).hexdigest()[:16]
