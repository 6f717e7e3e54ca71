"""A report as Markdown (GitHub's tables), charts as bars of text. What people wrote is escaped, and never markup."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from console.reports.cells import FIGURES, notices, paragraphs, said, shown, stated, zone_of
from console.reports.document import (
    Block,
    Chart,
    Document,
    Figures,
    Heading,
    Items,
    Paragraph,
    Quote,
    Section,
    Table,
)
from console.text import clean

BAR = "█"
BAR_CELLS = 30
"""Characters of the longest bar."""
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BEGINS = re.compile(r"^(\d*)([-+.)](?=\s|$)|-(?=-+\s*$)|=(?==*\s*$))")
"""What makes a list, a rule or, under a line of text, a heading of a whole line."""


def render(document: Document) -> bytes:
    """The whole file, UTF-8."""
    zone = zone_of(document)
    parts = [f"# {escaped(document.title)}",
             f"**{escaped(clean(document.organisation))}** · {escaped(document.covers)}"]
    parts += [f"> **{escaped(text)}**" for text in notices(document)]
    parts += [f"*{escaped(text)}*" for text in stated(document)]
    for section in document.sections:
        parts += _section(section, zone)
    return ("\n\n".join(parts) + "\n").encode()


def escaped(text: str) -> str:
    """A line that Markdown shows as it is."""
    return _BEGINS.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text.strip()))


def _section(section: Section, zone: ZoneInfo) -> list[str]:
    return [f"## {escaped(clean(section.title))}", *(_block(block, zone) for block in section.blocks)]


def _block(block: Block, zone: ZoneInfo) -> str:
    match block:
        case Paragraph():
            text = "  \n".join(map(escaped, paragraphs(block.text)))
            return {"lead": f"**{text}**", "warning": f"> **{text}**", "note": f"*{text}*"}.get(block.tone, text)
        case Heading():
            return f"### {escaped(clean(block.text))}"
        case Items():
            return "\n".join(f"- {escaped(' '.join(paragraphs(text)))}" for text in block.texts)
        case Quote():
            text = "  \n> ".join(map(escaped, paragraphs(block.text)))
            return f"> {text}\n>\n> — {escaped(clean(block.by))}"
        case Figures():
            rows = [[_in_cell(item.label), said(item.kind, item.value, zone), _in_cell(clean(item.note))]
                    for item in block.items]
            return _table(["Figure", "Value", ""], rows, (False, True, False))
        case Table():
            return _of_table(block, zone) if block.rows else escaped(block.empty)
        case Chart():
            return _chart(block, zone)


def _of_table(table: Table, zone: ZoneInfo) -> str:
    kinds = [column.kind for column in table.columns]
    rows = [[_in_cell(shown(kind, value, zone)) if kind == "text" else shown(kind, value, zone)
             for kind, value in zip(kinds, row, strict=True)] for row in table.rows]
    return _table([column.title for column in table.columns], rows, tuple(kind in FIGURES for kind in kinds))


def _in_cell(text: str) -> str:
    """Text in a table, where no list can begin."""
    return _MARKUP.sub(r"\\\1", text)


def _table(titles: list[str], rows: list[list[str]], right: tuple[bool, ...]) -> str:
    """Titles and cells are Markdown already."""
    rules = ["---:" if each else "---" for each in right]
    lines = [titles, rules, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _chart(chart: Chart, zone: ZoneInfo) -> str:
    """A table of each label and series with its bar; the figures stand beside, so nothing is only drawn."""
    most = max((abs(value) for series in chart.series for value in series.values if value is not None), default=0)
    rows = []
    for at, label in enumerate(chart.labels):
        for series in chart.series:
            value = series.values[at]
            bar = "" if not most or not value else BAR * max(1, abs(value) * BAR_CELLS // most)
            sign = "-" if (value or 0) < 0 else ""
            rows.append([_in_cell(clean(label)), _in_cell(series.name), f"{sign}{bar}", shown(chart.kind, value, zone)])
    table = _table(["", "", "", "USD" if chart.kind == "money" else ""], rows, (False, False, False, True))
    return f"**{escaped(clean(chart.title))}**\n\n{table}"
