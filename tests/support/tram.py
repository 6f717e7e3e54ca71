"""The shipped matrix with an insurer's portfolio in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console.cadences.tram import TramCell, TramView, TramWorkload
from console.charters.tram import DEFAULT
from tests.support.portfolio import AT, HOSTILE, dollars

STANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("low", "low"): ("claims-triage", "fraud-screening", "underwriting-copilot", "policy-search", "contract-review",
                     "letters", "tone-check"),
    ("low", "medium"): ("document-summariser",),
    ("medium", "medium"): ("call-notes", "email-drafts", "translation"),
    ("high", "medium"): ("code-assistant",),
    ("high", "high"): ("reconciliation-agent", "knowledge-graph"),
}
SPENT = {"claims-triage": 1_391.05, "fraud-screening": 4_310.66, "underwriting-copilot": 3_115.40,
         "policy-search": 871.90, "contract-review": 390.0, "letters": 70.44, "tone-check": 22.18,
         "document-summariser": 2_505.31, "call-notes": 1_004.72, "email-drafts": 402.13, "translation": 211.47,
         "code-assistant": 6_911.03, "reconciliation-agent": 6_204.18, "knowledge-graph": 48.20}
OTHER: dict[str, dict[str, Any]] = {
    "underwriting-copilot": {"state": "held"},
    "knowledge-graph": {"state": "paused"},
    "contract-review": {"charter_version": None, "estimated": True, "owner": None},
    "email-drafts": {"mismatch": "low x medium"},
    "code-assistant": {"beyond": ("fan-out 24",)},
}


def workload(slug: str, spent: float = 0.0, **other: Any) -> TramWorkload:
    given: dict[str, Any] = {"name": slug.replace("-", " ").capitalize(), "owner": "A. Owner", "state": "live",
                             "charter_version": 2, "estimated": False, **OTHER.get(slug, {}), **other}
    return TramWorkload(slug=slug, spent=dollars(SPENT.get(slug, spent)), **given)


def view(stands: dict[tuple[str, str], tuple[TramWorkload, ...]] | None = None) -> TramView:
    """The matrix with these in its cells."""
    if stands is None:
        stands = {place: tuple(sorted(map(workload, slugs), key=lambda one: -one.spent))
                  for place, slugs in STANDS.items()}
    cells = tuple(
        TramCell(cost, output, cell.models, cell.thinking, cell.depth_cap, cell.fan_out_cap, cell.review_what,
                 cell.review_when, cell.review_authority, stands.get((cost, output), ()),
                 sum(one.spent for one in stands.get((cost, output), ())))
        for (cost, output), cell in DEFAULT.cells.items()
    )
    without = (
        workload("meeting-minutes", 12.0, charter_version=None,
                 why="it has no Charter in force, and its MBOM entry states no cell"),
        workload("old-chatbot", 3.5, why="the matrix has no cell low x extreme"),
    )
    return TramView(AT, "Northwind Mutual", "2026-11", tuple(DEFAULT.rows), tuple(DEFAULT.columns), cells, without,
                    tuple(DEFAULT.tiers.items()))


def empty() -> TramView:
    """A matrix with nobody in it."""
    return replace(view({}), elsewhere=())


def hostile() -> TramView:
    """Every name is hostile."""
    bad = tuple(workload(name, number, name=name, owner=name, mismatch=name) for number, name in enumerate(HOSTILE))
    return replace(view({("low", "low"): bad, ("high", "high"): bad[:3]}), elsewhere=bad)
