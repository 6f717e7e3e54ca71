"""A span of any dialect to what it tells. Agents, workflows and tools often carry the sum of what is below them: their
usage is never read."""

from __future__ import annotations

from console.providers.otel import claude_code, names
from console.providers.otel.answers import answer_of, identifier_of
from console.providers.otel.asked_tools import asked, ran
from console.providers.otel.counts import Conventions
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.records import Attributes, Sender, Span
from console.providers.otel.roles import role_of
from console.providers.otel.told import Ledger, Role, ToldCall, ToldSpan, ToldTool, rank_of
from console.providers.otel.usage_structures import json_object
from console.providers.otel.words import LONGEST_MODEL, LONGEST_SESSION, text
from console.providers.shared.arguments import ArgumentHash
from console.providers.shared.identity import key_of, model_of, provider_of
from console.text import clean

NATIVE = "com.anthropic.sdk.python"
"""The scope of the Anthropic SDK's own spans."""
_SCOPES = {NATIVE: 5, "com.anthropic.sdk.typescript": 5, "opentelemetry.instrumentation.anthropic": -5}
"""Of two that know as much: who tells a call first-hand, and who counts a streamed answer's first tokens twice."""


class SpanReader:
    """Reads spans; keeps what it learnt of senders' conventions."""

    def __init__(self, named: CallDimensions, hashing: ArgumentHash) -> None:
        self._named = named
        self.hashing = hashing
        self.conventions = Conventions()

    def read(self, span: Span) -> ToldSpan | None:
        """What a span tells; None for one that only says that another has begun. Raises Impossible."""
        attributes = span.attributes
        if attributes.get(names.PENDING) == "pending_span":
            return None
        ours = span.name.startswith(names.CLAUDE_CODE)
        role = claude_code.ROLES.get(span.name[len(names.CLAUDE_CODE):], Role.LINK) if ours else role_of(span)
        told = ToldSpan(span.trace, span.span, span.parent, role, "")
        if role is Role.CALL:
            told.call = self._claude_code(span) if ours else self._call(span)
        elif role is Role.AGENT and not ours:  # Claude Code's own has no name: it is the session's main one
            told.name = text(attributes, names.AGENT, 100) or clean(span.name, 100)
        elif role is Role.SPAWN:
            told.name = text(attributes, ("subagent_type",), 100)
        if role in (Role.TOOL, Role.SPAWN) and (tool := ran(attributes, span.name, self.hashing)):
            told.tool = ToldTool(tool[0], span.start, tool[1])
        return told

    def _call(self, span: Span) -> ToldCall:
        attributes, sender = span.attributes, span.sender
        answer = answer_of(attributes)
        service = self._named.service(sender.resource)
        model = text(attributes, names.MODEL, LONGEST_MODEL)
        if not model and names.PARAMETERS in attributes:
            model = text(json_object(attributes[names.PARAMETERS]), ("model",), LONGEST_MODEL)
        response = text(attributes, names.RESPONSE, 1_024) or identifier_of(answer)
        provider = provider_of(text(attributes, names.PROVIDER, 60), model, response)
        model = model_of(model, provider)
        agent, session = text(attributes, names.AGENT, 100), text(attributes, names.SESSION, LONGEST_SESSION)
        who = service, sender.scope, sender.version, provider
        tokens, knows = self.conventions.tokens(attributes, answer, who)
        failed = span.failed or "error.type" in attributes or (span.raised and tokens is None)
        rank = rank_of(tokens, knows)
        if tokens is not None:
            rank += _SCOPES.get(sender.scope, 0)
        more = [("agent", agent), ("service_tier", text(attributes, names.TIER, 40))]
        return ToldCall(
            key=key_of(provider, response) if response else "", rank=rank, ledger=Ledger.SPANS, provider=provider,
            model=model, tokens=tokens, at=span.end or span.start,
            dimensions=self._named.of(sender.resource, attributes, more), service=service, scope=sender.scope,
            session=session, action="", agent=agent, failed=failed,
            tools=asked(attributes, self.hashing), began=span.start,
        )

    def _claude_code(self, span: Span) -> ToldCall:
        call = claude_code.call_of(span.attributes, span.sender.resource, self._named)
        call.at = span.end or span.start
        call.ledger = Ledger.SPANS
        call.rank -= claude_code.OF_EVENTS if call.tokens else 0
        call.failed = span.failed or str(span.attributes.get("success", "true")).lower() == "false"
        return call


def plain_call(attributes: Attributes, sender: Sender, named: CallDimensions) -> ToldCall:
    """Whose tokens a data point of the conventions' metrics counts."""
    model = text(attributes, names.MODEL, LONGEST_MODEL)
    return ToldCall(
        key="", rank=0, ledger=Ledger.TOTALS, provider=provider_of(text(attributes, names.PROVIDER, 60), model),
        model=model, tokens=None, at=0, dimensions=named.of(sender.resource, attributes),
        service=named.service(sender.resource), scope=sender.scope, session="", action="", agent="", failed=False,
    )
