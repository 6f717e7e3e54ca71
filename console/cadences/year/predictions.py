"""The playbook's three predictions (section 9): what is claimed, what would falsify it, what the portfolio shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from console.cadences.annual import PredictionLine
from console.money import MicroUsd
from store.tables import PredictionNote

VERDICTS = {
    "open": "too early to tell",
    "holding": "what is known speaks for it",
    "falsified": "what is known refutes it",
}
"""What a person may say of one."""
AGENTIC = ("supervisor-worker", "three-tier")


@dataclass(frozen=True, slots=True)
class Prediction:
    number: int
    text: str
    criterion: str
    deadline: datetime


PREDICTIONS = (
    Prediction(
        1, "Workhorse models become so cheap that most cascades cost more than they save.",
        "Falsified if by the deadline at least half of the cascades that run are still cheaper, a call, than their "
        "workhorse alone, with escalations and misrouted calls counted.", datetime(2027, 12, 31, tzinfo=UTC)),
    Prediction(
        2, "The economics of agents turn over: either specialised sub-agents become cheap enough to be used freely, or "
        "nine in ten agentic workloads turn out to be better as a single call.",
        "Falsified if by the deadline neither has happened: agentic workloads cost about as much a request as before, "
        "and most of them are still agentic.", datetime(2027, 12, 31, tzinfo=UTC)),
    Prediction(
        3, "The rules for finance and healthcare come to require, in at least two major jurisdictions, documents of "
        "context lineage: from which data an answer was made.",
        "Falsified if by the deadline fewer than two major jurisdictions require them in force.",
        datetime(2028, 12, 31, tzinfo=UTC)),
)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What the portfolio shows of the first two."""

    cascades: int
    """MBOM entries that declare one."""
    paying: int
    not_paying: int
    agentic: int
    architectures: int
    """Entries whose architecture is known."""
    request_cost: tuple[Decimal, Decimal] | None
    """What a request of agentic workloads cost on average in the year before and in this one, in micro-dollars."""


def lines(portfolio: Portfolio, notes: Sequence[PredictionNote]) -> tuple[PredictionLine, ...]:
    """Each prediction with its evidence; `notes` newest first."""
    computed = (_cascades(portfolio), _agents(portfolio),
                "The portfolio cannot show what regulators require. Evidence is entered by people: token-console "
                "predictions judge 3 --verdict VERDICT --evidence TEXT")
    found = []
    for prediction, shows in zip(PREDICTIONS, computed, strict=True):
        evidence = tuple((note.said_at, note.said_by, note.verdict, note.evidence) for note in notes
                         if note.number == prediction.number)
        found.append(PredictionLine(
            prediction.number, prediction.text, prediction.criterion, prediction.deadline, shows,
            evidence[0][2] if evidence else "open", evidence))
    return tuple(found)


def _cascades(seen: Portfolio) -> str:
    if not seen.cascades:
        return "No workload of the MBOM declares a cascade, so the portfolio says nothing of it."
    told = seen.paying + seen.not_paying
    unknown = seen.cascades - told
    rest = (f" Of {unknown} it cannot be told: it takes escalation_share and misroute_share under cascade in the MBOM, "
            "a price for each model, and a Charter in force with its tokens a call." if unknown else "")
    if not told:
        return f"{seen.cascades} workloads declare a cascade.{rest}"
    return (f"{seen.not_paying} of {told} cascades ({Decimal(seen.not_paying) / told:.0%}) no longer pay against their "
            f"workhorse alone at today's prices.{rest}")


def _agents(seen: Portfolio) -> str:
    if not seen.architectures:
        return "No MBOM entry states its architecture, so the portfolio says nothing of it."
    share = Decimal(seen.agentic) / seen.architectures
    said = (f"{seen.agentic} of the {seen.architectures} workloads whose architecture is known ({share:.0%}) are "
            "agentic. ")
    if seen.request_cost is None:
        return said + "What a request of these costs is not known for both years: their sources do not count requests."
    before, now = seen.request_cost
    return said + (f"A request of these costs {_usd(now)} USD on average, {_usd(before)} the year before "
                   f"({now / before - 1:+.0%}).")


def _usd(micro: Decimal | MicroUsd) -> str:
    return f"{Decimal(micro) / 1_000_000:,.6f}"
