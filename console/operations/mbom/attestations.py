"""A signed Charter as CycloneDX says it: a standard with its requirements, who attests to what, and who signed.

An attestation says that the limit is in force, because that is known. How well it was kept is measured, not attested,
so no score is given.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.cadences.drill import DRY_RUN, DrillLine
from console.charters.document import CharterDocument, kill_threshold
from console.clock import rfc3339
from console.money import usd

ASSESSOR = "assessor"
DRILL = "DRILL"
"""The requirement that the breaker is drilled."""


@dataclass(frozen=True, slots=True)
class Signatory:
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Drilled:
    """The last drill of a breaker, and whether it still proves it."""

    last: DrillLine | None
    """The newest that passed where the breaker is proven, else the newest of all."""
    proven: bool
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class InForce:
    """The Charter that a workload is held to."""

    workload: str
    version: int
    content_hash: str
    """SHA-256, in hexadecimal, of what was signed."""
    signed_at: datetime | None
    document: CharterDocument
    signatories: tuple[Signatory, ...]
    drilled: Drilled | None = None
    """None where the Charter demands no drill."""


def sections(organisation: str, charters: Sequence[InForce]) -> dict[str, Any]:
    """`definitions` and `declarations` of a document; `charters` by workload."""
    return {
        "definitions": {"standards": [_standard(organisation, charter) for charter in charters]},
        "declarations": {
            "assessors": [{"bom-ref": ASSESSOR, "thirdParty": False, "organization": {"name": organisation}}],
            "attestations": [_attestation(charter) for charter in charters],
            "claims": [each for charter in charters for each in (_claim(charter), *_drill_claim(charter))],
            "evidence": [each for charter in charters for each in (_evidence(charter), *_drill_evidence(charter))],
            "affirmation": {
                "statement": "Each Charter named here is in force: every role that must sign has signed its content.",
                "signatories": [_signatory(organisation, charter, one) for charter in charters
                                for one in charter.signatories],
            },
        },
    }


def reference(charter: InForce) -> dict[str, Any]:
    """The Charter as the workload's own component names it."""
    return {"type": "documentation", "comment": "Charter", "url": f"ledger://charter/{_key(charter)}",
            "hashes": [{"alg": "SHA-256", "content": charter.content_hash}]}


def scenarios(charter: InForce) -> Iterator[tuple[str, str]]:
    """Properties of the three scenarios, in dollars a month."""
    expected, terms = charter.document.expected, charter.document
    yield "tokengov:scenario:expected-usd-month", usd(expected.monthly)
    for name, multiple in (("stretch", terms.stretch.multiple), ("runaway", terms.runaway.multiple)):
        yield f"tokengov:scenario:{name}-usd-month", usd(int(expected.monthly * multiple))


def _key(charter: InForce) -> str:
    return f"{charter.workload}/{charter.version}"


def _standard(organisation: str, charter: InForce) -> dict[str, Any]:
    return {"bom-ref": f"std:charter/{_key(charter)}", "name": f"Token Strategy Charter of {charter.workload}",
            "version": str(charter.version), "owner": organisation,
            "requirements": [{"bom-ref": _requirement(charter, identifier), "identifier": identifier, "title": title,
                              "text": text} for identifier, title, text in _requirements(charter.document)]}


def _requirements(document: CharterDocument) -> Iterator[tuple[str, str, str]]:
    """(identifier, title, text) of each scenario's limit and each kill criterion."""
    runaway, expected = document.runaway, document.expected.monthly
    kill = kill_threshold(document.expected, runaway)
    yield "SCN-STRETCH", "Stretch", f"From {document.stretch.multiple:f} times the expected month: " + "; ".join(
        document.stretch.changes)
    yield "SCN-RUNAWAY", "Runaway", (
        f"The breaker trips at {'no amount' if kill is None else f'{usd(kill)} USD'} of a month expected at "
        f"{usd(expected)} USD, {'by itself' if runaway.automatic else 'by a person'}.")
    if runaway.drill_every is not None:
        yield DRILL, "Drill", f"The breaker is drilled every {runaway.drill_every}."
    for number, criterion in enumerate(document.kill_criteria, 1):
        yield f"KILL-{number}", criterion.metric, (
            f"{criterion.line}: {criterion.action}, {'by itself' if criterion.automatic else 'by a person'}.")


