"""The Daily as a value: what is stored is what comes back, and unknown stays unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.cadences.daily import Daily, from_document, status_document, to_document
from tests.support.portfolio import hostile, normal


@pytest.mark.parametrize("drawn", [normal(), hostile()])
def test_what_is_published_is_what_another_console_reads(drawn: Daily) -> None:
    assert from_document(to_document(drawn)) == drawn


def test_dollars_are_strings_and_unknown_is_null() -> None:
    drawn = normal()
    line = replace(drawn.workloads[0], today=1_234_567, month=None)
    document = status_document(replace(drawn, workloads=(line,)))
    (printed,) = document["workloads"]
    assert printed["today_usd"] == "1.234567"
    assert printed["month_usd"] is None


def test_the_contract_has_its_keys() -> None:
    document = status_document(normal())
    assert {"at", "stale", "workloads", "unattributed", "totals", "alerts"} <= document.keys()
    assert {"slug", "owner", "state", "today_usd", "month_usd", "expected_month_usd", "burn_ratio",
            "projected_month_usd", "kill_threshold_usd", "breaker", "alerts",
            "last_usage_at"} <= document["workloads"][0].keys()
    assert {"id", "workload", "kind", "severity", "state", "since", "summary"} <= document["alerts"][0].keys()
    assert {"today_usd", "month_usd", "rows"} <= document["unattributed"].keys()


def test_each_workload_says_which_of_its_signs_are_lit() -> None:
    printed = {line["slug"]: line["signs"] for line in status_document(normal())["workloads"]}
    assert [sign["name"] for sign in printed["reconciliation-agent"] if sign["lit"]] == ["runaway pace", "cache writes"]
    assert printed["reconciliation-agent"][0] == {
        "name": "runaway pace", "share": 4.0, "lit": True, "says": "$19.20 in 3 min, 69x the plan (line $4.17)"}
    assert printed["contract-review"] is None


def test_unattributed_rows_add_up_to_their_total() -> None:
    drawn = normal()
    document = status_document(drawn)["unattributed"]
    assert document["month_usd"] is not None
    assert sum(line.month for line in drawn.unattributed) == round(float(document["month_usd"]) * 1_000_000)
