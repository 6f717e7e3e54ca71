"""A month and its quarter at a shell, held against figures worked out here and against one another."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest

from console.__main__ import main
from console.clock import month_bounds, month_name
from console.operations.identity import login_name
from store.database import Database
from tests.support.charters import edited
from tests.support.ledgers import PROJECTION, a_day, read, register, sign, spend

Shell = Callable[..., str]
"""A command's words to its standard output."""
START, END = month_bounds(month_bounds(datetime.now(UTC))[0] - timedelta(days=1))
MONTH, DAYS = month_name(START), (END - START).days
SPENT = {"claims-triage": 60_123_457, "no-review": 55_000_001, "no-charter": 10_333_333, None: 1_000_003}
"""Micro-dollars a day; what nobody claims is None's."""
OUTCOMES = f"""workload,period,outcomes,value_usd,baseline_usd,review_usd,rework_usd,note
claims-triage,{MONTH},149999.5,,,8750.10,1100.123456,
no-review,{MONTH},150000,180000,52500,,1200,
no-charter,{MONTH},10,500.000001,100,5,5,"=HYPERLINK(""x"")"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    database = Database.create(f"sqlite:///{tmp_path / 'console.db'}")
    with database.write() as tx:
        read(tx, START - timedelta(days=40), datetime.now(UTC))
        for slug, cost in SPENT.items():
            if slug is not None:
                register(tx, slug)
            if slug in ("claims-triage", "no-review"):
                sign(tx, "# Agreed in May.\n" + edited(*PROJECTION).replace("claims-triage", slug), START)
            spend(tx, slug, a_day(START, DAYS, cost))
    database.close()
    (tmp_path / "outcomes.csv").write_text(OUTCOMES)
    (tmp_path / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\n[database]\nurl = "sqlite:///console.db"\n'
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["business_owner", "platform_lead"]\n'
        '[[sources]]\nname = "anthropic"\nkind = "anthropic"\nsecret = "env:ADMIN"\n')
    return tmp_path


@pytest.fixture
def shell(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(home)

    def run(*words: str) -> str:
        code = main(["--config", "token-console.toml", *words])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return run


def micro(text: str) -> int:
    return int((Decimal(text) * 10**6).quantize(Decimal(1), ROUND_HALF_EVEN))


def dollars(amount: int | None) -> str | None:
    return None if amount is None else f"{Decimal(amount) / 10**6:.6f}"


def table(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_month_is_what_it_comes_to_by_hand_and_every_export_adds_up_to_it(shell: Shell, home: Path) -> None:
    shell("outcomes", "import", "outcomes.csv", "--month", MONTH)
    month = json.loads(shell("monthly", MONTH, "--json"))
    spent = {slug: cost * DAYS for slug, cost in SPENT.items()}
    net = {
        "claims-triage": micro("149999.5") * 1_200_000 // 10**6 - micro("149999.5") * 350_000 // 10**6
                         - spent["claims-triage"] - micro("8750.10") - micro("1100.123456"),
        "no-review": None,
        "no-charter": micro("500.000001") - micro("100") - spent["no-charter"] - micro("10"),
    }
    for line in month["lines"]:
        slug = line["slug"]
        assert (line["inference_usd"], line["alpha_net_usd"]) == (dollars(spent[slug]), dollars(net[slug]))
    assert month["totals"]["alpha_net_usd"] is None
    assert month["totals"]["known_alpha_net_usd"] == dollars(sum(each for each in net.values() if each is not None))

    shell("report", "monthly", MONTH, "-o", "month.csv")
    told = {row["workload"]: row for row in table(home / "month.csv")}
    assert {slug: row["alpha_net_usd"] or None for slug, row in told.items()} == {
        slug: dollars(amount) for slug, amount in net.items()}
    shell("export", "usage", "--from", f"{START:%Y-%m-%d}", "--to", f"{END:%Y-%m-%d}", "-o", "focus.csv")
    billed = sum(Decimal(row["BilledCost"]) for row in table(home / "focus.csv"))
    totals = month["totals"]
    assert billed == Decimal(totals["inference_usd"]) + Decimal(totals["unattributed_usd"])
    assert micro(str(billed)) == sum(spent.values())


def test_a_review_that_revises_opens_a_draft_with_the_comments_of_its_authors(shell: Shell) -> None:
    for role in ("business_owner", "platform_lead"):
        shell("quarter", "recommend", "claims-triage", "--role", role, "--text", "Halve the depth.")
    shell("quarter", "end", "claims-triage", "revise", "--text", "As recommended.")
    draft = shell("charter", "export", "claims-triage")
    assert draft.startswith("# Agreed in May.\n")
    assert "version = 2" in draft
    assert json.loads(shell("charter", "show", "claims-triage", "--json"))["state"] == "draft"
