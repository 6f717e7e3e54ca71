"""Pictures of the Charter, small and large, in every state. After a wanted change: pytest --snapshot-update."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.cadences.charter import CharterForm
from console.operations import registry
from console.operations.charter import drafts as charter_drafts
from console.operations.charter import review as charter_review
from console.operations.charter.form import charter_form
from console.operations.desk import Desk
from screens.app import ConsoleApp
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, EVERYTHING, OWNER, RISK, open_desk
from tests.support.mbom import CLAIMS
from tests.support.opened import press, settle
from tests.support.portfolio import normal
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL
from tests.support.still_door import StillDoor, as_door

Compare = Callable[..., bool]
SIZES = [(80, 24), (200, 50)]
SLUG = "claims-triage"
HOSTILE = "[bold]\x1b[2J\u202eevil\u200b " * 30
ODD = edited(("half_life_months = 12", "half_life_months = 36"), ('models = ["claude-sonnet-4-6"]',
             'models = ["claude-opus-4-6"]'), ('monthly_usd = "1860"', 'monthly_usd = "1000"'),
             ('outcome = "claim triaged"', 'outcome = "<claim triaged>"'), text=FINANCIAL)


async def none(desk: Desk) -> None:
    """No Charter."""


async def draft(desk: Desk) -> None:
    """A draft that breaks rules, field by field and as a whole."""
    await charter_drafts.save_draft(desk, ARCHITECT, workload=SLUG, text=ODD, base_version=None, base_hash="")


async def signed(desk: Desk) -> None:
    await registry.import_charter(desk, ARCHITECT, text=FINANCIAL, name="charter.toml")
    await sign_all(desk, SLUG)


async def review(desk: Desk) -> None:
    """An amendment in review, signed by one, commented on by another."""
    await signed(desk)
    text = edited(("version = 1", "version = 2"), ('kill_usd = "9300"', 'kill_usd = "12000"'),
                  ("half_life_months = 12", "half_life_months = 15"), text=FINANCIAL)
    await registry.import_charter(desk, ARCHITECT, text=text, name="charter.toml")
    await charter_review.submit(desk, ARCHITECT, workload=SLUG, text="Traffic grew by a third; see the Monthly.")
    await registry.sign(desk, OWNER, workload=SLUG, role="business_owner")
    await charter_review.comment(desk, RISK, workload=SLUG, text="Why 12,000? The last overshoot was 400.")


async def refused(desk: Desk) -> None:
    await review(desk)
    await charter_review.refuse(desk, RISK, workload=SLUG, role="risk_officer", reason="Explain the threshold first.")


async def hostile(desk: Desk) -> None:
    said = HOSTILE.replace("\x1b", "")
    text = FINANCIAL.replace("claim triaged", said[:180]).replace("Two paragraphs a board member can read.", said)
    await charter_drafts.save_draft(desk, ARCHITECT, workload=SLUG, text=text, base_version=None, base_hash="")
    await charter_review.comment(desk, OWNER, workload=SLUG, text=HOSTILE)


PICTURES: dict[str, tuple[Callable[[Desk], Awaitable[None]], list[str]]] = {
    "none": (none, []),
    "draft": (draft, []),
    "signed": (signed, []),
    "review": (review, []),
    "refused": (refused, []),
    "diff": (review, ["equals_sign"]),
    "field": (review, ["j", "j", "enter"]),
    "sign": (review, ["i", *"risk officer", "enter"]),
    "hostile": (hostile, []),
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CharterForm]:
    """What the real operations say in each state; the pictures draw that."""

    async def read(folder: Path, arrange: Callable[[Desk], Awaitable[None]]) -> CharterForm:
        with open_desk(folder) as desk:
            await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
            await arrange(desk)
            return await charter_form(desk, ARCHITECT, workload=SLUG)

    arranged = {arrange.__name__: arrange for arrange, _ in PICTURES.values()}
    return {name: asyncio.run(read(tmp_path_factory.mktemp(name), arrange)) for name, arrange in arranged.items()}


def steps(keys: list[str]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, ConsoleApp)
        pilot.app.go("charter", SLUG)
        await settle(pilot)
        await press(pilot, *("space" if key == " " else key for key in keys))
        await settle(pilot)

    return run


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, size: tuple[int, int], snap_compare: Compare, forms: dict[str, CharterForm]) -> None:
    arrange, keys = PICTURES[name]
    still = StillDoor(EVERYTHING)
    still.answers["charter_form"] = forms[arrange.__name__]
    assert snap_compare(ConsoleApp(as_door(still), normal()), terminal_size=size, run_before=steps(keys))
