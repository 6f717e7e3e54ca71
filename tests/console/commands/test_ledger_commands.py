"""`outcomes`, `monthly`, `explain` and `saving` as a person at a shell uses them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.clock import month_bounds, month_name
from store.database import Database
from tests.console.commands.test_registry_commands import console, home
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.ledgers import a_day, read, register, sign, spend

__all__ = ["home"]

LAST = month_bounds(month_bounds(datetime.now(UTC))[0] - timedelta(days=1))
MONTH = month_name(LAST[0])


@pytest.fixture
def spent(home: Path) -> Path:
    """Claims triage spent a hundred dollars on each day of the month before."""
    database = Database.open(f"sqlite:///{home / 'console.db'}")
    with database.write() as tx:
        register(tx, "claims-triage")
        sign(tx, CLAIMS_TRIAGE, LAST[0])
        read(tx, LAST[0] - timedelta(days=40), datetime.now(UTC))
        spend(tx, "claims-triage", a_day(LAST[0], (LAST[1] - LAST[0]).days, 100_000_000))
    database.close()
    return home


def test_a_month_is_entered_read_and_explained(spent: Path) -> None:
    (spent / "o.csv").write_text("workload;month;count;baseline;review;rework\n"
                                 f"claims-triage;{MONTH};10000;3500;400;60.5\n")
    done = console(spent, "outcomes", "import", "o.csv", "--month", MONTH)
    assert (done.returncode, done.stdout) == (0, f"1 rows of 1 workloads are in the ledger, for {MONTH}.\n")
    (row,) = json.loads(console(spent, "outcomes", "list", "--month", MONTH, "--json").stdout)["outcomes"]
    assert (row["value_usd"], row["by_charter"], row["rework_usd"]) == ("12000.000000", ["value"], "60.500000")
    days = (LAST[1] - LAST[0]).days
    monthly = json.loads(console(spent, "monthly", MONTH, "--json").stdout)
    (line,) = monthly["lines"]
    assert line["inference_usd"] == f"{days * 100}.000000"
    assert line["alpha_net_usd"] == f"{12_000 - 3_500 - 400 - 60.5 - days * 100:.6f}"
    assert (line["state"], line["owed"]) == ("open", ["business_owner", "platform_lead"])
    shown = console(spent, "monthly", MONTH).stdout
    assert "1 of 1 workloads are more than 15 % off and wait for explanations" in shown
    for role in ("business_owner", "platform_lead"):
        explained = console(spent, "explain", "claims-triage", "--month", MONTH, "--role", role, "--text", "A storm.")
        assert explained.returncode == 0, explained.stderr
    shown = console(spent, "monthly", MONTH).stdout
    assert "explained" in shown
    assert "as platform_lead: A storm." in shown
    assert console(spent, "audit", "verify").returncode == 0


def test_a_file_with_faults_is_refused_whole_and_each_is_named(spent: Path) -> None:
    (spent / "o.csv").write_text("workload,month,count,value\nclaims-triage," + MONTH + ",-1,\nclaims,"
                                 + MONTH + ',1,"1,250"\n')
    done = console(spent, "outcomes", "import", "o.csv")
    assert done.returncode == 1
    assert [line.split(";")[0] for line in done.stderr.splitlines()] == [
        "o.csv:2: column 3 (outcomes): '-1' is negative",
        "o.csv:3: column 1 (workload): the MBOM has no workload 'claims'",
        "o.csv:3: column 4 (value_usd): '1,250' has a separator of thousands"]
    assert "has nothing of" in console(spent, "outcomes", "list", "--month", MONTH).stdout
    (spent / "o.csv").write_bytes("workload,month,count\nclaims-triage,é,1\n".encode("latin-1"))
    assert "o.csv:2: this is not UTF-8 text" in console(spent, "outcomes", "import", "o.csv").stderr


def test_a_row_is_added_by_hand_and_withdrawn(spent: Path) -> None:
    added = console(spent, "outcomes", "add", "claims-triage", "--period", f"{MONTH}-03", "--outcomes", "12",
                    "--review-usd", "4.50", "--json")
    assert json.loads(added.stdout) == {"outcome": 1, "workload": "claims-triage", "overlapping": []}
    beside = console(spent, "outcomes", "add", "claims-triage", "--period", MONTH, "--value-usd", "1",
                     "--reference", "b")
    assert (beside.stdout, "overlap in time, and both count" in beside.stderr) == ("Row 2 is in the ledger.\n", True)
    wrong = console(spent, "outcomes", "add", "claims-triage", "--period", "last week", "--outcomes", "12")
    assert (wrong.returncode, "neither a month nor a day" in wrong.stderr) == (2, True)
    assert console(spent, "outcomes", "withdraw", "1", "--why", "a test").returncode == 0
    assert console(spent, "outcomes", "withdraw", "1", "--why", "a test").returncode == 2


def test_a_saving_is_declared_and_listed(spent: Path) -> None:
    declared = console(spent, "saving", "declare", "claims-triage", "--what", "cache the prefix",
                       "--promised-usd", "900", "--applied", f"{MONTH}-11T00:00:00Z")
    assert declared.stdout.startswith("Saving 1 is declared.")
    (line,) = json.loads(console(spent, "saving", "list", "--month", MONTH, "--json").stdout)["savings"]
    assert (line["promised_usd"], line["declared_by"]) == ("900.000000", line["declared_by"])
    assert line["realised_usd"] is not None
    assert console(spent, "saving", "withdraw", "1").returncode == 0
    assert console(spent, "saving", "list", "--month", MONTH).stdout == "No saving is declared.\n"
