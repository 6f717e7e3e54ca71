"""What the switches at Anthropic have in common: where and how long to ask, and what an answer says is wrong."""

from __future__ import annotations

from typing import Any

from console.http import HttpFailure, parse_json

BASE_URL = "https://api.anthropic.com"
API_VERSION = "2023-06-01"
READ_DEADLINE_S = 8.0
WRITE_DEADLINE_S = 15.0
ANSWER_LIMIT = 256 * 1024


def said(body: bytes, secret: str) -> str:
    """The reason in the body of an answer that is not a success."""
    try:
        return message(parse_json(body), secret)
    except HttpFailure:
        return "no readable reason"


def message(document: Any, secret: str) -> str:
    """The provider's own reason, bounded, and never with our secret in it."""
    error = document.get("error") if isinstance(document, dict) else None
    text = error.get("message") if isinstance(error, dict) else None
    if not isinstance(text, str):
        return "no readable reason"
    return text.replace(secret, "(secret)")[:300]
