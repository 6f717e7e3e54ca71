"""What usage of one model comes to at list prices, and what of that was paid (batches, agreed prices)."""

from __future__ import annotations

from fractions import Fraction

from console.antipatterns.telemetry import Bucket
from console.pricing import PICO_PER_MICRO
from console.rates import Rates


def listed(used: Bucket, rates: Rates) -> int:
    """Pico-dollars."""
    return (used.uncached * rates.uncached_input + used.written_5m * rates.cache_write_5m
            + used.written_1h * rates.cache_write_1h + used.read * rates.cache_read + used.output * rates.output)


def paid_of_list(used: Bucket, rates: Rates) -> Fraction | None:
    """A share; None where the list price is nothing."""
    whole = listed(used, rates)
    return Fraction(used.cost * PICO_PER_MICRO, whole) if whole else None
