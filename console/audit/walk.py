"""One walk over the entries of an audit log: does each follow, and what do they tell that others must agree with?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from console.audit.witnesses import Finding
from store.audit import Chain, Row, parsed

BEGINNINGS = frozenset({"approved", "awaiting_approval", "observed"})
"""States in which an intent is written down; every later one has an entry of its own."""

INTENT = "intent:"


@dataclass(frozen=True, slots=True)
class IntentFacts:
    """One kill or resume as the database keeps it."""

    requested_at: int
    """Microseconds since 1970."""
    state: str


class Walk:
    """Made for one log; `over` takes its entries."""

    def __init__(self, beginning: tuple[int, str], wanted: set[int], intents: Mapping[str, IntentFacts] | None) -> None:
        self.beginning = beginning
        self.head = beginning
        """Sequence number and hash of the newest entry that follows."""
        self.entries = 0
        self.heads = {beginning[0]: beginning[1]}
        """Hashes of the entries that were asked for."""
        self.keys_made: dict[str, int] = {}
        """Public keys whose making is in the log, and where."""
        self.problems: list[Finding] = []
        self._wanted = wanted
        self._intents = intents
        self._told: dict[str, dict[str, int]] = {}
        self._began_at: int | None = None
        self._waiting = sorted((intents or {}).items(), key=lambda each: each[1].requested_at)
        self._place: dict[str, int] = {}

    @property
    def seq(self) -> int:
        return self.head[0]

    def over(self, rows: Iterable[Row]) -> None:
        """Take the entries in their order, up to the first that does not follow."""
        chain = Chain(*self.beginning)
        for row in rows:
            self.entries += 1
            if self.problems:
                continue  # they are counted; nothing after a break can be believed
            reason = chain.take(row)
            if reason:
                self.problems.append(Finding(chain.seq + 1, reason))
            else:
                self.head = chain.seq, chain.head
                self._note(row)

    def references(self) -> Iterator[Finding]:
        """Kills and resumes of which log and database do not tell the same. Only for a log that is whole."""
        if self._intents is None or self.problems:
            return
        for name, actions in self._told.items():
            if name not in self._intents:
                yield Finding(min(actions.values()), f"it tells of {INTENT}{name}, and the database has no such intent")
        for name, facts in self._intents.items():
            told = self._told.get(name, {})
            if self.beginning[0] and (self._began_at is None or facts.requested_at < self._began_at):
                continue  # its beginning is in a segment that was dropped
            if "intent.requested" not in told:
                yield Finding(self._place.get(name, self.seq + 1), f"the entry that {INTENT}{name} was asked for is "
                              "missing")
            elif facts.state not in BEGINNINGS and f"intent.{facts.state}" not in told:
                yield Finding(max(told.values()), f"the database says that {INTENT}{name} is {facts.state}, and no "
                              "entry does")

    def _note(self, row: Row) -> None:
        seq, at, _, action, about, body, _, said = row
        self._began_at = at if self._began_at is None else self._began_at
        if seq in self._wanted:
            self.heads[seq] = said
        if about.startswith(INTENT):
            self._told.setdefault(about.removeprefix(INTENT), {}).setdefault(action, seq)
        if action == "audit.key_made":
            detail = (parsed(body) or {}).get("detail")
            if isinstance(detail, dict):
                self.keys_made[str(detail.get("key"))] = seq
        while self._waiting and self._waiting[0][1].requested_at < at:
            self._place[self._waiting.pop(0)[0]] = seq
