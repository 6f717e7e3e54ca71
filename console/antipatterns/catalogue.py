"""Every detector, in the playbook's order."""

from __future__ import annotations

from console.antipatterns import (
    cached_timestamp,
    cascade_that_doesnt,
    eternal_conversation,
    opus_habit,
    orphaned_workload,
    phantom_rag,
    recursive_sub_agent,
    silent_downgrade,
    unbounded_system_prompt,
    ungoverned_tool,
)
from console.antipatterns.finding import Detector

DETECTORS: tuple[Detector, ...] = (
    recursive_sub_agent.DETECTOR,
    cached_timestamp.DETECTOR,
    phantom_rag.DETECTOR,
    eternal_conversation.DETECTOR,
    opus_habit.DETECTOR,
    unbounded_system_prompt.DETECTOR,
    cascade_that_doesnt.DETECTOR,
    ungoverned_tool.DETECTOR,
    silent_downgrade.DETECTOR,
    orphaned_workload.DETECTOR,
)
