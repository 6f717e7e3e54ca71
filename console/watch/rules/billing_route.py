"""A key that is billed by another way than ever before: what is agreed for the one may not hold for the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.cadences.residue.routes import Route, RouteChange
from console.watch.rules.rule import Signal

NAME = "billing route"


def judge(changes: Iterable[RouteChange]) -> Iterator[Signal]:
    """One signal for each key and new way."""
    for change in changes:
        was = " or ".join(_said(route, change.now) for route in change.before)
        now = _said(change.now, *change.before)
        yield Signal(
            rule=NAME, window=f"{change.key} {now}", severity="warning", active=True, clears=False,
            summary=f"{change.key} of {change.source}{f' ({change.workload})' if change.workload else ''} is billed "
                    f"by {now}; until {change.since:%Y-%m-%d %H:%MZ} it was {was}",
            advice="Find out who changed it, and whether the limits and prices that you agreed on hold there: "
                   "token-console residue --by key",
            figures={"key": change.key, "now": now, "before": was}, keep_s=0.0,
        )


def _said(route: Route, *others: Route) -> str:
    """What of it is not the same in all: `workspace_id wrkspc_02`."""
    differs = [(name, value) for name, value in route if any((name, value) not in other for other in others)]
    return ", ".join(f"{name} {value}" for name, value in differs or route)
