"""Monthly, quarterly and annual over a real database: every figure on the screen is the read model's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from console.cadences.annual import Annual
from console.cadences.monthly import Monthly
from console.cadences.quarterly import Quarterly
from console.money import from_usd
from console.operations import months, outcomes, quarters, years
from console.operations.actor import Actor
from console.operations.desk import Desk
from tests.support.cadences import EVERYBODY, answer
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import OWNER, open_desk
from tests.support.ledgers import NOVEMBER, OCTOBER, SEPTEMBER, a_day, read, register, sign, spend
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor


class DeskDoor(StillDoor):
    """A door with a desk behind it and no engine."""

    def __init__(self, desk: Desk, actor: Actor) -> None:
        super().__init__(actor, at=desk.clock.now())
        self._desk = desk

    async def ask(self, operation: Callable[..., Any], **options: Any) -> Any:
        self.asked.append((operation.__name__, options))
        return await operation(self._desk, self.actor, **options)


@asynccontextmanager
async def over_a_desk(folder: Path) -> AsyncIterator[tuple[Opened, Desk]]:
    """Three months of one workload with a Charter and outcomes, and of one with neither."""
    with open_desk(folder) as desk:
        with desk.database.write() as tx:
            for slug in ("claims-triage", "translation"):
                register(tx, slug)
            sign(tx, CLAIMS_TRIAGE)
            read(tx, SEPTEMBER, desk.clock.now())
            spend(tx, "claims-triage", a_day(SEPTEMBER, 30, 60_000_000))
            spend(tx, "claims-triage", a_day(OCTOBER, 31, 100_123_456))
            spend(tx, "claims-triage", a_day(NOVEMBER, 22, 61_500_000))
            spend(tx, "translation", a_day(NOVEMBER, 22, 9_870_000))
        for month in (10, 11):
            await outcomes.enter_outcome(
                desk,
                OWNER,
                workload="claims-triage",
                starts_at=datetime(2026, month, 1, tzinfo=UTC),
                ends_at=datetime(2026, month, 21, tzinfo=UTC),
                outcomes=Decimal(12_345),
                value=from_usd("14814.00"),
                baseline=from_usd("4114.50"),
                review=from_usd("1234.56"),
                rework=from_usd("78.90"),
            )
        door = DeskDoor(desk, EVERYBODY)
        async with opened(None, (200, 50), door) as console:
            yield console, desk


def dollars(amount: int | None) -> str:
    if amount is None:
        return "?"
    return f"{(Decimal(amount) / 1_000_000).quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"


def times(value: Decimal | None) -> str:
    return "?" if value is None else f"{value.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"


def row(console: Opened, begins: str) -> list[str]:
    """The words of the table's row that begins so."""
    lines = [line.partition("│")[0].removeprefix("> ").strip() for line in console.screen().splitlines()[4:]]
    return next(line for line in lines if line.startswith(begins)).split()


async def to(console: Opened, *keys: str) -> str:
    await console.press(*keys)
    await console.idle()
    return " ".join(console.screen().split())


async def test_every_figure_of_the_month_is_that_of_the_read_model(tmp_path: Path) -> None:
    async with over_a_desk(tmp_path) as (console, desk):
        await to(console, "3")
        for keys, name in (((), "2026-11"), (("left_square_bracket",), "2026-10")):
            screen = await to(console, *keys)
            month: Monthly = await months.monthly(desk, OWNER, month=name)
            assert month.lines
            for line in month.lines:
                cells = row(console, line.slug)
                assert dollars(line.alpha_net) in cells
                assert times(line.per_dollar) in cells
                assert dollars(line.inference) in cells
                assert line.planned is None or dollars(line.planned) in cells
                assert line.state.split()[0] in cells
            selected = next(line for line in month.lines if line.slug == console.selected())
            for part in ("value", "baseline", "inference", "review", "rework", "alpha_net"):
                assert f" {dollars(getattr(selected, part))} " in f"{screen} "
            assert f"spent {dollars(month.totals.inference).partition('.')[0][:-1]}" in screen
            for missing in selected.missing:
                assert missing in screen


async def test_an_explanation_that_is_typed_is_in_the_read_model_and_on_the_screen(tmp_path: Path) -> None:
    async with over_a_desk(tmp_path) as (console, desk):
        await to(console, "3", "left_square_bracket")
        console.app.go("monthly", "claims-triage")
        await console.idle()
        assert "! open" in console.screen()
        await console.press("X")
        await answer(console, "busi", "A storm doubled the claims.")
        (line,) = [one for one in (await months.monthly(desk, OWNER, month="2026-10")).lines if one.explanations]
        assert [said.text for said in line.explanations] == ["A storm doubled the claims."]
        assert line.owed == ("platform_lead",)
        assert "A storm doubled the claims." in console.screen()
        assert "lead" in row(console, "claims-triage")


async def test_every_figure_of_the_quarter_is_that_of_the_read_model(tmp_path: Path) -> None:
    async with over_a_desk(tmp_path) as (console, desk):
        screen = await to(console, "4")
        quarter: Quarterly = await quarters.quarterly(desk, OWNER)
        assert quarter.lines
        for line in quarter.lines:
            cells = row(console, line.slug)
            assert dollars(line.spent) in cells
            assert dollars(line.alpha_net) in cells
            assert times(line.per_dollar) in cells
            assert line.planned is None or dollars(line.planned) in cells
            assert not line.questions or str(len(line.questions)) in cells
        selected = next(line for line in quarter.lines if line.slug == console.selected())
        for spent in selected.months:
            assert spent is None or dollars(spent) in screen
        for question in selected.questions:
            assert question.split(":")[0] in screen


async def test_every_figure_of_the_year_is_that_of_the_read_model(tmp_path: Path) -> None:
    async with over_a_desk(tmp_path) as (console, desk):
        screen = await to(console, "5")
        year: Annual = await years.annual(desk, OWNER)
        for measure in year.measures:
            words = " ".join(row(console, measure.name[:40]))
            assert measure.value[:30] in words
            assert words.endswith(f"{measure.cases:,}") or f" {measure.cases:,} " in words
        for _, spent, _planned in year.months:
            assert spent is None or dollars(spent) in screen
        for prediction in year.predictions:
            assert prediction.verdict in row(console, f"prediction {prediction.number}")
