"""Lines over a number: what is drawn, in which marks, and that it fills its place."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from console.economics.wording import plain as figure
from console.text import display_width
from screens.plain import plain
from screens.widgets.chart import Look
from screens.widgets.graph import EVEN, HERE, LINES, Graph, draw

F = Fraction
AT = tuple(map(F, range(11)))
RISING = Graph("USD BY CALLS", AT, (("rises", AT), ("flat", (F(5),) * 11)),
               (("now 2", HERE, F(2)), ("breaks even at 5", EVEN, F(5))), figure, figure)


def shown(graph: Graph, width: int = 60, height: int = 14) -> list[str]:
    return [text.plain for text in draw(graph, width, height, Look())]


@pytest.mark.parametrize(("width", "height"), [(62, 9), (120, 30), (24, 7)])
def test_a_graph_fills_its_place_exactly(width: int, height: int) -> None:
    lines = shown(RISING, width, height)
    assert len(lines) == height
    assert max(map(display_width, lines)) <= width


def test_every_line_and_place_has_a_mark_of_its_own_in_the_legend_and_on_the_picture() -> None:
    lines = shown(RISING, 50)
    assert lines[:2] == ["USD BY CALLS", "• rises  ─ flat  │ now 2  ┊ breaks even at 5  "]
    assert all(mark.glyph in "".join(lines[2:-2]) for mark in (*LINES[:2], HERE, EVEN))


def test_where_both_have_room_the_legend_stands_behind_the_title() -> None:
    assert shown(RISING, 80)[0] == "USD BY CALLS  • rises  ─ flat  │ now 2  ┊ breaks even at 5"


def test_lines_cross_at_the_upright_of_the_break_even() -> None:
    body = [line.split("│" if "┤" not in line else "┤", 1)[1] for line in shown(RISING)[2:-2]]
    crossing = next(row for row in body if "─" in row)
    [even] = {row.index("┊") for row in body if "┊" in row}
    at_even = next(row for row in body if len(row) > even and row[even] == "•")
    assert at_even is crossing


def test_what_is_below_zero_is_drawn_and_zero_is_on_the_axis() -> None:
    below = replace(RISING, lines=(("saved", tuple(at - 5 for at in AT)),))
    ticks = [line.split("┤")[0].strip() for line in shown(below) if "┤" in line]
    assert "0" in ticks
    assert ticks[-1].startswith("-")


def test_a_place_that_is_not_on_the_picture_is_only_told() -> None:
    lines = shown(replace(RISING, uprights=(("breaks even at 900", EVEN, None),)))
    assert "breaks even at 900" in lines[0]
    assert "┊" not in "".join(lines[1:])


def test_in_logarithms_each_power_of_ten_is_as_wide_as_the_one_before() -> None:
    at = tuple(F(10) ** power for power in range(-2, 3))
    lines = shown(replace(RISING, at=at, lines=(("rises", at),), uprights=(), logarithmic=True), 62, 14)
    ticks = [place for place, glyph in enumerate(lines[-2]) if glyph == "┬"]
    assert ticks[1] - ticks[0] == pytest.approx(ticks[2] - ticks[1], abs=1)
    assert lines[-1].split() == ["0.01", "1", "100"]


def test_what_is_not_known_is_a_gap_and_without_anything_it_says_so() -> None:
    gap = shown(replace(RISING, lines=(("some", (F(1), F(1), *(None,) * 7, F(1), F(1))),), uprights=()))
    row = next(line for line in gap[1:] if "•" in line)
    assert " " * 30 in row.strip()
    none = shown(replace(RISING, lines=(("none", (None,) * 11),)))
    assert "There is nothing to draw at these inputs." in "".join(none)


def test_a_flat_line_at_zero_is_drawn() -> None:
    assert any("••••" in line for line in shown(replace(RISING, lines=(("zero", (F(0),) * 11),)))[2:])


def test_every_glyph_has_an_ascii_twin_and_the_two_uprights_differ() -> None:
    lines = plain(" ".join(shown(RISING)))
    assert lines.isascii()
    assert "?" not in lines
    assert len({plain(mark.glyph) for mark in (*LINES, HERE, EVEN)}) == len(LINES) + 2
