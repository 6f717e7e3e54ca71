"""A version as it is stored: a document of plain values, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from console.clock import epoch, from_epoch
from console.prompts.version import Gate, Place, Version

_ELSEWHERE = frozenset({"commit", "superseded"})
"""What the row itself says."""


def document_of(version: Version) -> dict[str, Any]:
    """Everything but the commit and whether it is superseded; what says nothing is left out."""
    told = {item.name: getattr(version, item.name) for item in fields(version) if item.name not in _ELSEWHERE}
    told["at"] = epoch(version.at)
    gate = version.gate
    told["gate"] = gate and [gate.result, gate.score, gate.source]
    told["places"] = [[place.line, place.column, place.text, place.what] for place in version.places]
    return {name: value for name, value in told.items() if value or (value == 0 and value is not False)}


def version_of(commit: str, document: dict[str, Any], *, superseded: bool) -> Version:
    """The version that was stored."""
    told = document.get
    gate = told("gate")
    return Version(
        commit, document["path"], told("author", ""), from_epoch(document["at"]), told("subject", ""),
        document["blob"], told("before"), document["bytes"], told("tokens"), told("added"), told("removed"),
        told("unread", ""), Gate(*gate) if gate else None, told("canary", ""), told("rollback", ""),
        told("reviewed_by", ""), told("cut", False), superseded,
        tuple(Place(*place) for place in told("places", ())), told("changed_line"), told("limit_line"))
