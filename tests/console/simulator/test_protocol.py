"""The simulated provider answers as the documentation says, down to the errors."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.clock import rfc3339
from console.simulator.catalogue import DEFAULT, ORGANISATION_ID, PRODUCTION, key_id
from tests.support.simulator import Provider, provider

CLAIMS = key_id("claims-triage")


@pytest.fixture
def quiet() -> Iterator[Provider]:
    with provider() as running:
        yield running


def hours(quiet: Provider, back: int) -> tuple[str, str]:
    return ("starting_at", rfc3339(quiet.clock.now() - timedelta(hours=back)))


def error_type(reply: object) -> str:
    return str(reply.body["error"]["type"])  # type: ignore[attr-defined]


def test_names_the_organisation(quiet: Provider) -> None:
    reply = quiet.get("me")
    assert reply.status == 200
    assert (reply.body["id"], reply.body["type"]) == (ORGANISATION_ID, "organization")


def test_every_answer_carries_a_request_id_and_the_time_of_the_story(quiet: Provider) -> None:
    reply = quiet.get("me")
    assert reply.headers["request-id"].startswith("req_")
    assert reply.headers["date"] == "Thu, 19 Nov 2026 21:56:00 GMT"
    quiet.clock.advance(3600)
    assert quiet.get("me").headers["date"] == "Thu, 19 Nov 2026 22:56:00 GMT"


def test_takes_a_bearer_token_as_well(quiet: Provider) -> None:
    bearer = {"x-api-key": "", "authorization": f"Bearer {quiet.running.admin_keys['read']}"}
    assert quiet.get("me", headers=bearer).status == 200


@pytest.mark.parametrize(("headers", "status", "kind"), [
    ({"x-api-key": "sk-ant-admin01-unknown"}, 401, "authentication_error"),
    ({"x-api-key": ""}, 401, "authentication_error"),
    ({"x-api-key": "sk-ant-api03-inference"}, 403, "permission_error"),
    ({"anthropic-version": ""}, 400, "invalid_request_error"),
    ({"anthropic-version": "1999-01-01"}, 400, "invalid_request_error"),
])
def test_refuses_with_the_documented_body(quiet: Provider, headers: dict[str, str], status: int, kind: str) -> None:
    reply = quiet.get("me", headers=headers)
    assert reply.status == status
    assert reply.body["type"] == "error"
    assert error_type(reply) == kind
    assert reply.body["request_id"] == reply.headers["request-id"]


def test_what_does_not_exist_is_a_404(quiet: Provider) -> None:
    assert [quiet.get(path).status for path in ("nothing", "api_keys/apikey_01None", "workspaces/wrkspc_01None")] == [
        404, 404, 404]


def test_buckets_are_snapped_whole_and_contiguous_and_empty_ones_are_there(quiet: Provider) -> None:
    start = quiet.clock.now() - timedelta(hours=30, minutes=13)
    reply = quiet.get("usage_report/messages", ("starting_at", rfc3339(start)), ("bucket_width", "1h"),
                      ("limit", "168"), ("api_key_ids[]", key_id("nightly-reconciliation")))
    buckets = reply.body["data"]
    assert buckets[0]["starting_at"] == "2026-11-18T15:00:00Z"
    assert [b["ending_at"] for b in buckets[:-1]] == [b["starting_at"] for b in buckets[1:]]
    assert buckets[-1]["ending_at"] == "2026-11-19T22:00:00Z"
    assert any(bucket["results"] == [] for bucket in buckets)
    assert (reply.body["has_more"], reply.body["next_page"]) == (False, None)


@pytest.mark.parametrize(("width", "usual", "most"), [("1m", 60, 1440), ("1h", 24, 168), ("1d", 7, 31)])
def test_limit_counts_buckets_and_is_bounded(quiet: Provider, width: str, usual: int, most: int) -> None:
    asked = (("starting_at", "2026-09-01T00:00:00Z"), ("bucket_width", width))
    assert len(quiet.get("usage_report/messages", *asked).body["data"]) == usual
    assert len(quiet.get("usage_report/messages", *asked, ("limit", str(most))).body["data"]) == most
    assert quiet.get("usage_report/messages", *asked, ("limit", str(most + 1))).status == 400


def test_pages_join_without_gap_or_overlap(quiet: Provider) -> None:
    asked = [("starting_at", "2026-11-18T00:00:00Z"), ("ending_at", "2026-11-19T00:00:00Z"), ("bucket_width", "1h"),
             ("limit", "7"), ("group_by[]", "api_key_id")]
    paged, cursor = [], None
    while True:
        reply = quiet.get("usage_report/messages", *asked, *([("page", cursor)] if cursor else []))
        paged += reply.body["data"]
        cursor = reply.body["next_page"]
        if not cursor:
            break
        assert cursor == "page_" + b64encode(paged[-1]["ending_at"].encode()).decode()
    whole = quiet.get("usage_report/messages", *asked[:3], ("limit", "24"), asked[4])
    assert paged == whole.body["data"]


@pytest.mark.parametrize("params", [
    [],
    [("starting_at", "2026-11-19")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("ending_at", "2026-11-18T00:00:00Z")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("bucket_width", "5m")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("group_by[]", "colour")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("group_by[]", "speed")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("group_by", "model")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("limit", "0")],
    [("starting_at", "2026-11-19T00:00:00Z"), ("page", "page_bm90IGEgdGltZQ==")],
])
def test_a_wrong_usage_query_is_a_400(quiet: Provider, params: list[tuple[str, str]]) -> None:
    reply = quiet.get("usage_report/messages", *params)
    assert (reply.status, error_type(reply)) == (400, "invalid_request_error")


def test_a_dimension_is_null_unless_it_is_grouped_and_null_has_its_own_meaning(quiet: Provider) -> None:
    day = ("starting_at", "2026-11-18T00:00:00Z"), ("limit", "1")
    plain = quiet.get("usage_report/messages", *day).body["data"][0]["results"]
    assert len(plain) == 1
    assert {plain[0][name] for name in ("api_key_id", "model", "workspace_id", "service_tier")} == {None}
    assert "speed" not in plain[0]
    grouped = quiet.get("usage_report/messages", *day, ("group_by[]", "api_key_id"), ("group_by[]", "workspace_id"),
                        ("group_by[]", "inference_geo")).body["data"][0]["results"]
    keys = {row["api_key_id"]: row for row in grouped}
    assert keys[CLAIMS]["workspace_id"] == PRODUCTION
    assert keys[key_id("code-review")]["workspace_id"] is None  # the default workspace
    assert keys[None]["workspace_id"] is None  # the playground
    assert keys[key_id("policy-search")]["inference_geo"] == "not_available"
    assert sum(row["output_tokens"] for row in grouped) == plain[0]["output_tokens"]


def test_speed_is_told_with_the_beta_header_only(quiet: Provider) -> None:
    beta = {"anthropic-beta": "other-1, fast-mode-2026-02-01"}
    reply = quiet.get("usage_report/messages", ("starting_at", "2026-11-18T00:00:00Z"), ("limit", "1"),
                      ("group_by[]", "speed"), headers=beta)
    assert {row["speed"] for row in reply.body["data"][0]["results"]} == {"standard"}


def test_filters_keep_what_they_name(quiet: Provider) -> None:
    reply = quiet.get("usage_report/messages", ("starting_at", "2026-11-18T00:00:00Z"), ("limit", "1"),
                      ("group_by[]", "model"), ("api_key_ids[]", key_id("document-intake")),
                      ("models[]", "claude-haiku-4-5"))
    assert [row["model"] for row in reply.body["data"][0]["results"]] == ["claude-haiku-4-5"]


def test_keys_are_listed_in_pages_by_cursor(quiet: Provider) -> None:
    everything = quiet.get("api_keys", ("limit", "100")).body
    first = quiet.get("api_keys", ("limit", "6")).body
    second = quiet.get("api_keys", ("limit", "100"), ("after_id", first["last_id"])).body
    assert [key["id"] for key in first["data"] + second["data"]] == [key["id"] for key in everything["data"]]
    assert (first["has_more"], second["has_more"]) == (True, False)
    back = quiet.get("api_keys", ("limit", "100"), ("before_id", second["first_id"])).body
    assert back["data"] == first["data"]


def test_keys_are_filtered_by_status_and_workspace(quiet: Provider) -> None:
    inactive = quiet.get("api_keys", ("status", "inactive")).body["data"]
    assert [key["id"] for key in inactive] == [key_id("hr-helpdesk")]
    default = quiet.get("api_keys", ("workspace_id", DEFAULT)).body["data"]
    assert {key["workspace_id"] for key in default} == {None}
    assert quiet.get("api_keys", ("status", "paused")).status == 400


def test_the_newer_version_has_no_top_level_workspace(quiet: Provider) -> None:
    old = quiet.get(f"api_keys/{CLAIMS}").body
    new = quiet.get(f"api_keys/{CLAIMS}", headers={"anthropic-version": "2026-10-21"}).body
    assert old["workspace_id"] == PRODUCTION
    assert "workspace_id" not in new
    assert new["scope"] == {"type": "workspace", "workspace_id": PRODUCTION}


def test_workspaces_leave_the_default_one_out_unless_asked(quiet: Provider) -> None:
    assert DEFAULT not in [each["id"] for each in quiet.get("workspaces").body["data"]]
    assert DEFAULT in [each["id"] for each in quiet.get("workspaces", ("include_default", "true")).body["data"]]
    assert quiet.get(f"workspaces/{DEFAULT}").body["name"] == "Default"


def test_rate_limits_can_be_read(quiet: Provider) -> None:
    limits = quiet.get("rate_limits").body
    assert "has_more" not in limits
    assert {entry["type"] for entry in limits["data"]} == {"rate_limit"}
    assert quiet.get("rate_limits", ("model", "gpt-9")).status == 404
    assert quiet.get(f"workspaces/{PRODUCTION}/rate_limits").body["data"] == []
    assert quiet.get(f"workspaces/{PRODUCTION}/rate_limits", ("include_inherited", "true")).body["data"]
