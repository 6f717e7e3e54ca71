"""The MBOM in one line an entry, with Charter and exceptions, in plain SQL: thousands of entries at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

LEVELS = range(1, 6)
"""Of prompt literacy."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS = """
SELECT w.slug, w.name, w.team, w.environment, w.status, w.business_owner, w.platform_lead, w.tier,
       json_extract(w.entry, '$.architecture'),
       coalesce(json_array_length(w.entry, '$.usage'), 0), coalesce(json_array_length(w.entry, '$.switches'), 0),
       held.version, newest.version, newest.state,
       coalesce(json_extract(held.document, '$.tram.cost_variance'), json_extract(w.entry, '$.tram.cost_variance')),
       coalesce(json_extract(held.document, '$.tram.output_variance'),
                json_extract(w.entry, '$.tram.output_variance')),
       coalesce(outside.drift, 0), coalesce(outside.number, 0), json_extract(w.entry, '$.last_review'), w.updated_at,
       coalesce(json_extract(w.entry, '$.prompt_literacy.required'), json_extract(w.entry, '$.prompt_literacy')),
       json_extract(w.entry, '$.prompt_literacy.had')
FROM workload w
LEFT JOIN (SELECT workload, max(version) AS version, state FROM charter {of} GROUP BY workload) newest
       ON newest.workload = w.slug
LEFT JOIN (SELECT workload, max(version) AS version FROM charter {of} GROUP BY workload, state
           HAVING state = 'signed') signed ON signed.workload = w.slug
LEFT JOIN charter held ON held.workload = signed.workload AND held.version = signed.version
LEFT JOIN (SELECT workload, count(*) AS number, sum(origin = 'drift') AS drift FROM
           (SELECT workload, origin FROM charter_exception {of_open} state != 'closed') GROUP BY workload) outside
       ON outside.workload = w.slug
{one}
ORDER BY w.slug
"""


def rows(tx: Session, slug: str | None = None) -> Iterator[tuple[Any, ...]]:
    """A tuple an entry in the order of `cadences.mbom.MbomRow`, by slug; or the one of a slug."""
    cursor = tx.connection().connection.cursor()
    try:
        if slug is None:
            cursor.execute(_ROWS.format(of="", of_open="WHERE", one=""))
        else:
            cursor.execute(_ROWS.format(of="WHERE workload = :slug", of_open="WHERE workload = :slug AND",
                                        one="WHERE w.slug = :slug"), {"slug": slug})
        for row in cursor.fetchall():
            *first, newest_state, cost, output, drift, number, last_review, updated, required, had = row
            cell = f"{cost} x {output}" if cost and output else ""
            yield (*first, newest_state or "", cell, drift, number, str(last_review or ""),
                   _EPOCH + timedelta(microseconds=updated), _level(required), _level(had))
    finally:
        cursor.close()


def _level(stated: object) -> int | None:
    """A level of prompt literacy; None where the entry says none, or something else."""
    return stated if isinstance(stated, int) and stated in LEVELS else None
