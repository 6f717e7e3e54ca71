"""Read what scans found of prompts from the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session

from console.cadences.prompts import PromptLine, prompt_line
from console.prompts.documents import version_of
from console.prompts.findings import reviewed_on
from console.prompts.version import Prompt
from store import prompts as store


def read_prompts(tx: Session, workloads: Collection[str] | None = None, most: int | None = None) -> tuple[Prompt, ...]:
    """What scans found, with the newest `most` versions of each and those that were looked at (None: all); of all
    workloads where none are named."""
    return tuple(
        Prompt(row.repository, row.workload, row.path, row.kind, row.model, row.cached, row.checkout, row.scanned_at,
               tuple(version_of(one.revision, one.document, superseded=one.superseded) for one in versions),
               row.ended, row.ended_at)
        for row, versions in store.stored(tx, workloads, most))


def read_lines(tx: Session, slug: str, entry: Mapping[str, object]) -> tuple[PromptLine, ...]:
    """The prompts of one workload; those in use come first."""
    lines = [prompt_line(each, reviewed_on(entry)) for each in read_prompts(tx, (slug,))]
    return tuple(sorted(lines, key=lambda line: bool(line.ended)))
