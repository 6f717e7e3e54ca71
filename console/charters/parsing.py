"""A Charter file to its values. Whatever is missing or malformed is reported, all of it, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, field

from console import toml
from console.charters import elements
from console.charters.document import (
    CharterDocument,
    Expected,
    FiveTests,
    Header,
    KillCriterion,
    Purpose,
    Review,
    Runaway,
    SignTerms,
    Stretch,
    TramChoice,
    Transparency,
)
from console.charters.problem import Problem, refuse
from console.charters.reading import Table


@dataclass(slots=True)
class Reading:
    """What could be understood of a file: each element, or None where it is missing or malformed."""

    what: str
    header: Header | None = None
    purpose: Purpose | None = None
    tram: TramChoice | None = None
    expected: Expected | None = None
    stretch: Stretch | None = None
    runaway: Runaway | None = None
    review: Review | None = None
    kill_criteria: tuple[KillCriterion, ...] = ()
    transparency: Transparency | None = None
    five_tests: FiveTests | None = None
    signs: SignTerms | None = None
    problems: list[Problem] = field(default_factory=list)
    source: toml.Document | None = None

    @property
    def document(self) -> CharterDocument | None:
        """The whole Charter; None while the file has any structural error."""
        if any(problem.is_error for problem in self.problems):
            return None
        if not (self.header and self.purpose and self.tram and self.expected and self.stretch and self.runaway
                and self.review and self.transparency):
            return None
        return CharterDocument(self.header, self.purpose, self.tram, self.expected, self.stretch, self.runaway,
                               self.review, self.kill_criteria, self.transparency, self.five_tests, self.signs)

    def line(self, *path: str | int) -> int | None:
        """The line of a path in the file, or of the nearest table around it."""
        return None if self.source is None else self.source.line_of(path)


def read(text: str, what: str) -> Reading:
    """Understand a Charter file called `what`. Raises InputError only where the text is not TOML at all."""
    loaded = toml.load(text, what)
    reading = Reading(what, source=loaded)
    root = Table(loaded.data, loaded, reading.problems)
    reading.header = elements.element(root, "charter", elements.header)
    reading.purpose = elements.element(root, "purpose", elements.purpose)
    reading.tram = elements.element(root, "tram", elements.tram)
    scenarios = root.table("scenarios", required=False) or Table({}, loaded, reading.problems, ("scenarios",))
    reading.expected = elements.element(scenarios, "expected", elements.expected)
    reading.stretch = elements.element(scenarios, "stretch", elements.stretch)
    reading.runaway = elements.element(scenarios, "runaway", elements.runaway)
    scenarios.finish()
    reading.review = elements.element(root, "review", elements.review)
    criteria = [elements.criterion(table) for table in root.tables("kill_criteria", required=True)]
    reading.kill_criteria = tuple(criterion for criterion in criteria if criterion is not None)
    reading.transparency = elements.element(root, "transparency", elements.transparency)
    reading.five_tests = elements.element(root, "five_tests", elements.five_tests, required=False)
    reading.signs = elements.element(root, "signs", elements.signs, required=False)
    root.finish()
    return reading


def parse(text: str, what: str) -> CharterDocument:
    """The Charter of a structurally sound file. Raises InputError with every fault, one a line."""
    reading = read(text, what)
    refuse(reading.problems, what)
    document = reading.document
    assert document is not None
    return document
