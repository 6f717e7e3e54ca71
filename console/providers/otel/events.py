"""Claude Code's log events: one a request, so they are the truth of each call; and the tools that it ran."""

from __future__ import annotations

from console.clock import epoch, parse_rfc3339
from console.providers.otel import claude_code, names
from console.providers.otel.asked_tools import ran
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.records import Event
from console.providers.otel.told import ToldCall, ToldTool
from console.providers.otel.whole import Impossible, first_count
from console.providers.shared.arguments import ArgumentHash
from console.text import clean

SECOND, MILLISECOND = 1_000_000_000, 1_000_000
_FAILURES = ("api_error", "api_refusal")


def call_of(event: Event, named: CallDimensions) -> tuple[ToldCall, str] | None:
    """The call that an event tells, with a key for it where its answer has no identifier. Raises Impossible."""
    kind = _kind(event)
    if kind != "api_request" and kind not in _FAILURES:
        return None
    call = claude_code.call_of(event.attributes, event.sender.resource, named)
    call.at = _at(event)
    call.began = _began(event, call.at)
    if kind in _FAILURES:
        call.failed, call.tokens, call.rank = True, None, 0
    number = str(event.attributes.get("event.sequence") or "")[:20]
    own = str(event.attributes.get("client_request_id") or "")[:100] or f"{number}-{call.at}"
    return call, f"event/{call.session}/{clean(own)}"


def tool_of(event: Event, hashing: ArgumentHash) -> tuple[ToldTool, str] | None:
    """The run of a tool, with its session; only where its arguments are told (OTEL_LOG_TOOL_DETAILS=1)."""
    if _kind(event) != "tool_result":
        return None
    session = event.attributes.get("session.id")
    found = ran(event.attributes, "", hashing)
    if found is None or not isinstance(session, str):
        return None
    identifier, asked = found
    call = claude_code.request_key(event.attributes)
    return ToldTool(identifier, _at(event), asked, call), clean(session, 128)


def _kind(event: Event) -> str:
    """The kind of a Claude Code event, empty for another's: its name is prefixed in one place or the other."""
    told = event.attributes.get("event.name")
    for name in (event.name, told if isinstance(told, str) else ""):
        if name.startswith(names.CLAUDE_CODE):
            return name[len(names.CLAUDE_CODE):]
    ours = "claude_code" in event.sender.scope or "claude-code" in str(event.sender.resource.get("service.name"))
    return told if ours and isinstance(told, str) else ""


def _began(event: Event, at: int) -> int:
    """As its duration says; 0, which is not known, where that is told wrongly: the call counts all the same."""
    try:
        lasted = first_count(event.attributes, ("duration_ms",))
    except Impossible:
        return 0
    return 0 if lasted is None else max(0, at - lasted * MILLISECOND)


def _at(event: Event) -> int:
    told = event.attributes.get("event.timestamp")
    if event.at or not isinstance(told, str):
        return event.at
    try:
        return epoch(parse_rfc3339(told)) * SECOND
    except ValueError:
        return 0
