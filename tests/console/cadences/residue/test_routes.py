"""A key that begins to be billed by another way is told of; a new key, and one that goes on, are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.cadences.reading import Reader
from console.cadences.residue.routes import NEW_FOR, RouteChange, route_changes
from console.clock import epoch
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.settings import SourceSettings
from console.watch.intake import canonical
from console.watch.judgement import Judge
from console.watch.rules import billing_route
from store import incidents, usage
from tests.support.desks import NOON, open_desk
from tests.support.mbom import CONFIG

KEY = "apikey_claims"


def see(desk: Desk, at: datetime, said: Mapping[str, str | None], source: str = "anthropic") -> None:
    with desk.database.write() as tx:
        usage.series_ids(tx, source, [canonical(tuple(sorted(said.items())))], epoch(at))


def changes(desk: Desk, at: datetime = NOON) -> dict[str, list[RouteChange]]:
    with desk.database.read() as tx:
        return {source: found for source, found in route_changes(tx, desk.config, at).items() if found}


@pytest.mark.parametrize(("then", "now", "told"), [
    ({"workspace_id": "w1"}, {"workspace_id": "w2"}, True),
    ({"workspace_id": "w1"}, {"workspace_id": None}, True),
    ({"workspace_id": "w1", "service_tier": "standard"}, {"workspace_id": "w1", "service_tier": "priority"}, True),
    ({"workspace_id": "w1", "model": "claude-sonnet-4-6"}, {"workspace_id": "w1", "model": "claude-haiku-4-5"}, False),
])
def test_another_way_of_a_known_key(tmp_path: Path, then: dict[str, str | None], now: dict[str, str | None],
                                    told: bool) -> None:
    with open_desk(tmp_path) as desk:
        see(desk, NOON - timedelta(days=20), {"api_key_id": KEY, **then})
        see(desk, NOON - timedelta(hours=2), {"api_key_id": KEY, **now})
        found = changes(desk)
        assert bool(found) is told
        if told:
            [change] = found["anthropic"]
            assert (change.key, change.since) == (KEY, NOON - timedelta(hours=2))
            assert not changes(desk, NOON + NEW_FOR), "by then it is the usual way"


def test_a_key_that_is_new_has_no_usual_way(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        see(desk, NOON - timedelta(days=20), {"api_key_id": "apikey_other", "workspace_id": "w1"})
        see(desk, NOON - timedelta(days=2), {"api_key_id": KEY, "workspace_id": "w1"})
        see(desk, NOON - timedelta(hours=2), {"api_key_id": KEY, "workspace_id": "w2"})
        assert not changes(desk)


def test_a_service_that_had_a_subscription_and_calls_with_a_key_now(tmp_path: Path) -> None:
    config = replace(CONFIG, sources=(SourceSettings("otel", "otel", None),))
    with open_desk(tmp_path, config) as desk:
        told = {"service": "claude-code", "provider": "anthropic"}
        see(desk, NOON - timedelta(days=9), told | {"organization_id": "org_1"}, "otel")
        see(desk, NOON, told | {"api_key_id": "stray"}, "otel")
        [change] = changes(desk)["otel"]
    [signal] = billing_route.judge([change])
    assert signal.summary == ("claude-code of otel is billed by organization_id none, api_key_id stray; until "
                              "2026-11-23 12:00Z it was organization_id org_1, api_key_id none")


def test_the_engine_fires_one_alert_on_the_source_and_lets_it_end_by_itself(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        see(desk, NOON - timedelta(days=20), {"api_key_id": KEY, "workspace_id": "w1"})
        see(desk, NOON, {"api_key_id": KEY, "workspace_id": "w2"})
        judge = Judge(desk.config, desk.database, Reader(desk.config, PriceBook()))
        for minutes in (1, 2):
            judge.judge(NOON + timedelta(minutes=minutes))
        with desk.database.read() as tx:
            [alert] = [one for one in incidents.open_alerts(tx) if one.rule == billing_route.NAME]
        assert (alert.workload, alert.severity, alert.state) == ("source:anthropic", "warning", "firing")
        judge.judge(NOON + NEW_FOR + timedelta(minutes=1))
        with desk.database.read() as tx:
            assert not [one for one in incidents.open_alerts(tx) if one.rule == billing_route.NAME]
