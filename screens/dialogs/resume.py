"""Resume: the plan of what is switched on again, confirmed by typing the workload's slug."""

from __future__ import annotations

from screens.dialogs.carrying import carry
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Resume the workload that was selected when the key was pressed. Raises ConsoleError with what failed."""
    await carry(console, selection, "resume")
