"""A CycloneDX document back to MBOM entries. Only what an entry holds is read: no Charter, no limit, no signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.charters.problem import Problem
from console.errors import InputError
from console.operations.mbom import json as mbom_json
from console.operations.mbom import references as mbom_references
from console.operations.mbom.cyclonedx import ENTRY, SPECS, depends_on, workload_component
from console.toml import Document, KeyPath

_OF_ENTRY = ("name", "supplier", "publisher", "authors", "tags")
_OF_CHARTER = "tokengov:scenario:"


def entries(document: Document) -> tuple[Document, list[Problem]]:
    """The same as a document of `[[workload]]` tables, each on its component's line, and what is wrong with it."""
    problems = _heading(document)
    if problems:
        return Document(document.what, {"workload": []}, {}), problems
    problems += mbom_references.check(document)
    edges = _edges(document)
    rows: list[dict[str, Any]] = []
    lines: dict[KeyPath, int] = {}
    components = document.data.get("components", [])
    for number, component in enumerate(components if isinstance(components, list) else ()):
        if not isinstance(component, dict) or component.get("type") != "application":
            continue
        line = document.line_of(("components", number))
        entry = _entry(component, line, document.what, problems)
        if entry is not None:
            problems += _contradictions(component, entry, edges, line)
            lines["workload", len(rows)] = line or 1
            rows.append(entry)
    return Document(document.what, {"workload": rows}, lines), problems


def _heading(document: Document) -> list[Problem]:
    spec = document.data.get("specVersion")
    if document.data.get("bomFormat") != "CycloneDX":
        return [Problem("format", document.line_of(("bomFormat",)), "bomFormat is not \"CycloneDX\"",
                        "bring a file of: token-console mbom export --format cyclonedx")]
    if spec not in SPECS:
        return [Problem("newer", document.line_of(("specVersion",)),
                        f"specVersion = {str(spec)[:20]!r} is not understood",
                        f"export it again as one of {', '.join(SPECS)}")]
    return []


def _entry(component: Mapping[str, Any], line: int | None, what: str, problems: list[Problem]) -> dict[str, Any] | None:
    texts = [pair["value"] for pair in _pairs(component) if pair.get("name") == ENTRY]
    name = str(component.get("bom-ref", "a component"))[:80]
    if len(texts) != 1 or not isinstance(texts[0], str):
        problems.append(Problem("entry", line, f"{name} has {len(texts) or 'no'} {ENTRY}, which holds the entry",
                                "bring a file of: token-console mbom export --format cyclonedx"))
        return None
    try:
        return mbom_json.load(texts[0], f"{what}: {ENTRY} of {name}").data
    except InputError as error:
        problems.append(Problem("entry", line, f"{ENTRY} of {name} is no JSON object: {error}", error.remedy))
        return None


def _contradictions(component: Mapping[str, Any], entry: Mapping[str, Any], edges: Mapping[str, list[str]],
                    line: int | None) -> list[Problem]:
    """What the component says and its entry does not: somebody changed the one and not the other."""
    slug = str(entry.get("slug", ""))[:64]
    try:
        expected = workload_component(entry)
        wanted = depends_on(entry)
    except (AttributeError, KeyError, TypeError):
        return []  # the entry itself is not sound, and that is told of its fields
    differing = [key for key in ("bom-ref", *_OF_ENTRY) if component.get(key) != expected.get(key)]
    stated = {(pair.get("name"), pair.get("value")) for pair in _pairs(component)
              if not str(pair.get("name")).startswith(_OF_CHARTER) and pair.get("name") != ENTRY}
    derived = {(pair["name"], pair["value"]) for pair in expected["properties"] if pair["name"] != ENTRY}
    differing += sorted({str(name) for name, _ in stated ^ derived})
    if edges.get(f"workload:{slug}", []) != wanted:
        differing.append("dependsOn")
    return [Problem("contradiction", line, f"workload:{slug} {key[:80]} is not what its {ENTRY} says",
                    "change the MBOM instead (mbom set, or a TOML file), and export it again") for key in differing]


def _pairs(component: Mapping[str, Any]) -> list[dict[str, str]]:
    pairs = component.get("properties", [])
    return [pair for pair in pairs if isinstance(pair, dict) and isinstance(pair.get("name"), str)
            and isinstance(pair.get("value"), str)] if isinstance(pairs, list) else []


def _edges(document: Document) -> dict[str, list[str]]:
    rows = document.data.get("dependencies", [])
    return {str(row.get("ref")): sorted(map(str, row.get("dependsOn", []))) for row in rows
            if isinstance(row, dict) and isinstance(row.get("dependsOn", []), list)} if isinstance(rows, list) else {}
