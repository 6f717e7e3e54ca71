"""A report's lines as CSV (RFC 4180): one header, figures as plain decimals, unknown as nothing, formulas not run."""

from __future__ import annotations

import csv
import io

from console.clock import rfc3339
from console.reports.cells import plain
from console.reports.document import Document
from console.text import in_spreadsheet

AROUND = ("report", "period", "partial", "as_of", "data_until", "simulated")
"""Columns that say the same in every line, so that files of several periods can be laid together."""


def render(document: Document) -> bytes:
    """The whole file, UTF-8, CRLF at the ends of lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    columns = document.lines.columns
    writer.writerow([*AROUND, *(column.key for column in columns)])
    until = rfc3339(document.data_until) if document.data_until else ""
    around = [document.cadence, document.period, _flag(bool(document.partial)), rfc3339(document.at), until,
              _flag(document.simulated)]
    for row in document.lines.rows:
        cells = [plain(column.kind, value) for column, value in zip(columns, row, strict=True)]
        writer.writerow([*around, *(in_spreadsheet(cell) if column.kind == "text" else cell
                                    for column, cell in zip(columns, cells, strict=True))])
    return out.getvalue().encode()


def _flag(value: bool) -> str:
    return "true" if value else "false"
