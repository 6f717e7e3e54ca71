"""Every detector, in the playbook's order."""

from __future__ import annotations

from console.antipatterns import orphaned_workload, unbounded_system_prompt
from console.antipatterns.finding import Detector

DETECTORS: tuple[Detector, ...] = (unbounded_system_prompt.DETECTOR, orphaned_workload.DETECTOR)
