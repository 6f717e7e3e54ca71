"""Charts: what is drawn, in which marks, and what it costs to draw it again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from console.text import display_width
from screens.columns import pictures
from screens.plain import plain
from screens.widgets.chart import Level, Look, Mark, Picture, Series, draw, pending
from tests.support.incidents import HOSTILE, SHEET, VIEW

SPEND = Mark("█", "primary")
KILL = Mark("━", "error")


def picture(*values: int | None, levels: tuple[Level, ...] = ()) -> Picture:
    return Picture("SPEND", (Series("spend", values, SPEND),), levels, ((0.0, "start"),), str)


def shown(chart: Picture, width: int = 60, height: int = 12, look: Look | None = None) -> list[str]:
    return [text.plain for text in draw(chart, width, height, look or Look())]


@pytest.mark.parametrize(("width", "height"), [(80, 11), (66, 15), (200, 30), (24, 6)])
def test_a_picture_fills_its_place_exactly(width: int, height: int) -> None:
    for chart in pictures.of_workload(VIEW):
        lines = shown(chart, width, height)
        assert len(lines) == height
        assert max(map(display_width, lines)) <= width


def test_a_bar_stands_where_something_was_spent_and_nothing_where_nothing_was() -> None:
    floor = shown(picture(0, 5, 0, 10))[-3]
    bars = floor.split("┤")[1]
    quarter = len(bars.ljust(55)) // 4
    assert bars[: quarter - 1].strip() == ""
    assert "█" in bars[quarter : 2 * quarter]
    assert bars[2 * quarter + 1 : 3 * quarter - 1].strip() == ""


def test_what_is_not_known_is_a_gap_and_no_line_at_the_floor() -> None:
    chart = replace(picture(5, None, 10), curves=(Series("planned", (6, None, 8), Mark("─", "success")),))
    plot = [line.split("┤")[-1].ljust(55) for line in shown(chart)[2:-2]]
    third = len(plot[0]) // 3
    assert not "".join(line[third + 4 : 2 * third - 4] for line in plot).strip(" │")
    assert any("───" in line[:third] for line in plot)
    assert any("───" in line[2 * third :] for line in plot)


def test_a_level_near_the_data_is_drawn_and_one_far_above_is_left_to_the_legend() -> None:
    near = shown(picture(5, 10, levels=(Level("kill 8", 8, KILL),)))
    assert any("━━━" in line for line in near[2:])
    far = shown(picture(5, 10, levels=(Level("kill 900", 900, KILL),)))
    assert "kill 900 (higher)" in far[1]
    assert not any("━━━" in line for line in far[2:])


def test_a_level_on_the_floor_does_not_hide_the_bars() -> None:
    lines = shown(picture(5, 10_000, levels=(Level("kill 6", 6, KILL),)))
    assert "━━━" not in "".join(lines[2:])


def test_classes_are_told_apart_without_colour() -> None:
    chart = pictures.tokens_by_hour(VIEW)
    lines = shown(chart, 100, 20)
    marks = [series.mark.glyph for series in chart.series]
    assert len(set(marks)) == len(marks) == 4
    assert all(mark in "".join(lines[2:]) for mark in marks)
    assert all(series.name in lines[1] for series in chart.series)
    assert "[" not in draw(chart, 100, 20, Look())[5].markup.replace(r"\[", "")


def test_what_is_usual_and_a_runaway_are_seen_in_one_picture_with_every_line() -> None:
    chart = pictures.recent_spend(VIEW)
    lines = shown(chart, 79, 14)
    plot = "".join(lines[3:])
    glyphs = ["█", "─", *(level.mark.glyph for level in chart.levels)]
    assert [glyph for glyph in glyphs if glyph not in plot] == []
    assert len(set(glyphs)) == len(glyphs) == 6


def test_every_line_has_its_words_in_the_legend_and_a_mark_of_its_own_in_ascii() -> None:
    chart = pictures.recent_spend(VIEW)
    legend = " ".join(shown(chart, 79, 14)[1:3])
    assert all(level.name in legend for level in chart.levels)
    assert all(curve.name in legend for curve in chart.curves)
    marks = [one.mark for one in (*chart.series, *chart.curves)] + [level.mark for level in chart.levels]
    assert len({plain(mark.glyph) for mark in marks}) == 6


def test_an_axis_of_logarithms_says_dollars() -> None:
    ticks = [float(line.split("┤")[0]) for line in shown(pictures.recent_spend(VIEW), 79, 14) if "┤" in line]
    assert ticks == sorted(ticks, reverse=True)
    assert ticks[0] == 19.2
    assert ticks[0] / ticks[1] == pytest.approx(ticks[1] / ticks[2], rel=0.1)


def test_the_lowest_row_goes_to_the_class_with_most_of_it() -> None:
    low = Series("output", (1, 1, 900), Mark("█", "primary"))
    high = Series("cache read", (9, 9, 90), Mark("░", "secondary"))
    floor = shown(Picture("TOKENS", (low, high), (), ((0.0, "start"),), str), 60, 12)[-3]
    assert floor.count("░") > 30
    assert floor.rstrip().endswith("█")


def test_every_glyph_has_an_ascii_twin() -> None:
    for chart in pictures.of_workload(VIEW):
        lines = plain("\n".join(shown(chart, 80, 12)).replace("\n", " "))
        assert lines.isascii()
        assert "?" not in lines


def test_colours_are_those_of_the_theme() -> None:
    lines = draw(picture(1, 2), 40, 10, Look(colours=(("primary", (1, 2, 3)),)))
    styles = {str(span.style) for line in lines for span in line.spans}
    assert any("rgb(1,2,3)" in style or "#010203" in style for style in styles)


def test_the_same_picture_again_is_not_built_again() -> None:
    chart = pictures.spend_by_day(VIEW)
    assert draw(chart, 80, 11, Look()) is draw(replace(chart), 80, 11, Look())
    assert draw(chart, 80, 12, Look()) is not draw(chart, 80, 11, Look())


def test_no_spending_and_no_room_are_sentences() -> None:
    assert "Nothing was spent in this time." in shown(picture(0, 0))
    assert "(no room)" in shown(picture(1, 2), 20, 8)
    assert len(pending(picture(1), 40, 9)) == 9


def test_hostile_titles_and_names_are_harmless() -> None:
    chart = Picture(HOSTILE, (Series(HOSTILE, (1, 2), SPEND),), (), (), str)
    assert "\x1b" not in "\n".join(shown(chart))


def test_without_a_signed_charter_there_is_no_line_of_it() -> None:
    assert pictures.spend_by_hour(replace(VIEW, charter=None)).levels == ()
    assert [level.name for level in pictures.spend_by_hour(VIEW).levels] == ["expected 1.34 an hour", "kill pace 5.38"]


def test_the_minutes_around_the_act_mark_the_act() -> None:
    chart = pictures.around_the_act(SHEET)
    assert chart is not None
    assert [label for _, label in chart.labels] == ["01:45", "02:00", "02:15", "02:30", "kill!"]
    assert pictures.around_the_act(replace(SHEET, minutes_from=None, minutes=())) is None


def test_plotext_is_loaded_only_when_a_chart_is_drawn() -> None:
    code = "import screens.widgets.chart, screens.workload, screens.trip_sheet, sys; print('plotext' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
