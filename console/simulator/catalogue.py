"""The organisation that every story plays in: a mid-sized insurer with fourteen workloads and two stray keys."""

from __future__ import annotations

from console.simulator.profiles import Call, Profile, Surge

ORGANISATION = "Harbour Vale Insurance (simulated)"
ORGANISATION_ID = "5f3d3c5e-7c0a-4b7e-9a61-2f1d6c0f9a11"
ZONE = "Europe/London"
PRODUCTION = "wrkspc_01HVProduction4kQ2mWx7Tz"
RESEARCH = "wrkspc_01HVResearch9bN5rLc3Yd"
DEFAULT = "wrkspc_01HVDefault7pJ8sGf6Ve"
WORKSPACES = ((PRODUCTION, "Production", False), (RESEARCH, "Research", False), (DEFAULT, "Default", True))

RUNAWAY = "claims-triage"
"""The workload of the night."""
NEAR_STRETCH = "code-review"
OVER_ITS_MONTH = "fraud-screening"
PAUSED = "hr-helpdesk"
WITHOUT_CHARTER = "tariff-lab"
NOTEBOOK = "notebook"
PLAYGROUND = "playground"
STRAYS = (NOTEBOOK, PLAYGROUND)
"""Usage that no workload of the MBOM claims."""

HAIKU = "claude-haiku-4-5"
SONNET = "claude-sonnet-4-6"
SONNET_5 = "claude-sonnet-5-5"
OPUS = "claude-opus-4-7"


def key_id(slug: str) -> str:
    """The identifier of a workload's API key, such as `apikey_01HVclaimstriage0000000`."""
    return "apikey_01HV" + slug.replace("-", "").ljust(20, "0")[:20]


def profiles() -> tuple[Profile, ...]:
    """The fourteen workloads, then the strays."""
    return (
        _profile("claims-triage", PRODUCTION, ((SONNET, 1.0),), Call(900, 150, 6000, 350), 4000, "office"),
        _profile("customer-chat", PRODUCTION, ((SONNET_5, 1.0),), Call(700, 420, 9200, 310), 9800, "service"),
        _profile("policy-search", PRODUCTION, ((HAIKU, 1.0),), Call(3800, 260, 2400, 240), 2300, "service"),
        _profile("document-intake", PRODUCTION, ((HAIKU, 0.88), (SONNET, 0.12)), Call(5200, 300, 3100, 420), 5200,
                 "round-the-clock"),
        _profile("underwriting-notes", PRODUCTION, ((OPUS, 1.0),), Call(2600, 900, 14_000, 1150), 7400, "office"),
        _profile("fraud-screening", PRODUCTION, ((SONNET_5, 1.0),), Call(1500, 80, 4100, 160), 6100, "round-the-clock",
                 surge=Surge(1.85)),
        _profile("broker-mail", PRODUCTION, ((HAIKU, 1.0),), Call(1300, 90, 1800, 420), 640, "mornings"),
        _profile("code-review", None, ((SONNET_5, 0.7), (OPUS, 0.3)), Call(2100, 1700, 21_000, 900), 3600, "office",
                 surge=Surge(2.35, days=1.6)),
        _profile("nightly-reconciliation", PRODUCTION, ((SONNET, 1.0),), Call(6400, 0, 0, 800), 1900, "night"),
        _profile("call-summaries", PRODUCTION, ((HAIKU, 1.0),), Call(7200, 0, 1200, 380), 1150, "office"),
        _profile("campaign-copy", None, ((SONNET_5, 1.0),), Call(1600, 300, 2800, 1400), 420, "office"),
        _profile("regulatory-watch", RESEARCH, ((OPUS, 1.0),),
                 Call(8800, 600, 9000, 1600, searches_per_thousand=250, hour_ttl=True), 880, "mornings"),
        _profile("hr-helpdesk", PRODUCTION, ((SONNET, 1.0),), Call(1100, 120, 3900, 280), 350, "office",
                 inactive_days=12),
        _profile("tariff-lab", RESEARCH, ((SONNET_5, 0.8), (OPUS, 0.2)), Call(3400, 500, 5200, 1300), 700, "office",
                 service_tier="batch"),
        Profile(NOTEBOOK, key_id("m-okafor-notebook"), "m.okafor-notebook", None, ((OPUS, 1.0),),
                Call(4200, 0, 0, 1500), 95, "office"),
        Profile(PLAYGROUND, None, "", None, ((SONNET_5, 1.0),), Call(1900, 0, 0, 700), 28, "office"),
    )


def _profile(slug: str, workspace: str | None, models: tuple[tuple[str, float], ...], call: Call, monthly: int,
             shape: str, *, service_tier: str = "standard", surge: Surge | None = None,
             inactive_days: int | None = None) -> Profile:
    return Profile(slug, key_id(slug), f"{slug}-prod" if workspace != RESEARCH else f"{slug}-research", workspace,
                   models, call, monthly, shape, service_tier, surge, inactive_days)
