"""A Token Architect's week at 80x24, by keyboard alone: twenty-five open exceptions, from the first key to the last."""

from __future__ import annotations

from collections import Counter

from tests.support.triage import at, press, sent
from tests.support.weekly import DecidingDoor, exception, week

KINDS = ("trip: signs", "drift: model", "alert: burn", "drift: owner", "finding: Cached Timestamp")
WEEK = week([exception(number, f"workload-{number:02}", KINDS[(number - 1) // 5], 900.0 - number, f"Seen {number}.")
             for number in range(1, 26)])
FIRST, UNTIL, ASKS, LEFT = "the fix is live", "trial until the launch", "platform looks at all", "its owner left"


async def test_twenty_five_exceptions_are_triaged_with_about_one_key_each_beside_the_rationales() -> None:
    pressed: list[str] = []
    async with at("daily", door=DecidingDoor(WEEK)) as console:

        async def do(*keys: str, because: str = "") -> None:
            """Press them; a rationale is typed before the last one."""
            pressed.extend(keys)
            await press(console, *keys[:-1], *because, keys[-1])

        await do("2")
        assert "25 of 25 open" in console.screen()
        await do("x", "enter", because=FIRST)  # the worst pattern at once
        assert console.selected() == KINDS[1]
        await do("b", "enter", "enter", because=UNTIL)  # the next one for thirty days
        await do("E", "enter", because=ASKS)
        await do("enter")
        await do("w", "enter", because=LEFT)  # one by one, the same said of each
        for _ in range(4):
            await do("w", "enter")
        assert "none open" in console.screen()
        await do("q")
        assert console.selected() == KINDS[4]
        await do("x", "tab", "enter")  # what was said before is offered
        assert "none open" in console.screen()
        decided: Counter[tuple[str, str]] = Counter()
        for options in sent(console):
            decided[options["verdict"], options["rationale"]] += len(options["exceptions"])
        assert decided == {("dismissed", FIRST): 10, ("time-bounded", UNTIL): 5, ("escalated", ASKS): 5,
                           ("revision", LEFT): 5}
        assert len(pressed) <= 25
