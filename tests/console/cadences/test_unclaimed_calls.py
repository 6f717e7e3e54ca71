"""Calls that no workload claims are told by their service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from console.cadences.reading import Reader
from console.pricing import PriceBook
from tests.support import kills
from tests.support.database import fresh_database
from tests.support.pushing import NOON, call, call_store


def test_each_service_is_a_line_of_its_own(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    store = call_store(database, ())
    store.store([("otel", [call(60, service="claims"), call(60, service="chat")])], NOON, None)
    config = replace(kills.config("http://127.0.0.1:1", tmp_path), sources=())
    with database.read() as tx:
        lines = Reader(config, PriceBook()).daily(tx, NOON).unattributed
    assert {line.name: line.identity for line in lines} == {
        "claims": {"service": "claims"}, "chat": {"service": "chat"}}
