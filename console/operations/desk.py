"""What every operation works with: the settings, the database, the clock, and the engine where it runs here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.clock import Clock
from console.config import Config

if TYPE_CHECKING:
    from console.watch.automatic import Automatic
    from console.watch.engine import Engine
    from store.database import Database


@dataclass(slots=True)
class Desk:
    """One per process. Operations take it first and the actor second."""

    config: Config
    database: Database
    clock: Clock
    engine: Engine | None = None
    """The engine of this process; None in a one-off command."""
    read_only: bool = False
    automatic: Automatic | None = None
    """What carries kills out where no engine runs here; made when first needed."""
