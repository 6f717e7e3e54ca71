"""What an error of Google's APIs says, read once for whoever asked: the word for it, the reason, the permission."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from console.http import HttpFailure, parse_json
from console.text import clean

_LONGEST_BODY = 64 * 1024
_PERMISSION = re.compile(r"[Pp]ermission '?([a-z][A-Za-z]*(?:\.[A-Za-z]+){1,3})'?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Everything here is harmless to show. Empty where Google does not say it."""

    word: str = ""
    """PERMISSION_DENIED, UNAUTHENTICATED, …"""
    message: str = ""
    reasons: frozenset[str] = frozenset()
    """Of its details: SERVICE_DISABLED, IAM_PERMISSION_DENIED, …"""
    permission: str = ""
    """The one that is missing."""


def refusal_of(body: bytes) -> Refusal:
    """What can be read of an error's body; a page of a proxy before Google says nothing here."""
    error = _error(body)
    if not error:
        return Refusal()
    told = error.get("details")
    details = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    message = _short(error.get("message"), 300)
    return Refusal(_short(error.get("status"), 60), message,
                   frozenset(filter(None, (_short(each.get("reason"), 60) for each in details))),
                   _permission(details, message))


def _error(body: bytes) -> dict[str, Any]:
    if len(body) > _LONGEST_BODY:
        return {}
    try:
        document = parse_json(body)
    except HttpFailure:
        return {}
    error = document.get("error") if isinstance(document, dict) else None
    return error if isinstance(error, dict) else {}


def _permission(details: list[dict[str, Any]], message: str) -> str:
    for each in details:
        more = each.get("metadata")
        if isinstance(more, dict) and (named := _short(more.get("permission"), 100)):
            return named
    found = _PERMISSION.search(message)
    return found[1] if found else ""


def _short(value: object, width: int) -> str:
    return clean(value[: width * 8], width) if isinstance(value, str) else ""
