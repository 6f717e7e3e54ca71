"""Which cell each workload stands in, and what is not as it should be there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.cadences.documents import document
from console.cadences.tram import TramView, TramWorkload
from console.clock import epoch
from console.operations.desk import Desk
from console.operations.tram import matrix
from store import incidents, usage
from store.tables import Breaker, Charter, Workload
from tests.support.desks import ARCHITECT, NOON, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def register(desk: Desk, slug: str, *, tram: Any = None, charter: dict[str, Any] | None = None,
             status: str = "live", state: str = "signed") -> None:
    """An MBOM entry, and where `charter` is given a Charter with that `[tram]`."""
    entry = {"slug": slug, "name": slug} | ({"tram": tram} if tram is not None else {})
    with desk.database.write() as tx:
        tx.add(Workload(slug=slug, name=slug, status=status, business_owner="A. Owner", entry=entry, updated_at=NOON))
        if charter is not None:
            tx.add(Charter(workload=slug, version=3, state=state, content_hash="x", text="", imported_at=NOON,
                           document={"tram": charter}, imported_by="maria"))


def cell(cost: str, output: str, **other: Any) -> dict[str, Any]:
    return {"cost_variance": cost, "output_variance": output, "models": [], "thinking": False, "depth_cap": 1,
            "fan_out_cap": 1, **other}


def view(desk: Desk) -> TramView:
    return asyncio.run(matrix(desk, ARCHITECT))


def standing(desk: Desk, cost: str, output: str) -> list[str]:
    found = view(desk).cell(cost, output)
    assert found is not None
    return [one.slug for one in found.workloads]


def only(desk: Desk) -> TramWorkload:
    (one,) = view(desk).workloads
    return one


def test_a_workload_stands_in_the_cell_of_its_charter_in_force(desk: Desk) -> None:
    register(desk, "claims", charter=cell("medium", "high"))
    assert standing(desk, "medium", "high") == ["claims"]
    assert only(desk).charter_version == 3


def test_without_a_charter_in_force_the_mbom_says_the_cell(desk: Desk) -> None:
    register(desk, "claims", tram={"cost_variance": "low", "output_variance": "medium"},
             charter=cell("high", "high"), state="draft")
    assert standing(desk, "low", "medium") == ["claims"]
    assert only(desk).charter_version is None


def test_an_mbom_that_names_another_cell_is_a_mismatch(desk: Desk) -> None:
    register(desk, "claims", tram={"cost_variance": "low", "output_variance": "low"}, charter=cell("low", "medium"))
    assert standing(desk, "low", "medium") == ["claims"]
    assert only(desk).mismatch == "low x low"


def test_a_workload_without_charter_and_cell_stands_nowhere_and_it_is_said_why(desk: Desk) -> None:
    register(desk, "claims")
    register(desk, "words", tram="somewhere in the middle")
    assert [one.slug for one in view(desk).elsewhere] == ["claims", "words"]
    assert "no Charter in force" in view(desk).elsewhere[0].why


def test_a_cell_that_the_matrix_does_not_have_is_said(desk: Desk) -> None:
    register(desk, "claims", charter=cell("low", "extreme"))
    assert only(desk).why == "the matrix has no cell low x extreme"


def test_what_a_charter_commits_to_beyond_its_cell_is_said(desk: Desk) -> None:
    register(desk, "claims", charter=cell("low", "low", models=["claude-haiku-4-5", "claude-opus-4-6", "mystery-9"],
                                          thinking=True, depth_cap=5, fan_out_cap=4))
    assert only(desk).beyond == ("model claude-opus-4-6", "extended thinking", "depth 5")


def test_a_retired_workload_stands_nowhere(desk: Desk) -> None:
    register(desk, "claims", charter=cell("low", "low"), status="retired")
    assert view(desk).workloads == ()


def test_a_stopped_breaker_is_its_state(desk: Desk) -> None:
    register(desk, "claims", charter=cell("low", "low"), status="live")
    with desk.database.write() as tx:
        incidents.set_breaker(tx, Breaker(workload="claims", state="held", since=NOON))
    assert only(desk).state == "held"


def test_spend_is_that_of_the_month_so_far_and_the_most_comes_first(desk: Desk) -> None:
    start = epoch(NOON.replace(day=1, hour=0))
    for slug in ("claims", "search"):
        register(desk, slug, charter=cell("low", "low"))
    with desk.database.write() as tx:
        keys = {json.dumps({"api_key_id": slug}): slug for slug in ("claims", "search")}
        numbers = usage.series_ids(tx, "anthropic", keys, start)
        usage.set_workloads(tx, {numbers[key]: slug for key, slug in keys.items()})
        for slug, day, cost in (("claims", start - 86_400, 9_000_000), ("claims", start, 1_000_000),
                                ("search", start, 2_500_000)):
            number = numbers[json.dumps({"api_key_id": slug})]
            tx.connection().exec_driver_sql(
                "INSERT INTO usage_day (day, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, "
                "output, web_searches, cost_microusd, estimated_microusd) VALUES (?, ?, 1, 0, 0, 0, 1, 0, ?, 0)",
                (day, number, cost))
    found = view(desk).cell("low", "low")
    assert found is not None
    assert [(one.slug, one.spent) for one in found.workloads] == [("search", 2_500_000), ("claims", 1_000_000)]
    assert found.spent == 3_500_000


def test_the_organisations_own_rows_and_columns_are_there_and_a_place_without_a_cell_is_none(desk: Desk) -> None:
    own = replace(desk.config, tram={"extreme": {"low": {"models": ["frontier"]}}})
    shown = asyncio.run(matrix(replace(desk, config=own), ARCHITECT))
    assert shown.rows == ("low", "medium", "high", "extreme")
    assert shown.cell("extreme", "low") is not None
    assert shown.cell("extreme", "high") is None


def test_the_json_names_money_in_dollars(desk: Desk) -> None:
    register(desk, "claims", charter=cell("low", "low"))
    written = document(view(desk))
    assert written["cells"][0]["spent_usd"] == "0.000000"
    assert written["cells"][0]["workloads"][0]["slug"] == "claims"
