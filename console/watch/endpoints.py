"""What switches serve beside their acts (a gate is asked over loopback), for as long as this process leads."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from console import kinds
from console.clock import Clock
from console.config import Config, SwitchSettings
from console.http import BoundedClient
from console.watch.switchboard import no_credential

if TYPE_CHECKING:
    from console.switches.switch import Endpoint

AGAIN_S = 30.0
"""How often an endpoint that could not listen is tried again."""

log = logging.getLogger(__name__)


class Endpoints:
    """Every endpoint of the configured switches. Belongs to one event loop."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._open: dict[str, Endpoint] = {}

    async def look(self) -> str | None:
        """Open what is not open yet; what keeps one from listening, in a sentence, or None where all is well."""
        wrong = []
        for settings in self._config.switches:
            if settings.name in self._open:
                continue
            try:
                endpoint = self._endpoint(settings)
                if endpoint is None:
                    continue
                await endpoint.open()
            except OSError as error:
                wrong.append(f"the switch {settings.name} cannot listen: {error.strerror or error}")
            except Exception as error:  # the others listen all the same: their clients ask them before each call
                log.exception("the endpoint of the switch %s could not be made", settings.name)
                wrong.append(f"the switch {settings.name} cannot listen: {error}")
            else:
                self._open[settings.name] = endpoint
        return "; ".join(wrong) or None

    async def close(self) -> None:
        """Close them all: another process leads now, or this one ends."""
        while self._open:
            _, endpoint = self._open.popitem()
            await endpoint.close()

    def _endpoint(self, settings: SwitchSettings) -> Endpoint | None:
        tools = kinds.SwitchTools(BoundedClient(), partial(no_credential, settings.name), tuple, self._clock.now,
                                  self._config.base)
        return kinds.switch(settings.kind).endpoint(settings, tools)
