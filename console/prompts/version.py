"""What is known of a prompt: its versions, each with size, author, gate and marks. Values only (standard library).

Texts are outside text: clean them before a person sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

SYSTEM, TOOLS, SOURCES = "system prompt", "tool descriptions", "source list"
KINDS = (SYSTEM, TOOLS, SOURCES)
PASSED, FAILED = "passed", "failed"
SHORT = 12
"""Digits of a commit that people read."""

BYTES_PER_TOKEN = Fraction(7, 2)
"""Of English: Anthropic's glossary says 3.5 characters. Other scripts have more bytes and more tokens a character."""
FINER = Fraction(13, 10)
"""Claude 4.7 and later make about 30 % more tokens of the same text (Anthropic's release notes)."""
_MODEL = re.compile(r"claude-[a-z]+-(\d{1,2})(?:-(\d{1,2}))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Place:
    """Content that varies from call to call, where it stands."""

    line: int
    """From 1, as the column, in characters."""
    column: int
    text: str
    what: str
    """What it is: `the time`, `an identifier of the call`."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What an evaluation said of a version."""

    result: str
    """passed, failed."""
    score: str
    """As it was written; empty where none was."""
    source: str
    """`trailer of 1a2b3c4d5e6f` or `evaluations/claims.json of 1a2b3c4d5e6f`."""


@dataclass(frozen=True, slots=True)
class Version:
    """A prompt as one commit left it."""

    commit: str
    path: str
    """Where the file was then."""
    author: str
    at: datetime
    """When it was committed."""
    subject: str
    blob: str
    before: str | None
    """The blob that it replaced; None where it began the file."""
    bytes: int
    tokens: int | None
    """As the provider counts; None: nobody asked it, and `size` is an estimate."""
    added: int | None
    """Lines, as `removed`; None where they were not counted."""
    removed: int | None
    unread: str = ""
    """Why its text was not read: binary, too large. It then has no size in tokens."""
    gate: Gate | None = None
    canary: str = ""
    rollback: str = ""
    reviewed_by: str = ""
    cut: bool = False
    """A shallow clone begins with it: who wrote it, when, and what gated it lie before."""
    superseded: bool = False
    """No longer in the history of what is checked out: it was rewritten."""
    places: tuple[Place, ...] = ()
    """Within its cached prefix; read of the present version only, as the two lines."""
    changed_line: int | None = None
    """The first line that differs from the version that was evaluated or reviewed last, else from the one before."""
    limit_line: int | None = None
    """The line on which a system prompt passes the largest size that is no finding."""


    @property
    def looked_at(self) -> bool:
        """Whether an evaluation passed it, or somebody reviewed it by name."""
        return (self.gate is not None and self.gate.result == PASSED) or bool(self.reviewed_by)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One file of one workload, with the versions that are known, the newest first."""

    repository: str
    workload: str
    path: str
    kind: str
    model: str | None
    """What it is counted for; None: nobody says."""
    cached: str
    """`whole`, `none`, or `until` and the text of the line that ends the cached prefix."""
    checkout: str
    """The folder it was read from last."""
    scanned_at: datetime
    versions: tuple[Version, ...]
    ended: str = ""
    """How it went out of use (`deleted in 1a2b3c4d5e6f`); empty while it is there."""
    ended_at: datetime | None = None

    @property
    def present(self) -> Version | None:
        """The version in the checkout; None where the file is out of use or was rewritten away."""
        if self.ended or not self.versions or self.versions[0].superseded:
            return None
        return self.versions[0]

    def size(self, version: Version) -> int | None:
        """Tokens as counted, else estimated; None where the text was not read."""
        return version.tokens if version.tokens is not None else self.estimate(version)

    def estimate(self, version: Version) -> int | None:
        """Tokens by the size of the file."""
        return None if version.unread else estimated(version.bytes, self.model)

    def growth(self, version: Version, since: Version | None = None) -> int | None:
        """Tokens more than `since` (None: the version that it replaced); both counted, or else both estimated.

        None where the other one is not known.
        """
        other = since or next((one for one in self.versions if one.blob == version.before), None)
        if other is None:
            return None
        if version.tokens is not None and other.tokens is not None:
            return version.tokens - other.tokens
        mine, its = self.estimate(version), self.estimate(other)
        return None if mine is None or its is None else mine - its

    def last(self, result: str = PASSED) -> Version | None:
        """The newest version in the history that an evaluation passed."""
        return next((one for one in self.versions if not one.superseded and one.gate and one.gate.result == result),
                    None)


def short(commit: str) -> str:
    """A commit, or a blob, as people read it."""
    return commit[:SHORT]


def estimated(size: int, model: str | None) -> int:
    """Tokens of so many bytes of text, rounded up: a rule of thumb, good to a quarter or so for English."""
    found = _MODEL.search(model or "")
    finer = found is not None and (int(found[1]), int(found[2] or 0)) >= (4, 7)
    return -int(-size * (FINER if finer else 1) // BYTES_PER_TOKEN)
