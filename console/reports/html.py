"""A report as one HTML file: no script and no outside reference, light and dark, A4 when printed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from itertools import count
from zoneinfo import ZoneInfo

from console.reports import svg
from console.reports.cells import FIGURES, notices, paragraphs, running_head, said, shown, stated, zone_of
from console.reports.document import (
    Block,
    Chart,
    Column,
    Document,
    Figures,
    Heading,
    Items,
    Paragraph,
    Quote,
    Section,
    Table,
    Value,
)
from console.text import clean


def render(document: Document) -> bytes:
    """The whole file, UTF-8."""
    page = _Page(zone_of(document))
    head = running_head(document)
    marks = "".join(f'<p class="notice">{_text(text)}</p>' for text in notices(document))
    facts = "".join(f"<p>{_text(text)}</p>" for text in stated(document))
    # On paper the running head is the head of a table, which is repeated on every page.
    body = (
        f'<div class="page"><div class="running" aria-hidden="true"><p>{_text(head)}</p></div><div class="body">'
        f"<header><p class=\"organisation\">{_text(document.organisation)}</p><h1>{_text(document.title)}</h1>"
        f'<p class="covers">{_text(document.covers)}</p>{marks}<div class="facts">{facts}</div></header>'
        f"<main>{''.join(map(page.section, document.sections))}</main></div></div>"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">'
        f'<meta name="color-scheme" content="light dark"><title>{_text(head)}</title>'
        f"<style>{_style()}</style></head><body>{body}</body></html>\n"
    ).encode()


class _Page:
    """Turns blocks to HTML; counts the charts, whose names must differ."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._charts = count(1)

    def section(self, section: Section) -> str:
        kind = " own-page" if section.own_page else ""
        return (f'<section class="section{kind}"><h2>{_text(section.title)}</h2>'
                f"{''.join(map(self._block, section.blocks))}</section>")

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                kind = f' class="{block.tone}"' if block.tone else ""
                return f"<p{kind}>{_lines(block.text)}</p>"
            case Heading():
                return f"<h3>{_text(block.text)}</h3>"
            case Items():
                return f"<ul>{''.join(f'<li>{_lines(text)}</li>' for text in block.texts)}</ul>"
            case Quote():
                return f"<blockquote><p>{_lines(block.text)}</p><footer>{_text(block.by)}</footer></blockquote>"
            case Figures():
                return self._figures(block)
            case Table():
                return self._table(block.columns, block.rows) if block.rows else f"<p>{_text(block.empty)}</p>"
            case Chart():
                return self._chart(block)

    def _figures(self, block: Figures) -> str:
        cards = "".join(
            f"<div><dt>{_text(item.label)}</dt><dd>{_with_unit(said(item.kind, item.value, self._zone))}</dd>"
            f'<dd class="note">{_text(item.note)}</dd></div>' for item in block.items)
        return f'<dl class="figures">{cards}</dl>'

    def _table(self, columns: tuple[Column, ...], rows: Iterable[tuple[Value, ...]]) -> str:
        head = "".join(f'<th scope="col"{_side(column)}>{_text(column.title)}</th>' for column in columns)
        opened = [(column.kind, f"<td{_side(column)}>") for column in columns]
        body = "".join(
            "<tr>" + "".join(f"{tag}{escape(shown(kind, value, self._zone))}</td>"
                             for (kind, tag), value in zip(opened, row, strict=True)) + "</tr>\n" for row in rows)
        return ('<div class="scroll" tabindex="0"><table>'
                f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")

    def _chart(self, chart: Chart) -> str:
        columns = (Column(""), *(Column(f"{series.name} USD" if chart.kind == "money" else series.name, chart.kind)
                                 for series in chart.series))
        rows = [(label, *(series.values[at] for series in chart.series)) for at, label in enumerate(chart.labels)]
        return (f"<figure><figcaption>{_text(chart.title)}</figcaption>{svg.legend(chart.series)}"
                f'<div class="drawn">{svg.draw(chart, self._zone, f"chart{next(self._charts)}")}</div>'
                f"<details><summary>The same as a table</summary>{self._table(columns, rows)}</details></figure>")


def _text(text: str) -> str:
    return escape(clean(text))


def _with_unit(figure: str) -> str:
    """A figure in large type, its unit in small."""
    number, unit, rest = _text(figure).partition(" USD")
    return f'{number}<span class="unit">{unit}</span>{rest}'


def _lines(text: str) -> str:
    return "<br>".join(map(escape, paragraphs(text)))


def _side(column: Column) -> str:
    """Figures stand at the right; these and times are never broken."""
    if column.kind in FIGURES:
        return ' class="n"'
    return "" if column.kind == "text" else ' class="t"'


@cache
def _style() -> str:
    sheet = resources.files("console.reports").joinpath("style.css").read_text(encoding="utf-8")
    return " ".join(sheet.split())
