"""Usage of a span on its way out, row by row: as FOCUS for a FinOps platform, or as plain CSV."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Protocol

from sqlmodel import Session

from console.clock import epoch, rfc3339
from console.config import Config
from console.errors import UsageError
from console.money import MicroUsd
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.reports import focus, usage_csv
from console.reports.usage import Whose
from store import registry, streams
from store.rollups import DAY, HOUR
from store.spans import used
from store.usage import all_series, dimensions

FORMS = {"focus": focus, "csv": usage_csv}
WIDTHS = {"hour": HOUR, "day": DAY}
_WORKSPACES = ("workspace_id", "project_id", "project", "account_id")
"""Dimensions that are a sub-account, the first one that is there."""


class Sink(Protocol):
    """Where the rows go."""

    def write(self, text: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    rows: int
    spent: MicroUsd
    """What the rows come to: the console's own figure for the span."""
    metadata: str
    """The JSON that belongs beside a FOCUS file; empty for plain CSV."""


async def export_usage(desk: Desk, actor: Actor, *, start: datetime, end: datetime, sink: Sink, form: str = "focus",
                       by: str = "day") -> Exported:
    """Write the usage of [start, end) to `sink`, a header first. Nothing is held but the series and one chunk of rows.

    Raises UsageError for a span that is empty, not of whole hours, or not over yet.
    """
    _refuse(start, end, form, by, desk.clock.now())
    return await asyncio.to_thread(_export, desk, start, end, sink, form, WIDTHS[by])


def _refuse(start: datetime, end: datetime, form: str, by: str, now: datetime) -> None:
    if form not in FORMS or by not in WIDTHS:
        raise UsageError(f"Usage is exported as {' or '.join(FORMS)}, by {' or '.join(WIDTHS)}.")
    for name, at in (("begins", start), ("ends", end)):
        if epoch(at) % HOUR or at.microsecond:
            raise UsageError(f"The span {name} at {at.isoformat()}, and usage is exported by whole hours: write one "
                             "like 2026-11-23T14:00:00Z, or a day.")
    if start >= end:
        raise UsageError(f"The span ends at {rfc3339(end)}, which is not after its beginning at {rfc3339(start)}.")
    if end > now:
        last = now.replace(minute=0, second=0, microsecond=0)
        raise UsageError(f"The span ends at {rfc3339(end)}, which has not come yet. The last hour that is over ends at "
                         f"{rfc3339(last)}.")


def _export(desk: Desk, start: datetime, end: datetime, sink: Sink, form: str, width: int) -> Exported:
    config, module = desk.config, FORMS[form]
    # Written by the driver's own rows in one read: what a poll restates meanwhile is in the next export.
    listed, contracted = PriceBook(), PriceBook(config.prices)
    rows = module.Rows(simulated=config.simulated)
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(module.COLUMNS)
    written, spent = 0, 0
    with desk.database.read() as tx:
        whose = _series(tx, config)
        for each in used(tx, epoch(start), epoch(end), width):
            owner = whose[each.series]
            said = tuple(owner.dimensions.items())
            ours = contracted.card_of(owner.kind, said, each.start)
            theirs = listed.card_of(owner.kind, said, each.start)
            made = list(rows.of(each, owner, ours if theirs.unpriced else theirs, ours))
            writer.writerows(made)
            written += len(made)
            spent += each.cost
    about = "" if form != "focus" else json.dumps(focus.metadata(
        at=desk.clock.now(), start=start, end=end, generator=f"Token Console {version('token-console')}",
        price_basis=contracted.fingerprint(), simulated=config.simulated), indent=1)
    return Exported(written, spent, about)


def _series(tx: Session, config: Config) -> dict[int, Whose]:
    """Every series with what is known of it, by its number."""
    names = {key: row.name for key, row in streams.names(tx, None).items()}
    kinds = {source.name: source.kind for source in config.sources}
    accounts = {source: (identifier, name) for (source, kind, identifier), name in names.items()
                if kind == "organisation"}
    tags = {entry.slug: _tags(entry.entry) for entry in registry.workloads(tx)}
    found: dict[int, Whose] = {}
    for series in all_series(tx):
        said, source = dimensions(series), series.source
        key = said.get("api_key_id") or ""
        found[series.id or 0] = Whose(
            source=source, kind=kinds.get(source, source), dimensions=said, workload=series.workload,
            key_name=names.get((source, "api_key", key), ""), account=accounts.get(source, (source, source)),
            workspace=_workspace(said, source, names), tags=tags.get(series.workload or "", {}))
    return found


def _workspace(said: Mapping[str, str | None], source: str,
               names: Mapping[tuple[str, str, str], str]) -> tuple[str, str] | None:
    identifier = next((value for key in _WORKSPACES if (value := said.get(key))), None)
    if identifier is None:
        return None
    return identifier, names.get((source, "workspace", identifier), identifier)


def _tags(entry: Mapping[str, object]) -> dict[str, str]:
    return {name: str(entry[key]) for name, key in (
        ("workload", "slug"), ("owner", "business_owner"), ("team", "team"), ("environment", "environment"))
        if entry.get(key)}
