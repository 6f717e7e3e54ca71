"""What the check-up says of the audit log: signed or not, told outside or not, and how much that proves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.config import AuditSettings
from console.operations.checkup import Check, Health
from console.operations.checkup_audit import of_audit
from console.watch import anchoring, sealing
from store.database import Database
from tests.support.audit_log import HOUR, NOON, config


def checks(folder: Path, settings: AuditSettings, *, hours: float = 0.1, seal: bool = True) -> dict[str, Check]:
    """What is said so long after a checkpoint was signed and told."""
    known = config(folder, settings)
    database = Database.create(known.database_url)
    try:
        if seal:
            sealing.seal(known, database, NOON)
            anchoring.tell(known, database, NOON)
        return {check.name: check for check in of_audit(known, database, ManualClock(NOON + hours * HOUR))}
    finally:
        database.close()


def test_without_an_anchor_it_says_what_could_happen_unseen(tmp_path: Path) -> None:
    found = checks(tmp_path, AuditSettings())
    assert found["audit signature"].health is Health.OK
    assert found["audit anchor"].health is Health.WARNING
    assert "could rewrite the log and sign it again, unseen" in found["audit anchor"].said


def test_a_file_that_this_user_can_change_is_called_weak(tmp_path: Path) -> None:
    found = checks(tmp_path, AuditSettings(file=tmp_path / "checkpoints"))[f"audit anchor file:{tmp_path}/checkpoints"]
    assert found.health is Health.WARNING
    assert "knows checkpoint 1; this user can change it" in found.said


@pytest.mark.skipif(os.getuid() == 0, reason="root may change every file")
def test_a_file_of_another_user_is_called_strong(tmp_path: Path) -> None:
    found = checks(tmp_path, AuditSettings(file=Path("/dev/null")))["audit anchor file:/dev/null"]
    assert found.health is Health.OK


def test_a_place_that_cannot_be_told_fails_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "no" / "such" / "folder"
    found = checks(tmp_path, AuditSettings(file=file))[f"audit anchor file:{file}"]
    assert found.health is Health.FAILED
    assert "No such file" in found.said


def test_an_old_signature_is_worth_a_word(tmp_path: Path) -> None:
    found = checks(tmp_path, AuditSettings(), hours=3)["audit signature"]
    assert found.health is Health.WARNING
    assert "older than two hours" in found.said


def test_a_new_installation_is_well(tmp_path: Path) -> None:
    assert checks(tmp_path, AuditSettings(), seal=False)["audit signature"].health is Health.OK
