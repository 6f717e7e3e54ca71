"""A new Charter to fill in: sound but for the names, the purpose and the traffic, which only its owners know."""

from __future__ import annotations

_TEMPLATE = '''\
# The Token Strategy Charter of {workload}. Change what is in <angle brackets>, then:
#   token-console charter check {workload}.toml
#   token-console charter import {workload}.toml
# A signature holds for what this file says, not for its comments and spacing.

[charter]
workload = "{workload}"
version = {version}
domain = "general"                   # general, financial, healthcare (the last two need the risk officer's signature)
decision = "population policy"       # or: adverse individual, erosion of trust, none

# 1. Purpose and alpha position
[purpose]
purpose = """<What it does and why, in two paragraphs that a board member can read.>"""
outcome = "<claim triaged>"          # the unit that it produces
outcome_value_usd = "1.20"           # what one outcome is worth
# outcomes_per_month = 150000        # what it is to produce; with the next three it gives the projected Alpha-net
baseline = "<What was done before, what it cost, how long it took.>"
# baseline_value_usd = "0.35"        # what the baseline earned with each outcome; "0" where there was nothing before
half_life = "operational"            # structural (24 months or more), operational (9-18), commodity (under 6), expired
half_life_months = 12

# 2. The cell of the Token Risk Appetite Matrix, chosen by business owner and risk officer
[tram]
cost_variance = "low"
output_variance = "medium"
models = ["claude-sonnet-4-6"]       # what this Charter commits to; the cell must permit it
thinking = false
depth_cap = 2
fan_out_cap = 4

# 3. Three scenarios. Dollars are strings.
[scenarios.expected]
monthly_usd = "1860"                 # `charter check` shows what the traffic below comes to at today's prices
calls_per_month = 180000
tokens_per_call = {{ uncached_input = 900, cache_read = 6000, cache_write = 150, output = 350 }}
# review_usd = "400"                 # what its review costs a month, and the next what is done over again
# rework_usd = "60"

[scenarios.stretch]
multiple = 2.5                       # two to three times expected
changes = ["<What is changed in operation on entering it.>"]

[scenarios.runaway]
multiple = 15                        # ten to twenty times expected
kill_multiple = 5                    # or kill_usd = "9300"; between stretch and runaway
automatic = true                     # false: the console escalates and a person decides
escalation = ["on_call", "platform_lead", "business_owner"]
# drill_every = "90d"                # without a drill for so long, its breaker shows as unproven

# 4. Review topology
[review]
who = "<Claims officer with delegated authority B>"
what = "sample"                      # every output, sample, exceptions, incidents
sample_share = 0.05                  # 0.01 to 0.10
sample_strategy = "<Stratified by claim size, drawn weekly>"
when = "post-issue pre-action"       # pre-issue, post-issue pre-action, post-action, post-incident
authority = "override"               # veto, override, advisory, audit
# accountable = "<Dr M. Okafor, medical director>"   # by name, where decision = "adverse individual"

# 5. Kill criteria, of all three kinds. The console measures month_usd, day_usd, and spend_usd over a window like "10m"
[[kill_criteria]]
kind = "economic"                    # economic, quality, strategic
metric = "month_usd"
above = "9300"
window = "month"
action = "pause"                     # pause, roll back, retire
automatic = true

[[kill_criteria]]
kind = "quality"
metric = "error_rate"                # or a measure of your own, with measured_by = "weekly audit of 200 claims"
above = 0.05
window = "7d"
action = "roll back"

[[kill_criteria]]
kind = "strategic"
metric = "alpha_net_per_dollar"      # what a dollar of inference earns
below = 1
window = "quarter"
action = "retire"

# 6. Transparency cadence
[transparency]
audience = "<Executive committee>"
format = "one page and the MBOM row"
schedule = "quarterly"

# Five tests, where a frontier model is named. At least one holds, or it is a finding.
# [five_tests]
# tier = true                        # the output is itself the product
# tier_because = "The file note is what the underwriter signs."
# thinking = false                   # the alternative is costlier human review
# long_context = false               # the information cannot be retrieved in chunks
# tools = false                      # the data needed varies by query in ways that a static prompt cannot foresee
# agents = false                     # sub-problems are truly parallel and individually substantial
'''


def template(workload: str, version: int = 1) -> str:
    """The text of a new Charter file for a workload. `workload` is a slug."""
    return _TEMPLATE.format(workload=workload, version=version)
