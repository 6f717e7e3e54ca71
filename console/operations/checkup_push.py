"""What `doctor` looks at of a source that is told of calls: its secret, and whether its place can be listened at."""

from __future__ import annotations

import asyncio
from functools import partial

from console import secrets
from console.config import Config, SourceSettings
from console.listening import Place
from console.operations.checkup import Check, Health, guarded
from console.reference import parse_reference

CONNECT_S = 2.0


async def of_push(config: Config, settings: SourceSettings, leader: str | None) -> list[Check]:
    """Nothing is sent to the place, and nothing of what listens there is disturbed.

    leader: the console that leads at the moment, and so listens there; empty where none does, None where nobody knows.
    """
    name = f"source {settings.name}"
    return [await guarded(f"{name}: secret", partial(_secret, config, settings)),
            await guarded(f"{name}: place", partial(_place, settings, leader))]


async def _secret(config: Config, settings: SourceSettings) -> Check:
    if settings.secret is None:
        return Check("", Health.OK, "none: what its senders tell raises alerts, and by itself stops nothing")
    await asyncio.to_thread(secrets.resolve, settings.secret, base=config.base)
    return Check("", Health.OK, f"{parse_reference(settings.secret)} is what senders must bear")


async def _place(settings: SourceSettings, leader: str | None) -> Check:
    place = settings.options.get("listen")
    assert isinstance(place, Place)
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(place.host, place.port)
    except (OSError, TimeoutError):
        return Check("", Health.OK, f"nobody listens at {place} now; a console that leads does (token-console poll)")
    writer.close()
    if leader != "":
        by = f"and {leader} leads, so it should be" if leader else "by"
        return Check("", Health.OK, f"{place} is taken, {by} a console, or else a collector, which then has to go")
    return Check("", Health.FAILED, f"{place} is taken, and by no console, for none leads: this source would hear "
                 f"nothing. End what listens there (ss -ltnp 'sport = :{place.port}' names it), or write another place "
                 "as listen.")
