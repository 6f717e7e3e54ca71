"""Whether an audit log is what it was: its chain, its checkpoints, and what was kept of them outside (AU-7).

Pure: the same checks for a database and for an export, and nothing is needed but what is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.audit import witnesses
from console.audit.checkpoint import Checkpoint
from console.audit.walk import IntentFacts, Walk
from console.audit.witnesses import Finding
from console.errors import ConsoleError
from store.audit import Row, genesis


class CannotCheck(ConsoleError):
    """What was to be verified, or compared with, is not there or not readable. Says nothing about the log."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Log:
    """A log wherever it comes from."""

    database: str
    """The identifier of the database that wrote it."""
    beginning: tuple[int, str]
    """Sequence number and hash of what its first entry follows from."""
    rows: Iterable[Row]
    checkpoints: Sequence[Checkpoint]
    """All of them, from the first; those of segments that were dropped too."""
    intents: Mapping[str, IntentFacts] | None = None
    """Kills and resumes as the database keeps them; None where there is no database."""
    until: datetime | None = None
    """When it was exported."""
    last: tuple[int, str] | None = None
    """Sequence number and hash of its newest entry, as an export says in its first line."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `first_bad` is None where everything holds."""

    entries: int
    first_bad: int | None
    last_good: int | None
    """The newest entry that can still be trusted."""
    reason: str = ""
    checkpoints: int = 0
    sealed: int = 0
    """The newest entry that a signed checkpoint vouches for."""
    compared: int = 0
    """Checkpoints from outside that it was compared with."""
    keys: tuple[str, ...] = ()
    """Public keys that signed, in their order."""
    notes: tuple[str, ...] = field(default=())
    """What this verdict does not prove, and what is odd without being wrong."""


def verify(log: Log, outside: Sequence[Checkpoint] = (), keys: Sequence[str] = ()) -> Report:
    """Everything that can be checked. Raises CannotCheck where what was kept outside is of no use.

    outside: checkpoints as somebody else kept them.
    keys: the only public keys that may have signed, where they are known from elsewhere.
    """
    _refuse_useless(log, outside)
    late = [each for each in outside if log.until is not None and each.at > log.until]
    kept = sorted((each for each in outside if each not in late), key=lambda each: each.number)
    walk = Walk(log.beginning, {each.seq for each in (*log.checkpoints, *kept)}, log.intents)
    walk.over(log.rows)
    findings = [*witnesses.of_checkpoints(log.checkpoints, log.database, walk, keys), *_beginning(log), *walk.problems,
                *_end(log, walk), *witnesses.of_outside(kept, log.checkpoints, walk), *walk.references()]
    bad = min(findings, key=lambda each: each.seq, default=None)
    whole = walk.seq if bad is None else bad.seq - 1
    sealed = max((each.seq for each in log.checkpoints if each.seq <= whole), default=0)
    return Report(walk.entries, bad.seq if bad else None, whole or None, bad.reason if bad else "",
                  len(log.checkpoints), sealed, len(kept), tuple(dict.fromkeys(each.key for each in log.checkpoints)),
                  tuple(_notes(log, walk, kept, len(late), keys)))


def _refuse_useless(log: Log, outside: Sequence[Checkpoint]) -> None:
    for each in outside:
        if each.database != log.database:
            raise CannotCheck(f"Checkpoint {each.number} that was kept outside belongs to another database; this log "
                              f"is of {log.database[:12]}.")
        if not each.genuine:
            raise CannotCheck(f"Checkpoint {each.number} that was kept outside is not signed by the key it names, so "
                              "nothing can be compared with it.")


def _beginning(log: Log) -> Iterator[Finding]:
    seq, head = log.beginning
    if seq == 0 and head != genesis(log.database):
        yield Finding(1, "it does not begin with the identifier of its database")
    closed = [each.segment for each in log.checkpoints if each.segment is not None and each.segment.last == seq]
    if closed and closed[-1].hash != head:
        yield Finding(seq + 1, "it does not begin where the closing checkpoint of the segment before it ends")


def _end(log: Log, walk: Walk) -> Iterator[Finding]:
    if log.last is not None and not walk.problems and log.last != walk.head:
        yield Finding(min(walk.head[0], log.last[0]) + 1, f"its first line says that it ends with entry {log.last[0]}")


def _notes(log: Log, walk: Walk, kept: Sequence[Checkpoint], late: int, keys: Sequence[str]) -> Iterator[str]:
    newest = log.checkpoints[-1].seq if log.checkpoints else 0
    if not log.checkpoints:
        yield "There is no signed checkpoint yet: whoever can write the file could have rewritten all of it."
    elif walk.seq > newest:
        yield f"{walk.seq - newest} entries are newer than the last checkpoint: their end could be missing."
    seq = log.beginning[0]
    vouched = [*kept, *log.checkpoints]
    if seq and not any((each.segment and each.segment.last == seq) or each.seq == seq for each in vouched):
        yield f"It begins after entry {seq}, and no checkpoint says what was there."
    yield from witnesses.oddities(log.checkpoints)
    if late:
        yield f"{late} checkpoints that were kept outside are newer than this export and were not compared."
    if log.checkpoints and not kept:
        yield ("Nothing from outside was compared (--against FILE): whoever holds the signing key could have rewritten "
               "and signed all of it.")
    if log.checkpoints and not keys and not kept:
        yield "The signing key was taken from the log itself; --key names the one that you kept."
