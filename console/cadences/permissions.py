"""Who may do what, and who is who: the table of commands and roles as a person reads it. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command, and the roles that carry it."""

    command: str
    """As the table and the audit log call it: `explain_variance`."""
    means: str
    """What it does, in a few words."""
    roles: tuple[str, ...]
    yours: bool
    """Whether the person who asks holds one of the roles."""


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role, and who holds it by the configuration."""

    role: str
    people: tuple[str, ...]
    """Operating-system users. Outside text: clean it before it is shown."""
    yours: bool


@dataclass(frozen=True, slots=True)
class Permissions:
    user: str
    """Who asks."""
    read_only: bool
    """This console changes nothing, whatever the roles are."""
    roles: tuple[RoleLine, ...]
    commands: tuple[CommandLine, ...]
