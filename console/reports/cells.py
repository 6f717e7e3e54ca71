"""How each kind of figure reads, for people and for machines; and the words that every format says around a report."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from console import figures
from console.clock import rfc3339
from console.figures import UNKNOWN
from console.money import display, usd
from console.reports.document import Document, Kind, Value, has_unknown
from console.text import clean

FIGURES = ("money", "share", "change", "ratio", "burn", "number")
"""Kinds that stand at the right of their column."""


def shown(kind: Kind, value: Value, zone: ZoneInfo) -> str:
    """One cell for a person: `?` where it is not known, and what people call things harmless."""
    if isinstance(value, str):
        return clean(" ".join(value.split()))
    if value is None:
        return "" if kind == "text" else UNKNOWN
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{local:%Y-%m-%d}" if kind == "day" else f"{local:%Y-%m-%d %H:%M}"
    if kind == "money":
        return display(int(value))
    if kind == "burn":
        return f"{value:.1f}x"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if kind == "share":
        return figures.percent(exact)
    if kind == "change":
        return figures.change(exact)
    return figures.ratio(exact) if kind == "ratio" else figures.number(exact)


def said(kind: Kind, value: Value, zone: ZoneInfo) -> str:
    """One figure outside a table: with its unit, and `not known` in words."""
    if value is None:
        return "not known"
    return f"{shown(kind, value, zone)} USD" if kind == "money" and not isinstance(value, str) else shown(
        kind, value, zone)


def plain(kind: Kind, value: Value) -> str:
    """One cell for a machine: dollars and shares as plain decimals of six places, times in UTC, nothing where it is not
    known."""
    if value is None or (isinstance(value, str) and kind != "text"):
        return ""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, str):
        return clean(" ".join(value.split()))
    if kind == "money":
        return usd(int(value))
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return figures.decimal_text(exact if kind == "number" else round(exact, figures.PLACES))


def zone_of(document: Document) -> ZoneInfo:
    """In which its times are written."""
    return ZoneInfo(document.time_zone)


def paragraphs(text: str) -> list[str]:
    """What a person wrote, line by line, harmless."""
    return [clean(line) for line in text.splitlines() if line.strip()] or [""]


def stated(document: Document) -> list[str]:
    """What holds for every figure: as of when, up to which data, at whose prices, in which zone."""
    zone = zone_of(document)
    until = "not known" if document.data_until is None else shown("time", document.data_until, zone)
    lines = [
        f"As of {shown('time', document.at, zone)}, with usage data until {until}. Times are {document.time_zone}; "
        f"dollars are US dollars{_prices(document)}.",
    ]
    if has_unknown(document):
        lines.append(f"{UNKNOWN} stands for what is not known. It is never counted as nothing: a sum with an unknown "
                     "part is unknown.")
    return lines


def notices(document: Document) -> list[str]:
    """What a reader must know before the first figure."""
    simulated = "SIMULATED: no figure of this report is of a real organisation."
    return [text for text in (simulated if document.simulated else "", document.partial) if text]


def running_head(document: Document) -> str:
    """What stands on every page."""
    mark = "SIMULATED · " if document.simulated else ""
    return f"{mark}{clean(document.organisation, 60)} · {document.title}"


def _prices(document: Document) -> str:
    return f", {document.price_basis}" if document.price_basis else ""
