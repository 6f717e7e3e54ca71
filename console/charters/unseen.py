"""Characters that nobody sees: whoever reads such a text reads, or signs, something else than is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from console.charters.problem import Problem
from console.toml import Document, KeyPath

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
"""Controls, overrides of the direction of writing, and what has no width. Those that joins of letters need are not."""


def judge(document: Document, value: Any, path: KeyPath = ()) -> Iterator[Problem]:
    """Every text of `value`, which stands at `path` of a document, that holds one; keys as well."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _problems(document, key, (*path, key))
            yield from judge(document, inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from judge(document, inner, (*path, number))
    elif isinstance(value, str):
        yield from _problems(document, value, path)


def _problems(document: Document, text: str, path: KeyPath) -> Iterator[Problem]:
    if found := _UNSEEN.search(text):
        *tables, key = [part for part in path if isinstance(part, str)] or [""]
        place = f"[{'.'.join(tables)}] {key[:64]}".removeprefix("[] ")
        yield Problem("unseen", document.line_of(path),
                      f"{place} holds U+{ord(found[0]):04X}, which nobody sees who reads it", "take it out", path=path)
