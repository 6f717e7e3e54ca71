"""A stored key is sent to the place it was first sent to, and to no other until a person says so (operations SE-37).

Whoever can edit the configuration could otherwise point `base_url` at a server of their own and be handed the key.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlmodel import Session

from console import kinds, secrets
from console.clock import Clock
from console.config import Config, SourceSettings
from console.errors import BadConfiguration, NotPermitted
from console.reference import parse_reference
from store import audit, secret_places
from store.database import Database
from store.errors import StoreError

log = logging.getLogger(__name__)

_PORTS = {"https": 443, "http": 80}


class PlaceChanged(NotPermitted):
    """The secret was not sent: the configuration points to another place than before."""


def sending(config: Config, database: Database | None, clock: Clock, settings: SourceSettings,
            reference: str | None, *,
            rehearsal: bool = False) -> Callable[[], str]:
    """A callable that gives a source's secret when it is needed, if it may go where the source lies by now.

    database: remembers where it went; None: there is none, and so nothing that it could contradict.
    rehearsal: a first use is not remembered, because nothing is to be written.
    """

    def secret() -> str:
        if reference is None:
            raise BadConfiguration(f"{settings.name} has no secret: write one into its [[sources]] table.")
        value = secrets.resolve(reference, base=config.base)
        if database is None:
            return value
        name, origin = full_reference(config, reference), origin_of(settings)
        try:
            places = _places(database, name, value, origin, None if rehearsal else clock.now())
        except StoreError:  # a kill must be possible without a database; where there is one, nothing is sent unchecked
            log.exception("where %s may be sent could not be looked up", name)
            return value
        if origin not in places:
            raise PlaceChanged(
                f"{parse_reference(reference)} was not sent: {settings.name} is at {origin} now, and this secret was "
                f"only sent to {', '.join(places)} so far. Where somebody you trust changed the address, say so.",
                mend=confirming("token-console", reference))
        return value

    return secret


def _places(database: Database, name: str, value: str, origin: str, at: datetime | None) -> list[str]:
    """Where a secret may be sent. Its first use, which is now, is remembered where a time is given."""
    with database.read() as tx:
        places = secret_places.known(tx, name, _fingerprint(tx, value))
    if not places and at is not None:
        with database.write() as tx:
            _remember(tx, name, value, origin, at, None)
    return places or [origin]


def confirm(tx: Session, config: Config, reference: str, by: str, at: datetime) -> list[tuple[str, str]]:
    """Let a secret be sent to wherever the configuration sends it now. Returns (name, place) of each that is new."""
    value, name = secrets.resolve(reference, base=config.base), full_reference(config, reference)
    confirmed: list[tuple[str, str]] = []
    for settings in users_of(config, reference):
        origin = origin_of(settings)
        if origin not in secret_places.known(tx, name, _fingerprint(tx, value)):
            _remember(tx, name, value, origin, at, by)
            confirmed.append((settings.name, origin))
    return confirmed


def confirming(command: str, reference: str) -> str:
    """The shell command by which a person confirms where a secret goes."""
    return f"{command} secret check {shlex.quote(reference)} --confirm-url"


def users_of(config: Config, reference: str) -> list[SourceSettings]:
    """The sources that send this secret."""
    name = full_reference(config, reference)
    return [each for each in config.sources
            if name in {full_reference(config, used) for used in _used(each) if used}]


def _used(settings: SourceSettings) -> tuple[str | None, ...]:
    counts = settings.options.get("count_secret")
    return settings.secret, settings.kill_reference, counts if isinstance(counts, str) else None


def unconfirmed(tx: Session, config: Config, settings: SourceSettings, reference: str) -> list[str]:
    """Where the secret was sent so far, if that is not where it would go now; nothing where all is well."""
    places = secret_places.known(tx, full_reference(config, reference), "")
    return [] if not places or origin_of(settings) in places else places


def origin_of(settings: SourceSettings) -> str:
    """`https://host:port` of a source; the name of its kind where that has no one address."""
    address = settings.base_url or kinds.source(settings.kind).base_url
    if address is None:
        return settings.kind
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 0)}".lower()


def full_reference(config: Config, reference: str) -> str:
    """A reference that means the same from everywhere: a relative file starts at the configuration."""
    place = parse_reference(reference)
    if place.scheme == "file":
        return f"file:{config.base / Path(place.name).expanduser()}"
    return str(place)


def _remember(tx: Session, name: str, value: str, origin: str, at: datetime, by: str | None) -> None:
    known = secret_places.known(tx, name, _fingerprint(tx, value))
    secret_places.remember(tx, name, _fingerprint(tx, value), origin, at, by)
    audit.append(tx, at=at, actor=by or "console", action="secret.place_confirmed" if by else "secret.first_used",
                 object=f"secret:{name}", detail={"place": origin, "before": known})


def _fingerprint(tx: Session, value: str) -> str:
    """Tells the same secret under another name; keyed, so that nobody can look it up elsewhere."""
    return hmac.new(audit.identifier(tx).encode(), value.encode(), hashlib.sha256).hexdigest()[:32]
