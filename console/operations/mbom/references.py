"""References inside a CycloneDX document: the schema does not check that each one leads somewhere. This does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.charters.problem import Problem
from console.toml import Document, KeyPath

_LINKS = frozenset({"ref", "dependsOn", "assemblies", "subjects", "target", "requirement", "claims", "counterClaims",
                    "evidence", "counterEvidence", "mitigationStrategies", "assessor"})


def check(document: Document) -> list[Problem]:
    """Every `bom-ref` that is there twice, and every reference to one that is not there."""
    known: dict[str, KeyPath] = {}
    problems: list[Problem] = []
    links: list[tuple[KeyPath, str]] = []
    for path, key, value in _walk(document.data, ()):
        if key != "bom-ref":
            links.append((path, value))
        elif value in known:
            first = document.line_of(known[value])
            problems.append(Problem("duplicate-ref", document.line_of(path), f"bom-ref {value[:80]!r} is given twice"
                                    + (f" (first on line {first})" if first else ""), "keep one of the two"))
        else:
            known[value] = path
    for path, value in links:
        if value not in known:
            problems.append(Problem("reference", document.line_of(path),
                                    f"{_name(path)} names {value[:80]!r}, and nothing in the file has that bom-ref",
                                    "add what it names, or take the reference out"))
    return problems


def _walk(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str, str]]:
    """(path, key, text) of every bom-ref and every link."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, str):
                if key == "bom-ref" or key in _LINKS:
                    yield (*path, key), key, item
            else:
                yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if not isinstance(item, str):
                yield from _walk(item, (*path, number))
            elif path and path[-1] in _LINKS:
                yield (*path, number), str(path[-1]), item


def _name(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)[:120]
