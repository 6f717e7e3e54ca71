"""Exporting and checking 5,000 workloads, against the same document as plain JSON in the same run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cyclonedx.schema
import jsonschema_rs
import pytest

from console.operations.mbom import references as mbom_references
from console.operations.mbom.cyclonedx import Portfolio, document, serial_of
from console.operations.mbom.file import read
from console.toml import Document
from tests.support.mbom import CONFIG, WHOLE
from tests.support.measuring import in_turn, median, report

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORKLOADS, ROUNDS = 5_000, 5
MOST_TIMES = 5
SCHEMAS = Path(cyclonedx.schema.__file__).parent / "_res"
SIDE = ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json", "cryptography-defs.SNAPSHOT.schema.json")


def portfolio() -> Portfolio:
    entry = read(WHOLE, "mbom.toml", CONFIG).entries[0].data
    return Portfolio("Example Ltd", "0.1.0", [{**entry, "slug": f"workload-{number:04}"}
                                              for number in range(WORKLOADS)])


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


@pytest.mark.benchmark
def test_five_thousand_workloads_are_exported_and_checked_within_a_few_times_of_plain_json() -> None:
    entries = portfolio()
    registry = jsonschema_rs.Registry([(f"http://cyclonedx.org/schema/{name}", schema(name)) for name in SIDE])
    validator = jsonschema_rs.validator_for(schema("bom-1.6.SNAPSHOT.schema.json"), registry=registry,
                                            validate_formats=True)
    whole = document(entries, spec="1.6", serial=serial_of("Example Ltd", AT), at=AT)

    def plain() -> None:
        json.loads(json.dumps(whole, indent=1))

    def exported() -> None:
        body = document(entries, spec="1.6", serial=serial_of("Example Ltd", AT), at=AT)
        assert mbom_references.check(Document("export", body, {})) == []
        assert next(validator.iter_errors(json.loads(json.dumps(body, indent=1))), None) is None

    baseline, subject = (median(times) for times in in_turn(ROUNDS, plain, exported))
    report("5,000 workloads as CycloneDX", plain_json_s=baseline, exported_and_checked_s=subject,
           times=subject / baseline)
    assert subject < MOST_TIMES * baseline
