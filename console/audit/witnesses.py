"""What signed checkpoints say about a log: those inside it, and those that were kept where its owner cannot write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from console.audit.checkpoint import Checkpoint
from store.audit import genesis

if TYPE_CHECKING:
    from console.audit.walk import Walk

LONGEST_GAP = timedelta(hours=2)
"""A checkpoint is due every hour; a longer silence is worth a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold."""

    seq: int
    """The first entry that cannot be trusted for it."""
    reason: str


def of_checkpoints(checkpoints: Sequence[Checkpoint], database: str, walk: Walk, keys: Sequence[str]
                   ) -> Iterator[Finding]:
    """The first checkpoint that does not follow, is not signed, or was signed over other entries than these."""
    before: Checkpoint | None = None
    trusted = walk.beginning[0]
    for each in checkpoints:
        reason = _signed(each, before, walk, keys) or _follows(each, before, database)
        finding = Finding(trusted + 1, reason) if reason else _fits(each, walk, trusted)
        if finding is not None:
            yield finding
            return
        before, trusted = each, max(trusted, each.seq)


def of_outside(kept: Sequence[Checkpoint], checkpoints: Sequence[Checkpoint], walk: Walk) -> Iterator[Finding]:
    """The first checkpoint from outside that the log does not agree with."""
    inside = {each.number: each for each in checkpoints}
    trusted = walk.beginning[0]
    for each in kept:
        finding = _fits(each, walk, trusted)
        own = inside.get(each.number)
        if finding is None and own is None:
            finding = Finding(max(each.seq, trusted) + 1, f"checkpoint {each.number} was kept outside and is missing "
                              "here: what was written since the one before it is not what was signed")
        elif finding is None and own is not None and own.hash != each.hash:
            finding = Finding(trusted + 1, f"checkpoint {each.number} is not the one that was kept outside")
        if finding is not None:
            yield finding
            return
        trusted = max(trusted, each.seq)


def oddities(checkpoints: Sequence[Checkpoint]) -> Iterator[str]:
    """Long silences, clocks set back and keys that changed: explained by the log, or not."""
    gaps = [(after.at - before.at, before) for before, after in pairwise(checkpoints)
            if after.at - before.at > LONGEST_GAP]
    if gaps:
        longest, since = max(gaps, key=lambda gap: gap[0])
        yield (f"{len(gaps)} times no checkpoint was signed for more than two hours; the longest was "
               f"{longest.total_seconds() / 3600:.0f} h after {since.at:%Y-%m-%d %H:%MZ}. The entries around it say "
               "whether the console was stopped.")
    back = [after for before, after in pairwise(checkpoints) if after.at < before.at]
    if back:
        yield f"The clock was set back before checkpoint {back[0].number}."
    signers = {each.key for each in checkpoints}
    if len(signers) > 1:
        yield f"{len(signers)} keys have signed; audit.key_made entries say when each was made."


def _follows(each: Checkpoint, before: Checkpoint | None, database: str) -> str:
    number = before.number + 1 if before else 1
    if each.number != number:
        return f"checkpoint {number} is missing"
    if each.database != database:
        return f"checkpoint {each.number} belongs to another database"
    if each.previous != (before.hash if before else genesis(database)):
        return f"checkpoint {each.number} does not follow from the one before it"
    if before is not None and each.seq < before.seq:
        return f"checkpoint {each.number} was signed over fewer entries than the one before it"
    return ""


def _signed(each: Checkpoint, before: Checkpoint | None, walk: Walk, keys: Sequence[str]) -> str:
    if not each.genuine:
        return f"the signature of checkpoint {each.number} is wrong"
    if keys and each.key not in keys:
        return f"checkpoint {each.number} is signed by another key than the one that was given"
    changed = before is not None and before.key != each.key
    if changed and each.seq > walk.beginning[0] and walk.keys_made.get(each.key, each.seq + 1) > each.seq:
        return f"checkpoint {each.number} is signed by another key, and no entry says that one was made"
    return ""


def _fits(each: Checkpoint, walk: Walk, trusted: int) -> Finding | None:
    """Whether the entries are those that it was signed over; of entries that were dropped, none can be said."""
    if each.seq < walk.beginning[0]:
        return None
    if each.seq > walk.seq:
        return None if walk.problems else Finding(walk.seq + 1, "the log ends before it, and checkpoint "
                                                  f"{each.number} was signed up to {each.seq}: its end is missing")
    if walk.heads.get(each.seq) != each.head:
        return Finding(trusted + 1, f"the entries up to {each.seq} are not those that checkpoint {each.number} was "
                       "signed over")
    return None
