"""How near a workload is to a kill by signs, as cells and lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.cadences.daily import WorkloadLine
from console.cadences.sign_lines import SignLine
from console.text import display_width
from screens.columns import signs
from screens.columns.column import Cell
from screens.columns.page import PageLine
from tests.support.portfolio import RUNAWAY, workload
from tests.support.portfolio import signs as sample

CALM = workload("claims-triage", "Claims triage", "A. Owner", 61.20, 1_391.05, 4_000, 1.02)


def with_nearest(share: float | None, **other: object) -> WorkloadLine:
    assert CALM.signs is not None
    return replace(CALM, signs=replace(CALM.signs, nearest=share), **other)  # type: ignore[arg-type]


def text(lines: list[PageLine]) -> list[str]:
    return [one.text().rstrip() for one in lines]


@pytest.mark.parametrize(
    ("share", "cell"),
    [
        (0.2, Cell("20%", "", 0.2)),
        (0.75, Cell("! 75%", "warn", 0.75)),
        (1.0, Cell("! LIT", "alarm", 1.0)),
        (None, Cell("")),
    ],
)
def test_the_nearest_combination_is_a_share_with_a_mark(share: float | None, cell: Cell) -> None:
    assert signs.nearest(with_nearest(share)) == cell


def test_a_workload_that_stands_still_or_has_no_charter_has_no_share() -> None:
    assert signs.nearest(with_nearest(1.0, breaker="held")).text == ""
    assert signs.nearest(replace(CALM, signs=None)).text == ""


def test_in_two_lines_the_lit_signs_stand_first_and_the_line_in_dollars_below() -> None:
    item = replace(CALM, signs=sample(4_000, *RUNAWAY, nearest=2.0))
    first, second = text(signs.strip(item, 79, 2))
    assert first.startswith(" SIGNS claims-triage  ! runaway pace LIT 4x · ! cache writes LIT 2x")
    assert second == " kills above $4.17 in 3 min with another sign; alone $120/10 min or $1,000/6 h"
    assert max(display_width(line) for line in (first, second)) <= 79


def test_signs_far_from_their_lines_are_not_listed_one_by_one() -> None:
    assert CALM.signs is not None
    far = replace(CALM, signs=replace(CALM.signs, signs=(SignLine("surge", 0.0, ""),)))
    assert text(signs.strip(far, 79, 2))[0] == " SIGNS claims-triage  none is near its line"


def test_a_sign_is_lit_in_red_only_where_it_kills() -> None:
    one = SignLine("own record", 1.0, "$2.00 in 10 min; the most in its seven days was $1.50")
    (alone,) = [
        piece
        for piece in signs.strip(replace(CALM, signs=sample(4_000, one)), 79, 1)[0].pieces
        if "own record" in piece.text
    ]
    (killing,) = [
        piece
        for piece in signs.strip(replace(CALM, signs=sample(4_000, one, nearest=1.0)), 79, 1)[0].pieces
        if "own record" in piece.text
    ]
    assert (alone.tone, killing.tone) == ("warn", "alarm")


def test_each_sign_has_a_bar_its_share_and_near_its_line_its_sentence() -> None:
    lines = text(signs.block(replace(CALM, signs=sample(4_000, *RUNAWAY, nearest=2.0)), 80, 0))
    assert lines[0] == "██████████  LIT 4x  runaway pace"
    assert lines[1] == "  $19.20 in 3 min, 69x the plan (line $4.17)"
    assert "████████··     80%  own record" in lines
    assert "under 5%: token mix, surge, quarter month" in lines


def test_what_kills_and_what_is_not_judged_is_said() -> None:
    said = " ".join(text(signs.block(CALM, 200, 0)))
    assert "kills above $4.17 in 3 min (15x plan) together with a sign of another kind" in said
    assert "kills alone above $120.00 in 10 min or $1,000.00 in 6 h" in said
    assert "not enough history (9 days): steady growth, month spent early" in said


def test_before_anything_was_judged_the_lines_stand() -> None:
    assert CALM.signs is not None
    unjudged = replace(CALM, signs=replace(CALM.signs, signs=(), nearest=None, unjudged=()))
    said = text(signs.block(unjudged, 80, 0))
    assert said[0].startswith("not judged yet")
    assert said[1].startswith("kills above")


def test_without_a_charter_it_is_said_that_nothing_kills() -> None:
    bare = replace(CALM, signs=None)
    assert text(signs.block(bare, 80, 0)) == ["Without a signed Charter nothing is judged, and nothing kills."]
    assert "without a signed Charter" in text(signs.strip(bare, 80, 2))[0]


def test_beside_a_full_table_what_does_not_fit_is_announced() -> None:
    assert text(signs.panel(CALM, 44, 5))[-1] == "enter shows the others"
