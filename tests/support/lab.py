"""Topics of the lab, worked out from options as somebody writes them."""

from __future__ import annotations

from fractions import Fraction

from console.economics.catalogue import TOPICS
from console.economics.topic import Worked


def lab(topic: str, **inputs: str) -> Worked:
    return TOPICS[topic].work(TOPICS[topic].read(inputs))


def results(topic: str, **inputs: str) -> dict[str, Fraction | bool | None]:
    return {each.name: each.value for each in lab(topic, **inputs).results}


def notes(topic: str, **inputs: str) -> str:
    return " ".join(lab(topic, **inputs).notes)
