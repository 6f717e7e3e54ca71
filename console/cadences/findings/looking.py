"""Every detector over one workload; one that fails is told of, and keeps no other from looking."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from console.antipatterns.catalogue import DETECTORS
from console.antipatterns.finding import Detector, Finding, NotEnough
from console.antipatterns.telemetry import Telemetry
from console.cadences.findings.value import Lack

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Looked:
    """What was found in the workloads looked at so far."""

    workloads: int = 0
    findings: list[Finding] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    """(detector, workload) of which it could be told whether it is so."""


def look(seen: Iterable[Telemetry], detectors: Iterable[Detector] = DETECTORS) -> Looked:
    """Every detector over every workload."""
    looked, every = Looked(), tuple(detectors)
    for one in seen:
        looked.workloads += 1
        for detector in every:
            _look(detector, one, looked)
    looked.findings.sort(key=lambda each: -each.stake.likely if each.stake is not None else 1)
    return looked


def _look(detector: Detector, seen: Telemetry, looked: Looked) -> None:
    if detector.by_entry and not seen.entry:
        looked.lacks.append(Lack(detector.name, seen.workload, "an MBOM entry; beside files, --mbom FILE gives it"))
        return
    try:
        verdict = detector.look(seen)
    except Exception as error:
        log.exception("%s could not look at %s", detector.name, seen.workload)
        looked.failed.append(f"{detector.name} could not look at {seen.workload}: {type(error).__name__}: {error}")
        return
    if isinstance(verdict, NotEnough):
        looked.lacks.append(Lack(detector.name, seen.workload, verdict.missing))
        return
    looked.told.add((detector.name, seen.workload))
    looked.findings.extend(verdict)
