"""Rules on element three, the scenarios, and the month that the stated traffic costs at today's prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from console.charters.document import Expected, Runaway, Stretch, TokensPerCall, decimal_dollars, kill_threshold
from console.charters.parsing import Reading
from console.charters.problem import Problem
from console.money import MicroUsd, display

Price = Callable[[str, TokensPerCall, Decimal], MicroUsd | None]
"""(model, tokens of one call, calls) to today's price; None where no price is known."""

OFF = Decimal("0.10")
"""A typed month further than this from the derived one is a warning."""
APART = 2
"""More than so many times the derived month, or as much under it, is an error: no discount explains it (a batch costs
half), and a kill threshold on top of it means nothing."""


@dataclass(frozen=True, slots=True)
class Costs:
    """The month of one scenario."""

    scenario: str
    """expected, stretch, runaway."""
    multiple: Decimal
    typed: MicroUsd
    """The expected month as typed, times the multiple."""
    derived: MicroUsd | None
    """The same traffic at today's prices, times the multiple; None where a model has no known price."""


def costs(reading: Reading, derived: MicroUsd | None) -> tuple[Costs, ...]:
    """What each stated scenario costs a month; nothing without an expected one."""
    if reading.expected is None:
        return ()
    multiples = {"expected": Decimal(1)}
    if reading.stretch:
        multiples["stretch"] = reading.stretch.multiple
    if reading.runaway:
        multiples["runaway"] = reading.runaway.multiple
    typed = reading.expected.monthly
    return tuple(Costs(name, multiple, int(typed * multiple), None if derived is None else int(derived * multiple))
                 for name, multiple in multiples.items())


def derive_monthly(expected: Expected, models: Sequence[str], price: Price) -> MicroUsd | None:
    """The month that the stated traffic costs today, in micro-dollars: at the first of `models`, or by model shares."""
    shares = expected.model_shares or ((models[0], Decimal(1)),)
    total = 0
    for model, share in shares:
        cost = price(model, expected.tokens_per_call, share * expected.calls_per_month)
        if cost is None:
            return None
        total += cost
    return total


def judge(reading: Reading) -> Iterator[Problem]:
    """The multiples, the kill threshold between them, and the models that the expected traffic goes to."""
    expected, stretch, runaway = reading.expected, reading.stretch, reading.runaway
    if stretch and not 2 <= stretch.multiple <= 3:
        yield Problem("stretch", reading.line("scenarios", "stretch", "multiple"),
                      f"[scenarios.stretch] multiple = {stretch.multiple:f} is not two to three times expected",
                      "write multiple = 2.5")
    if runaway and not 10 <= runaway.multiple <= 20:
        yield Problem("runaway", reading.line("scenarios", "runaway", "multiple"),
                      f"[scenarios.runaway] multiple = {runaway.multiple:f} is not ten to twenty times expected",
                      "write multiple = 15")
    if expected and runaway:
        yield from _kill(reading, expected, stretch, runaway)
    if expected and reading.tram:
        yield from _shares(reading, expected, reading.tram.models)


def _kill(reading: Reading, expected: Expected, stretch: Stretch | None, runaway: Runaway) -> Iterator[Problem]:
    threshold = kill_threshold(expected, runaway)
    line = reading.line("scenarios", "runaway", "kill_usd" if runaway.kill is not None else "kill_multiple")
    if runaway.kill is not None and runaway.kill_multiple is not None:
        yield Problem("kill-threshold", line, "[scenarios.runaway] kill_usd and kill_multiple are both given",
                      "keep one of them")
        return
    if threshold is None:
        yield Problem("kill-threshold", line, "[scenarios.runaway] there is no kill threshold",
                      f'write kill_usd = "{decimal_dollars(5 * expected.monthly)}", or kill_multiple = 5')
        return
    low = int(expected.monthly * (stretch.multiple if stretch else 1))
    high = int(expected.monthly * runaway.multiple)
    if not low <= threshold <= high:
        yield Problem("kill-threshold", line,
                      f"[scenarios.runaway] the kill threshold of {display(threshold)} USD is not between stretch "
                      f"({display(low)} USD) and runaway ({display(high)} USD)",
                      f'write kill_usd = "{decimal_dollars(5 * expected.monthly)}", or kill_multiple = 5')


def typed_against_derived(reading: Reading, expected: Expected, derived: MicroUsd | None) -> Iterator[Problem]:
    """A typed month more than a tenth away from what the stated traffic costs today."""
    line = reading.line("scenarios", "expected", "monthly_usd")
    if derived is None:
        yield Problem("derived-cost", line, "[scenarios.expected] a model has no known price, so monthly_usd cannot be "
                      "checked", "add its price to [[prices]] of the configuration", "warning")
    elif abs(derived - expected.monthly) > OFF * expected.monthly:
        low, high = sorted((derived, expected.monthly))
        yield Problem("derived-cost", line,
                      f"[scenarios.expected] monthly_usd is {display(expected.monthly)} USD; "
                      f"{expected.calls_per_month:,} calls at today's prices come to {display(derived)} USD",
                      f'write monthly_usd = "{decimal_dollars(derived)}", or correct the traffic',
                      "error" if high > APART * low else "warning")


def _shares(reading: Reading, expected: Expected, models: Sequence[str]) -> Iterator[Problem]:
    for model, _ in expected.model_shares:
        if model not in models:
            yield Problem("model-shares", reading.line("scenarios", "expected", "model_shares"),
                          f"[scenarios.expected] model_shares names {model[:60]!r}, which [tram] models does not",
                          "add it to [tram] models, or take its share away")
