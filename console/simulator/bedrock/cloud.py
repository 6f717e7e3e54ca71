"""The account in which the world's workloads run on Bedrock: their roles and inference profiles, and who may ask."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from console.simulator.profiles import Profile, Stream
from console.simulator.world import World

ACCOUNT = "111122223333"
REGION = "eu-west-2"
READ_KEY = "AKIASIMULATEDREADER1"
KILL_KEY = "AKIASIMULATEDKILLER1"
_NAMES = {"claude-haiku-4-5": "claude-haiku-4-5-20251001-v1:0"}
"""Models that Bedrock calls by a longer name."""
_GLOBAL = "global.anthropic."
_INVOKES = ("bedrock:InvokeModel", "bedrock-mantle:CreateInference")
READS = ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData", "bedrock:ListInferenceProfiles",
         "ce:GetDimensionValues", "ce:GetCostAndUsage")


def role_name(profile: Profile) -> str:
    return profile.slug


def role_arn(profile: Profile) -> str:
    """The role that a workload runs as: what an `aws-deny` switch names."""
    return f"arn:aws:iam::{ACCOUNT}:role/workloads/{role_name(profile)}"


def inference_profile(profile: Profile, model: str) -> str:
    """The identifier of a workload's application inference profile for one model: what a usage rule names."""
    return (profile.slug + model.removeprefix(_GLOBAL).removeprefix("claude")).replace("-", "")[:32]


def model_arn(model: str) -> str:
    """A model in all regions, at the price of `global.`, which is the list price."""
    return f"arn:aws:bedrock:::foundation-model/anthropic.{_NAMES.get(model, model).removeprefix(_GLOBAL)}"


@dataclass(slots=True)
class Holder:
    """A role with its inline policies."""

    profile: Profile
    policies: dict[str, str] = field(default_factory=dict)

    @property
    def denied(self) -> bool:
        """Whether a policy denies what the workload calls."""
        return any(_denies(json.loads(policy)) for policy in self.policies.values())


class Cloud:
    """Answers come from the world's meter. Every method is called under `world.lock`.

    secrets: a name (read, kill) to the credential as a configuration refers to it.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.secrets = {"read": f"{READ_KEY}:simulated-secret", "kill": f"{KILL_KEY}:simulated-secret"}
        self.roles = {role_name(profile): Holder(profile) for profile in world.story.profiles}
        self.asked: Counter[str] = Counter()
        self.writes: list[tuple[str, dict[str, Any]]] = []

    def streams(self) -> Iterator[tuple[str, Stream]]:
        """Inference profile and stream of each model that a workload calls."""
        for stream in self.world.meter.streams:
            yield inference_profile(stream.profile, stream.model), stream

    def who(self, key: str) -> str | None:
        """The ARN behind an access key; None for one that is not known."""
        names = {READ_KEY: "token-console-read", KILL_KEY: "token-console-kill"}
        return f"arn:aws:iam::{ACCOUNT}:user/{names[key]}" if key in names else None

    def may(self, key: str, action: str) -> bool:
        """Whether the key's policy allows the action: one reads, the other switches."""
        return action == "sts:GetCallerIdentity" or (action in READS if key == READ_KEY else action.startswith("iam:"))

    def changed(self, holder: Holder) -> None:
        """Let what the role's policies say now take hold."""
        identifier = holder.profile.key_id
        if identifier is not None:
            self.world.set_status(identifier, "inactive" if holder.denied else "active")


def _denies(policy: Any) -> bool:
    statements = policy.get("Statement", ())
    for statement in [statements] if isinstance(statements, dict) else statements:
        actions = statement.get("Action", ())
        named = [actions] if isinstance(actions, str) else actions
        if statement.get("Effect") == "Deny" and any(
                fnmatchcase(invoke, action) for invoke in _INVOKES for action in named):
            return True
    return False
