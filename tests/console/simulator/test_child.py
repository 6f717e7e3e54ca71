"""The simulator as a process of its own: one line when ready, held time, and an end with its parent."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.request import urlopen

from console.clock import parse_rfc3339
from console.simulator.child import Child


def test_time_stands_still_until_it_begins_and_then_runs_as_the_parents_clock_does() -> None:
    with Child("quiet-day", speed=600.0) as child:
        assert parse_rfc3339(child.state()["now"]) == child.start
        assert child.read_key != child.kill_key
        clock = child.begin()
        before = clock.now()
        told = parse_rfc3339(child.state()["now"])
        assert before.replace(microsecond=0) <= told <= clock.now()


def test_it_starts_at_once_when_not_held_and_ends_when_its_input_does() -> None:
    command = [sys.executable, "-m", "console.simulator", "--story", "no-charter", "--start", "2026-11-10T20:00:00Z",
               "--admin-key", "sk-ant-admin01-mine"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert (ready["admin_key"], ready["start"]) == ("sk-ant-admin01-mine", "2026-11-10T20:00:00Z")
    with urlopen(f"{ready['base_url']}/simulator/state") as answer:
        assert json.load(answer)["night_ends"] == "2026-11-11T06:00:00Z"
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()
