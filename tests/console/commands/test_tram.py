"""`tram` at a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.__main__ import main
from store.database import Database
from store.tables import Charter, Workload
from tests.support.desks import NOON


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration and a database of two workloads, one of them with a Charter."""
    with Database.create(f"sqlite:///{tmp_path / 'console.db'}").write() as tx:
        for slug in ("claims", "chat"):
            tx.add(Workload(slug=slug, name=slug, entry={"slug": slug}, updated_at=NOON))
        tx.add(Charter(workload="claims", version=2, state="signed", content_hash="x", text="", imported_at=NOON,
                       imported_by="maria", document={"tram": {"cost_variance": "low", "output_variance": "medium",
                                                               "thinking": True}}))
    (tmp_path / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\n[database]\nurl = "sqlite:///console.db"\n')
    return tmp_path


def test_the_matrix_is_printed_with_what_each_cell_permits_and_who_stands_in_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(home / "token-console.toml"), "tram"]) == 0
    said = capsys.readouterr().out
    assert "COST \\ OUTPUT" in said
    assert "low x medium: permits distilled, workhorse; no extended thinking; depth to 2; fan-out to 4" in said
    assert "review at least: sample, post-issue pre-action, override" in said
    assert "claims: live, 0.00 (beyond the cell: extended thinking)" in said
    assert "chat: live, 0.00 (it has no Charter in force" in said


def test_the_json_is_one_document(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(home / "token-console.toml"), "tram", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["rows"] == ["low", "medium", "high"]
    assert [one["slug"] for one in document["elsewhere"]] == ["chat"]
