"""Reports of 2,000 workloads, against the same cells as plain CSV in the same run."""

from __future__ import annotations

import csv
import io

import pytest

from console.reports import quarterly
from console.reports.formats import render
from tests.support.measuring import in_turn, median, report
from tests.support.report_samples import many_quarters, mbom_rows

WORKLOADS, ATTENTION, ROUNDS = 2_000, 40, 5
MOST_TIMES = {"md": 20, "html": 15, "csv": 15, "pdf": 350}
"""Over writing the lines as they are; measured were 7, 5, 5 and 116."""


@pytest.mark.benchmark
@pytest.mark.parametrize("form", MOST_TIMES)
def test_a_transparency_report_of_two_thousand_workloads_takes_a_bounded_time(form: str) -> None:
    document = quarterly.document_of(many_quarters(WORKLOADS, ATTENTION), mbom_rows(WORKLOADS))

    def plain() -> None:
        csv.writer(io.StringIO()).writerows(document.lines.rows)

    baseline, subject = (median(times) for times in in_turn(ROUNDS, plain, lambda: render(document, form)))
    report(f"2,000 workloads as {form}", plain_csv_s=baseline, report_s=subject, times=subject / baseline)
    assert subject < MOST_TIMES[form] * baseline
