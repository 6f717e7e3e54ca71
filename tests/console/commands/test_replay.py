"""`replay`, as a shell runs it: what it would have done, when, and on what."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.clock import parse_rfc3339
from console.settings import SignSettings
from tests.support.recordings import (
    COLUMNS,
    HEALTHY,
    HISTORY,
    ONSET,
    SPOILT,
    Replays,
    at,
    charter,
    night,
    row,
    text,
)


@pytest.fixture
def replays(tmp_path: Path) -> Replays:
    return Replays(tmp_path)


def told(value: str) -> datetime:
    return parse_rfc3339(value)


CAP = """
[[kill_criteria]]
kind = "economic"
metric = "spend_usd"
above = "5"
window = "3m"
action = "pause"
automatic = true
"""
"""A cap that the third spoilt minute exceeds, whatever the signs say."""


@pytest.mark.parametrize(
    ("lag", "poll", "act", "decided_after_s"),
    [(0, 60, 0, 180), (60, 60, 10, 240), (300, 60, 30, 480), (90, 60, 10, 300), (0, 300, 10, 300), (30, 20, 10, 220)],
)
def test_lag_poll_and_act_say_when_a_kill_is_decided_and_when_it_holds(
    replays: Replays, lag: int, poll: int, act: int, decided_after_s: int
) -> None:
    """A minute is seen, whole, `lag` after its end, at the next poll; polls count from the first minute."""
    course = "--lag", str(lag), "--poll", str(poll), "--act", str(act)
    found = replays.of_night(*course, draft=charter(more=CAP))
    assert told(found["decided_at"]) == ONSET + timedelta(seconds=decided_after_s)
    assert told(found["kill_at"]) == told(found["decided_at"]) + timedelta(seconds=act)
    assert found["signs"] == ["cap"]
    assert found["alert_at"] <= found["decided_at"]


def test_the_dollars_at_a_kill_are_those_seen_and_those_spent_by_then(replays: Replays) -> None:
    healthy = HISTORY * (3000 * 3 + 60_000 * 0.3 + 1000 * 3.75 + 3600 * 15) / 1e6
    spoilt = (3000 * 3 + 500_000 * 3.75 + 3600 * 15) / 1e6
    found = replays.of_night("--lag", "300", "--act", "30", draft=charter(more=CAP))
    assert float(found["usd_seen_at_kill"]) == pytest.approx(healthy + 3 * spoilt)
    assert float(found["usd_true_at_kill"]) == pytest.approx(healthy + 8.5 * spoilt)
    assert float(found["usd_end"]) == pytest.approx(healthy + 30 * spoilt)


def test_a_runaway_is_killed_by_its_signs_within_minutes(replays: Replays) -> None:
    found = replays.of_night("--lag", "0")
    assert set(found["signs"]) == {"runaway pace", "cache writes"}
    assert told(found["decided_at"]) - ONSET <= timedelta(minutes=SignSettings().write_minutes)


def test_the_document_is_that_of_the_design(replays: Replays) -> None:
    usage = replays.write("night.csv", text([*night(), *night(workload="other")]))
    document = replays.document(usage, "--charter", replays.write("charter.toml", charter()))
    assert {"file", "lag_s", "poll_s", "workloads", "alerts"} <= document.keys()
    assert (document["file"], document["lag_s"], document["poll_s"]) == ("night.csv", 300, 60)
    for each in document["workloads"]:
        assert each.keys() >= {
            "workload",
            "alert_at",
            "kill_at",
            "kill_reason",
            "signs",
            "usd_seen_at_kill",
            "usd_true_at_kill",
            "usd_end",
        }
    assert [each["workload"] for each in document["workloads"]] == ["claims-triage", "other"]
    for alert in document["alerts"]:
        assert alert.keys() >= {"workload", "kind", "severity", "at", "summary"}
    times = [alert["at"] for alert in document["alerts"]]
    assert times == sorted(times) != []


def test_a_workload_without_a_charter_is_watched_and_never_killed(replays: Replays) -> None:
    usage = replays.write("night.csv", text([*night(), *night(workload="nobody's")]))
    document = replays.document(usage, "--charter", replays.write("charter.toml", charter()))
    kills = {each["workload"]: each["kill_at"] for each in document["workloads"]}
    assert kills["claims-triage"] is not None
    assert kills["nobody's"] is None
    assert any(alert["workload"] == "nobody's" for alert in document["alerts"])


def test_a_charter_that_is_not_automatic_asks(replays: Replays) -> None:
    draft = replays.write("charter.toml", charter(runaway="automatic = false"))
    document = replays.document(replays.write("night.csv", text(night())), "--charter", draft)
    assert document["workloads"][0]["kill_at"] is None
    assert ("signs", "critical") in {(alert["kind"], alert["severity"]) for alert in document["alerts"]}


def test_a_charter_in_observe_mode_tells_and_never_kills(replays: Replays) -> None:
    draft = replays.write("charter.toml", charter(runaway='automatic = true\nmode = "observe"'))
    document = replays.document(replays.write("night.csv", text(night())), "--charter", draft)
    assert document["workloads"][0]["kill_at"] is None
    assert any(alert["kind"] == "signs" for alert in document["alerts"])


@pytest.mark.parametrize(("observed", "killed"), [("runaway pace", False), ("cache writes", False), ("surge", True)])
def test_a_sign_that_is_observed_does_not_kill(replays: Replays, observed: str, killed: bool) -> None:
    found = replays.of_night(draft=charter(more=f'[signs]\nobserve = ["{observed}"]'))
    assert (found["kill_at"] is not None) is killed


def test_a_veto_waits_for_a_person_to_say_no(replays: Replays) -> None:
    at_once = replays.of_night()
    waits = replays.of_night(draft=charter(more='[signs]\nveto = "5m"'))
    assert told(waits["decided_at"]) - told(at_once["decided_at"]) == timedelta(minutes=5)


def test_what_ends_within_the_veto_is_not_killed(replays: Replays) -> None:
    calm_again = [*night(spoilt=6), *(row(HISTORY + minute) for minute in range(6, 80))]
    assert replays.of_night(rows=calm_again)["kill_at"] is not None
    assert replays.of_night(draft=charter(more='[signs]\nveto = "15m"'), rows=calm_again)["kill_at"] is None


def test_a_burst_that_the_charter_allows_is_not_killed(replays: Replays) -> None:
    short = night(spoilt=8)
    assert replays.of_night(rows=short)["kill_at"] is not None
    draft = charter(more='[signs]\nburst_usd = "400"\nburst_window = "1h"')
    assert replays.of_night(draft=draft, rows=short)["kill_at"] is None


def test_a_planned_change_raises_the_lines_until_it_ends(replays: Replays) -> None:
    change = replays.write(
        "changes.toml",
        f"""
