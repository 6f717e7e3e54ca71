"""What is read of a workload beside its usage: since when it is known, its status, its review, and who left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from console.cadences.findings.reading import Span, telemetries
from console.cadences.registered import Registered
from console.config import Operator
from console.pricing import PriceBook
from store import registry
from store.tables import CharterSignature
from tests.support.charters import edited
from tests.support.desks import NOON, open_desk
from tests.support.ledgers import OCTOBER, SEPTEMBER, register, sign


def test_a_workload_comes_with_its_dates_and_with_the_owner_who_left(tmp_path: Path) -> None:
    paused = NOON - timedelta(days=3)
    with open_desk(tmp_path) as desk, desk.database.write() as tx:
        config = replace(desk.config, operators=(Operator("olga", ("viewer",)),))
        register(tx, "claims-triage", status="live")
        sign(tx, edited(), OCTOBER)
        registry.add_signature(tx, CharterSignature(
            workload="claims-triage", version=1, role="business_owner", signed_by="olga", signed_at=OCTOBER,
            content_hash="x"))
        entry = registry.workload(tx, "claims-triage")
        assert entry is not None
        registry.put_workload(tx, {**entry.entry, "status": "paused"}, by="maria", at=paused)
        charters = Registered().charters(tx)
        (seen,) = telemetries(tx, config, PriceBook(), Span.of(NOON), charters, {})
    assert (seen.known_since, seen.status_since, seen.reviewed_at) == (SEPTEMBER, paused, OCTOBER)
    assert seen.owner_left == "olga"
