"""How near a workload is to a kill by signs, as the Daily carries it: values only (standard library).

Money is whole micro-dollars. Shares are rounded down to steps, so that a figure changes on a screen only when it says
something new, and nothing is called lit that is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from console.money import MicroUsd


class SignLine(NamedTuple):
    """One sign. A tuple, because hundreds of workloads have a dozen each."""

    name: str
    share: float
    """Its figure as a share of its line; lit from 1 on."""
    says: str
    """The figure and the line in one clause; empty while it is far from its line."""

    @property
    def lit(self) -> bool:
        return self.share >= 1


@dataclass(frozen=True, slots=True)
class SignsLine:
    """The signs of one workload and the lines that are in force."""

    signs: tuple[SignLine, ...] = ()
    """Those that could be judged, the nearest to their lines first. Empty: none was judged yet."""
    nearest: float | None = None
    """How far the combination that is nearest to killing is: the share of its least lit sign. None: not judged."""
    unjudged: tuple[str, ...] = ()
    """Why some are not judged, and which, a clause each."""
    lines: tuple[str, ...] = ()
    """What kills, in dollars, a clause each, with what raises it and until when."""
    brief: str = ""
    """The same in one line of a small screen."""
    alert: MicroUsd = 0
    """What the slower burn rule alerts at, as a pace over three minutes."""
    pace: MicroUsd = 0
    """The line over three minutes that kills together with a sign of another kind."""
    surge: MicroUsd | None = None
    """The line over ten minutes that kills alone; None where too little is known of the workload."""
    most: MicroUsd | None = None
    """The most it spent in three minutes in its own seven days; None while nothing is known of them."""


def restored(raw: dict[str, Any] | None) -> SignsLine | None:
    """The value from its JSON."""
    if raw is None:
        return None
    signs = tuple(SignLine(*each) for each in raw["signs"])
    return SignsLine(signs, raw["nearest"], tuple(raw["unjudged"]), tuple(raw["lines"]), raw["brief"],
                     raw["alert"], raw["pace"], raw["surge"], raw["most"])


def document(line: SignsLine | None) -> list[dict[str, Any]] | None:
    """The signs as `status --json` prints them; None where none was judged."""
    if line is None or line.nearest is None:
        return None
    return [{"name": sign.name, "share": sign.share, "lit": sign.lit, "says": sign.says} for sign in line.signs]
