"""What changes between two Charters, in the playbook's terms: element, from, to, and what it means.

Two Charters whose content hashes differ have at least one change between them, if only in the version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from console.charters import meanings
from console.charters.document import (
    AUTHORITY,
    FIVE_TESTS,
    REVIEWED,
    WHEN,
    CharterDocument,
    FiveTests,
    KillCriterion,
    SignTerms,
    TokensPerCall,
    decimal_dollars,
    kill_threshold,
)
from console.money import MicroUsd

NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was. Texts are outside text: clean them before they are shown."""

    element: str
    """`three scenarios`, as the playbook calls it."""
    what: str
    """`kill threshold`."""
    before: str
    after: str
    unit: str = ""
    share: Decimal | None = None
    """(after - before) / before, where both are figures."""
    meaning: str = ""
    """What follows for the workload; empty where the change says it all."""

    @property
    def text(self) -> str:
        """`kill threshold 9,300 → 12,000 USD (+29 %)`."""
        unit = f" {self.unit}" if self.unit else ""
        share = "" if self.share is None else f" ({_percent(self.share)})"
        return f"{self.what} {self.before} → {self.after}{unit}{share}"


def compare(before: CharterDocument, after: CharterDocument) -> tuple[Change, ...]:
    """Every change from one to the other, in the order of the six elements."""
    return (*_header(before, after), *_purpose(before, after), *_tram(before, after), *_scenarios(before, after),
            *_review(before, after), *_criteria(before.kill_criteria, after.kill_criteria),
            *_transparency(before, after), *_five_tests(before.five_tests, after.five_tests),
            *_signs(before.signs, after.signs))


def _header(before: CharterDocument, after: CharterDocument) -> Iterator[Change]:
    old, new = before.charter, after.charter
    yield from _words("header", "workload", old.workload, new.workload)
    yield from _words("header", "version", str(old.version), str(new.version))
    yield from _words("header", "domain", old.domain, new.domain, meanings.of_domain(old.domain, new.domain))
    yield from _words("header", "decision category", old.decision, new.decision, meanings.DECISIONS[new.decision])
    yield from _words("header", "promise", old.promise, new.promise)


def _purpose(before: CharterDocument, after: CharterDocument) -> Iterator[Change]:
    element, old, new = "purpose and alpha position", before.purpose, after.purpose
    yield from _words(element, "purpose", old.purpose, new.purpose)
    yield from _words(element, "outcome", old.outcome, new.outcome)
    yield from _money(element, "value of an outcome", old.outcome_value, new.outcome_value)
    yield from _figure(element, "outcomes per month", old.outcomes_per_month, new.outcomes_per_month)
    yield from _words(element, "baseline", old.baseline, new.baseline)
    yield from _money(element, "value of the baseline, an outcome", old.baseline_value, new.baseline_value)
    yield from _words(element, "half-life", old.half_life, new.half_life)
    yield from _figure(element, "half-life months", old.half_life_months, new.half_life_months)


def _tram(before: CharterDocument, after: CharterDocument) -> Iterator[Change]:
    element, old, new = "target TRAM cell", before.tram, after.tram
    yield from _words(element, "cell", f"{old.cost_variance} x {old.output_variance}",
                      f"{new.cost_variance} x {new.output_variance}", "cost variance x output variance tolerance")
    yield from _list(element, "models", old.models, new.models, meaning=meanings.of_models(old.models, new.models))
    yield from _words(element, "extended thinking", _yes(old.thinking), _yes(new.thinking))
    yield from _figure(element, "depth cap", old.depth_cap, new.depth_cap,
                       meaning=meanings.more_or_less(old.depth_cap, new.depth_cap, "agents may nest deeper",
                                                     "agents nest less deep"))
    yield from _figure(element, "fan-out cap", old.fan_out_cap, new.fan_out_cap,
                       meaning=meanings.more_or_less(old.fan_out_cap, new.fan_out_cap, "an agent may start more",
                                                     "an agent starts fewer"))


def _scenarios(before: CharterDocument, after: CharterDocument) -> Iterator[Change]:
    element = "three scenarios"
    yield from _money(element, "expected month", before.expected.monthly, after.expected.monthly,
                      "every alert is measured by it")
    yield from _figure(element, "calls per month", before.expected.calls_per_month, after.expected.calls_per_month)
    for item in fields(TokensPerCall):
        yield from _figure(element, f"{item.name.replace('_', ' ')} tokens per call",
                           getattr(before.expected.tokens_per_call, item.name),
                           getattr(after.expected.tokens_per_call, item.name))
    yield from _words(element, "model shares", *(", ".join(f"{model} {share:f}" for model, share in each.model_shares)
                                                 for each in (before.expected, after.expected)))
    yield from _money(element, "review cost a month", before.expected.review_cost, after.expected.review_cost)
    yield from _money(element, "rework cost a month", before.expected.rework_cost, after.expected.rework_cost)
    yield from _figure(element, "stretch", before.stretch.multiple, after.stretch.multiple, "x expected")
    yield from _list(element, "changes on entering stretch", before.stretch.changes, after.stretch.changes, "; ")
    yield from _figure(element, "runaway", before.runaway.multiple, after.runaway.multiple, "x expected")
    old, new = kill_threshold(before.expected, before.runaway), kill_threshold(after.expected, after.runaway)
    yield from _money(element, "kill threshold", old, new, meanings.of_threshold(old, new))
    if old == new:
        yield from _words(element, "kill threshold stated as", _stated(before), _stated(after))
    yield from _words(element, "kill", meanings.AUTOMATIC[before.runaway.automatic],
                      meanings.AUTOMATIC[after.runaway.automatic], meanings.KILLS[after.runaway.automatic])
    yield from _words(element, "mode", before.runaway.mode, after.runaway.mode, meanings.MODES[after.runaway.mode])
    yield from _list(element, "escalation", before.runaway.escalation, after.runaway.escalation, ", then ")
    yield from _words(element, "drilled every", before.runaway.drill_every or "", after.runaway.drill_every or "")


