"""A Charter as the console shows it: one version as a form, who signed it, what stands in the way, what changes.

Values only (standard library). Money is whole micro-dollars; None is unknown. Texts are outside text: clean them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from console.cadences.form import FieldLine, ProblemLine
from console.money import MicroUsd


@dataclass(frozen=True, slots=True)
class ElementLines:
    title: str
    fields: tuple[FieldLine, ...]
    problems: tuple[ProblemLine, ...]
    """What is said of the element and not of one of its fields."""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A role that signs it, and who did."""

    role: str
    signed_by: str | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A submission, a comment, a refusal or a retirement."""

    kind: str
    role: str
    said_by: str
    said_at: datetime
    text: str
    of_this_content: bool
    """False: the draft was changed after it was said."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """The month of one scenario: as typed, and as the stated traffic costs today."""

    scenario: str
    multiple: Decimal
    typed: MicroUsd
    derived: MicroUsd | None


@dataclass(frozen=True, slots=True)
class CellLine:
    """The chosen cell of the organisation's matrix, and what it permits."""

    cost_variance: str
    output_variance: str
    known: bool
    """False: the matrix has no such cell, and the rest is empty."""
    models: tuple[str, ...] = ()
    thinking: bool = False
    depth_cap: int = 0
    fan_out_cap: int = 0
    review: tuple[str, ...] = ()
    """The least of what, when and authority."""


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    element: str
    text: str
    """`kill threshold 9,300 → 12,000 USD (+29 %)`."""
    meaning: str


@dataclass(frozen=True, slots=True)
class CharterForm:
    """One version, whole; or none yet."""

    workload: str
    name: str
    at: datetime
    version: int | None
    """None: the workload has no Charter."""
    state: str
    """draft, in review, signed, superseded, retired; `none`."""
    content_hash: str
    text: str
    text_hash: str
    """Of the text with its comments: what an edit must have begun from."""
    elements: tuple[ElementLines, ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    """Those that have no place in an element."""
    errors: int = 0
    warnings: int = 0
    signatures: tuple[SignatureLine, ...] = ()
    """One for each role that must sign, in order."""
    notes: tuple[NoteLine, ...] = ()
    costs: tuple[CostLine, ...] = ()
    kill_threshold: MicroUsd | None = None
    automatic: bool = False
    pages: int = 0
    """That it prints on."""
    cell: CellLine | None = None
    versions: tuple[tuple[int, str], ...] = ()
    """Every version with its state, oldest first."""
    in_force: int | None = None
    compared_with: str = ""
    """`version 1, signed`: what `changes` start from; empty where there is no other version."""
    changes: tuple[DifferenceLine, ...] = ()
    imported_by: str = ""
    imported_at: datetime | None = None
    signed_at: datetime | None = None

    @property
    def missing_roles(self) -> tuple[str, ...]:
        return tuple(one.role for one in self.signatures if one.signed_by is None)


_TIMES = {0: "not once", 1: "once", 2: "twice"}


def times(count: int) -> str:
    """`not once`, `once`, `twice`, `4 times`."""
    return _TIMES.get(count, f"{count} times")


def on_days(instants: Iterable[datetime]) -> str:
    """`2026-11-03, 2026-11-09 twice`: the days in UTC; empty where there are none."""
    days = Counter(at.date().isoformat() for at in instants)
    return ", ".join(day if count == 1 else f"{day} {times(count)}" for day, count in sorted(days.items()))
