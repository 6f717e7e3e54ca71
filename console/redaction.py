"""What must not appear in a log, a crash report or an error: one function removes it from any text."""

from __future__ import annotations

import re

MASK = "[removed]"

_known: set[str] = set()
_SHAPES = (
    re.compile(r"(?i)\b(authorization|proxy-authorization|x-api-key|api-key|cookie|set-cookie)(['\"]?\s*[:=]\s*)[^\r\n,}]+"),
    re.compile(r"(?i)\b(bearer|basic)(\s+)[A-Za-z0-9+/=._~-]{8,}"),
    re.compile(r"()()(?:sk-|xox[abprs]-|gh[pousr]_|AKIA|AIza)[A-Za-z0-9_-]{6,}"),
    re.compile(r"(://)()[^/\s@]+(?=@)"),
    re.compile(r"([?&][A-Za-z0-9_.%-]+)(=)[^&\s'\"]+"),
)


def remember(secret: str) -> None:
    """From now on `redact` removes this value wherever it stands."""
    if len(secret) >= 4:
        _known.add(secret)


def redact(text: str) -> str:
    """`text` without remembered secrets, authorisation headers, key shapes, URL users and query values."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for shape in _SHAPES:
        text = shape.sub(rf"\1\2{MASK}", text)
    return text
