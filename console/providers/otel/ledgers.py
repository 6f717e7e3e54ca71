"""Of a session that is told as events, as spans and as metrics, one ledger counts: the best that is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.providers.otel.told import Ledger, ToldCall

MOST_SESSIONS = 20_000
MOST_UNSURE = 2_000


@dataclass(slots=True)
class _Session:
    best: Ledger
    unsure: list[tuple[Ledger, str]] = field(default_factory=list)
    """Keys of what would be counted twice, were it told by a better ledger too."""


class Ledgers:
    def __init__(self) -> None:
        self._sessions: dict[str, _Session] = {}

    def put(self, key: str, call: ToldCall, *, certain: bool) -> tuple[bool, list[str]]:
        """Whether a call counts, and the keys of earlier ones that this one's ledger makes copies of.

        certain: the call has an identity that every ledger tells, so it can never be counted twice.
        """
        superseded = self._raise(f"service/{call.service}", call.ledger)  # for metrics that know of no session
        if not call.session:
            return True, superseded
        superseded += self._raise(call.session, call.ledger)
        session = self._sessions[call.session]
        if certain:
            return True, superseded
        if call.ledger < session.best:
            return False, superseded
        if len(session.unsure) < MOST_UNSURE:
            session.unsure.append((call.ledger, key))
        return True, superseded

    def _raise(self, name: str, ledger: Ledger) -> list[str]:
        """A session is told by this ledger too: the keys that were told by lower ones."""
        session = self._of(name, ledger)
        if ledger <= session.best:
            return []
        session.best = ledger
        lower = [key for each, key in session.unsure if each < ledger]
        session.unsure = [each for each in session.unsure if each[0] >= ledger]
        return lower

    def _of(self, name: str, ledger: Ledger) -> _Session:
        session = self._sessions.pop(name, None) or _Session(ledger)
        self._sessions[name] = session
        if len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return session

