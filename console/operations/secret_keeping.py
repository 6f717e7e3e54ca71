"""What is done to secrets, written down by reference: kept, forgotten, and let go to another place. Never a value."""

from __future__ import annotations

import asyncio

from console import secrets
from console.errors import UsageError
from console.operations import audit_log, gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.watch import places
from store import audit


async def permit(desk: Desk, actor: Actor, reference: str) -> None:
    """Raises NotPermitted, written down, for who may not decide about secrets."""
    await gate.required(desk, actor, "manage_secrets", f"secret:{reference}", "the command says why")


async def set_secret(desk: Desk, actor: Actor, *, name: str, value: str) -> None:
    """Keep a secret in the desktop's keyring. Raises NotPermitted or SecretError."""
    await permit(desk, actor, f"keyring:{name}")
    await asyncio.to_thread(secrets.store, name, value)
    await _note(desk, actor, "secret.set", name)


async def forget_secret(desk: Desk, actor: Actor, *, name: str) -> None:
    """Remove a secret from the desktop's keyring. Raises NotPermitted or SecretError."""
    await permit(desk, actor, f"keyring:{name}")
    await asyncio.to_thread(secrets.forget, name)
    await _note(desk, actor, "secret.forgotten", name)


async def confirm_place(desk: Desk, actor: Actor, *, reference: str) -> list[tuple[str, str]]:
    """Let a secret be sent to where the configuration now sends it. Returns (source, place) of each that is new."""
    await permit(desk, actor, reference)
    if not places.users_of(desk.config, reference):
        raise UsageError(f"No [[sources]] table of the configuration sends {reference}; there is nothing to confirm.")
    confirmed = await gate.write(desk, lambda tx: places.confirm(tx, desk.config, reference, actor.user,
                                                                 desk.clock.now()))
    await audit_log.seal(desk)
    return confirmed


async def _note(desk: Desk, actor: Actor, action: str, name: str) -> None:
    await gate.write(desk, lambda tx: audit.append(tx, at=desk.clock.now(), actor=actor.user, action=action,
                                                   object=f"secret:keyring:{name}", detail={}))
