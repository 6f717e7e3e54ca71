"""The configured switches, each with its own connections and the secret that may switch, loaded only when used."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from console import kinds, secrets, switches
from console.clock import Clock
from console.config import Config, SourceSettings, SwitchSettings
from console.errors import BadConfiguration, ConsoleError
from console.http import BoundedClient
from console.switches.switch import Switch
from console.watch import places
from store import audit
from store.database import Database

KEEP_S = 60.0
"""A kill secret is forgotten so long after it was fetched."""


class Board:
    """(kind, source) to switch. Belongs to one event loop; `close` it there.

    database: remembers where each kill secret may be sent; None: nothing does, for who breaks the glass.
    client: makes the transport of each switch; a dry run gives one that refuses writes.
    rehearsal: nothing is written into the database either; so with break-glass, which cannot.
    """

    def __init__(self, config: Config, clock: Clock, database: Database | None = None,
                 client: Callable[[], BoundedClient] = BoundedClient, *, rehearsal: bool = False) -> None:
        self._config = config
        self._database = database
        self._rehearsal = rehearsal
        self._clock = clock
        self._client = client
        self._switches: dict[tuple[str, str], Switch] = {}

    def __call__(self, kind: str, source: str | None) -> Switch:
        """The switch of this kind that works at this source. Raises BadConfiguration where none is configured."""
        settings = self._settings(kind, source)
        key = (kind, settings.name)
        if key not in self._switches:
            tools = kinds.SwitchTools(self._client(), self._credential(settings), self._own, self._clock.now,
                                      self._config.base)
            self._switches[key] = switches.build(kind, settings, tools)
        return self._switches[key]

    async def close(self) -> None:
        """Let all connections and secrets go."""
        while self._switches:
            _, switch = self._switches.popitem()
            await switch.close()

    def _settings(self, kind: str, name: str | None) -> SourceSettings | SwitchSettings:
        table, candidates = self._candidates(kind)
        matching = [settings for settings in candidates if name in (None, settings.name)]
        if len(matching) == 1:
            return matching[0]
        known = ", ".join(settings.name for settings in candidates) or "none"
        wanted = f"named {name!r}" if name else "to choose without a name"
        raise BadConfiguration(f"The switch {kind} needs a [[{table}]] table {wanted}; configured: {known}.")

    def _candidates(self, kind: str) -> tuple[str, list[SourceSettings] | list[SwitchSettings]]:
        works_at = kinds.switch(kind).works_at
        if works_at is None:
            return "switches", [settings for settings in self._config.switches if settings.kind == kind]
        return "sources", [settings for settings in self._config.sources if settings.kind == works_at]

    def _credential(self, settings: SourceSettings | SwitchSettings) -> Callable[[], str]:
        database = self._database
        reference = settings.kill_reference if isinstance(settings, SourceSettings) else settings.secret
        if reference is None:
            return partial(no_credential, settings.name)
        fetch: Callable[[], str] = partial(secrets.resolve, reference, base=self._config.base)
        if isinstance(settings, SourceSettings) and database is not None:
            fetch = places.sending(self._config, database, self._clock, settings, reference, rehearsal=self._rehearsal)
        return _Kept(lambda: self._audited(settings.name, fetch))

    def _audited(self, source: str, fetch: Callable[[], str]) -> str:
        """The kill secret, with an entry that it was used (CB-45). A rehearsal and break-glass write down their own."""
        value = fetch()
        if self._database is not None and not self._rehearsal:
            with self._database.write() as tx:
                audit.append(tx, at=self._clock.now(), actor="console", action="credential.used",
                             object=f"source:{source}", detail={"to": "switch and read back", "for_s": KEEP_S})
        return value

    def _own(self) -> Iterator[str]:
        """Every secret that this console works with: none of them may be what is switched off (CB-43)."""
        for source in self._config.sources:
            for reference in filter(None, {source.secret, source.kill_reference}):
                with contextlib.suppress(ConsoleError):  # what cannot be had now is not what a key is compared with
                    yield secrets.resolve(reference, base=self._config.base)


def no_credential(name: str) -> str:
    """In place of a secret that is not configured. Raises BadConfiguration."""
    raise BadConfiguration(f"{name} has no secret that may switch: write one into its table of the configuration.")


class _Kept:
    """A secret, kept for a minute: a read-back every second must not ask a keyring every second."""

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._value: str | None = None
        self._until = 0.0

    def __call__(self) -> str:
        with self._lock:
            if self._value is None or time.monotonic() >= self._until:
                self._value, self._until = self._fetch(), time.monotonic() + KEEP_S
            return self._value

    def __repr__(self) -> str:
        return "a kill secret (masked)"
