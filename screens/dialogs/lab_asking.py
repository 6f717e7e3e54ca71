"""What the lab asks: the number of an input, and a workload."""

from __future__ import annotations

from collections.abc import Sequence

from console.economics.bench import Bench
from console.errors import UsageError
from screens.prompt import Prompt
from screens.view import Console

NOBODY = "none"
"""What is written for the playbook's example."""


def number(bench: Bench, name: str) -> Prompt:
    """The question for an input's number; typing takes the place of what it is."""
    each = bench.topic.input(name)

    def complaint(text: str) -> str | None:
        try:
            each.read(_meant(text))
        except UsageError as error:
            return str(error)
        return None

    return Prompt(name.replace("_", " "), default=each.write(bench.inputs.values[name]), replaced=True,
                  validate=complaint, hint=f"{each.meaning} · enter accepts · esc cancels")


def typed(bench: Bench, name: str, answer: str) -> Bench:
    """The topic with the answer to `number`."""
    return bench.with_value(name, bench.topic.input(name).read(_meant(answer)))


def workload(console: Console) -> Prompt:
    """The question whose figures to begin from; the answer may be `NOBODY`."""
    return _one_of("Begin from the workload", [*_slugs(console), NOBODY], f"{NOBODY}: the playbook's example")


def charter_of(console: Console) -> Prompt:
    """The question in whose Charter to keep what began from nobody's figures."""
    return _one_of("Keep it in the Charter of", _slugs(console), "a workload's slug · esc cancels")


def _meant(text: str) -> str:
    """A number as people write it, without what only dresses it."""
    return text.strip().removeprefix("$").replace(",", "")


def _slugs(console: Console) -> Sequence[str]:
    return [line.slug for line in console.daily.workloads] if console.daily is not None else ()


def _one_of(field: str, choices: Sequence[str], hint: str) -> Prompt:
    def begun(text: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(text.strip())]

    def complaint(text: str) -> str | None:
        return None if text.strip() in choices else f"Write one of: {', '.join(begun(text) or choices)}; tab completes."

    return Prompt(field, validate=complaint, complete=begun, hint=hint)
