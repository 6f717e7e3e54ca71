"""What is wasted in one workload, as a block of its page: findings not closed, and its Orchestration Multiplier."""

from __future__ import annotations

from console.cadences.orchestration import in_words
from console.cadences.workload import WorkloadView
from console.money import display
from screens.columns.column import Cell
from screens.columns.page import PageLine, Times, heading, line, name

_NAME = 26


def block(view: WorkloadView, width: int, times: Times) -> list[PageLine]:
    """Empty where nothing is found and no call record tells of user actions."""
    lines = [line("  ", Cell(name(each.pattern, _NAME).ljust(_NAME), "warn" if each.verdict is None else ""),
                  f"{'?' if each.stake is None else display(each.stake):>12} a month  ",
                  Cell(f"since {times(each.since)}, {each.verdict or 'waits for a verdict'}: ", "dim"),
                  name(each.summary, max(20, width - _NAME - 50)))
             for each in view.findings]
    if view.multiplier is not None and view.multiplier.actions:
        lines.append(line("  ", "Orchestration Multiplier".ljust(_NAME), f"  {in_words(view.multiplier)}",
                          Cell("  the playbook: 1.5 to 2 achievable; last 7 days", "dim")))
    return [heading("WASTE, USD", "0 shows the evidence"), *lines] if lines else []
