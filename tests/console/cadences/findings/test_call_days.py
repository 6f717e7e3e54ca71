"""What a recording of calls comes to, whatever days it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.cadences.call_track import Call
from console.cadences.findings.call_days import of_recorded


def test_a_recording_comes_to_the_sum_of_its_days() -> None:
    start = datetime(2026, 11, 19, tzinfo=UTC)
    told = [Call(start + timedelta(hours=hours), "s", "main", None, 0, "haiku", 500, 400, 0, 100, cost=5)
            for hours in (1, 2, 23.9, 24.1, 50)]
    whole = of_recorded(told)
    assert (whole.calls, whole.cost, whole.last_at - whole.first_at) == (5, 25, 49 * 3600)
    assert whole.totals.conversations == 2
