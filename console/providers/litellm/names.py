"""What LiteLLM calls its keys and teams, and who the source's own key belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.http import parse_json
from console.providers.litellm.identities import key_of_row, moment_or_none, text_or_none
from console.providers.shared.fields import UnusableError, count_of, listing, mapping
from console.providers.source import Named

SEES_ALL = ("proxy_admin", "proxy_admin_viewer")
"""Roles whose reading is not silently cut down to their own calls."""
MASTER = "default_user_id"
"""The user that the master key counts as. Its row may bear any role, which counts for nothing for that key."""


def read_keys(now: datetime, body: bytes) -> tuple[list[Named], int]:
    """One page of keys as they are at `now`, and how many pages there are."""
    answer = mapping(parse_json(body), "the answer", None)
    return [_key(mapping(item, "a key", None), now) for item in listing(answer, "keys", None)], _pages(answer)


def read_teams(body: bytes) -> tuple[list[Named], int]:
    """One page of teams, and how many pages there are."""
    answer = mapping(parse_json(body), "the answer", None)
    return [_team(mapping(item, "a team", None)) for item in listing(answer, "teams", None)], _pages(answer)


def read_user(body: bytes) -> tuple[str | None, str | None]:
    """The user that the key belongs to, and this user's role; None for what is not told."""
    answer = mapping(parse_json(body), "the answer", None)
    return text_or_none(answer.get("user_id")), text_or_none(answer.get("user_role"))


def _pages(answer: dict[str, Any]) -> int:
    return count_of(answer, "total_pages", 0)


def _key(item: dict[str, Any], now: datetime) -> Named:
    token = key_of_row(item.get("token"))
    if token is None:
        raise UnusableError("a key has no token")
    name = text_or_none(item.get("key_alias")) or text_or_none(item.get("key_name")) or token
    expires = moment_or_none(item.get("expires"))
    state = "blocked" if item.get("blocked") is True else "expired" if expires and expires <= now else "active"
    return Named("api_key", token, name, state, text_or_none(item.get("team_id")))


def _team(item: dict[str, Any]) -> Named:
    identifier = text_or_none(item.get("team_id"))
    if identifier is None:
        raise UnusableError("a team has no team_id")
    return Named("team", identifier, text_or_none(item.get("team_alias")) or identifier,
                 "blocked" if item.get("blocked") is True else "active")
