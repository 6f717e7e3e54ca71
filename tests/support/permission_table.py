"""The table of permissions as a door answers with it, for the screens."""

from __future__ import annotations

from console.cadences.permissions import CommandLine, Permissions, RoleLine
from console.operations.actor import ROLES, Actor
from console.operations.permissions import MAY, MEANS, allowed

HOLDERS = {"token_architect": ("maria",), "business_owner": ("anna",),
           "platform_lead": ("paul",), "finance_partner": ("fay",)}


def table_for(actor: Actor, on_call: tuple[str, ...]) -> Permissions:
    """The real table, held by a few people."""
    held = {**HOLDERS, "on_call": on_call}
    return Permissions(
        actor.user, False, tuple(RoleLine(role, held.get(role, ()), role in actor.roles) for role in ROLES),
        tuple(CommandLine(command, MEANS[command], roles, allowed(actor, command)) for command, roles in MAY.items()),
    )
