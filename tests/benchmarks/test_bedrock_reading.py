"""An hour of a thousand inference profiles, from the bytes of ten answers of GetMetricData to 60,000 rows.

The baseline is to parse the same bytes as JSON and do nothing with them. The goal is under a second of processor time.
"""

from __future__ import annotations

import json
import time

import pytest

from console.providers.bedrock.metrics import RUNTIME, Measure, Series, batches
from console.providers.bedrock.reading import Reading
from tests.support.measuring import report

T = 1_764_115_200
MOST = 6.0
PROFILES = 1000


def answer(queries: int) -> bytes:
    """Every minute of the hour, for so many metrics."""
    stamps = [float(T + 60 * number) for number in range(60)]
    return json.dumps({"MetricDataResults": [
        {"Id": f"q{number}", "Label": "x", "StatusCode": "Complete", "Timestamps": stamps, "Values": [1234.0] * 60}
        for number in range(queries)]}).encode()


@pytest.mark.benchmark
def test_reading_costs_a_few_times_the_parsing_of_its_bytes() -> None:
    asked = [(Series(RUNTIME, f"profile{number}"), measure) for number in range(PROFILES) for measure in Measure]
    bodies = [(batch, answer(len(batch))) for batch in batches(asked)]

    begun = time.process_time()
    for _, body in bodies:
        json.loads(body)
    parsed_s = time.process_time() - begun

    begun = time.process_time()
    reading = Reading(T, T + 3600, 60)
    for batch, body in bodies:
        reading.page(json.loads(body), batch, {})
    rows = list(reading.rows("1", "us-east-1", {f"profile{number}": "model" for number in range(PROFILES)}))
    read_s = time.process_time() - begun

    assert len(rows) == 60 * PROFILES
    report("an hour of 1,000 profiles", parsed_s=parsed_s, read_s=read_s, ratio=read_s / parsed_s)
    assert read_s < MOST * parsed_s
