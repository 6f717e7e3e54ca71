"""What is known of a workload that a topic of the lab may start from. Pure; what nobody knows is left out, never zero.

The names are those that inputs of `console/economics` give as their `measure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from console.cadences.measured.prices import handed_on, priced
from console.cadences.measured.seen import DAYS, MEASURED, Seen, Traces, at_path, of_charter, requests_of
from console.cadences.orchestration import Multiplier
from console.charters.document import CharterDocument
from console.economics.filling import Known
from console.money import MICRO
from console.pricing import PriceBook

TRACED = "traces of the last 24 hours"
RECORDED = f"call records, last {DAYS} days"
ENTRY = "MBOM entry"
_MONTH_DAYS = 30
_DAY_MINUTES = 24 * 60
_MILLION = 1_000_000


def known_of(seen: Seen, book: PriceBook, tier_of: Callable[[str], str | None]) -> dict[str, Known]:
    """Everything that is known, by name. `tier_of` says a model's tier, where it is known."""
    return dict([  # of the same figure the later one counts
        *_traffic(seen), *_traced(seen.traces), *_multiplied(seen.multiplier), *_review(seen.charter),
        *priced(seen, book, tier_of), *_entry(seen.entry), *_literacy(seen.entry), *handed_on(seen)])


def _traffic(seen: Seen) -> Iterator[tuple[str, Known]]:
    """Calls over time, and what a token of any kind costs on average."""
    requests = requests_of(seen.uses)
    daily: Known | None = None
    if requests is not None and seen.days:
        daily = Known(requests / seen.days, MEASURED)
    elif seen.charter is not None:
        version, document = seen.charter
        daily = Known(Fraction(document.expected.calls_per_month, _MONTH_DAYS), of_charter(version))
    if daily is not None:
        yield "calls_per_day", daily
        yield "calls_per_minute", Known(daily.value / _DAY_MINUTES, daily.origin)
    tokens = sum(sum(each.tokens) for each in seen.uses)
    if tokens:
        cost = sum(each.cost for each in seen.uses)
        yield "usd_per_million", Known(Fraction(cost * _MILLION, tokens * MICRO), MEASURED)


def _traced(traces: Traces) -> Iterator[tuple[str, Known]]:
    if traces.actions:
        yield "actions_per_month", Known(Fraction(traces.actions * _MONTH_DAYS), TRACED)
        if traces.action_tokens is not None:
            yield "tokens_per_action", Known(Fraction(traces.action_tokens, traces.actions), TRACED)
    if traces.sessions:
        yield "calls_per_session", Known(Fraction(traces.session_calls, traces.sessions), TRACED)


def _multiplied(found: Multiplier | None) -> Iterator[tuple[str, Known]]:
    """What an action takes, and one call that does the same, where agents can be told apart."""
    if found is None or found.value is None:
        return
    yield "multiplier", Known(found.value, RECORDED)
    yield "tokens_per_action", Known(Fraction(found.tokens, found.measured), RECORDED)
    yield "single_call_tokens", Known(Fraction(found.single, found.measured), RECORDED)
    if found.cost:
        yield "single_call_usd", Known(Fraction(found.cost, MICRO) / found.value / found.measured, RECORDED)


def _entry(entry: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """What the MBOM states in figures."""
    for name, *path in (("system_tokens", "prompt", "tokens"), ("turn_cap", "eviction", "turn_cap"),
                        ("chunk_tokens", "data_pre_work", "chunking", "tokens"),
                        ("escalation_share", "cascade", "escalation_share"),
                        ("top_escalation_share", "cascade", "top_escalation_share"),
                        ("misroute_share", "cascade", "misroute_share"), ("misroute_usd", "cascade", "rework_usd")):
        stated = _number(at_path(entry, path))
        if stated is not None:
            yield name, Known(stated, ENTRY)


def _literacy(entry: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """The levels of prompt literacy that its users lack, where they lack any."""
    required, had = (_number(at_path(entry, ["prompt_literacy", level])) for level in ("required", "had"))
    if required is not None and had is not None and required > had:
        yield "literacy_gap", Known(required - had, ENTRY)


def _review(charter: tuple[int, CharterDocument] | None) -> Iterator[tuple[str, Known]]:
    """What an outcome is worth, and what a person's look at one costs: the month's review over what is reviewed."""
    if charter is None:
        return
    version, document = charter
    purpose, share, cost = document.purpose, document.review.share, document.expected.review_cost
    if purpose.outcome_value is not None:
        yield "outcome_usd", Known(Fraction(purpose.outcome_value, MICRO), f"{of_charter(version)}: an outcome")
    if cost is not None and share and purpose.outcomes_per_month:
        cases = Fraction(purpose.outcomes_per_month) * Fraction(share)
        yield "review_usd_per_case", Known(Fraction(cost, MICRO) / cases, of_charter(version))


def _number(stated: object) -> Fraction | None:
    if stated is None or isinstance(stated, bool):
        return None
    try:
        return Fraction(Decimal(str(stated)))
    except (InvalidOperation, ValueError, OverflowError):
        return None
