"""One key starts an MBOM entry from usage that nobody has claimed."""

from __future__ import annotations

from typing import Any

from console.operations.actor import Actor
from console.operations.mbom import draft as mbom_draft
from tests.support.opened import Opened, opened
from tests.support.portfolio import normal
from tests.support.still_door import StillDoor

ARCHITECT = Actor("maria", ("on_call", "token_architect"), "kernel")


def door() -> StillDoor:
    still = StillDoor(ARCHITECT)
    still.answers.update(
        draft_from_unattributed=lambda identity, source, name: mbom_draft.draft({"source": source, **identity}, name),
        import_mbom=lambda **_: None,
        set_field=lambda **_: None,
    )
    return still


async def to_unclaimed(console: Opened) -> None:
    await console.press("end")
    assert (console.selected() or "").startswith("unattributed")
    await console.press("n")
    await console.idle()


def sent(console: Opened, operation: str) -> list[dict[str, Any]]:
    return [options for name, options in console.door.asked if name == operation]


async def test_the_entry_is_shown_before_anything_is_written() -> None:
    async with opened(normal(), door=door()) as console:
        await to_unclaimed(console)
        assert "NEW MBOM ENTRY" in console.screen()
        assert "usage = [" in console.screen()
        await console.press("escape")
        await console.idle()
        assert sent(console, "import_mbom") == []


async def test_enter_registers_it_with_its_owner() -> None:
    async with opened(normal(), door=door()) as console:
        await to_unclaimed(console)
        await console.press(*"Ada", "enter")
        await console.idle()
        (imported,) = sent(console, "import_mbom")
        assert "[[workload]]" in imported["text"]
        (owned,) = sent(console, "set_field")
        assert (owned["field"], owned["value"]) == ("business_owner", "Ada")
        assert "is in the MBOM" in console.screen()


async def test_the_owner_may_be_decided_later() -> None:
    async with opened(normal(), door=door()) as console:
        await to_unclaimed(console)
        await console.press("enter")
        await console.idle()
        assert len(sent(console, "import_mbom")) == 1
        assert sent(console, "set_field") == []
