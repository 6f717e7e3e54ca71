"""What is wrong with a prompt as its versions show it, each on the line that it stands on. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.prompts.version import FAILED, PASSED, SYSTEM, TOOLS, Prompt, Version, short
from console.wording import counted

UNBOUNDED = 15_000
"""Tokens from which a system prompt is unbounded (playbook section 8)."""
GROWN_SHARE, GROWN_TOKENS = 0.10, 200
"""Growth since the last review that is one: both this share and so many tokens. Less is an edit."""

SIZE, GROWTH, VARIABLE, UNGATED = "size", "growth", "variable content", "ungated change"


@dataclass(frozen=True, slots=True)
class PromptFinding:
    workload: str
    kind: str
    """size, growth, variable content, ungated change."""
    path: str
    line: int
    """From 1, as the column, in characters."""
    column: int
    summary: str
    evidence: tuple[str, ...]
    fix: str


def findings(prompts: Iterable[Prompt], reviewed: dict[str, datetime] | None = None) -> tuple[PromptFinding, ...]:
    """Everything that is wrong with prompts that are in use. `reviewed`: when each workload was reviewed last."""
    return tuple(found for prompt in prompts if prompt.present is not None
                 for found in of_prompt(prompt, (reviewed or {}).get(prompt.workload)))


def of_prompt(prompt: Prompt, reviewed_at: datetime | None = None) -> Iterator[PromptFinding]:
    present = prompt.present
    if present is None or present.unread:
        return
    if prompt.kind == SYSTEM:
        yield from _size(prompt, present)
        yield from _growth(prompt, present, reviewed_at)
    yield from _variable(prompt, present)
    yield from _ungated(prompt, present)


def base_of(prompt: Prompt, reviewed_at: datetime | None = None) -> tuple[Version, str] | None:
    """The version that was looked at last, and how: by an evaluation that passed, by name, or in the workload's review.

    None where it is not known of any.
    """
    looked = []
    for age, version in enumerate(prompt.versions):
        if version.superseded:
            continue
        if version.gate is not None and version.gate.result == PASSED:
            looked.append((age, version, f"its evaluation ({version.gate.source})"))
        if version.reviewed_by:
            looked.append((age, version, f"its review by {version.reviewed_by}"))
        if reviewed_at is not None and version.at <= reviewed_at and not version.cut:
            looked.append((age, version, f"the review of {reviewed_at:%Y-%m-%d}"))
            break
    return min(looked, key=lambda one: one[0])[1:] if looked else None


def reviewed_on(entry: Mapping[str, object]) -> datetime | None:
    """When an MBOM entry says that the workload was reviewed last: the end of that day."""
    stated = str(entry.get("last_review") or "")[:10]
    try:
        return datetime.fromisoformat(f"{stated}T23:59:59+00:00")
    except ValueError:
        return None


def _size(prompt: Prompt, present: Version) -> Iterator[PromptFinding]:
    size = prompt.size(present)
    if size is None or size < UNBOUNDED:
        return
    first = next(one for one in reversed(prompt.versions) if not one.superseded)
    grown = "" if first is present else (f"; {tokens(prompt, first)} at {_where(first)}")
    yield PromptFinding(
        prompt.workload, SIZE, prompt.path, present.limit_line or 1, 1,
        f"the system prompt has {tokens(prompt, present)}, and {UNBOUNDED:,} are unbounded",
        (f"{tokens(prompt, present)} at {_where(present)}{grown}",
         f"line {present.limit_line or 1} is where it passes {UNBOUNDED:,}"),
        "Move what only some calls need into Skills or retrieval, and gate each change by an evaluation.")


def _growth(prompt: Prompt, present: Version, reviewed_at: datetime | None) -> Iterator[PromptFinding]:
    base = base_of(prompt, reviewed_at)
    if base is None or base[0] is present:
        return
    before, growth = prompt.size(base[0]), prompt.growth(present, base[0])
    if before is None or growth is None or growth < max(GROWN_TOKENS, GROWN_SHARE * before):
        return
    yield PromptFinding(
        prompt.workload, GROWTH, prompt.path, present.changed_line or 1, 1,
        f"the system prompt has grown by {growth:,} tokens since {base[1]}",
        (f"{tokens(prompt, base[0])} at {_where(base[0])}", f"{tokens(prompt, present)} at {_where(present)}"),
        "Review what was added, take out what no evaluation needs, and have the rest evaluated.")


def _variable(prompt: Prompt, present: Version) -> Iterator[PromptFinding]:
    for place in present.places:
        yield PromptFinding(
            prompt.workload, VARIABLE, prompt.path, place.line, place.column,
            f"{place.text} stands in the cached prefix: {place.what} makes it another one in every call",
            (f"{prompt.path}:{place.line}:{place.column} at {_where(present)}",
             "a prefix that differs is written to the cache anew and read by nobody"),
            "Move it behind the cached prefix, into the user's turn; if it never changes, list it under constant in "
            "prompts.toml.")


def _ungated(prompt: Prompt, present: Version) -> Iterator[PromptFinding]:
    """The content counts, wherever it came from: what went back to a version that passed has passed."""
    passed = {one.blob for one in prompt.versions if one.gate is not None and one.gate.result == PASSED}
    if present.blob in passed or present.cut:
        return
    since = [one for one in _until(prompt, passed) if not one.cut]
    failed = present.gate is not None and present.gate.result == FAILED
    last = prompt.last()
    was = "were" if prompt.kind == TOOLS else "was"
    said = ("failed the evaluation and stayed in use" if failed else f"{was} changed after the last evaluation" if last
            else f"{was} changed after an evaluation that failed" if prompt.last(FAILED) else f"{was} never evaluated")
    evidence = [f"in use: {_where(present)}, {present.subject!r}"]
    evidence.append(f"last that passed: {_where(last)}, {last.gate.source}" if last and last.gate else
                    f"no evaluation that passed for {counted(len(since), 'version')}")
    if failed and present.gate:
        score = f", score {present.gate.score}" if present.gate.score else ""
        evidence.append(f"failed: {present.gate.source}{score}")
    yield PromptFinding(
        prompt.workload, UNGATED, prompt.path, present.changed_line or 1, 1,
        f"the {prompt.kind} {said} ({counted(len(since), 'version')} since)" if last else f"the {prompt.kind} {said}",
        tuple(evidence), "Evaluate it, and commit the result or the trailer Evaluation: passed SCORE; or go back to "
        "the version that passed.")


def _until(prompt: Prompt, passed: set[str]) -> Iterator[Version]:
    """The versions newer than the last that passed."""
    for version in prompt.versions:
        if version.blob in passed:
            return
        if not version.superseded:
            yield version


def tokens(prompt: Prompt, version: Version) -> str:
    """`3,400 tokens`; `~3,400 tokens` where they are an estimate."""
    size = prompt.size(version)
    if size is None:
        return "an unknown size"
    return f"{'' if version.tokens is not None else '~'}{size:,} tokens"


def _where(version: Version) -> str:
    who = "an unknown author" if version.cut else version.author
    return f"{short(version.commit)} of {version.at:%Y-%m-%d} by {who}"
