"""Three Charters that nothing can be said against: one general, one financial, one of healthcare."""

from __future__ import annotations

from tests.support.charters import CLAIMS_TRIAGE

OUTSIDE = """
[[kill_criteria]]
kind = "quality"
metric = "error_rate"
above = 0.05
window = "7d"
action = "roll back"

[[kill_criteria]]
kind = "strategic"
metric = "alpha_net_per_dollar"
below = 1
window = "quarter"
action = "retire"
"""

FINANCIAL = CLAIMS_TRIAGE + OUTSIDE
"""Claims triage: a population policy on the workhorse."""

GENERAL = '''\
# Letters to clients, drafted at night.
[charter]
workload = "client-letters"
version = 3
domain = "general"
decision = "erosion of trust"
promise = """Every letter that carries an adviser's name was read by that adviser. Anyone who asks is told
what was drafted by a model."""

[purpose]
purpose = """Drafts the quarterly letter to each client from the portfolio's own record.

An adviser reads, changes and signs each one; anyone in the branch can see who did."""
outcome = "letter sent"
outcome_value_usd = "14.50"
baseline = "Fifty minutes of an adviser for each letter."
half_life = "structural"
half_life_months = 30

[tram]
cost_variance = "medium"
output_variance = "low"
models = ["claude-sonnet-4-6", "claude-haiku-4-5"]
thinking = true
depth_cap = 3
fan_out_cap = 8

[scenarios.expected]
monthly_usd = "340"
calls_per_month = 20000
tokens_per_call = { uncached_input = 2000, cache_read = 4000, output = 900 }
model_shares = { "claude-sonnet-4-6" = 0.75, "claude-haiku-4-5" = 0.25 }

[scenarios.stretch]
multiple = 3
changes = ["Spread the drafts over three nights"]

[scenarios.runaway]
multiple = 10
kill_multiple = 4
automatic = false
escalation = ["on_call", "Head of client service"]

[review]
who = "Adviser registered with the regulator"
what = "every output"
when = "pre-issue"
authority = "veto"

[[kill_criteria]]
kind = "economic"
metric = "spend_usd"
above = "60"
window = "1h"
action = "pause"
automatic = true

[[kill_criteria]]
kind = "quality"
metric = "share of letters rewritten"
above = 0.4
window = "month"
action = "roll back"
measured_by = "The branch's weekly count of drafts against letters sent"

[[kill_criteria]]
kind = "strategic"
metric = "adoption_share"
below = 0.3
window = "quarter"
action = "retire"

[transparency]
audience = "Client committee and senior management"
format = "one page"
schedule = "monthly, on the second Tuesday"

[signs]
observe = ["surge"]
veto = "5m"
'''

HEALTHCARE = '''\
[charter]
workload = "discharge-summary"
version = 1
domain = "healthcare"
decision = "adverse individual"

[purpose]
purpose = """Drafts the discharge summary from the ward's notes. A clinician decides and signs."""
outcome = "summary signed"
outcome_value_usd = "22"
baseline = "Thirty-five minutes of a junior doctor."
half_life = "commodity"
half_life_months = 5

[tram]
cost_variance = "high"
output_variance = "low"
models = ["claude-opus-4-6"]
thinking = true
depth_cap = 1
fan_out_cap = 1

[five_tests]
tier = true
tier_because = "The summary is what the next clinician reads."
thinking = true
thinking_because = "Without it a registrar reads every draft twice."
long_context = false
tools = false
agents = false

[scenarios.expected]
monthly_usd = "700"
calls_per_month = 8000
tokens_per_call = { uncached_input = 12000, output = 1100 }

[scenarios.stretch]
multiple = 2
changes = ["Draft only for stays of more than two nights"]

[scenarios.runaway]
multiple = 20
kill_usd = "3500"
automatic = true
escalation = ["on_call", "platform_lead", "Dr M. Okafor"]

[review]
who = "Licensed clinician of the discharging ward"
what = "every output"
when = "pre-issue"
authority = "veto"
accountable = "Dr M. Okafor, medical director"

[[kill_criteria]]
kind = "economic"
metric = "day_usd"
above = "400"
window = "day"
action = "pause"
automatic = true
''' + OUTSIDE + '''
[transparency]
audience = "Clinical governance board"
format = "one page and the MBOM row"
schedule = "every quarter"
'''

SOUND = {"general": GENERAL, "financial": FINANCIAL, "healthcare": HEALTHCARE}
