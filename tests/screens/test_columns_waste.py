"""The waste of one workload on its page: nothing where nothing is known, and never a zero for what is unknown."""

from __future__ import annotations

from dataclasses import replace

from console.cadences.orchestration import Multiplier
from console.cadences.workload import FindingBrief, WorkloadView
from screens.columns import waste
from tests.support.incidents import VIEW
from tests.support.portfolio import AT


def shown(view: WorkloadView) -> str:
    return "\n".join(str(each) for each in waste.block(view, 120, lambda at: f"{at:%d %b}"))


def test_a_page_without_findings_and_call_records_has_no_such_block() -> None:
    view = VIEW
    assert waste.block(view, 120, str) == []
    no_actions = Multiplier("x", 900, 0, 0, 0, 0, 0)
    assert waste.block(replace(view, multiplier=no_actions), 120, str) == []


def test_findings_and_the_multiplier_stand_with_their_verdict_and_what_is_unknown_is_a_question_mark() -> None:
    view = replace(
        VIEW, multiplier=Multiplier("x", 900, 300, 280, 9_000, 3_000, 5),
        findings=(FindingBrief("Cached Timestamp", "written and never read", 1_840_000_000, AT, None),
                  FindingBrief("Silent Downgrade", "a sample", None, AT, "dismissed")))
    text = shown(view)
    assert "1,840.00 a month" in text
    assert "waits for a verdict" in text
    assert "? a month" in text
    assert "3.00, like two agents" in text
