"""A Charter in force, without the parts of the document that only people read."""

from __future__ import annotations

from dataclasses import dataclass

from console.charters.document import CharterDocument, FiveTests, Header, Review, TramChoice
from console.charters.terms import Terms, terms_of


@dataclass(frozen=True, slots=True)
class InForce:
    """What the rules need of it, and what a workload may drift from. Thousands are held: the rest of the document is
    not."""

    charter: Header
    tram: TramChoice
    review: Review
    terms: Terms
    five_tests: FiveTests | None = None
    """None: not answered."""

    @classmethod
    def of(cls, document: CharterDocument) -> InForce:
        """What is held of a sound Charter."""
        return cls(document.charter, document.tram, document.review, terms_of(document), document.five_tests)
