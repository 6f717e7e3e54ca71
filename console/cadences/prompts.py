"""Prompts as people read them: one line for each file, with its size, growth and gate, and a line for each version.

Values only (standard library). Sizes are tokens; None is unknown. Texts are outside text: clean them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.prompts.findings import PromptFinding, base_of, of_prompt
from console.prompts.version import FAILED, PASSED, Prompt, Version

UNGATED = "ungated"
"""What a version is that no evaluation spoke of."""


@dataclass(frozen=True, slots=True)
class VersionLine:
    commit: str
    path: str
    author: str
    """Empty: unknown, because the history is cut."""
    at: datetime
    subject: str
    bytes: int
    tokens: int | None
    estimated: bool
    """By the size of the file; nobody counted it."""
    growth: int | None
    """Tokens more than the version that it replaced."""
    added: int | None
    removed: int | None
    gate: str
    """passed, failed, ungated."""
    score: str
    gate_source: str
    canary: str
    rollback: str
    reviewed_by: str
    superseded: bool
    unread: str


@dataclass(frozen=True, slots=True)
class PromptLine:
    workload: str
    path: str
    kind: str
    model: str | None
    cached: str
    repository: str
    checkout: str
    scanned_at: datetime
    ended: str
    """How it went out of use; empty while it is there."""
    tokens: int | None
    """Of the present version; so are the next ones."""
    estimated: bool
    growth: int | None
    grown_since_review: int | None
    """Tokens more than the version that was looked at last: by an evaluation, by name, or in the workload's review."""
    gate: str
    """passed, failed, ungated; empty where it is out of use, or its history is cut there."""
    versions: tuple[VersionLine, ...]
    findings: tuple[PromptFinding, ...]

    @property
    def in_use(self) -> bool:
        """Whether the checkout has it."""
        return not self.ended and bool(self.versions) and not self.versions[0].superseded


def prompt_line(prompt: Prompt, reviewed_at: datetime | None = None) -> PromptLine:
    """`reviewed_at`: when the workload was reviewed last."""
    present = prompt.present
    base = base_of(prompt, reviewed_at) if present else None
    by_blob = {one.blob: one for one in reversed(prompt.versions)}
    return PromptLine(
        prompt.workload, prompt.path, prompt.kind, prompt.model, prompt.cached, prompt.repository, prompt.checkout,
        prompt.scanned_at, prompt.ended, tokens=prompt.size(present) if present else None,
        estimated=present is not None and present.tokens is None, growth=prompt.growth(present) if present else None,
        grown_since_review=prompt.growth(present, base[0]) if present and base else None,
        gate=_standing(prompt, present),
        versions=tuple(_version(prompt, one, by_blob.get(one.before or "")) for one in prompt.versions),
        findings=tuple(of_prompt(prompt, reviewed_at)))


def _standing(prompt: Prompt, present: Version | None) -> str:
    """Of the content in use, wherever it was evaluated."""
    if present is None or (present.cut and present.gate is None):
        return ""
    results = {one.gate.result for one in prompt.versions if one.gate is not None and one.blob == present.blob}
    if present.gate is not None and present.gate.result == FAILED:
        return FAILED
    return PASSED if PASSED in results else FAILED if results else UNGATED


def _version(prompt: Prompt, version: Version, before: Version | None) -> VersionLine:
    gate = version.gate
    return VersionLine(
        version.commit, version.path, version.author, version.at, version.subject, version.bytes, prompt.size(version),
        version.tokens is None, prompt.growth(version, before) if before else None, version.added, version.removed,
        gate.result if gate else "" if version.cut else UNGATED, gate.score if gate else "",
        gate.source if gate else "", version.canary, version.rollback, version.reviewed_by, version.superseded,
        version.unread)
