"""The Monthly at the door: who explains what, in which role, and what closes; savings declared and measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.cadences.monthly import SavingLine
from console.config import Approvals
from console.errors import InputError, NotPermitted, UsageError
from console.money import from_usd
from console.operations import months
from console.operations.desk import Desk
from console.watch import variances
from console.watch.exceptions import Seen, open_new
from console.watch.ledger_duties import LedgerDuties
from store import audit, exceptions
from store.tables import CharterException
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import ARCHITECT, LEAD, OWNER, VIEWER, open_desk, person
from tests.support.ledgers import NOVEMBER, OCTOBER, SEPTEMBER, a_day, read, register, sign, spend

BOTH = person("solo", "business_owner", "platform_lead")
EXPLAINED = {"workload": "claims-triage", "month": "2026-10"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """October cost 3,100 dollars of 1,860; November goes on as planned."""
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            register(tx, "claims-triage")
            sign(tx, CLAIMS_TRIAGE)
            read(tx, SEPTEMBER, desk.clock.now())
            spend(tx, "claims-triage", a_day(SEPTEMBER, 30, 60_000_000))
            spend(tx, "claims-triage", a_day(OCTOBER, 31, 100_000_000))
            spend(tx, "claims-triage", a_day(NOVEMBER, 22, 60_000_000))
        yield desk


async def look(desk: Desk) -> list[CharterException]:
    """The day's look; what is open afterwards."""
    await LedgerDuties(desk.config, desk.database, desk.clock).look(None)
    with desk.database.read() as tx:
        return exceptions.standing(tx, "variance")


def actions(desk: Desk) -> list[str]:
    with desk.database.read() as tx:
        return [entry.action for entry in audit.entries(tx, limit=50)]


async def test_a_variance_opens_one_exception_and_closes_when_both_have_explained(desk: Desk) -> None:
    (row,) = await look(desk)
    assert (row.kind, row.subject, row.stake_microusd) == ("variance: spend", "2026-10", from_usd("1240"))
    assert row.summary == "2026-10: inference came to 3,100.00 USD, 1,860.00 were planned (+67 %)"
    assert [each.id for each in await look(desk)] == [row.id]
    await months.explain(desk, OWNER, text="A storm.", **EXPLAINED)
    assert [each.id for each in await look(desk)] == [row.id]
    await months.explain(desk, LEAD, text="  A cold cache.  ", **EXPLAINED)
    assert await look(desk) == []
    with desk.database.read() as tx:
        closed = tx.get(CharterException, row.id)
    assert closed is not None
    assert (closed.state, closed.closed_why) == ("closed", variances.EXPLAINED)
    (line,) = (await months.monthly(desk, VIEWER, month="2026-10")).lines
    assert (line.state, line.exceptions) == ("explained", (row.id,))
    assert [each.text for each in line.explanations] == ["A storm.", "A cold cache."]
    assert actions(desk).count("exception.opened") == 1


async def test_what_was_restated_to_the_plan_closes_by_itself(desk: Desk) -> None:
    assert await look(desk)
    with desk.database.write() as tx:
        spend(tx, "claims-triage", {OCTOBER: -1_200_000_000})
    assert await look(desk) == []


async def test_what_both_explained_while_the_day_was_looked_at_opens_nothing(desk: Desk) -> None:
    with desk.database.read() as tx:
        changes = variances.found(tx, desk.config, desk.clock.now())
    assert len(changes) == 1
    for who in (OWNER, LEAD):
        await months.explain(desk, who, text="A storm.", **EXPLAINED)
    with desk.database.write() as tx:
        variances.keep(tx, changes, desk.clock.now())
        assert exceptions.standing(tx, "variance") == []


async def test_a_month_that_runs_is_explained_only_once_it_is_over(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"2026-11 still runs.*from 2026-12-01 UTC on"):
        await months.explain(desk, OWNER, text="x", workload="claims-triage", month="2026-11")


