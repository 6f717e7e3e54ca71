"""The sort menu: the columns of the table by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screens.prompt import Prompt

if TYPE_CHECKING:
    from screens.app import ConsoleApp
    from screens.columns.column import Column
    from screens.widgets.live_table import LiveTable

AS_GIVEN = "urgency"


def ask_for_column(app: ConsoleApp, table: LiveTable[Any]) -> None:
    """Ask for a column and sort by it; the same column again turns the order round."""
    columns = {column.title.lower(): column for column in table.columns}
    titles = [AS_GIVEN, *columns]

    def begins(text: str) -> list[str]:
        return [title for title in titles if title.startswith(text.strip().lower())]

    def complaint(text: str) -> str | None:
        return None if begins(text) else f"There is no column {text.strip()!r}; tab completes a name."

    question = app.question(Prompt("Sort by", complete=begins, validate=complaint))

    async def run() -> None:
        answer = await app.answer_to(question)
        if answer is not None:
            _sort(table, columns.get(begins(answer)[0]))

    app.work_on(run, "sort")


def _sort(table: LiveTable[Any], column: Column[Any] | None) -> None:
    if column is None:
        table.sort_by(None)
        return
    now = table.sorted_by
    again = now is not None and now[0] == column.title
    table.sort_by(column.title, not now[1] if again and now else column.descending)
