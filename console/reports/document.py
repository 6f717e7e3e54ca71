"""What a report says, without a format: sections of paragraphs, figures, tables and charts. Values only.

A cell holds the figure itself; its column says what kind it is, and `cells.py` how a kind reads. So every format says
the same, and None is unknown in all of them. A text in the place of a figure stands for itself (`no Charter`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["text", "money", "share", "change", "ratio", "burn", "number", "time", "day"]
"""money: micro-dollars; share and change: of one; ratio: dollars for a dollar; burn: times; time and day: instants."""
MicroUsdOrNone = int | None
Value = str | int | float | Decimal | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = "text"
    key: str = ""
    """Its name in CSV; the unit belongs to it: `spent_usd`."""
    width: float = 1.0
    """How much of what the figures leave a text may take, beside the other texts."""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    empty: str = "None."
    """What is said in place of a table without rows."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is worth its own place."""

    label: str
    kind: Kind
    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    items: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    tone: Literal["", "lead", "note", "warning"] = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person wrote, and who and when."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Of a part of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[MicroUsdOrNone, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars: for each label one of every series, on one scale that begins at nothing."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["money", "number"] = "money"
    upright: bool = False
    """Columns from left to right, for time; bars from top to bottom else."""


Block = Paragraph | Figures | Table | Items | Quote | Heading | Chart


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: tuple[Block, ...]
    own_page: bool = False
    """Whether it begins a page."""
    wide: bool = False
    """Whether its pages lie on their side."""


@dataclass(frozen=True, slots=True)
class Document:
    cadence: str
    """daily, weekly, monthly, quarterly, annual."""
    period: str
    """As a file's name has it: `2026-10`."""
    title: str
    organisation: str
    covers: str
    """What time it is about, in words."""
    at: datetime
    time_zone: str
    """In which times are written."""
    sections: tuple[Section, ...]
    lines: Table
    """All that CSV holds: one row a workload, an exception, a measure."""
    partial: str = ""
    """Said where the period still runs."""
    simulated: bool = False
    data_until: datetime | None = None
    price_basis: str = ""

    @property
    def name(self) -> str:
        """Of its file, without an ending."""
        return f"{self.cadence}-{self.period}"


def blocks(document: Document) -> Iterator[Block]:
    """Every block in reading order."""
    for section in document.sections:
        yield from section.blocks


def has_unknown(document: Document) -> bool:
    """Whether a table or a chart of the document lacks a figure."""
    for block in blocks(document):
        if isinstance(block, Table) and any(
                value is None and column.kind != "text" for row in block.rows
                for column, value in zip(block.columns, row, strict=True)):
            return True
        if isinstance(block, Chart) and any(None in series.values for series in block.series):
            return True
    return False
