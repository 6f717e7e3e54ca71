"""A sound MBOM file and the configuration that it belongs to."""

from __future__ import annotations

from console.config import Config, Organisation, SourceSettings, SwitchSettings

CONFIG = Config(
    path=None,
    organisation=Organisation("Example Ltd", "Europe/London"),
    database_url="sqlite:///unused.db",
    sources=(SourceSettings("anthropic", "anthropic", "env:ADMIN"),),
    switches=(SwitchSettings("gateway", "webhook", "https://gateway.example/kill", "https://gateway.example/state",
                             "env:HOOK"),),
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
