"""What `doctor` looks at on this machine: one line a thing, with the command that mends it where one does."""

from __future__ import annotations

import asyncio
import importlib.util
import shlex
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import console
import store
from console import secrets
from console.charters.tram import matrix_of
from console.clock import Clock
from console.config import Config
from console.errors import ConsoleError
from console.operations.actor import Actor
from console.operations.door import database_path
from console.operations.permissions import MAY
from console.reference import Reference, parse_reference
from store import audit, backups, connections, leases, room
from store.database import Database
from store.errors import DatabaseDamaged, DatabaseMissing, StoreError, UnsafeFile
from store.sqlite import sqlite3


class Health(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """What it is; `guarded` fills it in."""
    health: Health
    said: str
    mend: str | None = None
    """A shell command that mends it."""


def failed(name: str, error: Exception) -> Check:
    """A check that ended with an error. The command that mends it stands apart from what is said."""
    mend = getattr(error, "mend", None)
    said = str(error)
    return Check(name, Health.FAILED, said.removesuffix(f" To mend it: {mend}"), mend)


def of_packages() -> Check:
    """Another distribution with a package of our name may have been installed over ours."""
    homes = {Path(package.__path__[0]).parent for package in (console, store)}
    if len(homes) == 1:
        return Check("installation", Health.OK, f"in {homes.pop()}")
    places = " and in ".join(sorted(map(str, homes)))
    return Check("installation", Health.FAILED, f"parts of it lie in {places}: another package stands in the way of "
                 "this one. Install it into an environment of its own, with pipx or uv, and set no PYTHONPATH.")


def of_settings(config: Config, actor: Actor) -> Iterator[Check]:
    """The configuration, whose form is known to be good, and the people in it."""
    yield Check("configuration", Health.OK, str(config.path))
    try:
        matrix_of(config.tram)
    except ConsoleError as error:
        yield failed("tram", error)
    deciders = [person.user for person in config.operators if set(person.roles) & set(MAY["resume"])]
    needed = 2 if config.approvals.two_person else 1
    if len(deciders) < needed:
        yield Check("operators", Health.FAILED, f"a resume needs {needed} of {', '.join(MAY['resume'])}, and "
                    f"[[operators]] holds {len(deciders)}. Add one there.")
    else:
        yield Check("operators", Health.OK, f"{len(config.operators)}; {', '.join(deciders)} may resume")
    if not actor.roles:
        yield Check("you", Health.WARNING, f"{actor.user} is not in [[operators]]: may look, and do nothing.")


def of_keyring(config: Config) -> Check:
    """Whether the keyring answers, where a reference needs it."""
    names = [place.name for place in references(config) if place.scheme == "keyring"]
    problem = secrets.keyring_problem() if names else None
    if problem is not None:
        return Check("keyring", Health.FAILED, problem)
    return Check("keyring", Health.OK, "answers" if names else "not used")


def of_notifications(config: Config) -> Iterator[Check]:
    """Each channel's address resolves, and what sends it is installed."""
    for channel in config.notifications:
        name = f"notification {channel.name}"
        try:
            secrets.resolve(channel.url, base=config.base)
        except ConsoleError as error:
            yield failed(name, error)
            continue
        if importlib.util.find_spec("apprise") is None:
            yield Check(name, Health.FAILED, "what sends it is not installed.", _install("apprise>=1.9,<3"))
        else:
            yield Check(name, Health.OK, f"{channel.severity} and worse")


def references(config: Config) -> list[Reference]:
    """Every secret reference of the configuration."""
    found = [source.secret for source in config.sources] + [switch.secret for switch in config.switches]
    found += [source.kill_secret for source in config.sources]
    found += [channel.url for channel in config.notifications]
    return [parse_reference(reference) for reference in found if reference]


def of_sqlite() -> Check:
    version = sqlite3.sqlite_version
    if connections.wal_is_safe(sqlite3.sqlite_version_info):
        return Check("sqlite", Health.OK, f"{version}, write-ahead log")
    return Check("sqlite", Health.WARNING, f"{version} may lose rows in write-ahead mode, so a slower journal is used.",
                 _install("pysqlite3>=0.6.1,<0.7"))


def _install(requirement: str) -> str:
    """The command that puts a package into the very environment that this program runs in."""
    return f"{shlex.quote(sys.executable)} -m pip install {shlex.quote(requirement)}"


def opened(config: Config, command: str) -> tuple[Database | None, Check]:
    """The database, or why it cannot be used. `command` is how this person calls the program."""
    path = database_path(config)
    try:
        database = Database.open(config.database_url)
    except DatabaseMissing as error:
        return None, Check("database", Health.FAILED, str(error).split(" Make one")[0], f"{command} init")
    except UnsafeFile as error:
        mend = f"chmod 600 {shlex.quote(str(path))}" if "read by other" in str(error) else None
        return None, Check("database", Health.FAILED, str(error).split(" Mend it")[0], mend)
    except DatabaseDamaged as error:
        said = str(error).split(" End every console")[0]
        return None, Check("database", Health.FAILED, said, _restore(path, command))
    except StoreError as error:
        return None, failed("database", error)
    return database, Check("database", Health.OK, f"{database.path}, journal {database.journal_mode}")


def of_database(database: Database, clock: Clock, command: str) -> Iterator[Check]:
    """The file's content, the room beside it, its backups, the audit chain, and who runs the engine."""
    wrong = database.integrity_check()
    if wrong:
        said = str(database.condemn(wrong[0])).split(" End every console")[0]
        yield Check("database structure", Health.FAILED, said, _restore(database.path, command))
    else:
        yield Check("database structure", Health.OK, "whole, and every reference in it holds")
    free = room.free(database.path)
    left = f"{free // 2**20:,} MiB free beside the database"
    yield Check("disk", Health.OK if free >= room.WARN_BYTES else Health.FAILED,
                left if free >= room.WARN_BYTES else f"{left}; it needs {room.WARN_BYTES // 2**20}, and below "
                f"{room.STOP_BYTES // 2**20} no usage is taken in. Free some space.")
    newest = backups.newest(database.path)
    yield Check("backup", Health.OK, f"the newest is {newest}" if newest else "none yet: whoever runs the engine makes "
                "one a day")
    if wrong:
        return
    with database.read() as tx:
        verdict = audit.verify(tx)
        lease = leases.current(tx, "engine")
    broken = f"broken at entry {verdict.first_bad}: {verdict.reason}. Keep the file, and compare it with a backup."
    yield Check("audit log", Health.FAILED if verdict.first_bad is not None else Health.OK,
                broken if verdict.first_bad is not None else f"whole, {verdict.entries} entries")
    running = lease is not None and lease.expires_at > clock.now()
    yield Check("engine", Health.OK, f"run by {lease.holder}" if running and lease else "nobody polls at the moment")


def _restore(path: Path | None, command: str) -> str | None:
    """The command that restores the newest backup; None where there is none."""
    newest = backups.newest(path) if path is not None else None
    return f"{command} restore {shlex.quote(str(newest))}" if newest is not None else None


async def guarded(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    """A look that may fail, as a check of this name; one that fails unexpectedly must not hide the others."""
    try:
        return replace(await look(), name=name)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        return failed(name, error)
