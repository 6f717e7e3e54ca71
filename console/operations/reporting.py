"""Any cadence as a document to hand on. Who may read a cadence may have it as a report: it says nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.instants import span
from console.cadences.weeks import week_of
from console.clock import from_epoch
from console.config import Config
from console.errors import UsageError
from console.kinds import polled
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.gate import read
from console.rates import library_version
from console.reports.document import Document
from console.reports.formats import FORMATS, render
from console.wording import counted
from store import streams


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
    document = await read(desk, lambda tx: stated(tx, desk.config, made))
    content = await asyncio.to_thread(render, document, form)
    return Rendered(content, f"{document.name}.{form}")


async def _daily(desk: Desk, actor: Actor, period: str | None) -> Document:
    from console.operations.status import daily
    from console.reports.daily import document_of

    return document_of(await daily(desk, actor, at=_instant(desk, period)))


async def _weekly(desk: Desk, actor: Actor, period: str | None) -> Document:
    from console.operations.exceptions import weekly
    from console.reports.weekly import document_of

    at = _instant(desk, period)
    if at is not None and period is not None and "T" not in period:
        _, end = week_of(at, desk.config.organisation.time_zone, desk.config.week_start)
        at = min(end - timedelta(seconds=1), desk.clock.now())  # a day means its whole week
    return document_of(await weekly(desk, actor, at=at))


async def _monthly(desk: Desk, actor: Actor, period: str | None) -> Document:
    from console.operations.months import monthly
    from console.reports.monthly import document_of

    return document_of(await monthly(desk, actor, month=period))


async def _quarterly(desk: Desk, actor: Actor, period: str | None) -> Document:
    from console.operations.mbom.rows import management_rows
    from console.operations.quarters import quarterly
    from console.reports.quarterly import document_of

    value = await quarterly(desk, actor, quarter=period)
    reviewed = {line.slug: line.last_review for line in value.lines}
    return document_of(value, await read(desk, lambda tx: management_rows(tx, reviewed, value.time_zone)))


async def _annual(desk: Desk, actor: Actor, period: str | None) -> Document:
    from console.operations.years import annual
    from console.reports.annual import document_of

    return document_of(await annual(desk, actor, year=period))


_MAKERS: dict[str, Callable[[Desk, Actor, str | None], Awaitable[Document]]] = {
    "daily": _daily, "weekly": _weekly, "monthly": _monthly, "quarterly": _quarterly, "annual": _annual,
}


def _known(cadence: str) -> str:
    if cadence not in _MAKERS:
        raise UsageError(f"There is no report {cadence!r}; there are {', '.join(_MAKERS)}.")
    return cadence


def _instant(desk: Desk, period: str | None) -> datetime | None:
    """An instant that has been, or the end of a day of the organisation's; None for now. Raises UsageError."""
    if period is None:
        return None
    now = desk.clock.now()
    begins, ends = span(period, desk.config.organisation.time_zone)
    if begins > now:
        raise UsageError(f"{period} has not begun, so there is nothing to report.")
    return min(ends, now)


def stated(tx: Session, config: Config, document: Document) -> Document:
    """With what the cadence itself does not say: up to when every source was read, and whose prices these are."""
    until = document.data_until
    if until is None and (sources := polled(config)):
        read_until = [streams.get(tx, source.name, "usage").watermark for source in sources]
        known = [at for at in read_until if at is not None]
        until = from_epoch(min(known)) if len(known) == len(read_until) else None
    configured = f" under {counted(len(config.prices), 'configured price')}" if config.prices else ""
    return replace(document, data_until=None if until is None else min(until, document.at),
                   price_basis=f"at the list prices of genai-prices {library_version()}{configured}")
