"""Telemetry of one workload, made by hand for the detectors' tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.antipatterns.telemetry import Bucket, Telemetry
from console.clock import epoch
from console.pricing import PriceBook

START = datetime(2026, 11, 19, tzinfo=UTC)
END = START + timedelta(days=7)
ENTRY = {"slug": "claims-triage", "name": "Claims triage", "business_owner": "A. Owner"}


def bucket(start: datetime, *, uncached: int = 0, written: int = 0, read: int = 0, output: int = 0,
           requests: int | None = None, cost: int = 0) -> Bucket:
    """One hour or day; what is written is written for five minutes."""
    return Bucket(epoch(start), uncached, written, 0, read, output, requests, cost, 0)


def telemetry(days: Sequence[Bucket] = (), **other: Any) -> Telemetry:
    """A workload with an owner and no Charter, in the week from START."""
    known = Telemetry("claims-triage", START, END, ENTRY, None, PriceBook(), tuple(days))
    return replace(known, **other)
