"""The scale of a chart, the same in every format: from nothing to a round figure above the most, or below it."""

from __future__ import annotations

from dataclasses import dataclass

from console.money import MICRO, display
from console.reports.document import Chart

_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Scale:
    """Marks from `low` to `high`, both multiples of `step`, in the chart's own unit."""

    low: int
    high: int
    step: int

    def share(self, value: int) -> float:
        """Where a value lies between `low` (0) and `high` (1)."""
        return (value - self.low) / (self.high - self.low)

    def marks(self) -> range:
        """The values that have a line."""
        return range(self.low, self.high + 1, self.step)


def scale_of(chart: Chart) -> Scale:
    """About four marks; one unit (a dollar, or one) at least."""
    values = [value for series in chart.series for value in series.values if value is not None]
    most, least = max([0, *values]), min([0, *values])
    step = _round_up((most - least) // 4, MICRO if chart.kind == "money" else 1)
    low, high = least // step * step, -(-most // step) * step
    return Scale(low, high if high > low else low + step, step)


def mark_text(chart: Chart, value: int) -> str:
    """A mark of the axis."""
    return display(value, 0) if chart.kind == "money" else f"{value:,}"


def _round_up(value: int, unit: int) -> int:
    """The next of 1, 2, 5, 10, 20 … units."""
    size = unit
    while True:
        for step in _STEPS:
            if size * step >= value:
                return size * step
        size *= 10
