"""Every key of a Charter with every kind of wrong value: always a message, never a crash, never half a file."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charters.parsing import read
from console.charters.rules import check
from console.charters.signing import content_hash
from console.charters.tram import DEFAULT
from console.errors import InputError
from tests.support.charters import CLAIMS_TRIAGE, sonnet_price

ODD = ("0", "-1", "1.5", "1e300", "9223372036854775807", "true", '""', '" "', '"x"', "[]", "[[]]", "[1, 2]", "{}",
       "{ a = 1 }", "1979-05-27", "07:32:00", '"1e999"', '"\\u202e"', '"NaN"', '"0"', '"999999999999.999999"')
LINES = [number for number, line in enumerate(CLAIMS_TRIAGE.splitlines()) if re.match(r"\w+ = ", line)]


def judged(text: str) -> bool:
    """Whether the rules would let it be signed; all that they say must be printable."""
    reading = read(text, "odd.toml")
    verdict = check(reading, DEFAULT, sonnet_price)
    assert all(problem.text("odd.toml").isprintable() for problem in verdict.problems)
    if reading.document is not None:
        assert len(content_hash(reading.document)) == 64
    else:
        assert not verdict.signable
    return verdict.signable


@pytest.mark.parametrize("number", LINES)
def test_an_odd_value_is_judged(number: int) -> None:
    lines = CLAIMS_TRIAGE.splitlines()
    key = lines[number].split(" = ", 1)[0]
    for value in ODD:
        judged("\n".join([*lines[:number], f"{key} = {value}", *lines[number + 1:]]))


@given(st.integers(0, len(CLAIMS_TRIAGE) - 1), st.integers(0, 40), st.text(max_size=20))
def test_any_piece_may_be_replaced_by_anything(at: int, length: int, text: str) -> None:
    with contextlib.suppress(InputError):
        judged(CLAIMS_TRIAGE[:at] + text + CLAIMS_TRIAGE[at + length:])
