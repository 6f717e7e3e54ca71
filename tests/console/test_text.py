"""Text from outside, shown harmlessly."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.text import PLACEHOLDER, clean, display_width, pad

hostile = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(categories=("Cc", "Cf", "Mn", "Me", "Mc", "Co", "Cs", "Zl", "Zp")),
        st.sampled_from("a[]/\x1b\x9b\u202e\u200b\u2066\ufeff漢🙂🇬🇧é\t\n"),
    ),
    max_size=80,
)


@given(hostile)
def test_nothing_that_steers_a_terminal_survives(text: str) -> None:
    for character in clean(text):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}


@given(hostile, st.one_of(st.none(), st.integers(0, 40)))
def test_cleaning_twice_is_cleaning_once(text: str, width: int | None) -> None:
    once = clean(text, width)
    assert clean(once, width) == once


@given(hostile, st.integers(0, 40))
def test_the_width_is_never_exceeded_as_we_and_as_the_screen_library_count_it(text: str, width: int) -> None:
    shown = clean(text, width)
    assert display_width(shown) <= width
    assert cell_len(shown) <= width


@given(hostile)
def test_never_more_than_four_marks_in_a_row_and_never_one_first(text: str) -> None:
    run = 0
    for position, character in enumerate(clean(text)):
        run = run + 1 if unicodedata.category(character).startswith("M") else 0
        assert run <= 4
        assert position > 0 or run == 0


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("claims-triage", "claims-triage"),
        ("a\tb", "a b"),
        ("two\nlines", f"two{PLACEHOLDER}lines"),
        ("\x1b]52;c;ZXZpbA==\x07", f"{PLACEHOLDER}]52;c;ZXZpbA=={PLACEHOLDER}"),
        ("\x9b31m", f"{PLACEHOLDER}31m"),
        ("user\u202etxt", f"user{PLACEHOLDER}txt"),
        ("pay\u200bpal", f"pay{PLACEHOLDER}pal"),
        ("\ud800", PLACEHOLDER),
        ("\u3164", PLACEHOLDER),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("naïve é 漢字 🙂", "naïve é 漢字 🙂"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 4),
    ],
)
def test_what_becomes_of_each_kind(outside: str, shown: str) -> None:
    assert clean(outside) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("漢字漢字", 5, "漢字…"),
        ("漢字漢字", 4, "漢…"),
        ("abc", 0, ""),
        ("漢", 1, "…"),
    ],
)
def test_cutting_by_cells(text: str, width: int, shown: str) -> None:
    assert clean(text, width) == shown


def test_a_very_long_name_is_cut_after_looking_at_its_beginning_only() -> None:
    looked_at = 0

    class Counted(str):
        __slots__ = ()

        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal looked_at
            for character in str.__iter__(self):
                looked_at += 1
                yield character

    assert clean(Counted("漢" * 10_000), 20) == "漢" * 9 + "…"
    assert looked_at <= 12


def test_a_column_is_filled_to_its_width() -> None:
    assert pad("漢", 4) == "漢  "
    assert pad("12", 4, right=True) == "  12"
    assert pad("abcdef", 4) == "abc…"
