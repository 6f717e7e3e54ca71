"""Nobody healthy is killed, and what runs away is killed in minutes: a part of `make detect` in every test run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.detection import tenants
from tests.detection.incidents import Incident, incidents
from tests.detection.scoring import score
from tests.support.recorded_data import data_folder

FOLDER = data_folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="no recorded usage here; TOKEN_CONSOLE_DATA names its folder")


def _found() -> dict[str, Incident]:
    return {} if FOLDER is None else {one.name: one for one in incidents(FOLDER)}


FOUND = _found()
FIRST = {one.kind: one for one in reversed(FOUND.values())}
"""One of each kind."""
MOST_BURNED = {0: 30.0, 60: 40.0, 300: 100.0}
"""Dollars that a runaway night may cost, by lag."""


@pytest.mark.parametrize("kind", sorted(kind for kind, one in FIRST.items() if one.verdict == "forbidden"))
def test_work_that_only_looks_like_a_runaway_is_spared_though_nobody_announced_it(kind: str) -> None:
    assert score(FIRST[kind], 0).false_kills == ()


@pytest.mark.parametrize("kind", sorted(kind for kind, one in FIRST.items() if one.verdict == "required"))
def test_what_must_be_killed_is_killed_by_its_deadline_and_nothing_beside_it(kind: str) -> None:
    scored = score(FIRST[kind], 300)
    assert not scored.missed
    assert not scored.unheard
    assert scored.false_kills == ()


def test_a_spoilt_cache_is_told_of_within_the_hour() -> None:
    scored = score(FIRST["cache_cliff"], 300)
    assert not scored.unheard
    assert scored.false_kills == ()


@pytest.mark.parametrize("lag_s", MOST_BURNED)
@pytest.mark.parametrize("name", sorted(name for name, one in FOUND.items() if one.kind == "runaway_night"))
def test_a_runaway_night_costs_tens_of_dollars_on_usage_alone(name: str, lag_s: int) -> None:
    scored = score(FOUND[name], lag_s, calls=False)
    assert scored.burned <= MOST_BURNED[lag_s]
    assert scored.false_kills == ()


def test_no_real_tenant_is_killed_and_none_is_told_of_more_than_once_a_week() -> None:
    assert isinstance(FOLDER, Path)
    outcome = tenants.replay_all(FOLDER, 0)
    assert outcome.tenants > 30
    assert outcome.killed == ()
    assert outcome.most_alerts <= 1
