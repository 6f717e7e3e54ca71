"""The topics of the lab, in the playbook's order."""

from __future__ import annotations

from console.economics import cache, cascade, prework, review
from console.economics.topic import Topic

TOPICS: dict[str, Topic] = {each.name: each for each in (
    cascade.TOPIC,
    cache.TOPIC,
    review.TOPIC,
    prework.TOPIC,
)}
