"""Rate limits of the organisation, and what a workspace has in their place.

They are kept and shown; their effect, within about an hour, is not simulated.
"""

from __future__ import annotations

from typing import Any

from console.simulator import query as ask
from console.simulator.answers import RefusedError
from console.simulator.directory import OLD_VERSION, Json, find_workspace
from console.simulator.query import Query
from console.simulator.world import World

Entry = tuple[str, str, tuple[str, ...] | None, tuple[tuple[str, int], ...]]
"""Identifier, kind of group, models, limits."""

_LIMITS: tuple[Entry, ...] = (
    ("rl_01HVSonnet", "model_group", ("claude-sonnet-4-6", "claude-sonnet-5-5"),
     (("requests_per_minute", 4000), ("input_tokens_per_minute_cache_aware", 2_000_000),
      ("output_tokens_per_minute", 400_000))),
    ("rl_01HVOpus", "model_group", ("claude-opus-4-7",),
     (("requests_per_minute", 2000), ("output_tokens_per_minute", 160_000))),
    ("rl_01HVHaiku", "model_group", ("claude-haiku-4-5",), (("requests_per_minute", 4000),)),
    ("rl_01HVBatch", "batch", None, (("enqueued_batch_requests", 500_000),)),
)


def of_organisation(query: Query, version: str) -> Json:
    """`GET /v1/organizations/rate_limits`: everything in one page."""
    ask.only(query, "group_type", "model", "limit", "page")
    group, model = ask.one(query, "group_type"), ask.one(query, "model")
    found = [entry for entry in _LIMITS
             if group in (None, entry[1]) and (model is None or model in (entry[2] or ()))]
    if model is not None and not found:
        raise RefusedError(404, f"model: {model} was not found")
    return {"data": [_rate_limit(entry, version) for entry in found], "next_page": None}


def of_workspace(world: World, identifier: str, query: Query) -> Json:
    """`GET /v1/organizations/workspaces/{id}/rate_limits`: only what differs, unless the inherited are asked for."""
    ask.only(query, "group_type", "include_inherited", "limit", "page")
    find_workspace(world, identifier)
    inherited = ask.one(query, "include_inherited") == "true"
    return {"data": [_of_workspace(world, identifier, entry) for entry in _LIMITS
                     if inherited or (identifier, entry[0]) in world.overrides], "next_page": None}


def override(world: World, identifier: str, limit: str, body: Any) -> Json:
    """`POST .../rate_limits/{id}`: a whole number in place of the inherited one, or null to inherit it again."""
    if find_workspace(world, identifier).is_default:
        raise RefusedError(400, "the default workspace cannot have rate limits")
    entry = next((each for each in _LIMITS if each[0] == limit), None)
    if entry is None:
        raise RefusedError(404, f"rate limit {limit[:80]} was not found")
    changes = body.get("limits") if isinstance(body, dict) else None
    if not isinstance(changes, list) or not 1 <= len(changes) <= 16:
        raise RefusedError(400, "limits: Input should be a list of 1 to 16 items")
    own = world.overrides.setdefault((identifier, limit), {})
    for change in changes:
        value = change.get("value")
        if value is not None and (type(value) is not int or value < 0):
            raise RefusedError(400, "limits.value: Input should be a whole number, at least 0, or null")
        own[str(change.get("type"))] = value
    kept: dict[str, int | None] = {kind: value for kind, value in own.items() if value is not None}
    if kept:
        world.overrides[identifier, limit] = kept
    else:
        del world.overrides[identifier, limit]
    return _of_workspace(world, identifier, entry)


def _rate_limit(entry: Entry, version: str) -> Json:
    identifier, group, models, limits = entry
    body: Json = {"type": "rate_limit", "id": identifier, "group": _group(entry),
                  "models": None if models is None else list(models),
                  "limits": [{"type": kind, "value": value} for kind, value in limits]}
    if version == OLD_VERSION:
        body["group_type"] = group
    return body


def _of_workspace(world: World, workspace: str, entry: Entry) -> Json:
    identifier, _, models, limits = entry
    own = world.overrides.get((workspace, identifier), {})
    return {"type": "workspace_rate_limit", "workspace_id": workspace, "rate_limit_id": identifier,
            "group": _group(entry), "models": None if models is None else list(models),
            "limits": [{"type": kind, "value": own.get(kind, value), "org_limit": value,
                        "source": {"type": "workspace" if kind in own else "organization"}}
                       for kind, value in limits]}


def _group(entry: Entry) -> Json:
    identifier, kind, models, _ = entry
    named = {} if models is None else {"display_name": models[0]}
    return {"type": kind, "id": identifier.replace("rl_", "rlg_"), **named}
