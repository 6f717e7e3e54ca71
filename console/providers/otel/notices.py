"""Services in which two instrumentations seem to tell the same calls, and nothing in their spans says so."""

from __future__ import annotations

from console.text import clean

MOST_SERVICES = 1_000
MOST_SCOPES = 8


class Instrumentations:
    def __init__(self) -> None:
        self._blind: dict[tuple[str, str], dict[str, int]] = {}
        """By service, provider and scope: calls that count without an identifier of their answer."""

    def saw(self, service: str, provider: str, scope: str, *, blind: int) -> None:
        """A scope tells of calls; so many more, or fewer, of them count without an identifier."""
        scopes = self._blind.get((service, provider))
        if scopes is None:
            if len(self._blind) >= MOST_SERVICES:
                return
            scopes = self._blind[service, provider] = {}
        if scope in scopes or len(scopes) < MOST_SCOPES:
            scopes[scope] = scopes.get(scope, 0) + blind

    def notices(self) -> tuple[str, ...]:
        """One sentence a service."""
        found = {}
        for (service, _), scopes in tuple(self._blind.items()):
            blind = [clean(scope, 80) or "an unnamed scope" for scope, count in tuple(scopes.items()) if count > 0]
            others = [clean(scope, 80) or "an unnamed scope" for scope, count in tuple(scopes.items()) if count <= 0]
            if blind and len(scopes) > 1:
                found[service] = (
                    f"{service}: possible double instrumentation. {' and '.join([*blind, *others])} both tell of calls "
                    f"to models, and calls of {blind[0]} do not say which answer they got: some may be counted twice. "
                    "Turn one of them off (the Anthropic SDK's own with ANTHROPIC_OPEN_TELEMETRY=false)."
                )
        return tuple(found.values())
