"""Explaining, entering outcomes, declaring savings; learning, recommending, ending a review: what is asked and sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from console.errors import NotPermitted
from screens.prompt import Cancel, PromptBar
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


async def test_a_refusal_of_the_operation_is_told() -> None:
    async with at("monthly", door(OWNER, answers={"explain": NotPermitted("olga wrote the other one.")})) as console:
        await console.press("X")
        await answer(console, "why")
        assert "olga wrote the other one." in console.screen()


async def test_a_read_only_console_changes_nothing() -> None:
    async with at("monthly", door(EVERYBODY, read_only=True)) as console:
        for key in ("X", "plus", "D"):
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


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        (["2026-13"], "Write a month, a day, or two days"),
        (["2026-11-09..2026-11-02"], "Write a month, a day, or two days"),
        (["", "-4"], "cannot be below 0"),
        (["", "many"], "Write a number"),
        (["", "1", "12,50"], "is no amount"),
        (["", "1", "-3"], "is no amount"),
        (["", "1", "NaN"], "is no amount"),
    ],
)
async def test_what_is_no_period_number_or_amount_is_not_taken(answers: list[str], complaint: str) -> None:
    async with at("monthly") as console:
        await console.press("plus")
        for text in answers[:-1]:
            await answer(console, text)
        await console.press("ctrl+u", *answers[-1], "enter")
        assert complaint in console.screen()
        assert sent(console, "enter_outcome") == []


async def test_a_saving_is_declared_and_can_be_taken_back() -> None:
    async with at("monthly", row=FIRST) as console:
        await console.press("D")
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
        await console.press("f", "j", "j")
        assert console.selected() == "31"
        await console.press("D")
        await console.idle()
        assert f"SAVING of {FIRST}, for exception 31" in console.screen()
        await answer(console, "Fixed the prefix", "10", "2026-11-20")
        assert sent(console, "declare_saving")[0]["exception"] == 31


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
