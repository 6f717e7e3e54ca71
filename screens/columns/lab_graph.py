"""A topic's chart, as the lab's screen draws it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from console.economics.bench import Bench
from console.economics.sampling import Sampled, sampled
from console.economics.wording import brief, said
from screens.widgets.chart import Mark
from screens.widgets.graph import EVEN, HERE, Graph

POINTS = 120
"""Of a line at most: more are not seen, and are drawn no better."""
_SAYS = {kind: partial(brief, kind) for kind in ("usd", "share", "number")}
_WHOLE = 1000
"""From here on a break-even is told without decimals; the results have it whole."""
_UNITS = {"usd": "USD", "share": "SHARE"}


def graph(bench: Bench, width: int) -> Graph | None:
    """The chart in so many cells; None where the topic has none, or cannot be worked out at these inputs."""
    if bench.worked is None:
        return None
    found = sampled(bench.topic, bench.inputs.values, bench.worked, min(width, POINTS))
    if found is None:
        return None
    unit = _UNITS.get(found.kind) or found.unit or "number"
    scale = ", log scale" if found.logarithmic else ""
    return Graph(
        f"{unit} by {found.swept.name.replace('_', ' ')}".upper() + scale, found.at, found.lines,
        tuple(_uprights(found)), _SAYS[found.swept.kind], _SAYS[found.kind], found.logarithmic)


def _uprights(found: Sampled) -> Iterator[tuple[str, Mark, Fraction | None]]:
    """Where one is, and where it breaks even, though that may lie beyond the picture."""
    kind = found.swept.kind
    yield f"now {said(kind, found.here)}", HERE, found.here
    if found.even is not None:
        place = found.even if found.at[0] <= found.even <= found.at[-1] else None
        rounded = Fraction(round(found.even)) if kind == "number" and found.even >= _WHOLE else found.even
        yield f"break-even {said(kind, rounded)}{' (beyond)' if place is None else ''}", EVEN, place
