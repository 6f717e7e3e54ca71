"""Rules on element two: what the Charter commits to must be permitted by its cell of the organisation's matrix."""

from __future__ import annotations

from collections.abc import Iterator

from console.charters import review
from console.charters.document import FIVE_TESTS, TramChoice
from console.charters.parsing import Reading
from console.charters.problem import Problem
from console.charters.tram import Cell, Matrix


def judge(reading: Reading, matrix: Matrix) -> Iterator[Problem]:
    """The cell exists, and permits the models, the thinking, the depth, the fan-out and the review."""
    choice = reading.tram
    if choice is None:
        return
    for key, value, known in (("cost_variance", choice.cost_variance, matrix.rows),
                              ("output_variance", choice.output_variance, matrix.columns)):
        if value not in known:
            yield Problem("tram-cell", reading.line("tram", key),
                          f"[tram] {key} = {value[:60]!r} is not in the matrix", f"write one of: {', '.join(known)}")
            return
    cell = matrix.cells.get((choice.cost_variance, choice.output_variance))
    if cell is None:
        yield Problem("tram-cell", reading.line("tram"), "[tram] the organisation's matrix has no such cell",
                      "choose another, or add it to [tram] of the configuration")
        return
    name = f"the cell {choice.cost_variance} x {choice.output_variance}"
    yield from _models(reading, choice, matrix, cell, name)
    yield from _limits(reading, choice, cell, name)
    if reading.review:
        yield from review.against_cell(reading, reading.review, cell)


def _models(reading: Reading, choice: TramChoice, matrix: Matrix, cell: Cell, name: str) -> Iterator[Problem]:
    for number, model in enumerate(choice.models):
        line = reading.line("tram", "models", number)
        permitted = matrix.permits(cell, model)
        if permitted is None:
            yield Problem("tram-model", line,
                          f"[tram] nobody said what tier {model[:60]!r} is, so {name} cannot permit it",
                          "add it to [tram.tiers] of the configuration", "warning")
        elif not permitted:
            yield Problem("tram-model", line,
                          f"[tram] {name} does not permit {model[:60]!r} ({matrix.tier(model)} tier)",
                          f"it permits {', '.join(cell.models)}; or choose another cell")
    if any(matrix.tier(model) == "frontier" for model in choice.models):
        yield from _five_tests(reading)


def _five_tests(reading: Reading) -> Iterator[Problem]:
    """Not answering, or failing all five, is a finding that is signed with open eyes."""
    tests = reading.five_tests
    if tests is None:
        yield Problem("five-tests", reading.line("tram", "models"),
                      "[five_tests] is missing: a frontier model is named and the five tests are not answered",
                      f"write [five_tests] with {', '.join(FIVE_TESTS)}, each true or false, and for each its "
                      f"sentence, like {FIVE_TESTS[0]}_because", "warning")
        return
    stated = reading.source.data.get("five_tests", {}) if reading.source else {}
    unanswered = [name for name in FIVE_TESTS if name not in stated]
    if unanswered:
        yield Problem("five-tests", reading.line("five_tests"),
                      f"[five_tests] not answered, and so no: {', '.join(unanswered)}",
                      f"write {unanswered[0]} = false, or true", "warning")
    if not tests.that_hold:
        yield Problem("five-tests", reading.line("five_tests"),
                      "[five_tests] a frontier model is named and none of the five tests holds",
                      "name a workhorse model, or say which test holds", "warning")
    for name in tests.that_hold:
        if tests.because(name) is None:
            yield Problem("five-tests", reading.line("five_tests", name),
                          f"[five_tests] {name} holds, and nobody says why",
                          f'write {name}_because = "…": one sentence that a board member could check', "warning")


def _limits(reading: Reading, choice: TramChoice, cell: Cell, name: str) -> Iterator[Problem]:
    if choice.thinking and not cell.thinking:
        yield Problem("tram-thinking", reading.line("tram", "thinking"), f"[tram] {name} forbids extended thinking",
                      "write thinking = false")
    for key, value, most in (("depth_cap", choice.depth_cap, cell.depth_cap),
                             ("fan_out_cap", choice.fan_out_cap, cell.fan_out_cap)):
        if value > most:
            yield Problem(f"tram-{key.replace('_', '-')}", reading.line("tram", key),
                          f"[tram] {key} = {value} is over the {most} that {name} authorises", f"write {key} = {most}")
