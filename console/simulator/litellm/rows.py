"""The rows of the spend log and the days of the activity report, in the gateway's words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from console.clock import from_epoch
from console.simulator.litellm.gateway import Call, Gateway, Key, Team

Json = dict[str, Any]


def spend_row(call: Call) -> Json:
    """One row of /spend/logs/v2. The split by cache stands inside the metadata."""
    written = call.cache_write_5m + call.cache_write_1h
    details = {"cached_tokens": call.cache_read, "cache_creation_tokens": written, "cache_write_tokens": written,
               "text_tokens": call.prompt - call.cache_read - written,
               "cache_creation_token_details": {"ephemeral_5m_input_tokens": call.cache_write_5m,
                                                "ephemeral_1h_input_tokens": call.cache_write_1h}}
    usage = {"prompt_tokens": call.prompt, "completion_tokens": call.completion,
             "total_tokens": call.prompt + call.completion, "prompt_tokens_details": details,
             "cache_read_input_tokens": call.cache_read, "cache_creation_input_tokens": written,
             "inference_geo": None, "speed": None, "service_tier": "standard"}
    return {
        "request_id": call.request_id, "litellm_call_id": f"call-{call.request_id}", "call_type": "acompletion",
        "api_key": call.key, "spend": float(call.spend), "total_tokens": call.prompt + call.completion,
        "prompt_tokens": call.prompt, "completion_tokens": call.completion, "startTime": _instant(call.at),
        "endTime": _instant(call.at + call.took_s), "completionStartTime": _instant(call.at + call.took_s / 2),
        "request_duration_ms": round(call.took_s * 1000), "model": call.model, "model_id": "deployment-1",
        "model_group": call.group, "custom_llm_provider": call.provider, "api_base": "", "user": "",
        "team_id": call.team or "", "organization_id": "", "end_user": "", "agent_id": None, "session_id": None,
        "status": call.status, "cache_hit": str(call.cache_hit), "cache_key": "Cache OFF", "request_tags": [],
        "metadata": {"user_api_key": call.key, "usage_object": usage if call.status == "success" else None,
                     "additional_usage_values": {}},
        "mcp_namespaced_tool_name": None, "requester_ip_address": None,
    }


def key_row(gateway: Gateway, key: Key) -> Json:
    """One key as /key/list with return_full_object and /key/info show it."""
    spend = sum((call.spend for call in gateway.between(0, 1e12) if call.key == key.token), Decimal(0))
    return {"token": key.token, "key_name": f"sk-...{key.token[-4:]}", "key_alias": key.alias, "team_id": key.team,
            "spend": float(spend), "blocked": key.blocked or None,
            "expires": _instant(0) if key.over == "expired" else None,
            "status": key.over or ("revoked" if key.blocked else "active"), "models": [], "metadata": {}}


def team_row(team: Team) -> Json:
    return {"team_id": team.identifier, "team_alias": team.alias, "blocked": team.blocked, "spend": 0.0, "models": []}


def activity_day(day: str, calls: Iterable[Call]) -> Json:
    """One day of /user/daily/activity, or what one page holds of it."""
    calls = list(calls)
    models: dict[str, list[Call]] = {}
    for call in calls:
        models.setdefault(call.model, []).append(call)
    return {"date": day, "metrics": _metrics(calls), "breakdown": {
        "models": {model: {"metrics": _metrics(of_model), "metadata": {}, "api_key_breakdown": {
            key: {"metrics": _metrics([call for call in of_model if call.key == key]), "metadata": {}}
            for key in {call.key for call in of_model}}} for model, of_model in models.items()},
        "model_groups": {}, "providers": {}, "api_keys": {}, "entities": {}, "endpoints": {}, "mcp_servers": {}}}


def _metrics(calls: list[Call]) -> Json:
    return {"spend": float(sum((call.spend for call in calls), Decimal(0))),
            "prompt_tokens": sum(call.prompt for call in calls),
            "completion_tokens": sum(call.completion for call in calls),
            "cache_read_input_tokens": sum(call.cache_read for call in calls),
            "cache_creation_input_tokens": sum(call.cache_write_5m + call.cache_write_1h for call in calls),
            "api_requests": len(calls), "successful_requests": sum(call.status == "success" for call in calls)}


def _instant(at: float) -> str:
    return from_epoch(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
