"""Read the residue of a month from the store: four queries, whatever the number of series."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from console import kinds
from console.cadences.known_usage import Known, by_way
from console.cadences.month.gaps import CLOSED_AFTER
from console.cadences.residue.lines import Place, day_lines, lines_by, unclaimed_lines, within
from console.cadences.residue.value import Residue
from console.clock import day_start, epoch, month_bounds, month_name, parse_month
from console.config import Config
from console.memory import uncollected
from store import residue as stored
from store import streams


def read_residue(tx: Session, config: Config, at: datetime, month: str | None = None) -> Residue:
    """The residue of `2026-10`, or of the month that holds `at`. Raises ValueError for what is no month."""
    with uncollected():
        return _read(tx, config, at, month)


def _read(tx: Session, config: Config, at: datetime, month: str | None) -> Residue:
    start, end = month_bounds(at) if month is None else parse_month(month)
    closed = max(start, min(end, day_start(at - CLOSED_AFTER)))
    span = epoch(start), epoch(end)
    spans, told = by_way(streams.spans(tx, epoch(at)), config)
    known = Known(spans, start, end, at >= end, told)
    comparable = {source: (first, min(last, epoch(closed))) for source in (*spans, *told)
                  for first, last in [known.whole_days(source)]}
    series = list(stored.metered_series(tx, *span, comparable))
    rows = list(stored.billed(tx, span[0], epoch(closed)))
    foreign = {row.source for row in rows if row.foreign}
    told_days = [row for row in rows if row.source not in foreign]
    billed = [row for row in told_days if within(comparable, row.source, row.day)]
    keys = key_names(config)
    names = _names(tx)
    whole = sum(each.cost for each in series)

    def key_of(source: str, said: Mapping[str, str | None]) -> str:
        return said.get(keys.get(source, "api_key_id")) or ""

    lines = [
        *lines_by("source", lambda source, _: source, series, billed, {}),
        *lines_by("model", lambda _, said: said.get("model") or "", series, billed, {}),
        *lines_by("key", key_of, series, billed, names),
        *day_lines(stored.metered_days(tx, *span), told_days, comparable),
    ]
    unclaimed = unclaimed_lines(key_of, lambda source, key: _rule(source, keys.get(source, "api_key_id"), key), series,
                                names, whole)
    return Residue(
        at=at, organisation=config.organisation.name, time_zone=config.organisation.time_zone, month=month_name(start),
        start=start, end=end, partial=at < end, closed_until=closed, metered=whole,
        unclaimed=sum(line.spent for line in unclaimed), billed=sum(row.amount for row in billed) if billed else None,
        unknown=_unknown(config, known, foreign), lines=tuple(lines), unclaimed_lines=tuple(unclaimed),
        simulated=config.simulated)


def key_names(config: Config) -> dict[str, str]:
    """By source, the dimension that stands for a key."""
    return {settings.name: kinds.source(settings.kind).capabilities.key for settings in config.sources}


def _names(tx: Session) -> dict[Place, str]:
    """What providers call keys, and what else stands for one."""
    return {(source, identifier): row.name for (source, kind, identifier), row in streams.names(tx, None).items()
            if kind != "organisation" and row.name != identifier}


def _rule(source: str, name: str, key: str) -> str:
    """`{ source = "anthropic", api_key_id = "apikey_01" }`, whatever the key holds."""
    said = f"source = {json.dumps(source)}"
    return f"{{ {said}, {name} = {json.dumps(key)} }}" if key else f"{{ {said} }}"


def _unknown(config: Config, known: Known, foreign: set[str]) -> tuple[str, ...]:
    gaps = [gap for settings in config.sources if (gap := known.gap_of(settings.name))]
    return (*gaps, *(f"{source} bills a part in another currency, and only dollars are compared"
                     for source in sorted(foreign)))
