"""The MBOM and the Charters in force, understood once and again only where what is stored has changed."""

from __future__ import annotations

import json

from sqlmodel import Session

from console.charters import signing
from console.charters.document import from_canonical
from console.charters.terms import Terms, terms_of
from store import registry
from store.tables import Charter, Workload


class Registered:
    """Held from one judgement to the next. Each time every stored row is read, and compared with what was understood:
    a Charter whose content is altered in the database binds nobody from then on."""

    def __init__(self) -> None:
        self._stated: int | None = None
        self._workloads: list[Workload] = []
        self._terms: dict[str, tuple[tuple[str, int], Terms | None]] = {}

    def workloads(self, tx: Session) -> list[Workload]:
        """Every entry that is not retired, by slug."""
        stated = registry.entries_stated(tx)
        if stated != self._stated:
            self._workloads = [entry for entry in registry.workloads(tx) if entry.status != "retired"]
            self._stated = stated
        return self._workloads

    def terms(self, tx: Session) -> dict[str, Terms]:
        """What each workload is held to."""
        known, self._terms = self._terms, {}
        for workload, content_hash, document in registry.signed_charters(tx):
            key = content_hash, hash(document)
            before = known.get(workload)
            self._terms[workload] = before if before is not None and before[0] == key else (
                key, _understood(content_hash, document))
        return {workload: terms for workload, (_, terms) in self._terms.items() if terms is not None}


def understood(charter: Charter) -> Terms | None:
    """The terms of a stored Charter; None where its content is not what its hash says, or cannot be read."""
    return _understood(charter.content_hash, json.dumps(charter.document))


def _understood(content_hash: str, stored: str) -> Terms | None:
    try:
        document = from_canonical(json.loads(stored))
    except (KeyError, TypeError, ValueError, ArithmeticError):  # one spoilt row must not end the watch over the others
        return None
    return terms_of(document) if signing.content_hash(document) == content_hash else None
