"""Spans of two instrumentations that tell one call, where neither an answer's identifier nor a trace links them.

Frameworks often begin their span without making it the current one, so the client's span is in another trace; and a
call that failed has no answer that would name it. What shows them to be one: they are of one service and of two
instrumentations, they tell the same counts (or that it failed), and one of them lasted within the other. Each span has
at most one twin of an instrumentation, so calls that run side by side with the same counts stay as many as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.providers.otel.told import ToldCall

MOST_REMEMBERED = 20_000
WITHIN_NS = 50_000_000
"""Who begins first may end so much earlier: a stream's last piece is seen by one before the other."""

Signature = tuple[object, ...]


@dataclass(slots=True)
class _Member:
    key: str
    scope: str
    began: int
    ended: int

    def lasted_with(self, other: _Member) -> bool:
        """Whether one of them lasted within the other."""
        first, second = (self, other) if self.began <= other.began else (other, self)
        return first.began - WITHIN_NS <= second.began and second.ended <= first.ended + WITHIN_NS

    def apart(self, other: _Member) -> int:
        return abs(self.began - other.began) + abs(self.ended - other.ended)


class Twins:
    def __init__(self) -> None:
        self._groups: dict[Signature, list[list[_Member]]] = {}
        self._members = 0

    def of(self, key: str, call: ToldCall) -> list[str]:
        """Take in a call of a span: the keys of all that tell the same, its own among them."""
        signature = _signature(call)
        if signature is None:
            return [key]
        groups = self._groups.setdefault(signature, [])
        own = _Member(key, call.scope, call.began, call.at)
        near = [
            (own.apart(member), number) for number, group in enumerate(groups) if _admits(group, own)
            for member in group if member.lasted_with(own)
        ]
        if near:
            group = groups[min(near)[1]]
            group.append(own)
        else:
            groups.append(group := [own])
        self._members += 1
        self._forget()
        return list(dict.fromkeys(each.key for each in group))

    def _forget(self) -> None:
        while self._members > MOST_REMEMBERED:
            signature, groups = next(iter(self._groups.items()))
            self._members -= len(groups.pop(0))
            if not groups:
                del self._groups[signature]


def _admits(group: list[_Member], own: _Member) -> bool:
    """Another instrumentation's, and not one that names another answer."""
    if any(each.scope == own.scope for each in group):
        return False
    return len({each.key for each in (*group, own) if not is_unnamed(each.key)}) <= 1


def is_unnamed(key: str) -> bool:
    """Whether nothing but the span itself says which call it is."""
    return key.startswith("span/")


def _signature(call: ToldCall) -> Signature | None:
    """What both tell; None for a call of which nothing is told that another could tell too."""
    tokens = call.tokens
    if tokens is not None:
        given = tokens.uncached_input + tokens.cache_read + tokens.cache_write_5m + tokens.cache_write_1h
        return call.service, given, tokens.output
    return (call.service, call.provider) if call.failed else None