async def test_an_explanation_keeps_the_figures_that_its_author_saw(desk: Desk) -> None:
    done = await months.explain(desk, OWNER, text="A storm.", **EXPLAINED)
    assert (done.role, done.by) == ("business_owner", "anna")
    with desk.database.read() as tx:
        detail = json.loads(audit.entries(tx, limit=1)[0].body)["detail"]
    assert detail["about"] == {"inference": "3100.000000", "planned": "1860.000000", "spend_variance": "0.666667",
                               "alpha_net": None, "per_dollar": None, "planned_per_dollar": None,
                               "return_variance": None}


async def test_who_is_both_says_in_which_role_and_alone_may_write_both(desk: Desk) -> None:
    with pytest.raises(UsageError, match="say which of them explains, with --role"):
        await months.explain(desk, BOTH, text="A storm.", **EXPLAINED)
    for role in ("business_owner", "platform_lead"):
        await months.explain(desk, BOTH, text="A storm.", role=role, **EXPLAINED)
    assert await look(desk) == []


async def test_with_two_person_the_two_are_two_people(desk: Desk) -> None:
    desk.config = replace(desk.config, approvals=Approvals(two_person=True))
    await months.explain(desk, BOTH, text="A storm.", role="business_owner", **EXPLAINED)
    await months.explain(desk, BOTH, text="A storm, and hail.", role="business_owner", **EXPLAINED)
    with pytest.raises(NotPermitted, match="in the other role already"):
        await months.explain(desk, BOTH, text="A cold cache.", role="platform_lead", **EXPLAINED)
    await months.explain(desk, LEAD, text="A cold cache.", **EXPLAINED)


async def test_only_the_two_who_owe_it_explain_and_each_for_their_own_role(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="maria may not explain variance"):
        await months.explain(desk, ARCHITECT, text="x", **EXPLAINED)
    with pytest.raises(NotPermitted, match="anna may not explain as platform_lead"):
        await months.explain(desk, OWNER, text="x", role="platform_lead", **EXPLAINED)
    assert actions(desk) == ["attempt.refused", "attempt.refused"]
    desk.read_only = True
    with pytest.raises(NotPermitted, match="the ledger stays as it is"):
        await months.explain(desk, OWNER, text="x", **EXPLAINED)


async def test_no_words_no_such_month_and_no_such_workload_are_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="needs words"):
        await months.explain(desk, OWNER, text=" \n", **EXPLAINED)
    with pytest.raises(InputError, match="at most 10,000 characters"):
        await months.explain(desk, OWNER, text="x" * 10_001, **EXPLAINED)
    with pytest.raises(UsageError, match="2026-12 has not begun"):
        await months.explain(desk, OWNER, text="x", workload="claims-triage", month="2026-12")
    with pytest.raises(UsageError, match="'October' is no month"):
        await months.monthly(desk, OWNER, month="October")
    with pytest.raises(UsageError, match="Did you mean claims-triage"):
        await months.explain(desk, OWNER, text="x", workload="claims-triag", month="2026-10")


async def realised(desk: Desk, month: str) -> list[SavingLine]:
    return list(await months.savings(desk, VIEWER, month=month))


async def test_a_saving_is_measured_from_the_days_before_it(desk: Desk) -> None:
    number = await months.declare_saving(desk, LEAD, workload="claims-triage", what="cache the prefix",
                                         applied_at=NOVEMBER, promised=from_usd("1000"))
    (november,) = await realised(desk, "2026-11")
    # 21 whole days after the 1st at 100 dollars, as in the 28 days before, less 21 x 60
    assert (november.id, november.realised) == (number, from_usd("840"))
    assert november.basis == "21 days at 100.00 USD as in the 28 days before, less 1,260.00 USD spent"
    assert await realised(desk, "2026-10") == []
    totals = (await months.monthly(desk, VIEWER)).totals
    assert (totals.promised, totals.realised) == (from_usd("1000"), from_usd("840"))
    await months.withdraw_saving(desk, LEAD, saving=number)
    assert await realised(desk, "2026-11") == []
    with pytest.raises(UsageError, match="No saving 1 holds"):
        await months.withdraw_saving(desk, LEAD, saving=number)
    assert actions(desk) == ["saving.withdrawn", "saving.declared"]


