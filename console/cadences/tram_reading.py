"""Read the matrix with the portfolio in it: three statements and the month's spend."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from console.cadences.tram import TramCell, TramView, TramWorkload
from console.charters.tram import Cell, Matrix, matrix_of
from console.clock import day_start, epoch, month_bounds
from console.config import Config
from store import incidents, months, registry
from store.rollups import DAY

Place = tuple[str, str]
"""Cost variance and output variance."""
STOPPED = ("tripped", "held", "probation")


def read_tram(tx: Session, config: Config, at: datetime) -> TramView:
    """The matrix at `at`: each workload in the cell of its Charter in force, else in the one that the MBOM states."""
    matrix = matrix_of(config.tram)
    placed: dict[Place | None, list[TramWorkload]] = {}
    for place, workload in _workloads(tx, matrix, at):
        placed.setdefault(place, []).append(workload)
    for workloads in placed.values():
        workloads.sort(key=lambda one: (-one.spent, one.slug))
    return TramView(
        at=at, organisation=config.organisation.name, month=f"{month_bounds(at)[0]:%Y-%m}", rows=tuple(matrix.rows),
        columns=tuple(matrix.columns),
        cells=tuple(_cell((cost, output), matrix.cells[cost, output], placed.get((cost, output), []))
                    for cost in matrix.rows for output in matrix.columns if (cost, output) in matrix.cells),
        elsewhere=tuple(placed.get(None, ())), tiers=tuple(matrix.tiers.items()), simulated=config.simulated,
    )


def _cell(place: Place, cell: Cell, workloads: list[TramWorkload]) -> TramCell:
    return TramCell(
        *place, models=cell.models, thinking=cell.thinking, depth_cap=cell.depth_cap, fan_out_cap=cell.fan_out_cap,
        review_what=cell.review_what, review_when=cell.review_when, review_authority=cell.review_authority,
        workloads=tuple(workloads), spent=sum(one.spent for one in workloads),
    )


def _workloads(tx: Session, matrix: Matrix, at: datetime) -> Iterator[tuple[Place | None, TramWorkload]]:
    """Each workload with its place; None where it has none."""
    start = epoch(month_bounds(at)[0])
    month = months.monthly_spend(tx, start, epoch(day_start(at)) + DAY)[start]
    breakers, chosen = incidents.breakers(tx), registry.chosen_cells(tx)
    permits = lru_cache(maxsize=None)(matrix.permits)
    for slug, name, owner, status, stated in registry.stated_cells(tx):
        version, choice = chosen.get(slug, (None, None))
        by_charter, by_mbom = _place(choice), _place(_object(stated))
        place = by_charter or by_mbom
        known = place if place in matrix.cells else None
        breaker = breakers.get(slug)
        yield known, TramWorkload(
            slug=slug, name=name, owner=owner,
            state=breaker.state if breaker is not None and breaker.state in STOPPED else status,
            charter_version=version, spent=month.cost.get(slug, 0), estimated=bool(month.estimated.get(slug)),
            mismatch=_said(by_mbom) if by_charter and by_mbom and by_charter != by_mbom else "",
            beyond=tuple(_beyond(choice, matrix.cells[known], permits)) if known and choice else (),
            why="" if known else _why(place, version),
        )


def _object(stated: str | None) -> Mapping[str, Any] | None:
    return json.loads(stated) if stated is not None else None


def _place(choice: Mapping[str, Any] | None) -> Place | None:
    """The cell that a Charter or an MBOM entry names; None where it does not name a whole one."""
    if choice is None or not choice.get("cost_variance") or not choice.get("output_variance"):
        return None
    return str(choice["cost_variance"]), str(choice["output_variance"])


def _said(place: Place) -> str:
    return f"{place[0]} x {place[1]}"


def _why(place: Place | None, version: int | None) -> str:
    if place is not None:
        return f"the matrix has no cell {_said(place)}"
    if version is not None:
        return f"version {version} of its Charter names no cell"
    return "it has no Charter in force, and its MBOM entry states no cell"


def _beyond(choice: Mapping[str, Any], cell: Cell, permits: Any) -> Iterator[str]:
    for model in choice.get("models") or ():
        if permits(cell, str(model)) is False:
            yield f"model {model}"
    if choice.get("thinking") and not cell.thinking:
        yield "extended thinking"
    for key, most in (("depth_cap", cell.depth_cap), ("fan_out_cap", cell.fan_out_cap)):
        if (choice.get(key) or 0) > most:
            yield f"{key.removesuffix('_cap').replace('_', '-')} {choice[key]}"
