"""The MBOM as the console shows it: a line an entry, and one entry whole as a form with its history.

Values only (standard library). Texts are outside text: clean them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.cadences.form import FieldLine
from console.cadences.prompts import PromptLine


@dataclass(frozen=True, slots=True)
class MbomRow:
    """One entry, with the Charter that it is held to and what is not as that says."""

    slug: str
    name: str
    team: str | None
    environment: str
    status: str
    business_owner: str | None
    platform_lead: str | None
    tier: str | None
    architecture: str | None
    usage_rules: int
    switches: int
    charter_version: int | None
    """Of the Charter in force; None: no Charter."""
    newest_version: int | None
    newest_state: str
    """draft, in review, …; empty where there is no Charter at all."""
    cell: str
    """`low x medium`, of the Charter in force; else as the entry states it; empty where neither does."""
    drift: int
    """Exceptions of drift that are not closed."""
    exceptions: int
    """All that are not closed, those of drift included."""
    last_review: str
    updated_at: datetime
    literacy_required: int | None = None
    """The level of prompt literacy that its use takes, 1 to 5, and the one that its users have. None: not stated."""
    literacy_had: int | None = None

    @property
    def literacy_gap(self) -> int | None:
        """Levels that its users lack; zero where they lack none. None: one of the two is not stated."""
        if self.literacy_required is None or self.literacy_had is None:
            return None
        return max(0, self.literacy_required - self.literacy_had)


@dataclass(frozen=True, slots=True)
class MbomTable:
    at: datetime
    rows: tuple[MbomRow, ...]


@dataclass(frozen=True, slots=True)
class FieldGroup:
    title: str
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One field that changed."""

    at: datetime
    by: str
    field: str
    before: str
    """Empty: it was not stated."""
    after: str


@dataclass(frozen=True, slots=True)
class MbomForm:
    """One entry, whole."""

    row: MbomRow
    at: datetime
    groups: tuple[FieldGroup, ...]
    changes: tuple[EntryChange, ...]
    """The newest first."""
    text: str
    """The entry as a file that can be imported."""
    entry_hash: str
    """What an edit must have begun from."""
    prompts: tuple[PromptLine, ...] = ()
    """As the last scans of their checkouts found them."""
