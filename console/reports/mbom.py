"""The MBOM for management: one row a workload, in the playbook's columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.reports.document import Column, Section, Table

_COLUMNS = (
    Column("Workload", width=1.6), Column("Status", width=0.8), Column("Owner", width=1.2), Column("Tier"),
    Column("Architecture", width=1.6), Column("Review topology", width=2.6), Column("Kill criteria", width=3),
    Column("TRAM cell", width=1.2), Column("Charter"), Column("Last review", "day"),
)


@dataclass(frozen=True, slots=True)
class MbomRow:
    """One entry with what its Charter in force says; an empty text where nothing is stated."""

    slug: str
    status: str
    owner: str
    tier: str
    architecture: str
    review: str
    kill_criteria: tuple[str, ...]
    cell: str
    charter: str
    last_review: datetime | None = None


def section(rows: tuple[MbomRow, ...]) -> Section:
    """The appendix."""
    return Section("Appendix: the Model Bill of Materials", (Table(
        _COLUMNS, tuple(
            (row.slug, row.status, row.owner or "nobody", row.tier or "not stated", row.architecture or "not stated",
             row.review or "not stated", "; ".join(row.kill_criteria) or "none", row.cell or "none",
             row.charter or "none", row.last_review or "never")
            for row in rows), "The MBOM has no workload yet."),), own_page=True, wide=True)
