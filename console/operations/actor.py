"""Who is asking: the person, how that is known, and what the organisation lets them do."""

from __future__ import annotations

from dataclasses import dataclass

from console.settings import ROLES

__all__ = ["ENGINE", "ROLES", "Actor"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the engine itself (`engine`, no roles)."""

    user: str
    roles: tuple[str, ...]
    known: str
    """`kernel`: the uid of this process; `engine`: the console acting on a Charter."""
    claimed: tuple[tuple[str, str], ...] = ()
    """What the environment says beside (SSH client, terminal); not verified."""


ENGINE = Actor(user="engine", roles=(), known="engine")
