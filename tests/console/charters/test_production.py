"""What runs in production against what was signed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.charters.document import AUTHORITY, REVIEWED, WHEN
from console.charters.parsing import parse
from console.charters.production import Weaker, is_permitted, weakened
from tests.support.charters import edited

SIGNED = parse(edited(), "claims-triage").review
"""sample, post-issue pre-action, override."""


def test_a_dated_release_of_a_signed_model_is_that_model() -> None:
    assert is_permitted("claude-sonnet-4-6-20260217", ["claude-sonnet-4-6"])
    assert is_permitted("Claude-Sonnet-4-6", ["claude-sonnet-*"])
    assert not is_permitted("claude-sonnet-4-6-mini", ["claude-sonnet-4-6"])


@given(what=st.sampled_from(REVIEWED), when=st.sampled_from(WHEN), authority=st.sampled_from(AUTHORITY))
def test_a_review_is_weaker_in_exactly_the_answers_that_are(what: str, when: str, authority: str) -> None:
    weaker = weakened({"what": what, "when": when, "authority": authority}, SIGNED)
    assert set(weaker) == {
        name for name, value, order, signed in (
            ("what", what, REVIEWED, "sample"), ("when", when, WHEN, "post-issue pre-action"),
            ("authority", authority, AUTHORITY, "override")) if order.index(value) > order.index(signed)}


def test_steps_are_counted_along_the_closed_list() -> None:
    assert weakened({"when": "post-incident"}, SIGNED) == {"when": Weaker("post-issue pre-action", "post-incident", 2)}