def _requirement(charter: InForce, identifier: str) -> str:
    return f"req:{_key(charter)}/{identifier}"


def _attestation(charter: InForce) -> dict[str, Any]:
    return {"summary": f"Charter version {charter.version} of {charter.workload} is in force.", "assessor": ASSESSOR,
            "map": [{"requirement": _requirement(charter, identifier), **_claims(charter, identifier)}
                    for identifier, _, _ in _requirements(charter.document)]}


def _claims(charter: InForce, identifier: str) -> dict[str, list[str]]:
    """What is claimed of a requirement; of a drill that is due, what is claimed against it."""
    if identifier != DRILL or charter.drilled is None:
        return {"claims": [f"claim:charter/{_key(charter)}"]}
    return {"claims" if charter.drilled.proven else "counterClaims": [f"claim:drill/{_key(charter)}"]}


def _drill_claim(charter: InForce) -> Iterator[dict[str, Any]]:
    """That the breaker is armed and drilled, or that it is unproven."""
    drilled, every = charter.drilled, charter.document.runaway.drill_every
    if drilled is None:
        return
    armed = "armed" if charter.document.runaway.automatic else "there for a person to use"
    claim = {"bom-ref": f"claim:drill/{_key(charter)}", "target": f"workload:{charter.workload}",
             "predicate": f"The breaker is {armed} and was drilled within {every}." if drilled.proven else
             f"The breaker is unproven: no drill of it passed within {every}.",
             "reasoning": _drill_says(drilled.last) if drilled.last else "It was never drilled."}
    yield claim | ({"evidence": [f"evidence:drill/{_key(charter)}"]} if drilled.last else {})


def _drill_evidence(charter: InForce) -> Iterator[dict[str, Any]]:
    drilled = charter.drilled
    if drilled is None or drilled.last is None:
        return
    content = json.dumps(drilled.last.document(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    found = {"bom-ref": f"evidence:drill/{_key(charter)}", "propertyName": "tokengov:drill",
             "description": _drill_says(drilled.last), "created": rfc3339(drilled.last.at),
             "author": {"name": drilled.last.by},
             "data": [{"name": "drill", "contents": {"attachment": {
                 "contentType": "application/json", "encoding": "base64",
                 "content": base64.b64encode(content.encode()).decode()}}}]}
    yield found | ({"expires": rfc3339(drilled.expires)} if drilled.expires else {})


def _drill_says(last: DrillLine) -> str:
    how = "as a dry run that sent nothing" if last.sort == DRY_RUN else "on a test target"
    took = "" if last.confirmed_s is None else f", read back after {last.confirmed_s:.1f} s"
    return f"The last drill, {how}, {last.outcome}{took}."


def _claim(charter: InForce) -> dict[str, Any]:
    return {"bom-ref": f"claim:charter/{_key(charter)}", "target": f"workload:{charter.workload}",
            "predicate": f"The workload is held to Charter version {charter.version}.",
            "reasoning": "Every role that must sign has signed this exact content, and nothing replaced it since.",
            "evidence": [f"evidence:charter/{_key(charter)}"]}


def _evidence(charter: InForce) -> dict[str, Any]:
    found = {"bom-ref": f"evidence:charter/{_key(charter)}", "propertyName": "tokengov:charter",
             "description": f"Signed content, SHA-256 {charter.content_hash}"}
    return {**found, "created": rfc3339(charter.signed_at)} if charter.signed_at else found


def _signatory(organisation: str, charter: InForce, one: Signatory) -> dict[str, Any]:
    return {"name": one.name, "role": one.role, "organization": {"name": organisation},
            "externalReference": {"type": "electronic-signature", "url": f"ledger://sig/{_key(charter)}/{one.role}"}}
