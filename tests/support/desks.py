"""A desk over a real database, and people with roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from console.clock import ManualClock
from console.config import Config
from console.operations.actor import Actor
from console.operations.desk import Desk
from store.database import Database
from tests.support.mbom import CONFIG

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@contextmanager
def open_desk(folder: Path, config: Config = CONFIG) -> Iterator[Desk]:
    """A desk at noon with an empty database in `folder`, and no engine."""
    url = f"sqlite:///{folder / 'console.db'}"
    database = Database.create(url)
    try:
        yield Desk(replace(config, database_url=url), database, ManualClock(NOON))
    finally:
        database.close()


def person(user: str, *roles: str) -> Actor:
    return Actor(user=user, roles=roles, known="kernel")


ARCHITECT = person("maria", "token_architect")
OWNER = person("anna", "business_owner")
LEAD = person("paul", "platform_lead")
FINANCE = person("fay", "finance_partner")
RISK = person("rolf", "risk_officer")
EVERYTHING = person("solo", "business_owner", "platform_lead", "finance_partner", "risk_officer", "token_architect")
VIEWER = person("victor", "viewer")
