"""Spans of two instrumentations that tell one call, where neither an answer's identifier nor a trace links them.

Frameworks often begin their span without making it the current one, so the client's span is in another trace; and a
call that failed has no answer that would name it. What shows them to be one: they are of one service and of two
instrumentations, they tell the same counts (or that it failed), and one of them lasted within the other. Each span has
at most one twin of an instrumentation, so calls that run side by side with the same counts stay as many as they are.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from console.providers.otel.told import ToldCall

MOST_REMEMBERED = 20_000
MOST_LOOKED_AT = 64
"""The latest ones, of those that tell the same."""
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


@dataclass(slots=True)
class _Group:
    """Spans of one call, each of another instrumentation."""

    signature: Signature
    members: list[_Member] = field(default_factory=list)

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(each.scope for each in self.members)

    def admits(self, own: _Member) -> bool:
        """Whether it names no other answer."""
        return len({each.key for each in (*self.members, own) if not is_unnamed(each.key)}) <= 1


class Twins:
    def __init__(self) -> None:
        self._groups: dict[Signature, dict[frozenset[str], dict[int, _Group]]] = {}
        """By what they tell and who told it; so where only one instrumentation tells, nothing is looked through."""
        self._in_turn: deque[_Group] = deque()

    def of(self, key: str, call: ToldCall) -> list[str]:
        """Take in a call of a span: the keys of all that tell the same, its own among them."""
        signature = _signature(call)
        if signature is None:
            return [key]
        own = _Member(key, call.scope, call.began, call.at)
        group = self._nearest(signature, own)
        if group is None:
            group = _Group(signature)
            self._in_turn.append(group)
        else:
            self._take_out(group)
        group.members.append(own)
        self._groups.setdefault(signature, {}).setdefault(group.scopes, {})[id(group)] = group
        if len(self._in_turn) > MOST_REMEMBERED:
            self._take_out(self._in_turn.popleft())
        return list(dict.fromkeys(each.key for each in group.members))

    def _nearest(self, signature: Signature, own: _Member) -> _Group | None:
        found: tuple[int, _Group] | None = None
        for scopes, groups in self._groups.get(signature, {}).items():
            for group in islice(reversed(groups.values()), MOST_LOOKED_AT if own.scope not in scopes else 0):
                near = [own.apart(member) for member in group.members if member.lasted_with(own)]
                if near and (found is None or min(near) < found[0]) and group.admits(own):
                    found = min(near), group
        return found[1] if found else None

    def _take_out(self, group: _Group) -> None:
        told = self._groups[group.signature]
        del told[group.scopes][id(group)]
        if not told[group.scopes]:
            del told[group.scopes]
        if not told:
            del self._groups[group.signature]


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
