"""The MBOM and the Charters in force, understood once and again only where what is stored has changed."""

from __future__ import annotations

import json

from sqlmodel import Session

from console.cadences.commitments import remember
from console.charters import signing
from console.charters.document import from_canonical
from console.charters.in_force import InForce
from console.charters.terms import Terms
from store import registry
from store.registry import Watched
from store.tables import Charter


class Registered:
    """Held from one judgement to the next. Each time every stored row is read, and compared with what was understood:
    a Charter whose content is altered in the database binds nobody from then on."""

    def __init__(self) -> None:
        self.edition = 0
        """Grows whenever an entry or a Charter in force is another than at the last reading."""
        self._stated: int | None = None
        self._workloads: list[Watched] = []
        self.sources: dict[str, frozenset[str]] = {}
        """The sources that each entry's usage rules name, by slug and in its order; none means any."""
        self._charters: dict[str, tuple[tuple[str, int], InForce | None]] = {}

    def workloads(self, tx: Session) -> list[Watched]:
        """Every entry that is not retired, by slug."""
        stated = registry.entries_stated(tx)
        if stated != self._stated:
            self._workloads = list(registry.watched(tx))
            self.sources = {entry.slug: entry.sources for entry in self._workloads}
            self._stated = stated
            self.edition += 1
        return self._workloads

    def terms(self, tx: Session) -> dict[str, Terms]:
        """What each workload is held to."""
        return {workload: charter.terms for workload, charter in self.charters(tx).items()}

    def charters(self, tx: Session) -> dict[str, InForce]:
        """The Charter in force of each workload that has one."""
        known, self._charters = self._charters, {}
        for workload, content_hash, document in registry.signed_charters(tx):
            key = content_hash, hash(document)
            before = known.get(workload)
            self._charters[workload] = before if before is not None and before[0] == key else (
                key, _understood(content_hash, document))
        if {slug: key for slug, (key, _) in known.items()} != {slug: key for slug, (key, _) in self._charters.items()}:
            self.edition += 1
        return self.last_read

    def as_stored(self, tx: Session) -> bool:
        """Whether the entries and the Charters in force are still what was last read."""
        read = {workload: content_hash for workload, ((content_hash, _), _) in self._charters.items()}
        return registry.entries_stated(tx) == self._stated and registry.signed_hashes(tx) == read

    @property
    def last_read(self) -> dict[str, InForce]:
        """What `charters` last gave."""
        return {workload: charter for workload, (_, charter) in self._charters.items() if charter is not None}

    @property
    def last_workloads(self) -> list[Watched]:
        """What `workloads` last gave."""
        return self._workloads


def understood(charter: Charter) -> Terms | None:
    """The terms of a stored Charter; None where its content is not what its hash says, or cannot be read."""
    read = read_whole(charter)
    return None if read is None else read.terms


def read_whole(charter: Charter) -> InForce | None:
    """The same with what a workload may drift from."""
    return _understood(charter.content_hash, json.dumps(charter.document))


def _understood(content_hash: str, stored: str) -> InForce | None:
    try:
        written = signing.genuine(content_hash, stored)
        remember(content_hash, stored, written)
        document = from_canonical(written) if written is not None else None
    except (KeyError, TypeError, ValueError, ArithmeticError):  # one spoilt row must not end the watch over the others
        return None
    if document is None:
        return None
    return InForce.of(document)
