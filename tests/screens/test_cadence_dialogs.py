"""Explaining, entering outcomes, declaring savings; learning, recommending, ending a review: what is asked and sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from console.errors import NotPermitted
from screens.dialogs import enter_outcome, form
from screens.prompt import Cancel, PromptBar
from tests.support import weekly
from tests.support.cadences import ARCHITECT, EVERYBODY, LEAD, OWNER, answer, at, door, sent
from tests.support.opened import Opened
from tests.support.portfolio import dollars

FIRST = "reconciliation-agent"


def is_open(console: Opened) -> bool:
    return console.app.query_one(PromptBar).is_open


# Explaining.


async def test_an_explanation_is_written_in_the_only_role_that_one_holds() -> None:
    async with at("monthly", door(OWNER), row=FIRST) as console:
        await console.press("X")
        await console.idle()
        assert f"EXPLAIN {FIRST}, November 2026, as business owner" in console.screen()
        assert "+106.0 % against plan" in console.screen()
        await answer(console, "The breaker held it.")
        assert sent(console, "explain") == [
            {"workload": FIRST, "month": "2026-11", "text": "The breaker held it.", "role": "business_owner"}
        ]
        assert "Nobody owes one any more." in console.screen()
        assert len(sent(console, "monthly")) == 2


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_an_explanation_has_several_lines_and_the_keys_that_edit_them(size: tuple[int, int]) -> None:
    async with at("monthly", door(OWNER), row=FIRST, size=size) as console:
        await console.press("X")
        await console.press(*"A storm brought 9,000 claims.", "ctrl+j", *"The cache was cold.", "up", "end", *"Twice.")
        shown = console.screen().splitlines()
        first = next(number for number, row in enumerate(shown) if "A storm brought 9,000 claims.Twice." in row)
        assert "The cache was cold." in shown[first + 1]
        assert any("ctrl+j begins a line" in row for row in shown)
        await console.press("backspace", "enter")
        await console.idle()
        assert [each["text"] for each in sent(console, "explain")] == [
            "A storm brought 9,000 claims.Twice\nThe cache was cold."
        ]
        await console.press("plus")  # and the next question has one line again
        assert "In" in console.screen()
        assert is_open(console)
        await console.press("escape")
        assert not is_open(console)


async def test_who_holds_both_roles_says_in_which_they_speak_and_who_still_owes() -> None:
    async with at("monthly", door(EVERYBODY), row="policy-search") as console:
        await console.press("X")
        await answer(console, "plat", "Traffic fell.")
        assert sent(console, "explain")[0]["role"] == "platform_lead"
        assert "business owner still owes one." in console.screen()


async def test_an_empty_explanation_is_not_taken_and_esc_writes_nothing() -> None:
    async with at("monthly", door(OWNER), row=FIRST) as console:
        await console.press("X")
        await answer(console, " ")
        assert "Say why" in console.screen()
        await console.press("escape")
        await console.idle()
        assert not is_open(console)
        assert sent(console, "explain") == []


async def test_what_is_on_plan_is_not_explained_and_neither_without_the_role() -> None:
    async with at("monthly", door(OWNER), row="claims-triage") as console:
        await console.press("X")
        await console.idle()
        assert "has no variance above 20 %" in console.screen()
    async with at("monthly", door(ARCHITECT), row=FIRST) as console:
        await console.press("X")
        assert "explain takes one of the roles business owner, platform lead" in console.screen().replace("\n", " ")
        assert not is_open(console)


async def test_a_key_that_only_the_roles_lack_is_dimmed_in_the_footer() -> None:
    def keys(console: Opened) -> list[str]:
        return [segment.text.strip() for segment in console.app.screen._compositor.render_strips()[-1]]

    async with at("monthly", door(ARCHITECT), row=FIRST) as console:
        assert "X explain" in keys(console)  # in one tone; a key that works has a colour of its own
        assert "+ outcome" not in keys(console)


async def test_a_refusal_of_the_operation_is_told() -> None:
    async with at("monthly", door(OWNER, answers={"explain": NotPermitted("olga wrote the other one.")})) as console:
        await console.press("X")
        await answer(console, "why")
        assert "olga wrote the other one." in console.screen()


async def test_a_read_only_console_changes_nothing() -> None:
    async with at("monthly", door(EVERYBODY, read_only=True)) as console:
        for key in ("X", "plus", "dollar_sign"):
            await console.press(key)
            assert "read-only" in console.screen()
        assert "X explain" not in console.screen().splitlines()[-1]


# Outcomes and savings.


async def test_outcomes_are_asked_one_by_one_and_what_is_left_empty_stays_unknown() -> None:
    async with at("monthly", row=FIRST) as console:
        await console.press("plus")
        await answer(console, "", "212", "9,540.00", "4240", "0")
        assert "value           9,540.00 USD" in console.screen()
        await answer(console, "", "ticket 7")
        assert sent(console, "enter_outcome") == [
            {
                "workload": FIRST,
                "starts_at": datetime(2026, 11, 1, tzinfo=UTC),
                "ends_at": datetime(2026, 12, 1, tzinfo=UTC),
                "outcomes": Decimal(212),
                "value": dollars(9_540),
                "baseline": dollars(4_240),
                "review": 0,
                "rework": None,
                "reference": "ticket 7",
            }
        ]
        await console.press("u")
        await console.idle()
        assert sent(console, "withdraw_outcome") == [{"outcome": 7, "why": "taken back at once"}]


async def test_what_is_no_period_is_not_taken() -> None:
    async with at("monthly") as console:
        await console.press("plus", "ctrl+u", *"2026-13", "enter")
        assert "Write a month, a day, or two days" in console.screen()
        assert sent(console, "enter_outcome") == []


@pytest.mark.parametrize("text", ["12,50", "-3", "NaN", "1e6", "0x10", "1,0000", "1.2345678", "twelve", "€5"])
def test_what_is_no_amount_is_not_taken(text: str) -> None:
    assert "is no amount" in (form.needs_amount(text) or "")


def test_amounts_are_read_as_people_write_them() -> None:
    assert [form.amount(text) for text in ("1,204.50", "$7", "0", "", "?")] == [1_204_500_000, 7_000_000, 0, None, None]
    assert form.needs_known_amount("0") is not None
    assert form.needs_known_amount("0.01") is None


@pytest.mark.parametrize(("text", "complaint"), [("-4", "below 0"), ("many", "Write a number"), ("inf", "below 0")])
def test_what_is_no_number_of_outcomes_is_not_taken(text: str, complaint: str) -> None:
    assert complaint in (enter_outcome.needs_count(text) or "")
    assert enter_outcome.needs_count("61,240") is None


@pytest.mark.parametrize(
    ("text", "first", "days"),
    [("2026-11", 1, 30), ("2026-11-23", 23, 1), ("2026-11-02..2026-11-15", 2, 14), ("2026-02", 1, 28)],
)
def test_a_period_is_a_month_a_day_or_two_days(text: str, first: int, days: int) -> None:
    span = form.span(text)
    assert span is not None
    assert (span[0].day, (span[1] - span[0]).days) == (first, days)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-11-31", "2026-11-09..2026-11-02", "2026-11..2026-12"])
def test_anything_else_is_no_period(text: str) -> None:
    assert form.span(text) is None


async def test_a_saving_is_declared_and_can_be_taken_back() -> None:
    async with at("monthly", row=FIRST) as console:
        await console.press("dollar_sign")
        await answer(console, "Fixed the prefix", "1,800", "")
        assert sent(console, "declare_saving") == [
            {
                "workload": FIRST,
                "what": "Fixed the prefix",
                "promised": dollars(1_800),
                "applied_at": datetime(2026, 11, 23, tzinfo=UTC),
                "exception": None,
            }
        ]
        await console.press("u")
        await console.idle()
        assert sent(console, "withdraw_saving") == [{"saving": 7}]


async def test_a_saving_of_an_exception_names_it() -> None:
    async with at("monthly", row=FIRST, size=(80, 50)) as console:
        await console.press("f")
        await console.idle()  # until it has the whole screen, what is in sight is another page
        await console.press("j", "j")
        assert console.selected() == "31"
        await console.press("dollar_sign")
        await console.idle()
        assert f"SAVING of {FIRST}, for exception 31" in console.screen()
        await answer(console, "Fixed the prefix", "10", "2026-11-20")
        assert sent(console, "declare_saving")[0]["exception"] == 31
        await console.press("dollar_sign")
        await answer(console, "Fixed the prefix", "", "2026-11-20")
        assert sent(console, "declare_saving")[1]["promised"] is None, "its finding says it"


async def test_the_thread_of_a_month_leads_to_its_trip_sheet() -> None:
    async with at("monthly", door(answers={"trip_sheet": None}), row=FIRST) as console:
        await console.press("T")
        await console.idle()
        assert console.app.view.NAME == "trip_sheet"
        assert sent(console, "trip_sheet") == [{"intent": "kill-7f3a91"}]


# The quarter.


async def test_a_lesson_is_written_into_the_review() -> None:
    async with at("quarterly", row=FIRST) as console:
        await console.press("l")
        await answer(console, "Test the prefix.")
        assert sent(console, "note") == [
            {"workload": FIRST, "quarter": "2026-Q4", "kind": "learned", "text": "Test the prefix."}
        ]


async def test_a_question_of_the_quarter_leads_to_its_exception() -> None:
    still = door(LEAD, answers={"weekly": weekly.week()})
    async with at("quarterly", still, row=FIRST, size=(80, 50)) as console:
        await console.press("f")
        await console.idle()
        await console.press("j")
        assert console.selected() == "31"
        await console.press("P")
        await console.idle()
        assert f"RECOMMEND on {FIRST}" in console.screen()
        await console.press("escape", "enter")
        await console.idle()
        assert console.app.view.NAME == "exceptions"


async def test_a_recommendation_says_who_has_not_made_theirs() -> None:
    async with at("quarterly", door(LEAD), row=FIRST) as console:
        await console.press("P")
        await answer(console, "Cap the depth at 2.")
        assert sent(console, "note")[0]["role"] == "platform_lead"
        assert sent(console, "note")[0]["kind"] == "recommended"
        assert "business owner has not recommended yet." in " ".join(console.screen().split())


async def test_a_review_is_not_ended_before_both_have_recommended_nor_twice() -> None:
    async with at("quarterly", door(OWNER), row="policy-search") as console:
        await console.press("F")
        await console.idle()
        assert "Platform lead has not recommended on policy-search yet" in console.screen()
    async with at("quarterly", door(OWNER), row="claims-triage") as console:
        await console.press("F")
        await console.idle()
        assert "was ended already: reaffirm" in console.screen()
        assert sent(console, "end_review") == []


async def test_a_review_ends_with_one_of_three_decisions_and_its_reason() -> None:
    async with at("quarterly", door(OWNER), row="document-summariser") as console:
        await console.press("F")
        await console.idle()
        assert "a new draft is opened" in console.screen()
        await answer(console, "nonsense")
        assert "Write one of: reaffirm, revise, retire" in console.screen()
        await console.press("ctrl+u")
        await answer(console, "reaf", "The plan holds.")
        assert sent(console, "end_review") == [
            {
                "workload": "document-summariser",
                "quarter": "2026-Q4",
                "decision": "reaffirm",
                "text": "The plan holds.",
            }
        ]
        assert len(sent(console, "quarterly")) == 2


async def test_retiring_takes_the_slug_and_cancel_holds_the_focus() -> None:
    async with at("quarterly", door(OWNER), row="document-summariser") as console:
        await console.press("F")
        await answer(console, "ret", "It is over.")
        assert isinstance(console.app.focused, Cancel)
        await console.press("enter")
        await console.idle()
        assert "was not ended" in console.screen()
        assert sent(console, "end_review") == []
        await console.press("F")
        await answer(console, "ret", "It is over.", "document-summariser")
        assert sent(console, "end_review")[0]["decision"] == "retire"
