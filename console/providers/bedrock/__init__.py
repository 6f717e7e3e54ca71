"""Amazon Bedrock as a kind of source. What is declared here is light; the rest is imported by `build`."""

from __future__ import annotations

from dataclasses import replace

from console.aws import options, policies
from console.kinds import SourceKind, SourceTools, told_of
from console.providers.source import Cache, Capabilities, Source
from console.settings import SourceSettings

READS = ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData", "bedrock:ListInferenceProfiles")
READS_COST = ("ce:GetDimensionValues", "ce:GetCostAndUsage")


def _build(settings: SourceSettings, tools: SourceTools) -> Source:
    from console.aws.account import Account
    from console.providers.bedrock.source import BedrockSource

    aws = Account(options.credential(settings, tools.key, settings.secret), settings.base_url)
    places = [aws.place(region, role) for role in options.texts(settings, "roles") or (None,)
              for region in options.texts(settings, "regions")]
    return BedrockSource(settings.name, aws, places, told_of(settings), clock=tools.clock,
                         reads=settings.options.get("reads") is not False)


def _as_killer(settings: SourceSettings) -> SourceSettings:
    """Whoever switches is the kill secret, in the kill roles, and need not be able to read."""
    told = {**settings.options, "roles": options.texts(settings, "kill_roles"), "reads": False}
    return replace(settings, secret=settings.kill_reference, options=told)


def _charge(settings: SourceSettings) -> str:
    """At AWS's list prices: 0.01 USD for a thousand metrics, and for one request of Cost Explorer."""
    thousand = (86_400 / settings.poll_s + 96) / 100  # 96: the rest of the hour, each quarter of one
    accounts = len(options.texts(settings, "roles")) or 1
    billed = (f"cost_explorer is on: about {accounts * 0.08:.2f} USD a day (2 requests of 0.01 USD for each account, 4 "
              "times a day)" if settings.options.get("cost_explorer") is True else
              "cost_explorer is off, so AWS's own cost is not read and nothing is charged for it")
    return ("AWS charges for it: each poll asks for 3 to 5 metrics of each model and profile that was used in the "
            f"last two weeks, which at this poll comes to about {thousand:.2f} USD a day for 1,000 metrics; {billed}")


def _least(settings: SourceSettings) -> str:
    """The policy of whoever reads: the roles, where there are some, and then whoever assumes them."""
    roles = options.texts(settings, "roles")
    actions = (*READS, *(READS_COST if settings.options.get("cost_explorer") is True else ()))
    reading = policies.policy(policies.statement(actions))
    return f"{reading} on each of its roles, and {policies.assuming(roles)} on who assumes them" if roles else reading


KIND = SourceKind(
    kind="bedrock",
    capabilities=Capabilities(
        bucket_widths=(60, 3600),
        buckets_per_request={60: 1440, 3600: 168},
        documented_lag_s=180,  # published every minute for what was completed; AWS names no bound
        restates_s=1200,  # a new model or profile may take a quarter of an hour to be named, and then has all minutes
        cache=Cache.AS_ONE,
        reports_requests=True,
        reports_cost=True,
        dimensions=("account", "endpoint", "inference_profile", "model", "project", "region"),
        covers=("bedrock",),
        key="inference_profile",
        route=("account", "region"),
        looks_back_days=13,  # ListMetrics names what had data in the last two weeks
    ),
    build=_build,
    options=options.options,
    tells_cost=lambda settings: settings.options.get("cost_explorer") is True,
    needs_secret=False,
    charge=_charge,
    least=_least,
    as_killer=_as_killer,
)
