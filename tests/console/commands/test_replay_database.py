"""`replay --from-database`: the organisation's own minutes are judged as a file of the same usage is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.pricing import PriceBook
from console.watch import recorded
from store import usage
from store.database import Database
from tests.support.recordings import HISTORY, Cells, Replays, charter, night, row, text

CONFIGURATION = """\
[organisation]
name = "Example Ltd"
time_zone = "Europe/London"

[database]
url = "sqlite:///console.db"

[[sources]]
name = "anthropic"
kind = "anthropic"
secret = "env:ADMIN"
kill_secret = "env:KILL"
"""


@pytest.fixture
def replays(tmp_path: Path) -> Replays:
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    made = Replays(tmp_path)
    made.write("token-console.toml", CONFIGURATION)
    made.write("charter.toml", charter())
    return made


def keep(replays: Replays, name: str) -> None:
    """Store a file's usage as polls would have: a series for each workload and model, a fact for each minute."""
    whole = recorded.read(replays.folder / name, PriceBook())
    series = {json.dumps({"api_key_id": workload, "model": model}): (workload, minutes)
              for workload, recording in whole.workloads.items() for model, minutes in recording.by_model.items()}
    database = Database.open(f"sqlite:///{replays.folder / 'console.db'}")
    with database.write() as tx:
        numbers = usage.series_ids(tx, "anthropic", series, whole.first * 60)
        usage.set_workloads(tx, {numbers[key]: workload for key, (workload, _) in series.items()})
        tx.connection().exec_driver_sql("UPDATE series SET last_bucket = ?", (whole.end * 60 - 60,))
        for key, (workload, minutes) in series.items():
            told = whole.workloads[workload].knows.requests
            for minute, (cost, fresh, read, written, output, calls) in minutes.items():
                tx.connection().exec_driver_sql(
                    "INSERT INTO usage_fact (bucket, width, series, uncached_input, cache_write_5m, cache_write_1h, "
                    "cache_read, output, web_searches, requests, cost_microusd, estimated) "
                    "VALUES (?, 60, ?, ?, ?, 0, ?, ?, 0, ?, ?, 0)",
                    (minute * 60, numbers[key], fresh, written, read, output, calls if told else None, cost))
    database.close()


def without_requests(rows: list[Cells]) -> list[Cells]:
    return [(*cells[:3], None, *cells[4:]) for cells in rows]


@pytest.mark.parametrize("rows", [night(), without_requests(night())], ids=["with requests", "without"])
def test_the_same_usage_has_the_same_decisions(replays: Replays, rows: list[Cells]) -> None:
    both = [*rows, *(row(minute, workload="other", model="claude-haiku-4-5") for minute in range(HISTORY))]
    replays.write("night.csv", text(both))
    keep(replays, "night.csv")
    of_file = replays.document("night.csv", "--charter", "charter.toml")
    of_database = replays.document("--from-database", "--charter", "charter.toml")
    assert of_file["workloads"][0]["kill_at"] is not None
    assert {**of_database, "file": "night.csv"} == of_file


def test_an_empty_database_says_what_to_do(replays: Replays) -> None:
    code, out, err = replays.run("--from-database")
    assert (code, out) == (1, "")
    assert "no usage by minute yet; poll first: token-console poll --once" in err


def test_without_a_configuration_it_says_what_is_missing(tmp_path: Path) -> None:
    code, _, err = Replays(tmp_path).run("--from-database")
    assert code == 78
    assert "There is no configuration" in err
