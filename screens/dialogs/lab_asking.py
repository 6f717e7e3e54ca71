"""What the lab asks: the number of an input, and the workload to begin from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.economics.bench import Bench
from console.errors import UsageError
from screens.prompt import Prompt
from screens.view import Console

NOBODY = "none"
"""What is written for the playbook's example."""


async def type_it(console: Console, bench: Bench, name: str, put: Callable[[Bench], None]) -> None:
    """Ask for an input's number; `put` gets the topic with it."""
    each = bench.topic.input(name)

    def complaint(text: str) -> str | None:
        try:
            each.read(_meant(text))
        except UsageError as error:
            return str(error)
        return None

    answer = await console.ask(Prompt(
        name.replace("_", " "), default=each.write(bench.inputs.values[name]), replaced=True, validate=complaint,
        hint=f"{each.meaning} · enter accepts · esc cancels"))
    if answer is not None:
        put(bench.with_value(name, each.read(_meant(answer))))


def _meant(text: str) -> str:
    """A number as people write it, without what only dresses it."""
    return text.strip().removeprefix("$").replace(",", "")


async def workload(console: Console, slugs: Sequence[str], begin_from: Callable[[str], None]) -> None:
    """Ask whose figures to begin from; `begin_from` gets the slug, or nothing for the playbook's example."""
    choices = [*slugs, NOBODY]

    def begun(text: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(text.strip())]

    def complaint(text: str) -> str | None:
        return None if text.strip() in choices else f"Write a workload's slug, or {NOBODY}; tab completes."

    answer = await console.ask(Prompt("Begin from the workload", validate=complaint, complete=begun,
                                      hint=f"{NOBODY}: the playbook's example"))
    if answer is not None:
        begin_from("" if answer.strip() == NOBODY else answer.strip())
