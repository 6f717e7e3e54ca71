"""The live table: identity, order that holds still, filter, and repainting no more than what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from screens.columns.column import Cell, Column
from screens.widgets import live_table
from screens.widgets.live_table import LiveTable


@dataclass(frozen=True)
class Row:
    key: str
    amount: int
    low: bool = False


COLUMNS = (
    Column[Row]("NAME", 10, lambda row: Cell(row.key, "strong", row.key), most=20),
    Column[Row]("AMOUNT", 8, lambda row: Cell(str(row.amount), "", row.amount), 1, right=True, descending=True),
    Column[Row]("SPARE", 8, lambda row: Cell("x"), 5),
)
ROWS = [Row(f"row-{at:02}", at) for at in range(30)]


class Recorded(LiveTable[Row]):
    """Remembers the regions that it asked to be painted again."""

    regions: list[Region]

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Recorded:
        if hasattr(self, "regions"):
            self.regions += regions or [Region(0, 0, 999, 999)]
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class TableApp(App[None]):
    def __init__(self, table: LiveTable[Row]) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        yield self.table


class HeldTime:
    """Stands for `time` inside the table: moves only when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    held = HeldTime()
    monkeypatch.setattr(live_table, "time", held)
    return held


@pytest.fixture
def table() -> Recorded:
    return Recorded(COLUMNS, lambda row: row.key, lambda row: row.key, group=lambda row: int(row.low))


def shown(table: LiveTable[Row]) -> list[str]:
    return [table.render_line(y).text for y in range(1, table.size.height)]


def selected(table: LiveTable[Row]) -> str | None:
    return table.line.key if table.line else None


def changed(rows: list[Row], change: Callable[[Row], Row]) -> list[Row]:
    return [change(row) for row in rows]


async def test_the_first_row_is_selected_and_marked_without_colour(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.pause()
        assert selected(table) == "row-00"
        assert shown(table)[0].startswith("> row-00")
        assert shown(table)[1].startswith("  row-01")


async def test_the_selection_stays_on_the_thing_when_rows_change_places(table: Recorded, time: HeldTime) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("j", "down")
        time.at += 10
        table.update(list(reversed(ROWS)))
        assert selected(table) == "row-02"


async def test_the_order_holds_for_two_seconds_after_the_last_key(table: Recorded, time: HeldTime) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("j")
        table.update(list(reversed(ROWS)))
        assert table.held
        assert "row-01" in shown(table)[1]
        time.at += live_table.HOLD_S
        table.update(list(reversed(ROWS)))
        assert not table.held
        assert "row-29" in shown(table)[0]
        assert selected(table) == "row-01"


async def test_values_change_while_the_order_is_held(table: Recorded, time: HeldTime) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("j")
        table.update(changed(list(reversed(ROWS)), lambda row: replace(row, amount=row.amount + 500)))
        assert "501" in shown(table)[1]


async def test_a_row_that_disappears_leaves_the_cursor_near_its_place(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("j", "j")
        table.update([row for row in ROWS if row.key != "row-02"])
        assert selected(table) == "row-03"


async def test_three_changed_cells_repaint_three_cells(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 40)) as pilot:
        table.update(ROWS)
        await pilot.pause()
        table.regions = []
        table.update(changed(ROWS, lambda row: replace(row, amount=900) if row.amount in (3, 7, 20) else row))
        assert table.regions == [Region(15, y, 8, 1) for y in (4, 8, 21)]


async def test_an_equal_update_repaints_nothing(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 40)) as pilot:
        table.update(ROWS)
        await pilot.pause()
        table.regions = []
        table.update(list(ROWS))
        assert table.regions == []


async def test_moving_the_cursor_repaints_two_lines(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 40)) as pilot:
        table.update(ROWS)
        await pilot.pause()
        table.regions = []
        await pilot.press("j")
        assert [region.y for region in table.regions] == [1, 2]


async def test_the_cursor_stays_in_sight(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("G")
        assert "> row-29" in shown(table)[-1]
        await pilot.press("g")
        assert "> row-00" in shown(table)[0]
        await pilot.press("ctrl+d")
        assert selected(table) == "row-10"


async def test_a_filter_keeps_the_selection_when_it_survives(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("G")
        table.filter_by("row-2")
        assert selected(table) == "row-29"
        assert (table.count, table.total) == (10, 30)
        table.filter_by("!row-2")
        assert table.count == 20
        table.filter_by("nothing like it")
        assert (table.count, selected(table)) == (0, None)
        table.filter_by("")
        assert table.count == 30


async def test_sorting_by_a_column_and_back(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.pause()
        table.sort_by("AMOUNT", True)
        assert "row-29" in shown(table)[0]
        assert "▼AMOUNT" in table.render_line(0).text
        table.sort_beside(-1)
        assert table.sorted_by == ("NAME", False)
        table.sort_by(None)
        assert "row-00" in shown(table)[0]


async def test_a_lower_group_stays_below_whatever_the_order(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update([Row("loose", 999, low=True), *ROWS[:3]])
        await pilot.pause()
        table.sort_by("AMOUNT", True)
        assert [line[2:8] for line in shown(table)[:4]] == ["row-02", "row-01", "row-00", "loose "]


async def test_columns_leave_and_come_back_with_the_width_and_the_selection_stays(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.press("j", "j")
        await pilot.resize_terminal(22, 8)
        await pilot.pause()
        assert "SPARE" not in table.render_line(0).text
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert "SPARE" in table.render_line(0).text
        assert selected(table) == "row-02"


async def test_a_longer_name_widens_its_column_as_far_as_it_may(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update([Row("x" * 14, 1), Row("y" * 40, 2)])
        await pilot.pause()
        assert f"> {'x' * 14} " in shown(table)[0]
        assert f"  {'y' * 19}… " in shown(table)[1]


async def test_the_mark_of_the_order_cuts_no_title() -> None:
    full = Column[Row]("FULLWIDE", 8, lambda row: Cell("1"), right=True)
    table = Recorded((COLUMNS[0], full), lambda row: row.key, lambda row: row.key)
    async with TableApp(table).run_test(size=(30, 12)) as pilot:
        table.sort_by("FULLWIDE", True)
        await pilot.pause()
        assert "▼FULLWIDE" in table.render_line(0).text


async def test_a_click_selects_and_a_click_on_a_heading_sorts(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        table.update(ROWS)
        await pilot.click(table, offset=(5, 4))
        assert selected(table) == "row-03"
        await pilot.click(table, offset=(18, 0))
        assert table.sorted_by == ("AMOUNT", True)


async def test_ten_thousand_rows_are_no_more_work_to_paint_than_thirty(table: Recorded) -> None:
    async with TableApp(table).run_test(size=(60, 12)) as pilot:
        asked: list[str] = []

        def counted(row: Row) -> Cell:
            asked.append(row.key)
            return Cell(row.key, "", row.key)

        table.columns = (Column[Row]("NAME", 10, counted),)
        await pilot.resize_terminal(50, 12)
        table.update([Row(f"row-{at}", at) for at in range(10_000)])
        await pilot.pause()
        assert len(set(asked)) <= 12
