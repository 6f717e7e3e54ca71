"""A sound Charter to change one thing of, and prices that need no library."""

from __future__ import annotations

from decimal import Decimal

from console.charters.document import TokensPerCall
from console.charters.parsing import Reading, read
from console.charters.rules import Verdict, check
from console.charters.tram import DEFAULT, Matrix

CLAIMS_TRIAGE = '''
[charter]
workload = "claims-triage"
version = 1
domain = "financial"                 # general, financial, healthcare
decision = "population policy"       # or: adverse individual, erosion of trust, none

[purpose]
purpose = """Two paragraphs a board member can read."""
outcome = "claim triaged"
outcome_value_usd = "1.20"
baseline = "Manual triage at 4.10 USD and two days."
half_life = "operational"            # structural, operational, commodity, expired
half_life_months = 12

[tram]
cost_variance = "low"                # the rows and columns of the organisation's matrix
output_variance = "medium"
models = ["claude-sonnet-4-6"]       # what this Charter commits to; the cell must permit it
thinking = false
depth_cap = 2
fan_out_cap = 4

[scenarios.expected]
monthly_usd = "1860"                 # 180,000 calls at today's prices come to 1,856.25
calls_per_month = 180000
tokens_per_call = { uncached_input = 900, cache_read = 6000, cache_write = 150, output = 350 }

[scenarios.stretch]
multiple = 2.5
changes = ["Move re-ranking to the distilled tier", "Halve the retrieval depth"]

[scenarios.runaway]
multiple = 15
kill_usd = "9300"                    # or kill_multiple = 5
automatic = true
escalation = ["on_call", "platform_lead", "business_owner"]

[review]
who = "Claims officer with delegated authority B"
what = "sample"                      # every output, sample, exceptions, incidents
sample_share = 0.05
sample_strategy = "Stratified by claim size, drawn weekly"
when = "post-issue pre-action"
authority = "override"

[[kill_criteria]]
kind = "economic"                    # economic, quality, strategic
metric = "month_usd"
above = "9300"
window = "month"
action = "pause"                     # pause, roll back, retire
automatic = true

[transparency]
audience = "Executive committee"
format = "one page and the MBOM row"
schedule = "quarterly"
'''


def edited(*changes: tuple[str, str], text: str = CLAIMS_TRIAGE) -> str:
    """The sound Charter with each (old, new) replaced once; old must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def sonnet_price(model: str, tokens: TokensPerCall, calls: Decimal) -> int | None:
    """3, 0.30, 3.75 and 15 dollars a million for any Sonnet; nobody knows another model's price."""
    if "sonnet" not in model:
        return None
    call = (tokens.uncached_input * 3 + tokens.cache_read * Decimal("0.3") + tokens.cache_write * Decimal("3.75")
            + tokens.output * 15)
    return int(call * calls)


def reading(*changes: tuple[str, str]) -> Reading:
    return read(edited(*changes), "claims-triage.toml")


def verdict(*changes: tuple[str, str], matrix: Matrix = DEFAULT) -> Verdict:
    """What the linter says of the sound Charter with these changes."""
    return check(reading(*changes), matrix, sonnet_price)


def said(found: Verdict, rule: str) -> list[str]:
    """The texts of one rule's problems, as a person reads them."""
    return [problem.text("claims-triage.toml") for problem in found.problems if problem.rule == rule]
