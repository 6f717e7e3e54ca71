"""Every detector, in the playbook's order."""

from __future__ import annotations

from console.antipatterns import orphaned_workload
from console.antipatterns.finding import Detector

DETECTORS: tuple[Detector, ...] = (orphaned_workload.DETECTOR,)
