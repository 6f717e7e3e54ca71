"""A request of Claude Code's, as its spans, its events and its metrics tell it alike."""

from __future__ import annotations

from console.providers.otel import names
from console.providers.otel.counts import disjoint
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.records import Attributes
from console.providers.otel.told import Ledger, Role, ToldCall, rank_of
from console.providers.otel.whole import first_count
from console.providers.otel.words import LONGEST_MODEL, LONGEST_SESSION, text
from console.providers.shared.identity import key_of, model_of, provider_of
from console.providers.source import Tokens

SCOPE = "claude-code"
ROLES = {"llm_request": Role.CALL, "tool": Role.SPAWN, "interaction": Role.AGENT}
"""Of its spans, by their names."""
OF_EVENTS = 100
"""So much more than a span an event knows."""
SESSION = ("session.id", *names.SESSION)
"""In this order: a subagent's span names its own run as the conversation."""
_BUILT_IN = "agent.builtin."


def call_of(attributes: Attributes, resource: Attributes, named: CallDimensions) -> ToldCall:
    """What the attributes of a request say of it, but when it was. Raises Impossible."""
    tokens, knows = tokens_of(attributes)
    model = model_of(text(attributes, ("model", *names.MODEL), LONGEST_MODEL), "")
    provider = _provider(attributes, model)
    key = request_key(attributes, provider)
    agent, speed = _agent(attributes), text(attributes, ("speed",), 40)
    more = [("agent", agent), ("user", text(attributes, ("user.email", "user.id"), 200)),
            ("speed", "" if speed == "normal" else speed)]
    return ToldCall(
        key=key, rank=rank_of(tokens, knows) + (OF_EVENTS if tokens else 0), ledger=Ledger.EVENTS, provider=provider,
        model=model, tokens=tokens, at=0, dimensions=named.of(resource, attributes, more),
        service=named.service(resource), scope=SCOPE, session=text(attributes, SESSION, LONGEST_SESSION),
        action=text(attributes, ("prompt.id",), 128), agent=agent, failed=False,
        subagent=_subagent(attributes, agent),
    )


def request_key(attributes: Attributes, provider: str = "anthropic") -> str:
    """Names a request; empty where its identifier is not told."""
    request = text(attributes, ("request_id", *names.RESPONSE), 200)
    return key_of(provider, request) if request else ""


def tokens_of(attributes: Attributes) -> tuple[Tokens | None, int]:
    """The provider's own figures, whose input leaves the cache out, and how much they know of it. Raises Impossible."""
    given, output = first_count(attributes, ("input_tokens",)), first_count(attributes, ("output_tokens",))
    if given is None and output is None:
        return None, 0
    read = first_count(attributes, ("cache_read_tokens",)) or 0
    written = first_count(attributes, ("cache_creation_tokens",)) or 0
    brief = first_count(attributes, ("cache_creation_5m_tokens",))
    hour = first_count(attributes, ("cache_creation_1h_tokens",))
    written = max(written, (brief or 0) + (hour or 0))
    knows = 1 if brief is None and hour is None else 2
    return disjoint(given or 0, read, written, hour or 0, output or 0), knows


def _provider(attributes: Attributes, model: str) -> str:
    told = attributes.get("anthropic.provider")
    by_route = told if isinstance(told, str) else provider_of("", model)
    return by_route if by_route in ("bedrock", "vertex") else "anthropic"


def _agent(attributes: Attributes) -> str:
    told = text(attributes, ("agent.name",), 100)
    source = text(attributes, ("query_source_safe",), 100)
    return told or (source.removeprefix(_BUILT_IN) if source.startswith(_BUILT_IN) else "")


def _subagent(attributes: Attributes, agent: str) -> str:
    """`subagent` is what older versions say; newer ones say which agent, and name its run."""
    source = text(attributes, ("query_source", "query_source_safe"), 100)
    if source != "subagent" and not source.startswith(("agent:", "agent.")):
        return ""
    return text(attributes, ("agent_id",), 100) or agent or "subagent"
