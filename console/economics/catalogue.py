"""The topics of the lab, in the playbook's order."""

from __future__ import annotations

from console.economics import (
    cache,
    cascade,
    decomposition,
    eviction,
    filtering,
    literacy,
    orchestration,
    prework,
    review,
    thinking,
)
from console.economics.topic import Topic

TOPICS: dict[str, Topic] = {each.name: each for each in (
    cascade.TOPIC,
    orchestration.TOPIC,
    decomposition.TOPIC,
    cache.TOPIC,
    eviction.TOPIC,
    review.TOPIC,
    prework.TOPIC,
    filtering.TOPIC,
    literacy.TOPIC,
    thinking.TOPIC,
)}
