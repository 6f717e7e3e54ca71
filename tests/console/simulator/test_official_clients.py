"""The simulators speak the providers' protocols as their own official clients know them: every field that these require
is there and of its kind, and there is none that they do not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import anthropic
import openai
import pytest
from pydantic import BaseModel

from console.clock import ManualClock, epoch
from console.simulator.catalogue import PRODUCTION
from console.simulator.openai.organisation import small
from console.simulator.openai.server import RunningOpenAi
from tests.support import kills
from tests.support.simulator import Provider, provider

HOUR = 3600
ENVELOPE = {"object", "first_id", "last_id"}
"""Of a list of OpenAI's; its client reads what it needs of them."""


def known(answer: Any) -> Any:
    """The answer, held to what the client declares. Clients build answers without checking them."""
    type(answer).model_validate(answer.model_dump(mode="json", by_alias=True, exclude_unset=True))
    aliases = {field.alias for field in type(answer).model_fields.values()}
    assert set(answer.__pydantic_extra__ or {}) <= ENVELOPE | aliases, answer
    for value in vars(answer).values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, BaseModel):
                known(each)
    return answer


class TestOpenAi:
    @pytest.fixture
    def simulated(self) -> Iterator[RunningOpenAi]:
        with RunningOpenAi(small(ManualClock(kills.NIGHT))) as running:
            yield running

    @staticmethod
    def organisation(simulated: RunningOpenAi) -> Any:
        client = openai.OpenAI(admin_api_key=simulated.key("kill"), api_key="sk-none", base_url=simulated.base_url,
                               max_retries=0)
        return client.admin.organization

    def test_usage_and_costs_are_grouped_filtered_and_paged(self, simulated: RunningOpenAi) -> None:
        usage, start = self.organisation(simulated).usage, epoch(kills.NIGHT) - HOUR
        first = usage.completions(start_time=start, bucket_width="1m", limit=5,
                                  group_by=["project_id", "model", "batch"])
        known(first)
        rest = usage.completions(start_time=start, bucket_width="1m", limit=5, page=first.next_page)
        assert rest.data[0].start_time == first.data[-1].end_time
        only = usage.completions(start_time=start, bucket_width="1h", project_ids=["proj_alpha"], batch=True,
                                 group_by=["model", "batch"])
        rows = [(row.model, row.batch) for bucket in known(only).data for row in bucket.results]
        assert set(rows) == {("gpt-6-luna", True)}
        for kind in ("embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions", "vector_stores",
                     "code_interpreter_sessions", "file_search_calls", "web_search_calls", "decisions"):
            known(getattr(usage, kind)(start_time=start))
        costs = usage.costs(start_time=start - 24 * HOUR, project_ids=["proj_beta"],
                            group_by=["project_id", "line_item"])
        assert {row.project_id for bucket in known(costs).data for row in bucket.results} == {"proj_beta"}

    def test_projects_and_keys_are_listed_and_limits_are_set_and_taken_away(self, simulated: RunningOpenAi) -> None:
        organisation = self.organisation(simulated)
        projects = organisation.projects
        assert [each.id for each in projects.list(limit=1)] == ["proj_alpha", "proj_beta"]
        for answer in (projects.list(), projects.retrieve("proj_alpha"), projects.api_keys.list("proj_alpha"),
                       projects.api_keys.retrieve("key_one", project_id="proj_alpha"),
                       organisation.admin_api_keys.list(), projects.rate_limits.list_rate_limits("proj_alpha")):
            known(answer)
        known(projects.rate_limits.update_rate_limit("rl-gpt-6-sol", project_id="proj_alpha",
                                                     max_requests_per_1_minute=3))
        limit, policy = projects.spend_limit, projects.model_permissions
        known(limit.update("proj_alpha", currency="USD", interval="month", threshold_amount=100))
        known(policy.update("proj_alpha", mode="deny_list", model_ids=["o1-pro"]))
        for each in (limit, policy):
            known(each.retrieve("proj_alpha"))
            known(each.delete("proj_alpha"))
            with pytest.raises(openai.NotFoundError):
                each.retrieve("proj_alpha")


class TestAnthropic:
    @pytest.fixture
    def simulated(self) -> Iterator[Provider]:
        with provider() as running:
            yield running

    def test_keys_workspaces_limits_and_costs_are_as_its_client_knows_them(self, simulated: Provider) -> None:
        client = anthropic.Anthropic(api_key=simulated.running.admin_keys["kill"], max_retries=0,
                                     base_url=f"http://127.0.0.1:{simulated.running.port}")
        organisation: Any = client.beta.organization
        key = organisation.api_keys.list(limit=1).data[0].id
        today = simulated.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        for answer in (organisation.retrieve(), organisation.api_keys.list(), organisation.api_keys.retrieve(key),
                       organisation.api_keys.update(key, status="inactive"), organisation.workspaces.list(),
                       organisation.rate_limits.list(), organisation.workspaces.rate_limits.list(PRODUCTION),
                       organisation.analytics.cost.list(starting_at=(today - timedelta(days=2)).isoformat(),
                                                        ending_at=today.isoformat(), time_bucket_width="1d",
                                                        group_by=["api_key_id"])):
            known(answer)
        assert len({each.id for each in organisation.api_keys.list(limit=1)}) == len(organisation.api_keys.list().data)
