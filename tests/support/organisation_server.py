"""The part of Anthropic's Admin API that a check-up asks: who the credential belongs to, and the state of a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.anthropic_reports import Reports
from tests.support.http_server import Asked, Reply, Server, json_reply, serving

READ, KILL = "read-secret-of-tests", "kill-secret-of-tests"


def _answer(asked: Asked) -> Reply:
    if asked.headers.get("x-api-key") not in (READ, KILL):
        error = {"type": "authentication_error", "message": "invalid x-api-key"}
        return json_reply({"type": "error", "error": error}, 401)
    if asked.path == "/v1/organizations/me":
        return json_reply({"id": "org-1", "type": "organization", "name": "Example\x1b[31m Ltd"})
    if asked.path == "/v1/organizations/usage_report/messages":
        return Reports()(asked)
    if asked.path == "/v1/organizations/api_keys/apikey_01Triage":
        return json_reply({"id": "apikey_01Triage", "type": "api_key", "name": "triage", "status": "active",
                           "partial_key_hint": "sk-ant-api03-abc...xyz"})
    return json_reply({"type": "error", "error": {"type": "not_found_error", "message": "no such key"}}, 404)


@contextmanager
def organisation() -> Iterator[Server]:
    """Serve until the block ends. READ and KILL are accepted, nothing else."""
    with serving(_answer) as server:
        yield server
