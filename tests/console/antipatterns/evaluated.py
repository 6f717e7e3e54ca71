"""Recorded evaluations for the detectors' tests, judged from files as an import judges them."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from console.evaluations.comparison import Terms, compare
from console.evaluations.evaluation import Kind
from console.evaluations.file import read
from console.evaluations.recorded import Recorded, summary_of
from tests.console.antipatterns.seen import START


def recorded(text: str, kind: Kind, at: datetime = START - timedelta(days=20), margin: str = "0.05") -> Recorded:
    """Evaluation 7 of claims triage."""
    terms = Terms(margin=Fraction(margin))
    evaluation = read(text, "answers.csv", kind)
    summary = summary_of(evaluation, compare(evaluation, terms), terms)
    return Recorded(7, "claims-triage", kind, at, "answers.csv", "maria", at, summary)
