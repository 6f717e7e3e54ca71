"""Projects, keys and the limits of a project, as OpenAI's admin API manages them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.simulator.openai.organisation import Key, Organisation, Policy, Project
from console.simulator.openai.reports import Json, Query, RefusedError, one

_ADMIN: Json = {"type": "user", "object": "organization.user", "id": "user_anna", "name": "Anna",
                "created_at": 1_740_000_000, "role": "owner"}


def projects(organisation: Organisation, query: Query) -> Json:
    """`GET /organization/projects`: archived ones only where they are asked for."""
    archived = one(query, "include_archived") == "true"
    return _listed(query, [_project(each) for each in organisation.projects.values()
                           if archived or each.status == "active"])


def project(organisation: Organisation, identifier: str) -> Project:
    """The project of that name. Raises RefusedError."""
    if identifier not in organisation.projects:
        raise RefusedError(404, f"The project {identifier[:80]} was not found", "project_not_found")
    return organisation.projects[identifier]


def shown(each: Project) -> Json:
    """`GET /organization/projects/{id}`."""
    return _project(each)


def keys(each: Project, query: Query) -> Json:
    """`GET .../api_keys`: those of owners without access stay hidden unless `any` is asked for."""
    wanted = one(query, "owner_project_access", "active")
    return _listed(query, [_key(key) for key in each.keys if wanted in ("any", key.owner_access)])


def one_key(each: Project, identifier: str) -> Json:
    """`GET .../api_keys/{id}`."""
    found = next((key for key in each.keys if key.identifier == identifier), None)
    if found is None:
        raise RefusedError(404, f"The API key {identifier[:80]} was not found")
    return _key(found)


def spend_limit(organisation: Organisation, each: Project) -> Json:
    """`GET .../spend_limit`: 404 where there is none."""
    cents = each.spend_limit.newest
    if cents is None:
        raise RefusedError(404, "No spend limit is set for this project.")
    status = "enforcing" if organisation.enforcing(each) else "inactive"
    return {"object": "project.spend_limit", "threshold_amount": cents, "currency": "USD", "interval": "month",
            "enforcement": {"status": status}}


def set_spend_limit(organisation: Organisation, each: Project, body: Any) -> Json:
    """`POST .../spend_limit`: all three fields are required, and a cent is the least."""
    body = body if isinstance(body, dict) else {}
    cents = body.get("threshold_amount")
    if type(cents) is not int or cents < 1:
        raise RefusedError(400, "Invalid 'threshold_amount': integer of at least 1 expected.")
    if body.get("currency") != "USD" or body.get("interval") != "month":
        raise RefusedError(400, "Invalid 'currency' or 'interval': only USD and month are supported.")
    each.spend_limit.put(organisation.now, cents)
    return spend_limit(organisation, each)


def no_spend_limit(organisation: Organisation, each: Project) -> Json:
    """`DELETE .../spend_limit`."""
    each.spend_limit.put(organisation.now, None)
    return {"object": "project.spend_limit.deleted", "deleted": True}


def rate_limits(each: Project, query: Query) -> Json:
    """`GET .../rate_limits`: an entry a model."""
    return _listed(query, [_rate_limit(each, model) for model in each.rates])


def set_rate_limit(organisation: Organisation, each: Project, identifier: str, body: Any) -> Json:
    """`POST .../rate_limits/{id}`."""
    model = identifier.removeprefix("rl-")
    most = body.get("max_requests_per_1_minute") if isinstance(body, dict) else None
    if model not in each.rates:
        raise RefusedError(404, f"The rate limit {identifier[:80]} was not found")
    if type(most) is not int or most < 0:
        raise RefusedError(400, "Invalid 'max_requests_per_1_minute'.")
    each.rates[model].put(organisation.now, most)
    return _rate_limit(each, model)


def model_permissions(each: Project) -> Json:
    """`GET .../model_permissions`: 404 where there is no policy."""
    policy = each.policy.newest
    if policy is None:
        raise RefusedError(404, "No model permissions are set for this project.")
    return {"object": "project.model_permissions", "mode": policy.mode, "model_ids": list(policy.models)}


def set_model_permissions(organisation: Organisation, each: Project, body: Any) -> Json:
    """`POST .../model_permissions`: replaces the policy."""
    body = body if isinstance(body, dict) else {}
    models = body.get("model_ids")
    if body.get("mode") not in ("allow_list", "deny_list") or not isinstance(models, list):
        raise RefusedError(400, "Invalid 'mode' or 'model_ids'.")
    each.policy.put(organisation.now, Policy(str(body["mode"]), tuple(map(str, models))))
    return model_permissions(each)


def no_model_permissions(organisation: Organisation, each: Project) -> Json:
    """`DELETE .../model_permissions`."""
    each.policy.put(organisation.now, None)
    return {"object": "project.model_permissions.deleted", "deleted": True}


def admin_keys(named: Sequence[str], query: Query) -> Json:
    """`GET /organization/admin_api_keys`."""
    return _listed(query, [{"object": "organization.admin_api_key", "id": f"key_admin_{name}", "name": name,
                            "redacted_value": "sk-admin...abcd", "created_at": 1_750_000_000, "expires_at": None,
                            "last_used_at": None, "owner": _ADMIN} for name in named])


def _listed(query: Query, entries: Sequence[Json]) -> Json:
    limit, after = int(one(query, "limit", "20") or 20), one(query, "after")
    names = [str(entry["id"]) for entry in entries]
    if after is not None and after not in names:
        raise RefusedError(400, f"Invalid 'after': {after[:80]}.")
    begin = 0 if after is None else names.index(after) + 1
    page = entries[begin:begin + limit]
    return {"object": "list", "data": list(page), "first_id": page[0]["id"] if page else None,
            "last_id": page[-1]["id"] if page else None, "has_more": begin + limit < len(entries)}


def _project(each: Project) -> Json:
    archived = None if each.status == "active" else 1_790_000_000
    return {"object": "organization.project", "id": each.identifier, "name": each.name, "created_at": 1_740_000_000,
            "archived_at": archived, "status": each.status}


def _key(key: Key) -> Json:
    return {"object": "organization.project.api_key", "id": key.identifier, "name": key.name,
            "redacted_value": "sk-proj...wxyz", "created_at": 1_745_000_000, "last_used_at": None,
            "expires_at": key.expires_at, "owner_project_access": key.owner_access,
            "owner": {"type": "service_account", "service_account": {
                "id": f"svc_acct_{key.identifier}", "name": key.name, "created_at": 1_745_000_000,
                "role": "member"}}}


def _rate_limit(each: Project, model: str) -> Json:
    return {"object": "project.rate_limit", "id": f"rl-{model}", "model": model,
            "max_requests_per_1_minute": each.rates[model].newest, "max_tokens_per_1_minute": 2_000_000}
