"""Keys, workspaces and the organisation itself, as the Admin API tells and changes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.simulator import query as ask
from console.simulator.answers import RefusedError
from console.simulator.catalogue import ORGANISATION, ORGANISATION_ID
from console.simulator.keys import STATUSES, Key, RefusedChangeError
from console.simulator.query import Query
from console.simulator.world import Workspace, World

OLD_VERSION = "2023-06-01"
NEW_VERSION = "2026-10-21"

Json = dict[str, object]


def organisation() -> Json:
    """`GET /v1/organizations/me`."""
    return {"id": ORGANISATION_ID, "type": "organization", "name": ORGANISATION}


def list_keys(world: World, query: Query, version: str) -> Json:
    """`GET /v1/organizations/api_keys`: newest first, with cursors by identifier."""
    ask.only(query, "limit", "after_id", "before_id", "status", "workspace_id", "created_by_user_id")
    status = ask.one(query, "status")
    if status is not None and status not in STATUSES:
        raise RefusedError(400, f"status: Input should be one of {', '.join(STATUSES)}")
    workspace = ask.one(query, "workspace_id")
    creator = ask.one(query, "created_by_user_id")
    found = [key for key in world.keys.values()
             if status in (None, key.status)
             and workspace in (None, key.workspace or _default(world).identifier)
             and creator in (None, _creator(key))]
    found.sort(key=lambda key: key.created_at, reverse=True)
    return _listed(query, [(key.identifier, _key(world, key, version)) for key in found])


def get_key(world: World, identifier: str, version: str) -> Json:
    """`GET /v1/organizations/api_keys/{id}`."""
    return _key(world, _find(world, identifier), version)


def update_key(world: World, identifier: str, body: Any, version: str) -> Json:
    """`POST /v1/organizations/api_keys/{id}`: exactly `name` and `status`, both optional."""
    key = _find(world, identifier)
    if not isinstance(body, dict):
        raise RefusedError(400, "body: Input should be an object")
    for name in body:
        if name not in ("name", "status"):
            raise RefusedError(400, f"{name}: Extra inputs are not permitted")
    name, status = body.get("name"), body.get("status")
    if name is not None and (not isinstance(name, str) or not 1 <= len(name) <= 500):
        raise RefusedError(400, "name: String should have 1 to 500 characters")
    if status is not None:
        try:
            world.set_status(identifier, str(status))
        except RefusedChangeError as error:
            raise RefusedError(400, str(error)) from None
    if name is not None:
        key.name = name
    return _key(world, key, version)


def list_workspaces(world: World, query: Query) -> Json:
    """`GET /v1/organizations/workspaces`, without the default one unless asked for."""
    ask.only(query, "limit", "after_id", "before_id", "include_archived", "include_default")
    with_default = ask.one(query, "include_default") == "true"
    found = [each for each in world.workspaces if with_default or not each.is_default]
    return _listed(query, [(each.identifier, _workspace(each)) for each in found])


def get_workspace(world: World, identifier: str) -> Json:
    """`GET /v1/organizations/workspaces/{id}`."""
    return _workspace(find_workspace(world, identifier))


def _key(world: World, key: Key, version: str) -> Json:
    workspace = key.workspace or _default(world).identifier
    body: Json = {
        "id": key.identifier, "type": "api_key", "name": key.name, "status": key.status, "created_at": key.created_at,
        "expires_at": None, "created_by": {"id": _creator(key), "type": "user"},
        "partial_key_hint": f"sk-ant-api03-{key.identifier[11:14]}...{key.identifier[-4:]}", "principal": None,
        "scope": {"type": "workspace", "workspace_id": workspace},
    }
    if version == OLD_VERSION:
        body["workspace_id"] = key.workspace
    return body


def _creator(key: Key) -> str:
    return "user_01HVPlatformTeam" if key.workspace else "user_01HVEngineering"


def _workspace(each: Workspace) -> Json:
    return {
        "id": each.identifier, "type": "workspace", "name": each.name, "created_at": "2025-02-03T09:00:00Z",
        "archived_at": None, "display_color": "#6C5BB9", "tags": {},
        "data_residency": {"workspace_geo": "us", "allowed_inference_geos": "unrestricted",
                           "default_inference_geo": "global"},
        "compartment_id": "cmpt_01HV", "external_key_id": None, "user_profile_id": None,
    }


def _listed(query: Query, entries: Sequence[tuple[str, Json]]) -> Json:
    limit = ask.count(query, "limit", 20, 1000)
    after, before = ask.one(query, "after_id"), ask.one(query, "before_id")
    names = [identifier for identifier, _ in entries]
    if after is not None and before is not None:
        raise RefusedError(400, "after_id and before_id cannot be given together")
    for cursor in (after, before):
        if cursor is not None and cursor not in names:
            raise RefusedError(400, f"{cursor} is no cursor of this list")
    if before is not None:
        end = names.index(before)
        begin = max(0, end - limit)
        has_more = begin > 0
    else:
        begin = 0 if after is None else names.index(after) + 1
        end = min(len(names), begin + limit)
        has_more = end < len(names)
    page = entries[begin:end]
    return {"data": [body for _, body in page], "first_id": page[0][0] if page else None,
            "last_id": page[-1][0] if page else None, "has_more": has_more}


def _find(world: World, identifier: str) -> Key:
    if identifier not in world.keys:
        raise RefusedError(404, f"API key {identifier[:80]} was not found")
    return world.keys[identifier]


def find_workspace(world: World, identifier: str) -> Workspace:
    for each in world.workspaces:
        if each.identifier == identifier:
            return each
    raise RefusedError(404, f"Workspace {identifier[:80]} was not found")


def _default(world: World) -> Workspace:
    return next(each for each in world.workspaces if each.is_default)
