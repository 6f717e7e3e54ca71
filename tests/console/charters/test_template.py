"""A new Charter."""

from __future__ import annotations

from console.charters.parsing import read
from console.charters.rules import check
from console.charters.template import template
from console.charters.tram import DEFAULT
from tests.support.charters import sonnet_price


def test_it_lacks_nothing_but_what_its_owners_know() -> None:
    found = check(read(template("new-thing", 3), "new.toml"), DEFAULT, sonnet_price)
    assert {problem.rule for problem in found.problems} <= {"placeholder"}
    assert found.derived_monthly == 1_856_250_000


def test_what_was_not_filled_in_cannot_be_signed() -> None:
    found = check(read(template("new-thing"), "new.toml"), DEFAULT, sonnet_price)
    assert not found.signable
    assert len(found.problems) == 7


def test_filled_in_it_is_signable() -> None:
    filled = template("new-thing").replace("<", "").replace(">", "")
    assert check(read(filled, "new.toml"), DEFAULT, sonnet_price).problems == ()
