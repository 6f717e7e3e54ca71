"""Any cadence as a document to hand on. Who may read a cadence may have it as a report: it says nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlmodel import Session

from console.clock import from_epoch, parse_rfc3339
from console.config import Config
from console.errors import UsageError
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.gate import read
from console.operations.status import daily
from console.rates import library_version
from console.reports.document import Document
from console.reports.formats import FORMATS, render
from store import streams

CADENCES = ("daily", "weekly", "monthly", "quarterly", "annual")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report as a file: its bytes, and the name that it suggests."""

    content: bytes
    name: str


async def report(desk: Desk, actor: Actor, *, cadence: str, period: str | None = None, form: str = "md") -> Rendered:
    """One cadence as a file of one of FORMATS; `period` as the cadence writes it (`2026-10`), None for the present one.

    Raises UsageError for a cadence, a period or a format that there is not.
    """
    if form not in FORMATS:
        raise UsageError(f"There is no format {form!r}; there are {', '.join(FORMATS)}.")
    made = await _MAKERS[_known(cadence)](desk, actor, period)
    document = await read(desk, lambda tx: _stated(tx, desk.config, made))
    content = await asyncio.to_thread(render, document, form)
    return Rendered(content, f"{document.name}.{form}")


async def _daily(desk: Desk, actor: Actor, period: str | None) -> Document:
    from console.reports.daily import document_of

    return document_of(await daily(desk, actor, at=None if period is None else _instant(period)))


_MAKERS: dict[str, Callable[[Desk, Actor, str | None], Awaitable[Document]]] = {"daily": _daily}


def _known(cadence: str) -> str:
    if cadence not in _MAKERS:
        raise UsageError(f"There is no report {cadence!r}; there are {', '.join(_MAKERS)}.")
    return cadence


def _instant(period: str) -> datetime:
    """The end of a day, or an instant."""
    try:
        if len(period) == len("2026-11-23"):
            return datetime.strptime(period, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
        return parse_rfc3339(period)
    except ValueError as error:
        raise UsageError(f"{period!r} is no time for a daily report: write it like 2026-11-23T14:05:00Z.") from error


def _stated(tx: Session, config: Config, document: Document) -> Document:
    """With what the cadence itself does not say: up to when every source was read, and whose prices these are."""
    until = document.data_until
    if until is None and config.sources:
        read_until = [streams.get(tx, source.name, "usage").watermark for source in config.sources]
        known = [at for at in read_until if at is not None]
        until = min(from_epoch(min(known)), document.at) if len(known) == len(read_until) else None
    configured = f" under {len(config.prices)} configured prices" if config.prices else ""
    return replace(document, data_until=until,
                   price_basis=f"at the list prices of genai-prices {library_version()}{configured}")
