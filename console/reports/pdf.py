"""A report as PDF, A4: vectors, embedded type, bookmarks, and on every page what it is of. Same value, same bytes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from console.reports import markdown, pdf_chart, pdf_table
from console.reports.cells import notices, paragraphs, running_head, said, shown, stated, zone_of
from console.reports.document import (
    Block,
    Chart,
    Document,
    Figure,
    Figures,
    Heading,
    Items,
    Paragraph,
    Quote,
    Section,
    Table,
)
from console.reports.pdf_paper import ACCENT, DIM, INK, LINE, MARGIN, POINT, SOFT, WARN, WARN_GROUND, Paper
from console.reports.pdf_type import typeface
from console.text import PLACEHOLDER, clean
from console.wording import counted

CARDS = 4
"""Figures beside one another."""
CARD, CARD_GAP = 15.5, 2.5
BODY = 9.5


def render(document: Document) -> bytes:
    """The whole file."""
    zone = zone_of(document)
    type_ = typeface(markdown.render(document).decode().replace(markdown.BAR, ""))
    head = running_head(document)
    running = type_.set(f"{head} · as of {shown('time', document.at, zone)} {document.time_zone}")
    paper = Paper(type_, running, document.at, head)
    paper.turn()
    _front(paper, document)
    for section in document.sections:
        _section(paper, section, zone)
    return bytes(paper.output())


def _front(paper: Paper, document: Document) -> None:
    paper.write_lines(clean(document.organisation), 11, bold=True, colour=ACCENT)
    paper.write_lines(document.title, 20, bold=True)
    paper.write_lines(document.covers, 10.5, colour=DIM)
    paper.set_y(paper.y + 2)
    for text in notices(document):
        _notice(paper, text)
    lacking = len(paper.typeface.missing)
    more = [f"{PLACEHOLDER} stands for {counted(lacking, 'character')} that this file's font lacks; the HTML of this "
            "report shows them all."] if lacking else []
    for text in (*stated(document), *more):
        paper.write_lines(text, 7.5, colour=DIM)
    paper.set_y(paper.y + 2)


def _notice(paper: Paper, text: str) -> None:
    size = BODY
    lines = paper.face(True).wrapped(paper.typeface.set(clean(text)), size * POINT, paper.room - 6)
    height = len(lines) * size * POINT * 1.4 + 3
    paper.need(height)
    top = paper.y
    paper.box(MARGIN, top, paper.room, height, WARN_GROUND)
    paper.box(MARGIN, top, 1, height, WARN)
    for number, line in enumerate(lines):
        paper.put(MARGIN + 3.5, top + 1.5 + number * size * POINT * 1.4, line, size, bold=True, colour=WARN)
    paper.set_y(top + height + 2)


def _section(paper: Paper, section: Section, zone: ZoneInfo) -> None:
    if (section.own_page and not paper.at_top()) or section.wide != (paper.w > paper.h):
        paper.turn(section.wide)
    paper.need(35)
    if not paper.at_top():
        paper.set_y(paper.y + 4)
    title = paper.typeface.set(clean(section.title))
    paper.start_section(title)
    paper.write_lines(title, 13, bold=True)
    paper.set_y(paper.y + 0.5)
    paper.rule(MARGIN, paper.y, paper.w - MARGIN, paper.y, ACCENT, 0.6)
    paper.set_y(paper.y + 2.5)
    for block in section.blocks:
        _block(paper, block, zone)


def _block(paper: Paper, block: Block, zone: ZoneInfo) -> None:
    match block:
        case Paragraph(tone="warning"):
            _notice(paper, " ".join(paragraphs(block.text)))
        case Paragraph():
            size, bold = (11, True) if block.tone == "lead" else (8, False) if block.tone == "note" else (BODY, False)
            for line in paragraphs(block.text):
                paper.write_lines(line, size, bold=bold, colour=DIM if block.tone == "note" else INK)
            paper.set_y(paper.y + 1.5)
        case Heading():
            paper.need(20)
            paper.set_y(paper.y + 2)
            paper.write_lines(clean(block.text), 10.5, bold=True)
            paper.set_y(paper.y + 0.5)
        case Items():
            for text in block.texts:
                paper.need(BODY * POINT * 1.4)
                paper.put(MARGIN + 0.5, paper.y, "–", BODY, colour=DIM)
                paper.write_lines(" ".join(paragraphs(text)), BODY, indent=4)
            paper.set_y(paper.y + 1.5)
        case Quote():
            _quote(paper, block)
        case Figures():
            _figures(paper, block, zone)
        case Table() if block.rows:
            pdf_table.draw(paper, block, zone)
        case Table():
            paper.write_lines(block.empty, BODY, colour=DIM)
            paper.set_y(paper.y + 1.5)
        case Chart():
            pdf_chart.draw(paper, block, zone)


def _quote(paper: Paper, block: Quote) -> None:
    for line in paragraphs(block.text):
        top, page = paper.y, paper.page
        paper.write_lines(line, BODY, indent=4)
        if paper.page == page:
            paper.rule(MARGIN + 1, top, MARGIN + 1, paper.y, LINE, 0.8)
    paper.write_lines(clean(block.by), 7.5, colour=DIM, indent=4)
    paper.set_y(paper.y + 2)


def _figures(paper: Paper, block: Figures, zone: ZoneInfo) -> None:
    width = (paper.room - (CARDS - 1) * CARD_GAP) / CARDS
    for first in range(0, len(block.items), CARDS):
        paper.need(CARD + CARD_GAP)
        top = paper.y
        for place, item in enumerate(block.items[first:first + CARDS]):
            _card(paper, item, MARGIN + place * (width + CARD_GAP), top, width, zone)
        paper.set_y(top + CARD + CARD_GAP)


def _card(paper: Paper, item: Figure, x: float, top: float, width: float, zone: ZoneInfo) -> None:
    paper.box(x, top, width, CARD, SOFT)
    inside = width - 5
    paper.put(x + 2.5, top + 1.6, _cut(paper, item.label, 7.5, inside), 7.5, colour=DIM)
    value = paper.typeface.set(said(item.kind, item.value, zone))
    size = next((size for size in (12.0, 10.5, 9.0, 8.0) if paper.face(True).width(value, size * POINT) <= inside), 6.5)
    paper.put(x + 2.5, top + 5.2, value, size, bold=True)
    paper.put(x + 2.5, top + 11, _cut(paper, item.note, 6.5, inside), 6.5, colour=DIM)


def _cut(paper: Paper, text: str, size: float, room: float) -> str:
    lines = paper.face(False).wrapped(paper.typeface.set(clean(text)), size * POINT, room)
    return lines[0] if len(lines) == 1 else f"{lines[0][:-1]}…"
