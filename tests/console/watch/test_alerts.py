"""The life of an alert."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from console.watch.alerts import Change, evaluate, gone
from console.watch.rules.rule import Signal
from store.tables import Alert
from tests.support.facts import AT


def signal(*, active: bool = True, clears: bool | None = None, **changes: Any) -> Signal:
    clears = (not active) if clears is None else clears
    return Signal(**{"rule": "burn", "window": "1h", "severity": "critical", "summary": "burning", "active": active,
                     "clears": clears, **changes})


class Life:
    """One alert of one workload through time, as the engine would keep it."""

    def __init__(self) -> None:
        self.alert: Alert | None = None
        self.now = AT

    def see(self, *signals: Signal, fresh: bool = True, after_s: float = 60,
            steps: dict[Any, int] | None = None) -> str:
        self.now += timedelta(seconds=after_s)
        open_ = [self.alert] if self.alert is not None and self.alert.state != "resolved" else []
        changes = evaluate(open_, {"claims": signals}, {"claims": fresh}, steps or {}, self.now)
        self.alert = changes[0].alert if changes else self.alert
        return changes[0].kind if changes else ""

    @property
    def state(self) -> str:
        return self.alert.state if self.alert else "inactive"


@pytest.fixture
def life() -> Life:
    return Life()


def test_a_rule_without_a_hold_fires_at_once(life: Life) -> None:
    assert life.see(signal()) == "fired"


def test_with_a_hold_it_waits_and_one_false_evaluation_starts_over(life: Life) -> None:
    held: dict[str, Any] = {"hold_s": 120.0}
    assert life.see(signal(**held)) == "pending"
    assert life.see(signal(active=False, **held)) == "dropped"
    assert life.see(signal(**held)) == "pending"
    assert life.see(signal(**held)) == ""
    assert life.see(signal(**held)) == "fired"


def test_it_resolves_only_after_staying_clear_for_the_whole_time(life: Life) -> None:
    life.see(signal(keep_s=300.0))
    assert life.see(signal(active=False, keep_s=300.0)) == ""
    assert life.see(signal(active=False, clears=False, keep_s=300.0), after_s=200) == ""
    assert life.see(signal(active=False, keep_s=300.0), after_s=200) == ""
    assert life.see(signal(active=False, keep_s=300.0), after_s=200) == "resolved"


def test_missing_data_resolve_nothing_and_mark_it_stale(life: Life) -> None:
    life.see(signal())
    assert life.see(signal(active=False), fresh=False, after_s=9999) == "no-data"
    assert life.state == "firing"
    assert life.alert is not None
    assert life.alert.stale
    assert life.see(signal(active=False), fresh=False) == ""


def test_missing_data_fire_nothing(life: Life) -> None:
    assert life.see(signal(), fresh=False) == ""
    life.see(signal(hold_s=120.0))
    assert life.see(signal(hold_s=120.0), fresh=False) == "no-data"
    assert life.state == "no-data"


def test_blindness_itself_needs_no_data(life: Life) -> None:
    assert life.see(signal(rule="blind", window=""), fresh=False) == "fired"


def test_a_rise_in_severity_is_told_again_and_takes_the_acknowledgement_away(life: Life) -> None:
    life.see(signal(severity="warning"))
    assert life.alert is not None
    life.alert.acknowledged_by = "maria"
    assert life.see(signal(severity="critical")) == "worse"
    assert life.alert.acknowledged_by is None
    assert life.see(signal(severity="critical")) == ""


def test_a_restored_timer_starts_over_after_a_long_stop(life: Life) -> None:
    life.see(signal(hold_s=600.0))
    assert life.see(signal(hold_s=600.0), after_s=7200) == ""
    assert life.state == "pending"


def test_a_signal_that_is_no_longer_reported_is_resolved(life: Life) -> None:
    life.see(signal(rule="unpriced", window="claude-next"))
    assert life.see() == "resolved"


def test_a_step_taken_back_by_a_restatement_fires_again_only_two_percent_above(life: Life) -> None:
    step: dict[str, Any] = {"rule": "month-steps", "window": "2026-11 50%", "once_a_month": True}
    fired_at = {("claims", "month-steps", "2026-11 50%"): 1000}
    assert life.see(signal(figures={"spent_microusd": "1010"}, **step), steps=fired_at) == ""
    assert life.see(signal(figures={"spent_microusd": "1021"}, **step), steps=fired_at) == "fired"


def test_two_windows_are_two_alerts_and_a_changed_figure_is_none() -> None:
    changes: list[Change] = evaluate([], {"claims": [signal(), signal(window="6h")]}, {"claims": True}, {}, AT)
    assert len(changes) == 2
    again = evaluate([change.alert for change in changes],
                     {"claims": [signal(summary="burning more"), signal(window="6h")]}, {"claims": True}, {},
                     datetime.fromisoformat("2026-11-16T12:01:00+00:00"))
    assert again == []
    assert changes[0].alert.summary == "burning more"


@pytest.mark.parametrize(("hold_min", "before_min", "stop_min", "left_min"), [
    (30, 15, 9, 6),     # no stop
    (30, 15, 20, 10),   # its time is over, but it never fires within the first ten minutes
    (60, 15, 20, 25),   # its time goes on over the stop
    (5, 3, 20, 5),      # a short one starts anew
    (30, 15, 61, 30),   # too long a stop: from zero
])
def test_after_a_stop_a_pending_alert_waits_again(life: Life, hold_min: int, before_min: int, stop_min: int,
                                                  left_min: int) -> None:
    held: dict[str, Any] = {"hold_s": hold_min * 60.0}
    life.see(signal(**held))
    for _ in range(before_min):
        assert life.see(signal(**held)) == ""
    assert life.see(signal(**held), after_s=stop_min * 60) == ""
    for _ in range(left_min - 1):
        assert life.see(signal(**held)) == ""
    assert life.see(signal(**held)) == "fired"


def test_a_source_that_is_polled_once_an_hour_is_not_taken_for_one_that_stopped() -> None:
    held = signal(hold_s=3600.0)
    (pending,) = evaluate([], {"claims": [held]}, {"claims": True}, {}, AT, timedelta(hours=1))
    later = AT + timedelta(minutes=61)
    (fired,) = evaluate([pending.alert], {"claims": [held]}, {"claims": True}, {}, later, timedelta(hours=1))
    assert fired.kind == "fired"


def test_what_is_no_longer_watched_resolves_with_the_reason(life: Life) -> None:
    life.see(signal())
    assert life.alert is not None
    (change,) = gone([life.alert], {"claims": "the workload was retired"}, life.now)
    assert (change.kind, change.reason, change.alert.state) == ("resolved", "the workload was retired", "resolved")
    assert gone([life.alert], {"other": "the workload was retired"}, life.now) == []
