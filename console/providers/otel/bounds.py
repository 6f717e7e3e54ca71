"""What of an export is read at all: so much of a request, of a record and of a value, and not more."""

from __future__ import annotations

from console.providers.otel import names
from console.providers.otel.records import Export

MOST_ATTRIBUTES = 2_048
"""Of a record; one with more is refused."""
MOST_RECORDS = 65_536
"""Of a request; the rest is refused."""
LONGEST_TEXT = 1_024
"""Characters of a plain attribute."""
LONGEST_STRUCTURE = 262_144
"""Characters of an attribute that is read for its structure; a longer one is passed over."""
DEEPEST = 8
"""Values inside values that are followed."""
_STRUCTURES = frozenset({
    names.PARAMETERS, *names.STRUCTURES, *names.MESSAGES, *names.TOOL_ARGUMENTS,
})

TOO_MANY_ATTRIBUTES = f"more than {MOST_ATTRIBUTES:,} attributes"
TOO_MANY_RECORDS = f"more than {MOST_RECORDS:,} records in one request"
NO_IDENTIFIER = "no trace or span identifier"


def room(export: Export, attributes: int) -> bool:
    """Counts a record, and whether it may be read."""
    export.count += 1
    if export.count > MOST_RECORDS:
        export.refuse(TOO_MANY_RECORDS)
        return False
    if attributes > MOST_ATTRIBUTES:
        export.refuse(TOO_MANY_ATTRIBUTES)
        return False
    return True


def identified(trace: bytes, span: bytes) -> bool:
    """Whether these are identifiers; all zeros mean that there is none."""
    return len(trace) == 16 and len(span) == 8 and any(trace) and any(span)


def cut(key: str, text: str) -> str | None:
    if len(text) <= LONGEST_TEXT:
        return text
    if key in _STRUCTURES or key.startswith(names.TOOL_PREFIXES):
        return text if len(text) <= LONGEST_STRUCTURE else None
    return text[:LONGEST_TEXT]
