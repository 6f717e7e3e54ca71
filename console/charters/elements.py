"""Each element of a Charter from its table. What is wrong is noted there; an element is None where it cannot stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from console.charters import document as form
from console.charters import durations
from console.charters.document import (
    Expected,
    FiveTests,
    Header,
    KillCriterion,
    Purpose,
    Review,
    Runaway,
    SignTerms,
    Stretch,
    TokensPerCall,
    TramChoice,
    Transparency,
)
from console.charters.durations import is_window
from console.charters.reading import NAME, Table

DAY = 86_400
SLUG = re.compile(r"[a-z0-9-]{1,64}")

Element = TypeVar("Element")


def element(root: Table, key: str, build: Callable[[Table], Element | None], *,
             required: bool = True) -> Element | None:
    table = root.table(key, required=required)
    if table is None:
        return None
    built = build(table)
    is_sound = table.is_sound
    says_all = table.finish()
    return built if is_sound and says_all else None


def header(table: Table) -> Header | None:
    workload = table.text("workload", "claims-triage", longest=10_000)
    if workload and not SLUG.fullmatch(workload):
        table.wrong("workload", "workload is not a slug", "write 1 to 64 of a-z, 0-9 and - (the MBOM's own slug)")
    version = table.whole("version", 1, least=1, most=100_000)
    domain = table.choice("domain", form.DOMAINS, default="general")
    decision = table.choice("decision", form.DECISIONS, default="none")
    promise = table.text("promise", "A person answers within a day.", required=False)
    if "domain" not in table.data:
        table.warn(None, "domain is missing, so it counts as general and no risk officer signs",
                   f"write domain as one of: {', '.join(form.DOMAINS)}", "missing")
    if "decision" not in table.data:
        table.warn(None, "decision is missing, so no output counts as a decision about a person",
                   f"write decision as one of: {', '.join(form.DECISIONS)}", "missing")
    if not table.is_sound or version is None:
        return None
    return Header(workload, version, domain, decision, promise)


def purpose(table: Table) -> Purpose | None:
    purpose = table.text("purpose", "What it does and why, in two paragraphs for a board member.")
    outcome = table.text("outcome", "claim triaged", longest=NAME)
    value = table.dollars("outcome_value_usd", "1.20", required=False)
    produced = table.number("outcomes_per_month", "150000", most=10**12, required=False)
    baseline = table.text("baseline", "Manual triage at 4.10 USD and two days.")
    baseline_value = table.dollars("baseline_value_usd", "0.35", required=False)
    half_life = table.choice("half_life", form.HALF_LIVES)
    months = table.whole("half_life_months", 12, most=600, required=half_life != "expired")
    if not table.is_sound:
        return None
    return Purpose(purpose, outcome, value, baseline, half_life, months, produced, baseline_value)


def tram(table: Table) -> TramChoice | None:
    cost = table.text("cost_variance", "low", longest=NAME)
    output = table.text("output_variance", "medium", longest=NAME)
    models = table.texts("models", "claude-sonnet-4-6")
    thinking = table.flag("thinking")
    depth = table.whole("depth_cap", 2, most=1000)
    fan_out = table.whole("fan_out_cap", 4, most=100_000)
    if not table.is_sound or depth is None or fan_out is None:
        return None
    return TramChoice(cost, output, models, thinking, depth, fan_out)


def expected(table: Table) -> Expected | None:
    monthly = table.dollars("monthly_usd", "1860")
    if monthly == 0:
        table.wrong("monthly_usd", "monthly_usd is nothing", 'write what a month costs: monthly_usd = "1860"')
    calls = table.whole("calls_per_month", 180_000, least=1)
    tokens = element(table, "tokens_per_call", _tokens)
    shares = table.shares("model_shares")
    review = table.dollars("review_usd", "400", required=False)
    rework = table.dollars("rework_usd", "60", required=False)
    if not table.is_sound or monthly is None or calls is None or tokens is None:
        return None
    return Expected(monthly, calls, tokens, shares, review, rework)


def _tokens(table: Table) -> TokensPerCall | None:
    fresh, reads, writes, output = (
        table.number(name, "350", most=100_000_000, zero=True, required=not name.startswith("cache"))
        for name in ("uncached_input", "cache_read", "cache_write", "output")
    )
    if not table.is_sound or fresh is None or output is None:
        return None
    return TokensPerCall(fresh, reads or Decimal(0), writes or Decimal(0), output)


def stretch(table: Table) -> Stretch | None:
    multiple = table.number("multiple", "2.5")
    changes = table.texts("changes", "Move re-ranking to the distilled tier", longest=2000)
    return Stretch(multiple, changes) if table.is_sound and multiple is not None else None


def runaway(table: Table) -> Runaway | None:
    multiple = table.number("multiple", "15")
    kill = table.dollars("kill_usd", "9300", required=False)
    kill_multiple = table.number("kill_multiple", "5", required=False)
    automatic = table.flag("automatic")
    escalation = table.texts("escalation", "on_call")
    mode = table.choice("mode", form.MODES, default="enforce")
    drill_every = _drill_every(table)
    if not table.is_sound or multiple is None:
        return None
    return Runaway(multiple, kill, kill_multiple, automatic, escalation, mode, drill_every)


def _drill_every(table: Table) -> str | None:
    text = table.text("drill_every", "90d", required=False, longest=NAME)
    if not text:
        return None
    length = durations.seconds(text)
    if length is None or not DAY <= length <= 400 * DAY:
        table.wrong("drill_every", f"drill_every is {text[:20]}", 'write 1d to 400d, like drill_every = "90d"')
    return text


def signs(table: Table) -> SignTerms | None:
    observe = table.texts("observe", "surge", required=False)
    for name in observe:
        if name not in form.SIGNS:
            table.wrong("observe", f"{name} is not a sign", f"signs are: {', '.join(form.SIGNS)}")
    veto = _duration(table, "veto", "5m", default="", most=86_400)
    burst = table.dollars("burst_usd", "400", required=False)
    window = _duration(table, "burst_window", "1h", default="1h", most=86_400)
    return SignTerms(observe, veto, burst, window) if table.is_sound else None


def _duration(table: Table, key: str, example: str, *, default: str, most: int) -> int:
    """Seconds of a fixed duration; 0 where it is absent and there is no default."""
    text = table.text(key, example, required=False, longest=NAME) or default
    seconds = durations.seconds(text) if text else 0
    if seconds is None or seconds > most:
        table.wrong(key, f"{key} is {text}", f'write a duration of a day at most, like {key} = "{example}"')
        return 0
    return seconds


def review(table: Table) -> Review | None:
    who = table.text("who", "Claims officer with delegated authority B", longest=2000)
    what = table.choice("what", form.REVIEWED)
    share = table.number("sample_share", "0.05", most=1, required=what == "sample")
    strategy = table.text("sample_strategy", "Stratified by claim size, drawn weekly", required=what == "sample")
    when = table.choice("when", form.WHEN)
    authority = table.choice("authority", form.AUTHORITY)
    accountable = table.text("accountable", "Dr M. Okafor, medical director", required=False, longest=2000) or None
    return Review(who, what, when, authority, share, strategy, accountable) if table.is_sound else None


def criterion(table: Table) -> KillCriterion | None:
    kind = table.choice("kind", form.CRITERION_KINDS)
    metric = table.text("metric", "month_usd", longest=NAME)
    comparison, value = _comparison(table, metric)
    window = table.text("window", "month", longest=NAME)
    if window and not is_window(window):
        table.wrong("window", f"window = {window[:40]!r} is no window",
                    'write a duration such as "10m", "1h", "7d", or "day", "month", "quarter"')
    action = table.choice("action", form.ACTIONS)
    automatic = table.flag("automatic", default=False)
    measured_by = table.text("measured_by", "weekly audit of 200 claims", required=False, longest=2000) or None
    is_sound = table.is_sound
    if not table.finish() or not is_sound or value is None:
        return None
    return KillCriterion(kind, metric, comparison, value, window, action, automatic, measured_by)


def _comparison(table: Table, metric: str) -> tuple[str, Decimal | None]:
    """`above` or `below`, exactly one; dollars are decimal strings, other measures any number."""
    dollars = metric.endswith("_usd")
    comparison = "below" if "below" in table.data and not dollars else "above"
    if dollars and "below" in table.data and "above" not in table.data:
        table.wrong("below", f"{metric[:60]} below a sum is no reason to stop", 'write above = "9300"')
        table.ignore("below")
        return comparison, None
    if "above" in table.data and comparison == "below":
        table.wrong("below", "above and below are both given", "write one of them; a second criterion takes the other")
        table.ignore("above")
    if dollars:
        amount = table.dollars(comparison, "9300")
        return comparison, None if amount is None else Decimal(form.decimal_dollars(amount))
    return comparison, table.number(comparison, "0.95", most=10**12, zero=True)


def transparency(table: Table) -> Transparency | None:
    audience = table.text("audience", "Executive committee", longest=2000)
    layout = table.text("format", "one page and the MBOM row", longest=2000)
    schedule = table.text("schedule", "quarterly", longest=NAME)
    return Transparency(audience, layout, schedule) if table.is_sound else None


def five_tests(table: Table) -> FiveTests:
    holds = [table.flag(name, default=False) for name in form.FIVE_TESTS]
    because = [table.text(f"{name}_because", "The letter is what the client pays for.", required=False, longest=2000)
               for name in form.FIVE_TESTS]
    tier, thinking, long_context, tools, agents = holds
    return FiveTests(tier, thinking, long_context, tools, agents, *(each or None for each in because))
