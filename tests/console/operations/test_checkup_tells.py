"""What `doctor` says of usage rules that count the same calls twice, and of the least that must be permitted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from console.config import SourceSettings
from console.operations.checkup import Health
from console.operations.checkup_tells import of_permissions, of_switching, of_usage
from console.watch.planning import Wired
from store import registry
from tests.support.aws import OTHER, OWN
from tests.support.aws import settings as bedrock
from tests.support.database import fresh_database
from tests.support.kills import NIGHT, entry
from tests.support.mbom import CONFIG


def test_workloads_that_name_a_gateway_beside_its_provider_are_named_with_what_to_do(tmp_path: Path) -> None:
    config = replace(CONFIG, sources=(SourceSettings("anthropic", "anthropic", "env:KEY"),
                                      SourceSettings("gateway", "litellm", "env:KEY")))
    database = fresh_database(tmp_path)
    with database.write() as tx:
        registry.put_workload(tx, entry("alone"), by="maria", at=NIGHT)
    assert of_usage(config, database).health is Health.OK
    twice = {**entry("twice"), "usage": [{"source": "anthropic", "api_key_id": "a"},
                                         {"source": "gateway", "team_id": "b"}]}
    with database.write() as tx:
        registry.put_workload(tx, twice, by="maria", at=NIGHT)
        registry.put_workload(tx, {**twice, "slug": "over", "status": "retired"}, by="maria", at=NIGHT)
    found = of_usage(config, database)
    database.close()
    assert found.health is Health.WARNING
    assert found.said.startswith("twice: 'gateway' and 'anthropic' are both in usage")
    assert found.said.endswith("In the MBOM, name one of the two; calls past the gateway are a workload of their own.")


ROLE, KILL = f"arn:aws:iam::{OTHER}:role/workloads/claims", f"arn:aws:iam::{OTHER}:role/token-console-kill"
VERTEX = SourceSettings("vertex", "vertex", "env:KEY", options={"projects": ("claims-prod", "search-prod")})
AGENT = "agent@claims-prod.iam.gserviceaccount.com"


def policy(text: str) -> list[dict[str, Any]]:
    """The statements of the policy that a text begins with, after the words before it."""
    found, _ = json.JSONDecoder().raw_decode(text[text.index("{"):])
    assert found["Version"] == "2012-10-17"
    return list(found["Statement"])


def test_the_least_to_read_is_told_as_its_provider_writes_it() -> None:
    (check,) = of_permissions(bedrock(""))
    assert check.name == "source bedrock: permissions"
    assert policy(check.said) == [{"Effect": "Allow", "Resource": ["*"], "Action": [
        "cloudwatch:ListMetrics", "cloudwatch:GetMetricData", "bedrock:ListInferenceProfiles"]}]
    (costly,) = of_permissions(bedrock("", cost_explorer=True, roles=(ROLE,)))
    assert policy(costly.said)[0]["Action"][3:] == ["ce:GetDimensionValues", "ce:GetCostAndUsage"]
    assert f'{{"Effect":"Allow","Action":["sts:AssumeRole"],"Resource":["{ROLE}"]}}' in costly.said
    (google,) = of_permissions(VERTEX)
    assert google.said == ("to read, no more than monitoring.timeSeries.list and monitoring.metricDescriptors.get in "
                           "claims-prod, search-prod, which roles/monitoring.viewer has")
    assert list(of_permissions(SourceSettings("anthropic", "anthropic", "env:KEY"))) == []


def test_the_least_to_switch_names_the_targets_of_the_mbom_and_nothing_else() -> None:
    config = replace(CONFIG, sources=(bedrock("", kill_roles=(KILL,)), VERTEX))
    lines = [Wired("aws-deny", "bedrock", ROLE), Wired("aws-deny", None, f"arn:aws:iam::{OWN}:user/batch"),
             Wired("aws-deny", "bedrock", "no target"), Wired("aws-deny", "elsewhere", ROLE),
             Wired("no-such-kind", "bedrock", ROLE),
             Wired("aws-bedrock-api-key", "bedrock", f"{OTHER}/claims/ACCAEXAMPLE0000000000"),
             Wired("google-service-account", "vertex", AGENT), Wired("google-deny", "vertex", AGENT)]
    said = {check.name.removeprefix("source "): check.said for check in of_switching(config, lines)}
    assert policy(said["bedrock: permissions of aws-deny"]) == [
        {"Effect": "Allow", "Resource": [ROLE], "Action": [
            "iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"]},
        {"Effect": "Allow", "Resource": [f"arn:aws:iam::{OWN}:user/batch"], "Action": [
            "iam:GetUser", "iam:GetUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPolicy"]}]
    assert f'"Action":["sts:AssumeRole"],"Resource":["{KILL}"]' in said["bedrock: permissions of aws-deny"]
    assert policy(said["bedrock: permissions of aws-bedrock-api-key"])[0]["Resource"] == [
        f"arn:aws:iam::{OTHER}:user/claims"]
    assert said["vertex: permissions of google-service-account"] == (
        "to switch, no more than iam.serviceAccounts.get, iam.serviceAccounts.disable, iam.serviceAccounts.enable in "
        "claims-prod")
    assert "roles/iam.denyAdmin" in said["vertex: permissions of google-deny"]
    assert len(said) == 4
