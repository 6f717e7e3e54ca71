"""The matrix as lines, what a cell permits, and the workloads of a cell as rows. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.cadences.tram import TramCell, TramView, TramWorkload
from console.money import display
from console.text import clean, display_width, pad
from console.wording import number_of
from screens.columns.column import Cell, Column, Tone
from screens.columns.daily import fitted
from screens.columns.page import PageLine, labelled, line, name, wrapped
from screens.columns.periods import in_words

Place = tuple[int, int]
"""Row and column of the matrix; the row after the last is of those without a cell."""
LEAST_WIDTH, LEAST_HEIGHT = 13, 3
"""Cells across and lines down that a cell of the matrix takes at least, its frame not counted."""
LABEL = 14
STATE_TONES: dict[str, Tone] = {
    "tripped": "alarm",
    "held": "alarm",
    "probation": "warn",
    "paused": "dim",
    "planned": "dim",
}


@dataclass(frozen=True, slots=True)
class Box:
    """Where a cell was drawn: from the left and the top, without its frame."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The matrix as lines, and where each cell of it is."""

    lines: tuple[PageLine, ...]
    boxes: dict[Place, Box]


def identity(one: TramWorkload) -> str:
    """What a row is."""
    return one.slug


def words(one: TramWorkload) -> str:
    """What a filter looks in."""
    return " ".join(filter(None, (one.slug, one.name, one.owner, one.state, remark(one))))


COLUMNS: tuple[Column[TramWorkload], ...] = (
    Column("WORKLOAD", 20, lambda one: Cell(one.slug, "strong", one.slug), most=32, about="Its slug in the MBOM."),
    Column(
        "STATE",
        9,
        lambda one: Cell(one.state, STATE_TONES.get(one.state, ""), one.state),
        about="planned, live or paused; tripped, held or probation where its breaker is.",
    ),
    Column(
        "MONTH $",
        11,
        lambda one: Cell(("~" if one.estimated else "") + fitted(one.spent, 10), "", one.spent),
        right=True,
        descending=True,
        about="Spend since the first of the month, UTC; ~ where some of it is priced by an estimate.",
    ),
    Column(
        "CHARTER",
        7,
        lambda one: Cell(
            "none" if one.charter_version is None else f"v{one.charter_version}",
            "warn" if one.charter_version is None else "",
            one.charter_version,
        ),
        4,
        about="The version in force, whose cell counts; without one the MBOM's does.",
    ),
    Column(
        "REMARK",
        24,
        lambda one: Cell(remark(one), "warn", remark(one) or None),
        2,
        most=120,
        about="Where MBOM and Charter name different cells, and what a Charter commits to beyond its cell.",
    ),
    Column(
        "OWNER",
        14,
        lambda one: Cell(one.owner or "nobody", "" if one.owner else "warn", one.owner),
        9,
        most=22,
        about="The business owner.",
    ),
)
MEANINGS = tuple((column.title, column.about) for column in COLUMNS)


def remark(one: TramWorkload) -> str:
    """What is not as it should be with its place; empty where all is."""
    said = [one.why] if one.why else []
    said += [f"the MBOM says {one.mismatch}"] if one.mismatch else []
    said += [f"beyond the cell: {', '.join(one.beyond)}"] if one.beyond else []
    return "; ".join(said)


def summary(view: TramView) -> PageLine:
    """`14 workloads, $27,480 in November so far · 2 without a cell · 1 mismatched`."""
    everyone = view.workloads
    odd = sum(bool(one.mismatch or one.beyond) for one in everyone)
    month = in_words(view.month).partition(" ")[0]
    pieces = [
        Cell(number_of(len(everyone), "workload"), "strong"),
        Cell(f", ${display(sum(one.spent for one in everyone), 0)} in {month} so far", "dim"),
    ]
    if view.elsewhere:
        pieces.append(Cell(f" · {len(view.elsewhere):,} without a cell", "warn"))
    if odd:
        pieces.append(Cell(f" · {odd:,} mismatched", "warn"))
    return line(*pieces)


def places(view: TramView) -> list[list[Place]]:
    """Where the cursor may stand, row by row: the cells, and below them those without one."""
    rows = [[(row, column) for column in range(len(view.columns))] for row in range(len(view.rows))]
    return [*rows, [(len(view.rows), 0)]] if view.elsewhere else rows


def cell_at(view: TramView, place: Place) -> TramCell | None:
    """The cell of this place; None where the matrix has none, or below it."""
    row, column = place
    return view.cell(view.rows[row], view.columns[column]) if row < len(view.rows) else None


def workloads_at(view: TramView, place: Place) -> tuple[TramWorkload, ...]:
    """Who stands there."""
    cell = cell_at(view, place)
    return cell.workloads if cell is not None else view.elsewhere if place[0] == len(view.rows) else ()


