"""Recorded evaluations at the door: whole or not at all, the same file once, and what is written down of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from console.clock import day_start
from console.errors import InputError, NotPermitted, UsageError
from console.evaluations import file, recorded
from console.evaluations.comparison import Terms, compare
from console.operations import evaluations, findings
from console.operations.desk import Desk
from store import audit
from tests.support.desks import ARCHITECT, FINANCE, NOON, VIEWER, open_desk
from tests.support.evaluations import PHANTOM
from tests.support.ledgers import read, register, spend


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            register(tx, "claims-triage")
            register(tx, "client-letters")
        yield desk


async def take(desk: Desk, text: str = PHANTOM, **more: object) -> evaluations.Imported:
    given = {"name": "e.csv", "workload": "claims-triage", "kind": "retrieval", **more}
    return await evaluations.import_evaluation(desk, ARCHITECT, text=text, **given)  # type: ignore[arg-type]


def actions(desk: Desk) -> list[tuple[str, str, dict[str, object]]]:
    with desk.database.read() as tx:
        return [(row.action, row.object, json.loads(row.body)["detail"]) for row in audit.entries(tx, limit=20)]


async def test_it_is_kept_with_what_it_said_and_the_log_says_which_file_it_was(desk: Desk) -> None:
    done = await take(desk, at=NOON - timedelta(days=3), terms=Terms(margin=Fraction(3, 100)))
    assert done.is_new
    (held,) = await evaluations.recorded_evaluations(desk, VIEWER, workload="claims-triage")
    assert held == done.recorded
    assert (held.at, held.file, held.recorded_by) == (NOON - timedelta(days=3), "e.csv", "maria")
    both = held.summary.difference("thinking", "both")
    assert both is not None
    assert both.added_tokens is not None
    assert both.verdict == "indistinguishable"
    assert both.added_tokens.value == 4_600
    (action, about, detail), *_ = actions(desk)
    assert (action, about, detail["answers"], detail["kind"]) == ("evaluation.imported", "claims-triage", 600,
                                                                  "retrieval")


async def test_its_answers_come_back_as_they_were(desk: Desk) -> None:
    done = await take(desk)
    found, evaluation = await evaluations.recorded_evaluation(desk, VIEWER, number=done.recorded.number)
    assert evaluation == file.read(PHANTOM, "e.csv", "retrieval")
    assert compare(evaluation, found.summary.terms) == found.summary.differences
    assert recorded.of_document(json.loads(json.dumps(recorded.document(found.summary)))) == found.summary


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    first, before = await take(desk), len(actions(desk))
    again = await take(desk, name="copy.csv")
    assert (again.is_new, again.recorded) == (False, first.recorded)
    assert len(actions(desk)) == before
    assert (await take(desk, workload="client-letters")).is_new


async def test_one_that_is_withdrawn_counts_no_more_and_may_come_again(desk: Desk) -> None:
    first = await take(desk)
    await evaluations.withdraw_evaluation(desk, ARCHITECT, number=first.recorded.number, why="The wrong prompt.")
    assert await evaluations.recorded_evaluations(desk, VIEWER) == ()
    assert actions(desk)[0][0] == "evaluation.withdrawn"
    assert (await take(desk)).is_new
    with pytest.raises(UsageError, match="No evaluation 1 is held"):
        await evaluations.withdraw_evaluation(desk, ARCHITECT, number=first.recorded.number, why="Again.")


async def test_what_is_wrong_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    with pytest.raises(InputError, match=r"e\.csv:2"):
        await take(desk, "case,arm,score\nq1,thinking,7\n")
    with pytest.raises(UsageError, match="no workload 'claims'"):
        await take(desk, workload="claims")
    with pytest.raises(UsageError, match="future"):
        await take(desk, at=NOON + timedelta(days=1))
    assert await evaluations.recorded_evaluations(desk, VIEWER) == ()


async def test_who_may_not_is_refused_and_the_attempt_is_in_the_log(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="record evaluation"):
        await evaluations.import_evaluation(desk, FINANCE, text=PHANTOM, name="e.csv", workload="claims-triage",
                                            kind="retrieval")
    assert actions(desk)[0][:2] == ("attempt.refused", "claims-triage")


async def test_what_was_recorded_is_what_the_detectors_read(desk: Desk) -> None:
    with desk.database.write() as tx:
        read(tx, NOON - timedelta(days=8), NOON)
        spend(tx, "claims-triage", {day_start(NOON - timedelta(days=2)): 50_000_000}, requests=1_000)
    before = await findings.findings(desk, VIEWER, workload="claims-triage")
    assert "Phantom RAG" in {lack.detector for lack in before.lacks}
    await take(desk)
    after = await findings.findings(desk, VIEWER, workload="claims-triage")
    assert "Phantom RAG" in {line.finding.detector for line in after.lines}
    assert after.failed == ()
