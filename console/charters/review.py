"""Rules on element four, the review topology: who, what, when, and with what authority."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from console.charters.document import AUTHORITY, REVIEWED, WHEN, Header, Review
from console.charters.naming import names_a_person, names_nobody, says_nothing
from console.charters.parsing import Reading
from console.charters.problem import Problem
from console.charters.stated import is_placeholder
from console.charters.tram import Cell

ADVERSE = "adverse individual"
SAMPLE = (Decimal("0.01"), Decimal("0.10"))


def judge(reading: Reading) -> Iterator[Problem]:
    """The review against itself and against the category of the decision."""
    if reading.review:
        yield from _reviewer(reading, reading.review)
        yield from _sample(reading, reading.review)
    if reading.header and reading.review:
        yield from _decision(reading, reading.header, reading.review)


def against_cell(reading: Reading, review: Review, cell: Cell) -> Iterator[Problem]:
    """The review may not be weaker, in any of its answers, than what the cell asks. Where the decision asks for the
    strongest of each, that is said instead (`adverse-individual`)."""
    if reading.header and reading.header.decision == ADVERSE:
        return
    for key, value, least, order in (("what", review.what, cell.review_what, REVIEWED),
                                     ("when", review.when, cell.review_when, WHEN),
                                     ("authority", review.authority, cell.review_authority, AUTHORITY)):
        if order.index(value) > order.index(least):
            yield Problem("tram-review", reading.line("review", key),
                          f'[review] {key} = "{value}" is weaker than the cell asks', f'write {key} = "{least}"')


def _reviewer(reading: Reading, review: Review) -> Iterator[Problem]:
    if names_nobody(review.who) and not is_placeholder(review.who):
        yield Problem("reviewer", reading.line("review", "who"),
                      f"[review] who = {review.who[:60]!r} names no qualification",
                      'name one that a person either has or has not: who = "Claims officer with delegated authority B"')


def _sample(reading: Reading, review: Review) -> Iterator[Problem]:
    low, high = SAMPLE
    if review.what == "sample" and review.sample_share is not None and not low <= review.sample_share <= high:
        yield Problem("sample", reading.line("review", "sample_share"),
                      f"[review] sample_share = {review.sample_share:f} is not 1 to 10 %", "write sample_share = 0.05")
    if review.what == "every output" and review.sample_share is not None:
        yield Problem("sample", reading.line("review", "sample_share"),
                      f'[review] sample_share = {review.sample_share:f} contradicts what = "every output"',
                      'take sample_share away, or write what = "sample"', "warning")
    if review.what == "exceptions" and not review.sample_strategy:
        yield Problem("sample", reading.line("review", "what"),
                      "[review] reviewing exceptions goes with a stratified sample, and none is described",
                      'write sample_strategy = "Stratified by claim size, drawn weekly"', "warning")


def _decision(reading: Reading, header: Header, review: Review) -> Iterator[Problem]:
    if header.decision == ADVERSE:
        for key, value, wanted in (("what", review.what, "every output"), ("when", review.when, "pre-issue"),
                                   ("authority", review.authority, "veto")):
            if value != wanted:
                yield Problem("adverse-individual", reading.line("review", key),
                              f'[review] {key} = "{value}": an adverse decision about a person is always decided by a '
                              "named human", f'write {key} = "{wanted}"')
        yield from _accountable(reading, review)
    if header.decision == "erosion of trust" and says_nothing(header.promise):
        yield Problem("promise", reading.line("charter", "decision"),
                      "[charter] the promise made to people is not written down",
                      'write promise = "A person answers within a day."', "warning")


def _accountable(reading: Reading, review: Review) -> Iterator[Problem]:
    """A person, by name, decides: the one named as accountable, or else the reviewer."""
    remedy = 'write accountable = "Dr M. Okafor, medical director": a person, by name'
    named = review.accountable
    if named is None:
        if not names_a_person(review.who):
            yield Problem("accountable", reading.line("review"),
                          "[review] nobody is named who answers for an adverse decision about a person", remedy)
    elif not is_placeholder(named) and not names_a_person(named):
        yield Problem("accountable", reading.line("review", "accountable"),
                      f"[review] accountable = {named[:60]!r} is nobody to appeal to", remedy)