def title_at(view: TramView, place: Place) -> str:
    """`low x medium`."""
    row, column = place
    return f"{view.rows[row]} x {view.columns[column]}" if row < len(view.rows) else "without a cell"


def place_of(view: TramView, subject: str) -> Place | None:
    """The place of a title or of a workload's slug; None where there is none."""
    for row in places(view):
        for place in row:
            if subject == title_at(view, place) or any(one.slug == subject for one in workloads_at(view, place)):
                return place
    return None


def picture(view: TramView, width: int, height: int, at: Place) -> Picture:
    """The matrix in so many cells and lines, with a mark at `at`. Rows and columns that find no room leave on the side
    away from the mark, and that is said."""
    plan = _plan(view, width, height, at)
    boxes: dict[Place, Box] = {}
    lines = [_head(view, plan), _rule(plan, ("┌", "┬", "┐"))]
    for row, depth in plan.rows.items():
        for index, column in enumerate(plan.columns):
            boxes[row, column] = Box(plan.label + 1 + index * (plan.inner + 1), len(lines), plan.inner, depth)
        lines += _row(view, plan, row, at)
        lines.append(_rule(plan, ("└", "┴", "┘") if row == max(plan.rows) else ("├", "┼", "┤")))
    if view.elsewhere:
        boxes[len(view.rows), 0] = Box(0, len(lines), width, 1)
        lines.append(_without(view, width, at))
    return Picture(tuple(lines), boxes)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the room is shared out."""

    label: int
    """Cells before the matrix, for the names of its rows."""
    columns: list[int]
    inner: int
    """Cells across each of them, without the frame."""
    rows: dict[int, int]
    """How many lines each row has that is shown."""


def _plan(view: TramView, width: int, height: int, at: Place) -> _Plan:
    room = height - 2 - bool(view.elsewhere)
    label = min(12, max(map(display_width, ("COST", *view.rows))) + 2)
    columns = _window(len(view.columns), (width - label - 1) // (LEAST_WIDTH + 1), at[1])
    rows = _window(len(view.rows), room // (LEAST_HEIGHT + 1), min(at[0], len(view.rows) - 1))
    depths = dict.fromkeys(rows, max(1, room // len(rows) - 1))
    fullest = sorted(rows, key=lambda row: -max(len(workloads_at(view, (row, column))) for column in columns))
    for row in fullest[: max(0, room - sum(depths.values()) - len(rows))]:
        depths[row] += 1
    return _Plan(label, columns, (width - label - 1) // len(columns) - 1, depths)


def _head(view: TramView, plan: _Plan) -> PageLine:
    pieces: list[str | Cell] = [Cell(pad("COST", plan.label + 1), "dim")]
    for column in plan.columns:
        over = "OUTPUT " if column == plan.columns[0] else ""
        said = f" {over}{name(view.columns[column], plan.inner)}{_beyond(column, plan.columns, len(view.columns))}"
        pieces.append(Cell(pad(said, plan.inner + 1), "dim"))
    return line(*pieces)


def _row(view: TramView, plan: _Plan, row: int, at: Place) -> list[PageLine]:
    """One row of the matrix, without the rule below it."""
    depth = plan.rows[row]
    cells = [_cell(view, (row, column), plan.inner, depth, at) for column in plan.columns]
    titles = [f" {name(view.rows[row], plan.label - 1)}", _beyond(row, list(plan.rows), len(view.rows))]
    lines = []
    for down in range(depth):
        pieces: list[str | Cell] = [Cell(pad(titles[down] if down < len(titles) else "", plan.label), "dim")]
        for cell in cells:
            pieces += [Cell("│", "dim"), *cell[down]]
        lines.append(line(*pieces, Cell("│", "dim")))
    return lines


def detail(view: TramView, place: Place, one: TramWorkload | None, width: int) -> list[PageLine]:
    """The selected workload of a cell with what is not as it should be there, then what the cell permits."""
    if one is None:
        return permits(view, place, width)
    charter = "no Charter in force" if one.charter_version is None else f"Charter version {one.charter_version}"
    said = [
        line(
            Cell(name(one.slug, 32), "strong"),
            Cell(f"  {name(one.name, 32)} · {charter} · owner {name(one.owner or 'nobody', 24)}", "dim"),
        )
    ]
    if remark(one):
        said += wrapped(remark(one), width, tone="warn", most=2)
    return [*said, *permits(view, place, width)]


def permits(view: TramView, place: Place, width: int) -> list[PageLine]:
    """What the cell permits, and the least review that it asks for."""
    cell = cell_at(view, place)
    if cell is None:
        return _no_cell(view, place, width)
    thinking = "extended thinking" if cell.thinking else "no extended thinking"
    here = f"{number_of(len(cell.workloads), 'workload')}, ${display(cell.spent)} this month"
    return [
        line(
            Cell(
                f"cost variance {name(cell.cost_variance, 20)}, output variance {name(cell.output_variance, 20)}",
                "strong",
            ),
            Cell(f"  {here}", "dim"),
        ),
        *labelled("models", _models(view, cell, width), width, label_width=LABEL, most=2),
        *labelled(
            "agents",
            f"{thinking} · depth to {cell.depth_cap} · fan-out to {cell.fan_out_cap}",
            width,
            label_width=LABEL,
            most=1,
        ),
        *labelled("least review", review(cell), width, label_width=LABEL, most=2),
    ]


def review(cell: TramCell) -> str:
    """The least review, in one line."""
    return f"{cell.review_what}, {cell.review_when}, {cell.review_authority}"


def _models(view: TramView, cell: TramCell, width: int) -> str:
    """The tiers and models by name; with what each tier's models are called, where that fits on a line."""
    tiers = dict(view.tiers)
    whole = ", ".join(f"{one} ({', '.join(tiers[one])})" if one in tiers else one for one in cell.models)
    return whole if display_width(clean(whole)) < width - LABEL - 2 else ", ".join(cell.models)


