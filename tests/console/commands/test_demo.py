"""The demo: the incident night with and without a Charter, on a clock that the tests move, and as a command."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from console.money import MICRO, from_usd
from console.simulator.catalogue import RUNAWAY, key_id
from console.simulator.everywhere.catalogue import AGENT, ELSEWHERE
from tests.support.night import night


async def test_a_signed_charter_ends_the_night_before_it_costs_a_hundred_dollars(tmp_path: Path) -> None:
    async with night(tmp_path, "runaway-night") as story:
        await story.watch(50)
        report = story.report()
        trips = report["trips"]
        assert [trip["workload"] for trip in trips] == [RUNAWAY]
        assert (trips[0]["rule"], trips[0]["window"], trips[0]["origin"]) == ("signs", "kill", "automatic")
        assert trips[0]["state"] == "done"
        assert trips[0]["state_confirmed_at"] is not None
        assert trips[0]["spend_stopped_at"] is not None
        assert story.simulated.provider.get(f"api_keys/{key_id(RUNAWAY)}").body["status"] == "inactive"
        claims = next(line for line in report["workloads"] if line["slug"] == RUNAWAY)
        assert claims["state"] == "held"
        assert from_usd(claims["spend_by_night_end_usd"]) < 100 * MICRO
        assert from_usd(report["spend_without_console_usd"]) == pytest.approx(312_000 * MICRO, rel=0.05)
        # The feed has settled by now: what the console saw is what was really spent.
        assert from_usd(claims["spend_seen_usd"]) == pytest.approx(from_usd(claims["spend_true_usd"]), abs=1000)
        assert from_usd(report["spend_seen_usd"]) <= from_usd(report["spend_true_usd"])
        posts = story.simulated.state()["requests"]["posts"]
        assert {post["credential"] for post in posts} == {"kill"}
        assert len(posts) == 1


async def test_without_a_charter_the_night_is_watched_and_costs_what_it_costs(tmp_path: Path) -> None:
    async with night(tmp_path, "no-charter") as story:
        await story.watch(45)
        report = story.report()
        assert report["trips"] == []
        loud = [alert for alert in report["alerts"]
                if alert["workload"] == RUNAWAY and alert["severity"] == "critical" and alert["state"] == "firing"]
        assert loud
        assert from_usd(report["spend_by_night_end_usd"]) == pytest.approx(312_000 * MICRO, rel=0.05)
        assert story.simulated.state()["requests"]["posts"] == []


async def test_on_a_quiet_day_nothing_trips_nothing_critical_fires_and_secrets_stay_private(tmp_path: Path) -> None:
    async with night(tmp_path, "quiet-day", seed=2) as story:
        await story.watch(20)
        report = story.report()
        assert report["trips"] == []
        assert [alert for alert in report["alerts"] if alert["severity"] == "critical"] == []
        for file in (tmp_path / "secrets").iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "console", "demo", *options], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=120, check=False)


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What a demo of the tool loop told after ten minutes of its night, and the folder that it kept."""
    kept = tmp_path_factory.mktemp("demo") / "kept"
    answer = demo("--headless", "--story", "tool-loop", "--seconds", "12", "--keep", str(kept))
    assert (answer.returncode, answer.stderr) == (0, "")
    return json.loads(answer.stdout), kept


def test_headless_prints_one_document_and_keeps_its_folder_only_when_asked(
        everywhere: tuple[dict[str, Any], Path]) -> None:
    report, kept = everywhere
    assert report["story"] == "tool-loop"
    assert report["simulated_until"] > report["simulated_from"]
    assert len(report["workloads"]) == 14 + len(ELSEWHERE)
    assert {file.name for file in kept.iterdir()} >= {"token-console.toml", "mbom.toml", "charters", "secrets",
                                                      "token-console.db"}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    again = demo("--headless", "--keep", str(kept))
    assert (again.returncode, again.stdout) == (73, "")


def test_workloads_live_on_every_kind_of_source_and_each_is_fresh(everywhere: tuple[dict[str, Any], Path]) -> None:
    report, _ = everywhere
    assert [source["kind"] for source in report["sources"]] == [
        "anthropic", "openai", "bedrock", "vertex", "litellm", "otel"]
    for source in report["sources"]:
        assert source["state"] in ("ok", "stale"), source  # a busy machine reads late at sixty times the speed
        assert source["data_until"] >= report["simulated_from"], source


def test_what_is_spent_elsewhere_is_attributed(everywhere: tuple[dict[str, Any], Path]) -> None:
    report, _ = everywhere
    workloads = {line["slug"]: line for line in report["workloads"]}
    for profile in ELSEWHERE:
        line = workloads[profile.slug]
        assert 0 < from_usd(line["spend_seen_usd"]) <= from_usd(line["spend_true_usd"]) + MICRO, profile.slug


def test_a_tool_loop_is_seen_in_pushed_calls_and_ended_by_the_workloads_gate(
        everywhere: tuple[dict[str, Any], Path]) -> None:
    report, kept = everywhere
    assert [(trip["workload"], trip["rule"], trip["origin"], trip["state"]) for trip in report["trips"]] == [
        (AGENT.slug, "signs", "automatic", "done")]
    assert "tool loop" in report["trips"][0]["reason"]
    assert json.loads((kept / "gates" / f"{AGENT.slug}.json").read_text())["state"] == "closed"
    assert report["trips"][0]["spend_stopped_at"] < report["simulated_until"]
    agent = next(line for line in report["workloads"] if line["slug"] == AGENT.slug)
    assert from_usd(agent["spend_by_night_end_usd"]) < 30 * MICRO
    assert from_usd(report["spend_without_console_usd"]) > 1000 * MICRO


def test_secrets_of_every_source_are_private(everywhere: tuple[dict[str, Any], Path]) -> None:
    _, kept = everywhere
    secrets = list((kept / "secrets").iterdir())
    assert len(secrets) == 11
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets} == {0o600}


def test_a_demo_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "console", "demo", "--headless"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, "TMPDIR": str(tmp_path)})
    while not list(tmp_path.glob("*/token-console.db")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--speed", "0"], ["--seconds", "0", "--headless"], ["--story", "doomsday"], []])
def test_wrong_usage_is_said_so(options: list[str]) -> None:
    """Without options it would open screens, and there is no terminal here."""
    assert demo(*options).returncode == 2
