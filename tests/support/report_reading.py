"""Reads reports back, each format with a parser that knows nothing of how it was written."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

Rows = list[dict[str, str]]


def markdown_tables(text: str) -> list[Rows]:
    """Every table of a Markdown text: its rows by column title, without escapes."""
    tables: list[Rows] = []
    header: list[str] | None = None
    for line in text.splitlines():
        if not line.startswith("|"):
            header = None
            continue
        cells = [re.sub(r"\\(.)", r"\1", cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if header is None:
            header = cells
            tables.append([])
        elif not all(re.fullmatch("-+:?", cell) for cell in cells):
            tables[-1].append(dict(zip(header, cells, strict=True)))
    return tables


def html_tables(text: str) -> list[Rows]:
    """Every table of an HTML file: its rows by column title."""
    reader = _Tables()
    reader.feed(text)
    return reader.tables


def csv_rows(content: bytes) -> Rows:
    """The rows of a CSV file by column name."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


def row_of(tables: list[Rows], first: str, title: str) -> dict[str, str]:
    """The one row that begins with `first`, of a table that has a column `title`."""
    [found] = [row for rows in tables for row in rows if title in row and next(iter(row.values())) == first]
    return found


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self._head: list[str] = []
        self._cells: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self._head = []
        elif tag == "tr":
            self._cells = []
        elif tag in ("td", "th"):
            self._inside = tag
            self._cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = ""
        elif tag == "tr" and not self._head:
            self._head = self._cells
        elif tag == "tr":
            self.tables[-1].append(dict(zip(self._head, self._cells, strict=True)))

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._cells[-1] += data


def pdf_pages(content: bytes) -> list[str]:
    """The text of each page of a PDF, as one line with single spaces."""
    from pypdf import PdfReader

    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