def _no_cell(view: TramView, place: Place, width: int) -> list[PageLine]:
    if place[0] < len(view.rows):
        return [
            line(Cell(title_at(view, place), "strong"), Cell("  the organisation's matrix has no such cell", "dim")),
            *labelled("to have one", "add it under [tram] of the configuration", width, label_width=LABEL),
        ]
    return [
        line(Cell("without a cell", "strong"), Cell(f"  {number_of(len(view.elsewhere), 'workload')}", "dim")),
        *labelled(
            "what to do",
            "Write a Charter that names a cell, and have it signed.",
            width,
            label_width=LABEL,
            most=2,
        ),
    ]


def _cell(view: TramView, place: Place, width: int, height: int, at: Place) -> list[list[Cell]]:
    """One cell as `height` lines of exactly `width`: how many and their spend, then who, by spend."""
    cell = cell_at(view, place)
    mark = ">" if place == at else " "
    if cell is None:
        return [[Cell(pad(f"{mark} no such cell" if row == 0 else "", width), "dim")] for row in range(height)]
    here = cell.workloads
    spent = fitted(cell.spent, 9) if here else ""
    count = number_of(len(here), "workload") if width >= 24 else f"{len(here):,}"
    first = [
        Cell(pad(f"{mark} {count if here else '–'}", width - len(spent) - 1), "strong" if here else "dim"),
        Cell(f"{spent} ", "strong"),
    ]
    room = height - 1
    shown = here if len(here) <= room else here[: room - 1]
    lines = [first, *(_workload(one, width) for one in shown)]
    if len(shown) < len(here) and room > 0:
        lines.append([Cell(pad(f"  and {len(here) - len(shown):,} more", width), "dim")])
    lines += [[Cell(" " * width)] for _ in range(height - len(lines))]
    return lines[:height]


def _workload(one: TramWorkload, width: int) -> list[Cell]:
    odd = bool(one.mismatch or one.beyond)
    mark = "!" if odd or one.state in ("tripped", "held") else " "
    tone: Tone = STATE_TONES.get(one.state, "") or ("warn" if odd else "")
    spent = f" {fitted(one.spent, 9)} " if width >= 30 else " "
    return [Cell(pad(f"{mark} {clean(one.slug)}", width - len(spent)), tone), Cell(spent, "dim")]


def _without(view: TramView, width: int, at: Place) -> PageLine:
    mark = ">" if at[0] == len(view.rows) else " "
    said = f"{mark}without a cell: {len(view.elsewhere):,}  "
    slugs = ", ".join(name(one.slug, 32) for one in view.elsewhere)
    return line(Cell(said, "warn"), Cell(pad(slugs, max(0, width - len(said))), "dim"))


def _rule(plan: _Plan, corners: tuple[str, str, str]) -> PageLine:
    left, middle, right = corners
    drawn = middle.join("─" * plan.inner for _ in plan.columns)
    return line(Cell(f"{' ' * plan.label}{left}{drawn}{right}", "dim"))


def _window(count: int, room: int, at: int) -> list[int]:
    """As many of `count` places as there is room for, `at` among them."""
    most = max(1, min(count, room))
    first = min(max(0, at - most // 2), count - most)
    return list(range(first, first + most))


def _beyond(at: int, shown: Sequence[int], count: int) -> str:
    """`-1` or `+2`: how many rows or columns before the first or after the last shown one are left out."""
    more = [f"{-at:+d}"] if at == shown[0] and at > 0 else []
    more += [f"{count - 1 - at:+d}"] if at == shown[-1] and at < count - 1 else []
    return f" {' '.join(more)}" if more else ""
