"""A credential that was revoked, has expired, or may too little: on what, what is missing, and what grants it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from console.http import Answer
from console.providers.anthropic import errors as anthropic
from console.providers.litellm import failures as litellm
from console.providers.openai import errors as openai
from console.providers.shared.failures import StatusError
from console.providers.source import Failure
from console.providers.vertex import failures as vertex
from tests.support.google_cloud import READER
from tests.support.http_server import json_reply

CLASSIFY: dict[str, Callable[[str, str, Answer], StatusError]] = {
    "anthropic": anthropic.classify, "litellm": litellm.classify, "openai": openai.classify,
    "vertex": partial(vertex.classify, account=READER)}
USAGE = {"anthropic": "v1/organizations/usage_report/messages", "litellm": "spend/logs/v2",
         "openai": "organization/usage/completions", "vertex": "v3/projects/claims-prod/timeSeries"}


def refusal(kind: str, status: int, body: dict[str, Any]) -> StatusError:
    return CLASSIFY[kind](kind, USAGE[kind], Answer(status, {}, json_reply(body).body, None, 0.0))


def google(status: str, message: str, reason: str | None = None) -> dict[str, Any]:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    return {"error": {"code": 0, "message": message, "status": status, "details": details}}


def theirs(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}}


SCOPE = "You have insufficient permissions for this operation. Missing scopes: api.usage.read."


@pytest.mark.parametrize(("kind", "status", "body", "failure", "words"), [
    ("anthropic", 401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}},
     Failure.UNAUTHORISED, ["disabled, archived or expired", "valid admin key"]),
    ("anthropic", 403, {"type": "error", "error": {"type": "permission_error", "message": "no access"}},
     Failure.FORBIDDEN, ["usage_report/messages", "sk-ant-admin01-", "Settings, Admin keys"]),
    ("openai", 401, theirs("Incorrect API key provided: sk-adm***.", code="invalid_api_key"),
     Failure.UNAUTHORISED, ["deleted or expired"]),
    ("openai", 403, theirs(SCOPE), Failure.FORBIDDEN, ["api.usage.read is missing", "“Usage: Read”", "completions"]),
    ("openai", 401, theirs(SCOPE), Failure.FORBIDDEN, ["api.usage.read is missing", "“Usage: Read”"]),
    ("openai", 403, theirs("Country not supported", code="unsupported_country_region_territory"),
     Failure.FORBIDDEN, ["the country that this machine asks from"]),
    ("litellm", 401, theirs("Authentication Error - Expired Key. Key Expiry time 2026-11-01", type="expired_key"),
     Failure.UNAUTHORISED, ["has expired", "proxy_admin_viewer", "POST /user/new"]),
    ("litellm", 401, {"detail": "Virtual key is not allowed to call this route. Tried to call route: /spend/logs/v2"},
     Failure.FORBIDDEN, ["may not read it", "proxy_admin_viewer", "POST /user/new"]),
    ("vertex", 403, google("PERMISSION_DENIED", "Permission monitoring.timeSeries.list denied"), Failure.FORBIDDEN,
     [READER, "lacks the permission monitoring.timeSeries.list",
      f"binding claims-prod --role roles/monitoring.viewer --member serviceAccount:{READER}"]),
    ("vertex", 403, google("PERMISSION_DENIED", "insufficient scopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
     Failure.FORBIDDEN, ["auth/monitoring.read"]),
    ("vertex", 403, google("PERMISSION_DENIED", "not used before", "SERVICE_DISABLED"), Failure.FORBIDDEN,
     ["gcloud services enable monitoring.googleapis.com --project claims-prod"]),
    ("vertex", 403, google("PERMISSION_DENIED", "requires billing", "BILLING_DISABLED"), Failure.BILLING,
     ["Billing is off"]),
    ("vertex", 401, google("UNAUTHENTICATED", "invalid", "ACCOUNT_STATE_INVALID"), Failure.UNAUTHORISED,
     [f"credential of {READER} was refused", "account disabled"]),
    ("vertex", 400, google("INVALID_ARGUMENT", "Field aggregation.alignmentPeriod had an invalid value"),
     Failure.FORBIDDEN, ["not accepted; the credential is not in doubt"]),
])
def test_it_says_which_on_what_what_is_missing_and_what_grants_it(
        kind: str, status: int, body: dict[str, Any], failure: Failure, words: list[str]) -> None:
    error = refusal(kind, status, body)
    assert error.failure is failure
    assert str(error).startswith(f"{kind}: ")
    assert [word for word in words if word not in str(error)] == []
