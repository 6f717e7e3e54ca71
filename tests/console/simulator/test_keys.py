"""Turning a key off and on: the documented state machine, and spending that really follows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.money import from_usd
from console.simulator.catalogue import key_id
from console.simulator.keys import History, Key, RefusedChangeError
from console.simulator.meter import Delays
from tests.support.simulator import Provider, provider

CLAIMS = key_id("claims-triage")


@pytest.fixture
def night() -> Iterator[Provider]:
    with provider("runaway-night") as running:
        yield running


def spent(night: Provider) -> int:
    return from_usd(night.state()["spend"]["workloads"]["claims-triage"]["usd"])


def test_a_key_is_disabled_and_enabled_again(night: Provider) -> None:
    assert night.set_status(CLAIMS, "inactive").body["status"] == "inactive"
    assert night.get(f"api_keys/{CLAIMS}").body["status"] == "inactive"
    assert night.set_status(CLAIMS, "active").body["status"] == "active"


def test_the_same_change_twice_is_no_error(night: Provider) -> None:
    assert [night.set_status(CLAIMS, "inactive").status for _ in range(2)] == [200, 200]
    changes = next(key["changes"] for key in night.state()["keys"] if key["id"] == CLAIMS)
    assert [change["status"] for change in changes] == ["inactive"]


def test_archived_is_for_good(night: Provider) -> None:
    assert night.set_status(CLAIMS, "archived").status == 200
    assert night.set_status(CLAIMS, "active").status == 400


def test_an_expired_key_can_only_be_archived() -> None:
    key = Key("apikey_01Old", "old", None, "2025-01-01T00:00:00Z", History(60.0), status="expired")
    with pytest.raises(RefusedChangeError, match="expired"):
        key.set_status("active", 0.0, 5.0)
    key.set_status("archived", 0.0, 5.0)
    assert key.status == "archived"


@pytest.mark.parametrize("body", [{"status": "expired"}, {"status": "off"}, {"name": ""}, {"colour": "red"}, []])
def test_a_wrong_change_is_refused_and_changes_nothing(night: Provider, body: object) -> None:
    assert night.post(f"api_keys/{CLAIMS}", body).status == 400
    assert night.get(f"api_keys/{CLAIMS}").body["status"] == "active"


def test_a_name_can_be_changed(night: Provider) -> None:
    assert night.post(f"api_keys/{CLAIMS}", {"name": "claims (held)", "status": None}).body["name"] == "claims (held)"


def test_who_asked_and_under_which_idempotency_key_is_written_down(night: Provider) -> None:
    night.post(f"api_keys/{CLAIMS}", {"status": "inactive"}, headers={"Idempotency-Key": "intent-1/step-1"})
    post = night.state()["requests"]["posts"][-1]
    assert (post["idempotency_key"], post["credential"]) == ("intent-1/step-1", "kill")
    assert post["body"] == {"status": "inactive"}


def test_a_disabled_key_stops_spending_after_the_propagation_and_the_tail(night: Provider) -> None:
    night.clock.advance(30 * 60)
    night.set_status(CLAIMS, "inactive")
    at_kill = spent(night)
    night.clock.advance(5 + 60)
    ended = spent(night)
    assert ended > at_kill  # what was in flight still counts
    night.clock.advance(4 * 3600)
    assert spent(night) - ended < 10_000  # the minute was not over; nothing after it
    assert next(key["spend_stopped_at"] for key in night.state()["keys"] if key["id"] == CLAIMS) == (
        "2026-11-19T22:27:05Z")


def test_a_kill_does_not_touch_the_other_keys(night: Provider) -> None:
    untouched = night.state()["spend"]["workloads"]
    night.set_status(CLAIMS, "inactive")
    night.clock.advance(8 * 3600)
    after = night.state()
    for slug, spending in after["spend"]["workloads"].items():
        if slug != "claims-triage":
            assert spending == after["without_console"]["workloads"][slug], slug
    assert untouched.keys() == after["spend"]["workloads"].keys()


def test_an_enabled_key_spends_again_and_the_fault_starts_over(night: Provider) -> None:
    night.clock.advance(20 * 60)
    night.set_status(CLAIMS, "inactive")
    night.clock.advance(3600)
    held = spent(night)
    night.set_status(CLAIMS, "active")
    night.clock.advance(3600)
    again = spent(night) - held
    assert 12_000_000_000 < again < 30_000_000_000  # one agent doubling again, not 243 at once


def test_nothing_that_was_shown_before_a_kill_is_taken_back() -> None:
    with provider("runaway-night", delays=Delays(ingestion_s=0.0, restatement_s=0.0)) as night:
        night.clock.advance(40 * 60)
        asked = (("starting_at", "2026-11-19T21:00:00Z"), ("ending_at", "2026-11-19T22:36:00Z"),
                 ("bucket_width", "1m"), ("limit", "120"), ("group_by[]", "api_key_id"))
        before = night.get("usage_report/messages", *asked).body
        night.set_status(CLAIMS, "inactive")
        night.clock.advance(3600)
        assert night.get("usage_report/messages", *asked).body == before