[[change]]
workload = "claims-triage"
from = {at(0)}
until = {at(HISTORY + 10)}
kind = "launch"
multiple = 5

[[change]]
workload = "claims-triage"
from = {at(0)}
kind = "migration"
models = ["claude-opus-4-5"]
""",
    )
    found = replays.of_night("--changes", change, "--lag", "0", "--act", "0")
    assert found["kill_at"] == at(HISTORY + 10), "two that hold together allow what each allows"
    wide = replays.write("wide.toml", f'[[change]]\nworkload = "claims-triage"\nfrom = {at(0)}\nmultiple = 5\n')
    assert replays.of_night("--changes", wide)["kill_at"] is None, "without an end it holds for two weeks"


def test_the_cap_of_a_charter_kills_by_itself(replays: Replays) -> None:
    found = replays.of_night(
        draft=charter().replace("kill_multiple = 5", 'kill_usd = "100"'),
        rows=[row(minute) for minute in range(HISTORY)],
    )
    assert found["signs"] == ["cap"]
    assert float(found["usd_seen_at_kill"]) < 100 <= float(found["usd_end"])


def test_a_window_longer_than_spend_is_kept_for_is_not_judged(replays: Replays) -> None:
    """`charter check` refuses such a cap; of a draft that has it nobody knows whether it is reached."""
    beyond = CAP.replace('window = "3m"', 'window = "60d"')
    found = replays.of_night(draft=charter(more=beyond), rows=[row(minute) for minute in range(HISTORY)])
    assert found["kill_at"] is None


def test_without_the_column_of_requests_the_same_is_decided(replays: Replays) -> None:
    columns = [name for name in COLUMNS if name != "requests"]
    without = replays.of_night(rows=[(*cells[:3], *cells[4:]) for cells in night()], columns=columns)
    empty = replays.of_night(rows=[(*cells[:3], None, *cells[4:]) for cells in night()])
    assert without == empty == replays.of_night()


def test_columns_may_stand_in_any_order_and_rows_too(replays: Replays) -> None:
    turned = [tuple(reversed(cells)) for cells in reversed(night())]
    assert replays.of_night(rows=turned, columns=reversed(COLUMNS)) == replays.of_night()


def test_the_same_question_has_the_same_answer(replays: Replays) -> None:
    usage = replays.write("night.csv", text([*night(), *night(workload="b"), *night(workload="a")]))
    given = "--charter", replays.write("charter.toml", charter())
    assert replays.run(usage, *given, "--json") == replays.run(usage, *given, "--json")


def test_calls_show_a_loop_before_the_usage_report_comes(replays: Replays) -> None:
    looping = [
        {
            "ts": f"{ONSET + timedelta(seconds=15 * number):%Y-%m-%dT%H:%M:%SZ}",
            "workload": "claims-triage",
            "session": "stuck",
            "caller": "main",
            "parent": None,
            "depth": 0,
            "model": "claude-sonnet-4-5",
            "uncached_input_tokens": 100_000,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "output_tokens": 1000,
            "tools": [{"tool": "lookup", "args": "63662e"}],
        }
        for number in range(60)
    ]
    calls = replays.write("calls.jsonl", "".join(json.dumps(each) + "\n" for each in looping))
    healthy = [row(minute) for minute in range(HISTORY + 60)]
    assert replays.of_night(rows=healthy)["kill_at"] is None
    found = replays.of_night("--calls", calls, "--lag", "3600", rows=healthy)
    assert set(found["signs"]) == {"above plan", "tool loop"}
    assert told(found["decided_at"]) < ONSET + timedelta(minutes=20), "long before the minutes are seen"


def test_in_words_it_says_the_kill_its_reason_and_the_minutes(replays: Replays) -> None:
    usage = replays.write("night.csv", text(night()))
    code, out, err = replays.run(usage, "--charter", replays.write("charter.toml", charter()), "--explain")
    assert (code, err) == (0, "")
    assert re.search(r"claims-triage: killed 2026-11-16T12:\d\d:10Z for runaway pace and cache writes; \$", out)
    assert re.search(r"\nTRIP SHEET  claims-triage  decided 2026-11-16T12:\d\d:00Z\nWhy +runaway pace and", out)
    assert "2026-11-16T12:03:00Z  $     1.94       3,000           0     500,000       3,600          10" in out


def test_the_trip_sheet_stays_out_of_the_document(replays: Replays) -> None:
    usage = replays.write("night.csv", text(night()))
    given = replays.write("charter.toml", charter())
    _, out, err = replays.run(usage, "--charter", given, "--explain", "--json")
    assert json.loads(out)["workloads"][0]["kill_at"]
    assert "TRIP SHEET" in err


def test_two_kinds_of_minutes_are_what_this_file_says_they_are() -> None:
    assert HEALTHY[2] > 0 == SPOILT[2]
