"""The MBOM as a CycloneDX document with attestations (an ML-BOM; "MBOM" means something else there).

Built of plain dicts: the library has no place for declarations. The same entries, Charters, serial number
and time give the same bytes. `mbom_cyclonedx_reading.py` is the way back.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.clock import rfc3339
from console.operations.mbom import attestations as mbom_attestations
from console.operations.mbom.attestations import InForce

SPECS = ("1.6", "1.7")
ENTRY = "tokengov:entry"
"""The property that holds the whole entry, as JSON; the others repeat of it what a reader looks for."""
PORTFOLIO = "portfolio"
_SERIALS = uuid.UUID("6f1c1b0e-6a53-5a0e-9a44-6f2d54b8d1c7")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAMED_OTHERWISE = {"business_owner": "owner", "status": "state"}
_PLACED_ELSEWHERE = ("slug", "name", "team", "usage", "switches", "kill_criteria", "notes")


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What is exported: the entries by slug, and the Charter in force of those that have one."""

    organisation: str
    program_version: str
    entries: Sequence[Mapping[str, Any]]
    charters: Sequence[InForce] = ()


def serial_of(organisation: str, at: datetime) -> str:
    """The serial number of an export: the same portfolio at the same instant has the same one."""
    return f"urn:uuid:{uuid.uuid5(_SERIALS, f'{organisation}|{rfc3339(at)}')}"


def document(portfolio: Portfolio, *, spec: str, serial: str, at: datetime) -> dict[str, Any]:
    """The document as plain values; `spec` is one of `SPECS`, `serial` a `urn:uuid:…`."""
    charters = {charter.workload: charter for charter in portfolio.charters}
    workloads = [workload_component(entry, charters.get(str(entry["slug"]))) for entry in portfolio.entries]
    models = sorted({model for entry in portfolio.entries for model in models_of(entry)})
    sources = sorted({source for entry in portfolio.entries for source in sources_of(entry)})
    components = sorted([*workloads, *(_model(model, spec) for model in models)], key=lambda one: str(one["bom-ref"]))
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX", "specVersion": spec, "serialNumber": serial, "version": 1,
        "metadata": {
            "timestamp": rfc3339(at), "lifecycles": [{"phase": "operations"}],
            "tools": {"components": [{"type": "application", "name": "Token Console",
                                      "version": portfolio.program_version}]},
            "component": {"type": "platform", "bom-ref": PORTFOLIO, "name": portfolio.organisation},
        },
        "components": components,
        "services": [{"bom-ref": _service(source), "name": source, "authenticated": True, "x-trust-boundary": True}
                     for source in sources],
        "dependencies": sorted([_edges(PORTFOLIO, (str(one["bom-ref"]) for one in workloads)),
                                *(_edges(f"workload:{entry['slug']}", depends_on(entry))
                                  for entry in portfolio.entries)], key=lambda one: str(one["ref"])),
        # Usage that nobody claims is not in the MBOM, and whether there is any is not the MBOM's to say.
        "compositions": [{"aggregate": "unknown", "assemblies": [PORTFOLIO]}],
    }
    if portfolio.charters:
        body |= mbom_attestations.sections(portfolio.organisation, portfolio.charters)
    return body


def workload_component(entry: Mapping[str, Any], charter: InForce | None = None) -> dict[str, Any]:
    """One workload. Everything but description, Charter and scenarios comes from the entry."""
    found: dict[str, Any] = {"type": "application", "bom-ref": f"workload:{entry['slug']}", "name": entry["name"]}
    if entry.get("team"):
        found |= {"supplier": {"name": entry["team"]}, "publisher": entry["team"]}
    if entry.get("business_owner"):
        found["authors"] = [{"name": entry["business_owner"]}]
    found["tags"] = sorted({str(entry[key]) for key in ("status", "tier") if entry.get(key)})
    pairs = properties_of(entry)
    if charter is not None:
        found["description"] = charter.document.purpose.purpose
        found["externalReferences"] = [mbom_attestations.reference(charter)]
        pairs = sorted([*pairs, *mbom_attestations.scenarios(charter)])
    found["properties"] = [{"name": name, "value": value} for name, value in pairs]
    return found


def properties_of(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of everything that the entry says, sorted; a list repeats its name. Values are always text."""
    pairs = {(ENTRY, json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True))}
    for key, value in entry.items():
        if key not in _PLACED_ELSEWHERE:
            pairs.update(_flat(f"tokengov:{_segment(_NAMED_OTHERWISE.get(key, key))}", value))
    criteria = entry.get("kill_criteria", ())
    for criterion in criteria if isinstance(criteria, list) else ():
        if isinstance(criterion, Mapping):
            pairs.update(_of_criterion(criterion))
    return sorted(pairs)


def depends_on(entry: Mapping[str, Any]) -> list[str]:
    """References to the models that the workload may use or uses, and to the sources that its usage is read from."""
    return sorted([*(_model_ref(model) for model in models_of(entry)), *map(_service, sources_of(entry))])


def models_of(entry: Mapping[str, Any]) -> set[str]:
    return {str(model) for key in ("models", "models_observed") for model in entry.get(key, ())}


def sources_of(entry: Mapping[str, Any]) -> set[str]:
    rows = [*entry.get("usage", ()), *entry.get("switches", ())]
    return {str(row["source"]) for row in rows if "source" in row}


def _model(name: str, spec: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "machine-learning-model", "bom-ref": _model_ref(name), "name": name}
    return {**found, "isExternal": True} if spec == "1.7" else found


def _edges(ref: str, others: Iterable[str]) -> dict[str, Any]:
    return {"ref": ref, "dependsOn": sorted(others)}


def _model_ref(name: str) -> str:
    return f"model:{name}"


def _service(source: str) -> str:
    return f"svc:{source}"


def _flat(name: str, value: Any) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{name}:{_segment(key)}", item)
    elif isinstance(value, list):
        for item in value:
            yield from _flat(name, item)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)


def _segment(key: str) -> str:
    """A key as the taxonomy of properties allows it."""
    return key.replace("_", "-") if _SEGMENT.fullmatch(key) else "other"


def _of_criterion(criterion: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    sign, value = (">", criterion.get("above")) if "above" in criterion else ("<", criterion.get("below"))
    yield "tokengov:kill:threshold", f"{criterion.get('metric')}{sign}{value}"
    yield "tokengov:kill:action", str(criterion.get("action", "pause"))