async def test_a_fix_that_costs_more_is_shown_as_a_loss(desk: Desk) -> None:
    await months.declare_saving(desk, LEAD, workload="claims-triage", what="a smaller model", promised=1,
                                applied_at=OCTOBER)
    (october,) = await realised(desk, "2026-10")
    assert october.realised == from_usd("-1200")   # 30 days at 60, less 30 x 100


async def test_a_fix_that_saves_nothing_is_shown_as_nothing_and_not_as_unknown(desk: Desk) -> None:
    with desk.database.write() as tx:
        spend(tx, "claims-triage", a_day(NOVEMBER, 23, 40_000_000))  # beside the 60 of each day: as before it
    await months.declare_saving(desk, LEAD, workload="claims-triage", what="a smaller model", promised=1,
                                applied_at=NOVEMBER)
    (november,) = await realised(desk, "2026-11")
    assert november.realised == 0
    assert (await months.monthly(desk, VIEWER)).totals.realised == 0


async def test_the_promise_of_a_fix_is_what_its_finding_says_unless_somebody_says_otherwise(desk: Desk) -> None:
    with desk.database.write() as tx:
        numbers = [open_new(tx, Seen("claims-triage", origin, f"{origin}: x", "so", stake=stake), NOVEMBER).id
                   for origin, stake in (("finding", from_usd("420")), ("finding", None), ("drift", from_usd("7")))]

    async def declare(exception: int | None, promised: int | None = None) -> None:
        await months.declare_saving(desk, LEAD, workload="claims-triage", what="fix", promised=promised,
                                    applied_at=NOVEMBER, exception=exception)

    await declare(numbers[0])
    await declare(numbers[0], from_usd("100"))
    assert [each.promised for each in await realised(desk, "2026-11")] == [from_usd("420"), from_usd("100")]
    for exception in (*numbers[1:], None):
        with pytest.raises(UsageError, match="promises dollars a month"):
            await declare(exception)


async def test_too_few_days_on_either_side_or_a_second_fix_leave_it_unknown(desk: Desk) -> None:
    async def declare(at: datetime) -> None:
        await months.declare_saving(desk, LEAD, workload="claims-triage", what="fix", promised=1, applied_at=at)

    await declare(SEPTEMBER + timedelta(days=3))
    await declare(datetime(2026, 10, 28, tzinfo=UTC))
    first, second = await realised(desk, "2026-10")
    assert (first.realised, first.basis) == (None, "usage is known of 3 whole days before it; it takes 7")
    assert (second.realised, second.basis) == (
        None, "the month has 3 whole days after it and before another fix of the workload; it takes 7")
    _, second = await realised(desk, "2026-11")
    assert second.realised == from_usd("848.571429")   # 22 days at (60 + 27 x 100) / 28, less 22 x 60


async def test_a_saving_needs_dollars_words_and_an_exception_of_its_own_workload(desk: Desk) -> None:
    for promised, what, exception, said in ((0, "x", None, "promises dollars"), (1, " ", None, "needs words"),
                                            (1, "x", 7, "has no exception 7")):
        with pytest.raises((UsageError, InputError), match=said):
            await months.declare_saving(desk, LEAD, workload="claims-triage", what=what, promised=promised,
                                        applied_at=NOVEMBER, exception=exception)
    with pytest.raises(NotPermitted):
        await months.declare_saving(desk, VIEWER, workload="claims-triage", what="x", promised=1, applied_at=NOVEMBER)
    for year in (1926, 2126):
        with pytest.raises(UsageError, match="Check the year"):
            await months.declare_saving(desk, LEAD, workload="claims-triage", what="x", promised=1,
                                        applied_at=NOVEMBER.replace(year=year))
