"""The prompts of a workload as a block of a page: size, growth and gate of each, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from console.cadences.prompts import UNGATED, PromptLine
from console.prompts.findings import GROWTH, SIZE, VARIABLE, PromptFinding
from console.prompts.version import FAILED, short
from screens.columns.column import Cell, Tone
from screens.columns.page import Heading, PageLine, Times, heading, name, table, wrapped

MOST = 12
"""Findings that are shown; `token-console prompts show` lists all."""
ROOM = 100
"""From this width on a path is shown whole, and else by its last name."""
_GATES: dict[str, Tone] = {UNGATED: "warn", FAILED: "alarm"}


def block(prompts: Sequence[PromptLine], width: int, times: Times) -> list[PageLine]:
    """Empty where no scan found any."""
    if not prompts:
        return []
    columns = (
        Heading("TOKENS", 8, True),
        Heading("GREW", 7, True),
        Heading("GATE", 8),
        Heading("VERSION", 12),
        Heading("PROMPT", 0, most=60),
        Heading("SINCE REVIEW", 12, True),
        Heading("AT", 13),
        Heading("BY", 14),
    )
    rows = [(_cells(each, times, width), None) for each in prompts if each.in_use]
    ended = [f"{each.path}: {each.ended or 'lost with a rewritten history'}" for each in prompts if not each.in_use]
    found = sorted((finding for each in prompts for finding in each.findings), key=_weight)
    lines = [heading("PROMPTS", f"from git, {times(max(each.scanned_at for each in prompts))}"),
             *(table(columns, rows, width) if rows else [])]
    for finding in found[:MOST]:
        place = f"{finding.path}:{finding.line}:{finding.column}"
        lines += wrapped(f"{place} {finding.kind}: {finding.summary}", width, tone="warn", most=3)
    for each in ended[:MOST]:
        lines += wrapped(each, width, tone="dim", most=2)
    if len(found) > MOST:
        lines += wrapped(f"{len(found) - MOST} more: token-console prompts show {found[0].workload}", width, tone="dim")
    return lines


def _weight(found: PromptFinding) -> int:
    """What costs at every call comes first."""
    return (VARIABLE, SIZE, GROWTH).index(found.kind) if found.kind in (VARIABLE, SIZE, GROWTH) else 3


def _cells(line: PromptLine, times: Times, width: int) -> tuple[Cell | str, ...]:
    newest = line.versions[0]
    size = "?" if line.tokens is None else f"{'~' if line.estimated else ''}{line.tokens:,}"
    path = line.path if width >= ROOM else line.path.rpartition("/")[2]
    return (size, _grown(line.growth), Cell(line.gate or "?", _GATES.get(line.gate, "")), short(newest.commit),
            name(path), _grown(line.grown_since_review), times(newest.at), name(newest.author or "?", 14))


def _grown(tokens: int | None) -> str:
    return "" if tokens is None else f"{tokens:+,}" if tokens else "0"