def _review(before: CharterDocument, after: CharterDocument) -> Iterator[Change]:
    element, old, new = "review topology", before.review, after.review
    yield from _words(element, "reviewer", old.who, new.who)
    for key, what, order in (("what", "what is reviewed", REVIEWED), ("when", "when", WHEN),
                             ("authority", "authority", AUTHORITY)):
        one, other = getattr(old, key), getattr(new, key)
        yield from _words(element, what, one, other, meanings.more_or_less(
            order.index(one), order.index(other), "a weaker review", "a stronger review"))
    yield from _figure(element, "sample", _per_cent(old.sample_share), _per_cent(new.sample_share), "%")
    yield from _words(element, "sampling strategy", old.sample_strategy, new.sample_strategy)
    yield from _words(element, "accountable", old.accountable or "", new.accountable or "")


def _criteria(before: Sequence[KillCriterion], after: Sequence[KillCriterion]) -> Iterator[Change]:
    """A criterion is the same one while kind, metric, comparison and window are; anything else goes and comes."""
    element, gone = "kill criteria", list(before)
    if before != after and Counter(before) == Counter(after):
        yield Change(element, "order", _lines(before), _lines(after))
    for new in after:
        old = next((each for each in gone if _same(each, new)), None)
        if old is None:
            yield Change(element, "criterion", NOTHING, f"{new.kind}: {new.line}", meaning=meanings.of_action(new))
            continue
        gone.remove(old)
        unit = f"{'USD ' if new.metric.endswith('_usd') else ''}over {new.window}"
        yield from _figure(element, f"{new.metric} {new.comparison}", old.value, new.value, unit)
        yield from _words(element, f"{new.line}: action", meanings.of_action(old), meanings.of_action(new))
        yield from _words(element, f"{new.line}: measured by", old.measured_by or "", new.measured_by or "")
    for old in gone:
        yield Change(element, "criterion", f"{old.kind}: {old.line}", NOTHING, meaning="no longer a reason to act")


def _lines(criteria: Sequence[KillCriterion]) -> str:
    return "; ".join(each.line for each in criteria)


def _same(one: KillCriterion, other: KillCriterion) -> bool:
    return all(getattr(one, key) == getattr(other, key) for key in ("kind", "metric", "comparison", "window"))


def _transparency(before: CharterDocument, after: CharterDocument) -> Iterator[Change]:
    for key in ("audience", "format", "schedule"):
        yield from _words("transparency cadence", key, getattr(before.transparency, key),
                          getattr(after.transparency, key))


def _five_tests(before: FiveTests | None, after: FiveTests | None) -> Iterator[Change]:
    def holds(tests: FiveTests | None) -> str:
        return "not answered" if tests is None else ", ".join(tests.that_hold) or "none holds"

    yield from _words("five tests", "tests that hold", holds(before), holds(after))
    old, new = before or FiveTests(), after or FiveTests()
    for name in FIVE_TESTS:
        yield from _words("five tests", f"{name}, because", old.because(name) or "", new.because(name) or "")


def _signs(before: SignTerms | None, after: SignTerms | None) -> Iterator[Change]:
    old, new = before or SignTerms(), after or SignTerms()
    if old == new:
        yield from _words("signs", "terms", *("left out" if each is None else "as usual" for each in (before, after)))
    yield from _list("signs", "only observed", old.observe, new.observe,
                     meaning="these are told of and never killed for")
    yield from _figure("signs", "time to say no", old.veto_seconds, new.veto_seconds, "s")
    yield from _money("signs", "burst", old.burst, new.burst, "spend that is meant, whatever the pace of the plan")
    yield from _figure("signs", "burst window", old.burst_seconds, new.burst_seconds, "s")


def _words(element: str, what: str, before: str, after: str, meaning: str = "") -> Iterator[Change]:
    if before != after:
        yield Change(element, what, before or NOTHING, after or NOTHING, meaning=meaning)


def _list(element: str, what: str, before: Sequence[str], after: Sequence[str], join: str = ", ",
          meaning: str = "") -> Iterator[Change]:
    if before != after:
        yield Change(element, what, join.join(before) or NOTHING, join.join(after) or NOTHING, meaning=meaning)


def _figure(element: str, what: str, before: Decimal | int | None, after: Decimal | int | None, unit: str = "",
            meaning: str = "") -> Iterator[Change]:
    if before != after:
        share = None if not before or after is None else (Decimal(after) - Decimal(before)) / Decimal(before)
        yield Change(element, what, _number(before), _number(after), unit, share, meaning)


def _money(element: str, what: str, before: MicroUsd | None, after: MicroUsd | None,
           meaning: str = "") -> Iterator[Change]:
    old, new = (None if each is None else Decimal(decimal_dollars(each)) for each in (before, after))
    yield from _figure(element, what, old, new, "USD", meaning)


def _number(value: Decimal | int | None) -> str:
    return NOTHING if value is None else f"{Decimal(value).normalize():,f}"


def _percent(share: Decimal) -> str:
    """`+29 %`; a change too small for that keeps a figure."""
    exact = share * 100
    return f"{exact:+,.0f} %" if abs(exact) >= 1 else f"{exact:+.2g} %"


def _per_cent(share: Decimal | None) -> Decimal | None:
    return None if share is None else share * 100


def _stated(document: CharterDocument) -> str:
    return "a sum" if document.runaway.kill is not None else "a multiple of the expected month"


def _yes(flag: bool) -> str:
    return "allowed" if flag else "not allowed"
