"""What the list views share: the line above the list, and holding it still."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from screens.columns.listing import about
from screens.view import View
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable


class ListView(View):
    """A view around one table with a line about it above, which `p` holds still."""

    ROWS = ("row", "rows")
    """What a row is called, and several."""

    def __init__(self) -> None:
        super().__init__()
        self._paused_since: datetime | None = None

    @property
    def table(self) -> LiveTable[Any]:
        return self.query_one(LiveTable)

    def focus_target(self) -> LiveTable[Any]:
        return self.table

    @property
    def paused(self) -> bool:
        return self._paused_since is not None

    def do_pause(self) -> None:
        """Hold the list still, or let it go on; the console collects either way."""
        self._paused_since = None if self.paused else self.console.now()
        if not self.paused:
            self.show_newest()
        self.write_about()

    def show_newest(self) -> None:
        """Show what came in while the list was held still."""
        if self.console.daily is not None:
            self.show(self.console.daily)

    def amounts_to(self) -> str:
        """What the rows amount to, in a few words beside their number."""
        return ""

    def on_live_table_arranged(self) -> None:
        self.write_about()

    def write_about(self) -> None:
        """Bring the line above the list up to date."""
        table = self.table
        paused = self.console.time(self._paused_since) if self.paused else ""
        text = about(
            self.ROWS,
            table.count,
            table.total,
            table.filter_text,
            table.sorted_by[0] if table.sorted_by else "",
            paused,
            self.amounts_to(),
        )
        self.query_one(".list-line", Lines).draw(lambda width, height: [text])
