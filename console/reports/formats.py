"""Which formats there are, and which file writes each; a format's code is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from console.reports.document import Document

FORMATS = {"md": "markdown", "html": "html", "pdf": "pdf", "csv": "csv"}
"""Ending of the file, and the module that has `render(document) -> bytes`."""


def render(document: Document, form: str) -> bytes:
    """The document as a file of one of FORMATS: the same value gives the same bytes."""
    rendered = import_module(f"console.reports.{FORMATS[form]}").render(document)
    assert isinstance(rendered, bytes)
    return rendered
