"""Figures of a topic that a Charter states, too: where it states them, and of how much one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from console.economics.curve import Figure


@dataclass(frozen=True, slots=True)
class Commitment:
    """Dollars that a topic works out and a Charter commits to."""

    key: str
    """Of the Charter's `[scenarios.expected]`; there it is dollars a month."""
    per: Literal["month", "call", "case"]
    """Of what the topic's own figure is: a month, a call, or a reviewed case."""
    usd: Figure
