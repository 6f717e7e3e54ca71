"""The whole MBOM on its way out, in four forms; all but CSV hold it whole."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from sqlmodel import Session

from console.cadences import drill
from console.charters import durations, signing
from console.charters.document import from_canonical
from console.clock import rfc3339
from console.errors import InputError, UsageError
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.gate import read
from console.operations.mbom import references as mbom_references
from console.operations.mbom.attestations import Drilled, InForce, Signatory
from console.operations.mbom.cyclonedx import SPECS, Portfolio, document, serial_of
from console.operations.mbom.export import to_csv, to_toml
from console.toml import Document
from console.watch import drilling
from store import drills
from store import registry as store

FORMS = ("toml", "csv", "json", "cyclonedx")
KEPT = 500
"""So many drills of a breaker are looked through for the one that proves it."""
_SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


async def export_mbom(desk: Desk, actor: Actor, *, form: str = "toml", spec: str = SPECS[0], serial: str | None = None,
                      at: datetime | None = None) -> str:
    """The whole MBOM as one of `FORMS`; `import_mbom` takes each back (csv: the columns it has).

    `spec`, `serial` and `at` (now, where it is not given) are CycloneDX's own: the same ones and the same MBOM give the
    same bytes. Raises UsageError for a serial number that is none.
    """
    at = at or desk.clock.now()
    organisation = desk.config.organisation.name
    serial = serial or serial_of(organisation, at)
    if not _SERIAL.fullmatch(serial) or spec not in SPECS:
        raise UsageError("A serial number is urn:uuid: and a UUID in small letters, and --spec one of "
                         f"{', '.join(SPECS)}.")
    if form == "cyclonedx":
        portfolio = await read(desk, lambda tx: Portfolio(organisation, version("token-console"), _entries(tx),
                                                           _charters(tx, at)))
        return await asyncio.to_thread(_checked, document(portfolio, spec=spec, serial=serial, at=at))
    entries = await read(desk, _entries)
    if form == "csv":
        return to_csv(entries)
    if form == "json":
        return json.dumps({"workload": entries}, indent=2, ensure_ascii=True)
    written = f"The MBOM of {organisation!r}: {len(entries)} entries, {rfc3339(at)}."
    return to_toml(entries, [written, "Change it here and bring it back: token-console mbom import FILE"])


def _checked(body: dict[str, Any]) -> str:
    """The document as text; every reference in it leads somewhere. Hidden characters are escaped."""
    problems = mbom_references.check(Document("the export", body, {}))
    if problems:
        raise InputError("\n".join(problem.text("the export") for problem in problems[:10]))
    return json.dumps(body, indent=1, ensure_ascii=True) + "\n"


def _entries(tx: Session) -> list[dict[str, Any]]:
    return [dict(row.entry) for row in store.workloads(tx)]


def _charters(tx: Session, at: datetime) -> list[InForce]:
    """The Charters in force whose content is what was signed, by workload."""
    found: dict[str, InForce] = {}
    passed, targets = drills.last_passed(tx, at), store.with_test_target(tx)
    for row in store.charters(tx, None):
        if row.state != signing.SIGNED:
            continue
        content = from_canonical(row.document)
        if signing.content_hash(content) == row.content_hash:
            signed = store.signatures(tx, row.workload, row.version)
            found[row.workload] = InForce(row.workload, row.version, row.content_hash, row.signed_at, content,
                                          tuple(Signatory(one.role, one.signed_by) for one in signed),
                                          _drilled(tx, row.workload, content.runaway.drill_every, at,
                                                   drill.proving(passed, row.workload,
                                                                 has_target=row.workload in targets)))
    return [found[slug] for slug in sorted(found)]


def _drilled(tx: Session, slug: str, every: str | None, at: datetime, passed: datetime | None) -> Drilled | None:
    """Whether the breaker is proven at an instant, and by which drill."""
    length = durations.seconds(every) if every is not None else None
    if length is None:
        return None
    proven = bool(drill.proven(passed, length, at))
    known = [drilling.line(row) for row in drills.of_workload(tx, slug, KEPT) if row.at <= at]
    last = next((each for each in known if each.at == passed), None) if proven else next(iter(known), None)
    return Drilled(last, proven, passed + timedelta(seconds=length) if proven and passed else None)
