"""The gateway's admin API: which request is answered with what, and refused to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from console.clock import from_epoch
from console.simulator.litellm import rows
from console.simulator.litellm.gateway import ADMIN, USER, Gateway, Team, hash_of

COUNTED = 10_000
"""The gateway counts no further than this."""
_KEY = re.compile(r"sk-[A-Za-z0-9_-]+|[0-9a-f]{64}")

Json = dict[str, Any]


class Refusal(Exception):
    """An answer that is none of success, in one of the gateway's two envelopes."""

    def __init__(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def refusal(status: int, message: str, type_: str = "auth_error", **headers: str) -> Refusal:
    """The gateway's own envelope; its code is a text."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status, {"error": {"message": message, "type": type_, "param": "None", "code": str(status)}}, named)


def answer(gateway: Gateway, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str],
           body: Json) -> Json:
    """The body of a successful answer. Raises Refusal."""
    if (method, path) == ("GET", "/health/readiness"):
        return {"status": "healthy", "db": "connected" if gateway.has_database else "Not connected"}
    role = _role(gateway, headers)
    route = _ROUTES.get((method, path))
    if route is None:
        raise Refusal(404, {"detail": "Not Found"})
    if method == "POST" and role != ADMIN:
        raise refusal(403, "Only proxy admin can be used to call this route. Your role=" + role)
    own = hash_of(headers.get("authorization", "").removeprefix("Bearer "))
    return route(gateway, {**query, "own key": own} if method == "GET" else body, role)


def _role(gateway: Gateway, headers: Mapping[str, str]) -> str:
    given = headers.get("authorization", "").removeprefix("Bearer ")
    if not given:
        raise refusal(401, "Authentication Error, No api key passed in.")
    if not gateway.has_database:
        raise refusal(400, "No connected db.", "no_db_connection")
    if given not in gateway.users:
        raise refusal(401, f"Authentication Error, Invalid proxy server token passed. Received API Key = {given}",
                      "token_not_found_in_db")
    return gateway.users[given]


def _spend(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    start, end = (_instant(asked, name) for name in ("start_date", "end_date"))
    page, size = _number(asked, "page", 1, 10**9), _number(asked, "page_size", 50, 1000)
    found = [] if role == USER else gateway.between(start, end)
    if asked.get("sort_order", "desc") == "desc":
        found.reverse()
    total = min(len(found), COUNTED)
    return {"data": [rows.spend_row(call) for call in found[(page - 1) * size:page * size]], "total": total,
            "page": page, "page_size": size, "total_pages": -(-total // size),
            "total_is_capped": len(found) > COUNTED}


def _activity(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    start = _instant(asked, "start_date")
    end = _instant(asked, "end_date") + 86_400 - 1e-6
    page, size = _number(asked, "page", 1, 10**9), _number(asked, "page_size", 50, 1000)
    found = gateway.between(start, end)
    here = found[(page - 1) * size:page * size]
    days = groupby(here, key=lambda call: from_epoch(call.at).date().isoformat())
    pages = -(-len(found) // size)
    return {"results": [rows.activity_day(day, calls) for day, calls in days],
            "metadata": {"page": page, "total_pages": pages, "has_more": page < pages}}


def _keys(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    page, size = _number(asked, "page", 1, 10**9), _number(asked, "size", 10, 100)
    here = list(gateway.keys.values())[(page - 1) * size:page * size]
    return {"keys": [rows.key_row(gateway, key) for key in here], "total_count": len(gateway.keys),
            "current_page": page, "total_pages": -(-len(gateway.keys) // size)}


def _teams(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    page, size = _number(asked, "page", 1, 10**9), _number(asked, "page_size", 10, 100)
    here = list(gateway.teams.values())[(page - 1) * size:page * size]
    return {"teams": [rows.team_row(team) for team in here], "total": len(gateway.teams), "page": page,
            "page_size": size, "total_pages": -(-len(gateway.teams) // size)}


def _user(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    if role == ADMIN and asked["own key"] in gateway.keys:
        raise Refusal(400, {"detail": "user_id is required. Either pass it as a query parameter or authenticate with a "
                                      "user-bound key."})
    # The user of the master key is made with the least of roles, which it does not have.
    user, has = ("default_user_id", USER) if role == ADMIN else (f"user-{role}", role)
    return {"user_id": user, "user_role": has, "user_email": None, "spend": 0.0}


def _key_info(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    named = asked.get("key") or asked["own key"]
    if named not in gateway.keys:
        raise refusal(404, "Key not found in database", "not_found_error")
    key = gateway.keys[named]
    return {"key": key.token, "info": rows.key_row(gateway, key)}


def _team_info(gateway: Gateway, asked: Mapping[str, Any], role: str) -> Json:
    team = _team(gateway, asked)
    return {"team_id": team.identifier, "team_info": rows.team_row(team), "keys": [], "team_memberships": []}


def _block(gateway: Gateway, asked: Mapping[str, Any], blocked: bool) -> Json:
    given = asked.get("key")
    if not isinstance(given, str) or not _KEY.fullmatch(given):
        raise refusal(400, "Invalid key format.", "bad_request_error")
    key = gateway.keys.get(given)
    if key is None:
        raise refusal(404, "Key not found.", "not_found_error")
    key.blocked = blocked
    return rows.key_row(gateway, key) | {"blocked": blocked}


def _block_team(gateway: Gateway, asked: Mapping[str, Any], blocked: bool) -> Json:
    team = _team(gateway, asked)
    team.blocked = blocked
    return rows.team_row(team)


def _team(gateway: Gateway, asked: Mapping[str, Any]) -> Team:
    team = gateway.teams.get(str(asked.get("team_id")))
    if team is None:
        raise Refusal(404, {"detail": {"error": f"Team not found, passed team_id={asked.get('team_id')}"}})
    return team


def _instant(asked: Mapping[str, Any], name: str) -> float:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(asked.get(name)), form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    raise Refusal(400, {"detail": f"Invalid date format: {asked.get(name)}."})


def _number(asked: Mapping[str, Any], name: str, default: int, most: int) -> int:
    text = str(asked.get(name, default))
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise Refusal(422, {"detail": [{"loc": ["query", name], "msg": f"Input should be from 1 to {most}"}]})
    return int(text)


_ROUTES: dict[tuple[str, str], Callable[[Gateway, Mapping[str, Any], str], Json]] = {
    ("GET", "/spend/logs/v2"): _spend,
    ("GET", "/user/daily/activity"): _activity,
    ("GET", "/key/list"): _keys,
    ("GET", "/key/info"): _key_info,
    ("GET", "/v2/team/list"): _teams,
    ("GET", "/team/info"): _team_info,
    ("GET", "/v2/user/info"): _user,
    ("POST", "/key/block"): lambda gateway, asked, _: _block(gateway, asked, True),
    ("POST", "/key/unblock"): lambda gateway, asked, _: _block(gateway, asked, False),
    ("POST", "/team/block"): lambda gateway, asked, _: _block_team(gateway, asked, True),
    ("POST", "/team/unblock"): lambda gateway, asked, _: _block_team(gateway, asked, False),
}
