"""Owners who left: who signed a Charter in force as business owner and holds that role no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sqlmodel import Session

from console.charters.document import Header
from console.config import Config
from store import registry

OWNER = "business_owner"


class Versioned(Protocol):
    @property
    def charter(self) -> Header: ...


def left(tx: Session, config: Config, charters: Mapping[str, Versioned]) -> dict[str, str]:
    """By workload; nobody where the configuration names no operators. `charters`: those in force."""
    roles = {operator.user: operator.roles for operator in config.operators}
    if not roles:
        return {}
    signers = registry.signed_as(tx, OWNER)
    signed = {slug: signers.get((slug, charter.charter.version)) for slug, charter in charters.items()}
    return {slug: user for slug, user in signed.items() if user is not None and OWNER not in roles.get(user, ())}
