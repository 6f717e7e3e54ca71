"""A sound MBOM file and the configuration that it belongs to."""

from __future__ import annotations

from console.config import Config, Organisation, SourceSettings, SwitchSettings

CONFIG = Config(
    path=None,
    organisation=Organisation("Example Ltd", "Europe/London"),
    database_url="sqlite:///unused.db",
    sources=(SourceSettings("anthropic", "anthropic", "env:ADMIN"),),
    switches=(SwitchSettings("gateway", "webhook", "env:HOOK", {
        "url": "https://gateway.example/kill", "state_url": "https://gateway.example/state", "allow_private": False,
        "propagation_s": 30}),),
)

CLAIMS = """\
[[workload]]
slug = "claims-triage"
name = "Claims triage"
team = "Claims"
environment = "production"
status = "live"                      # planned, live, paused, retired
business_owner = "A. Owner"
platform_lead = "P. Lead"
tier = "workhorse"                   # distilled, workhorse, frontier
models = ["claude-sonnet-4-6"]
architecture = "supervisor-worker"   # single-call, supervisor-worker, three-tier
depth_cap = 2
fan_out_cap = 4
usage = [{ source = "anthropic", api_key_id = "apikey_01Example" }]
switches = [{ kind = "anthropic-api-key", source = "anthropic", target = "apikey_01Example" }]
"""

SUPPORT = """
[[workload]]
slug = "support-bot"
name = "Support bot"
business_owner = "B. Owner"
usage = [{ source = "anthropic", workspace_id = "default" }, { label.team = "support" }]
switches = [{ kind = "webhook", source = "gateway", target = "support" }]
"""

WHOLE = CLAIMS + """\
sourcing = "Anthropic API"
models_observed = ["claude-sonnet-4-6"]
caching = true
cascade = { models = ["claude-sonnet-4-6"], escalate_when = "confidence below 0.7" }
eviction = { turn_cap = 20, relevance_score = 0.4, tool_result_truncation = "the first 2,000 tokens", \
summarisation_trigger = "above 60,000 tokens" }
data_pre_work = { ingestion_filtering = "in place", index_structure = "partial", retrieval_ranking = "absent", \
chunking = { state = "partial", what = "split at headings", tokens = 500 } }
prompt_literacy = { required = 3, had = 2 }
prompt = { version = "12", tokens = 3400 }
review = { who = "Claims officer with delegated authority B", what = "sample", sample_share = 0.05, \
when = "post-issue pre-action", authority = "override" }
kill_criteria = [{ kind = "economic", metric = "month_usd", above = "9300", window = "month", action = "pause", \
automatic = true, switches = ["apikey_01Example"] }]
tram = { cost_variance = "low", output_variance = "medium" }
charter = 1
last_review = 2026-09-30
"""
"""An entry with every field that there is."""
