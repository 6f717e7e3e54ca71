"""Five providers with a thousand keys each, each key used in every minute or in one of several: five processes.

Run as a module with a kind, and the minutes from one use of a key to the next, it prints where it is and what opens it,
and serves until its standard input ends. Vertex has no keys: there it is a thousand models, in fifty projects. What is
told of a minute never changes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from console.clock import ManualClock, epoch, parse_rfc3339
from console.simulator.litellm.server import RunningGateway
from console.simulator.vertex.cloud import Account, Cloud
from console.simulator.vertex.routes import READS
from console.simulator.vertex.server import RunningCloud
from tests.support import aws_answers
from tests.support.anthropic_reports import WIDTHS, bucket, page, usage_result
from tests.support.http_server import Asked, Reply, json_reply, serving
from tests.support.litellm_gateway import VIEWER_SECRET, call, gateway

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
KEYS, PROJECTS, HISTORY_MIN, A_PAGE = 1000, 50, 75, 15
KINDS = ("anthropic", "bedrock", "litellm", "openai", "vertex")
PROJECT = "team-{:02}"
_METRICS = ("InputTokenCount", "OutputTokenCount", "CacheReadInputTokens", "CacheWriteInputTokens", "Invocations")
_every = 1
"""Minutes from one use of a key to the next."""
_OLDEST = int(NOW.timestamp()) - 60 * HISTORY_MIN


def _anthropic(asked: Asked) -> Reply:
    if asked.path.endswith("/me"):
        return json_reply({"id": "org_01Busy", "type": "organization", "name": "Busy Ltd"})
    if not asked.path.endswith("_report/messages") and not asked.path.endswith("cost_report"):
        return json_reply({"data": [], "has_more": False, "first_id": None, "last_id": None})
    width = WIDTHS[asked.one("bucket_width") or "1d"]
    start, end = (epoch(parse_rfc3339(asked.one(name) or "")) for name in ("starting_at", "ending_at"))
    full = asked.path.endswith("_report/messages") and width == 60
    first, last = _page_of(asked, start, end, width, full=full)
    return _whole(page(["*"], str(last) if last < end else None),
                  [(bucket(at, width, ["*"]), _anthropic_rows(at // 60 % _every) if full and at >= _OLDEST else "[]")
                   for at in range(first, last, width)])


def _openai(asked: Asked) -> Reply:
    if "/usage/" not in asked.path and not asked.path.endswith("/costs"):
        return json_reply({"object": "list", "data": [], "has_more": False})
    width = {"1m": 60, "1h": 3600, "1d": 86_400}[asked.one("bucket_width") or "1d"]
    start, end = int(asked.one("start_time") or 0), int(asked.one("end_time") or 0)
    full = asked.path.endswith("/completions") and width == 60
    first, last = _page_of(asked, start, end, width, full=full)
    following = str(last) if last < end else None
    return _whole({"object": "page", "data": ["*"], "has_more": following is not None, "next_page": following},
                  [({"object": "bucket", "start_time": at, "end_time": at + width, "results": ["*"]},
                    _openai_rows(at // 60 % _every) if full and at >= _OLDEST else "[]")
                   for at in range(first, last, width)])


def _page_of(asked: Asked, start: int, end: int, width: int, *, full: bool) -> tuple[int, int]:
    first, most = int(asked.one("page") or start // width * width), int(asked.one("limit") or A_PAGE)
    return first, min(end, max(first, _OLDEST) + min(most, A_PAGE) * width) if full else end


def _used(turn: int) -> range:
    """The keys that are used in such a minute."""
    return range(turn, KEYS, _every)


def _whole(envelope: dict[str, Any], buckets: list[tuple[dict[str, Any], str]]) -> Reply:
    told = ", ".join(json.dumps(each).replace('["*"]', rows) for each, rows in buckets)
    return Reply(200, json.dumps(envelope).replace('"*"', told).encode(), {"content-type": "application/json"})


@cache
def _anthropic_rows(turn: int) -> str:
    return json.dumps([usage_result(
        api_key_id=f"apikey_{number:04}", model="claude-sonnet-4-6", service_tier="standard", context_window="0-200k",
        inference_geo="global", uncached_input_tokens=900 + number, cache_read_input_tokens=6000, output_tokens=350)
        for number in _used(turn)])


@cache
def _openai_rows(turn: int) -> str:
    return json.dumps([{
        "object": "organization.usage.completions.result", "input_tokens": 51_200 + number, "output_tokens": 2_750,
        "input_uncached_tokens": 9_200 + number, "input_cached_tokens": 38_000, "input_cache_write_tokens": 4_000,
        "num_model_requests": 17, "project_id": f"proj_{number % PROJECTS}", "user_id": None, "batch": False,
        "api_key_id": f"key_{number:04}", "model": "gpt-6-sol", "service_tier": "default", "api_source": None,
    } for number in _used(turn)])


def _bedrock(asked: Asked) -> Reply:
    operation = asked.headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    if operation == "ListMetrics":
        given = json.loads(asked.body)
        first = int(given.get("NextToken") or 0)
        found = [(f"profile{number:04}", name) for number in range(KEYS) for name in _METRICS] \
            if given["Namespace"] == "AWS/Bedrock" else []
        told: dict[str, Any] = {"Metrics": [
            {"Namespace": "AWS/Bedrock", "MetricName": name, "Dimensions": [{"Name": "ModelId", "Value": profile}]}
            for profile, name in found[first:first + 500]]}
        return aws_answers.json_answer(told | ({"NextToken": str(first + 500)} if first + 500 < len(found) else {}))
    if operation == "GetMetricData":
        given = json.loads(asked.body)
        queries = given["MetricDataQueries"]
        start, end = int(given["StartTime"]), int(given["EndTime"])
        told_ = ", ".join(f'{{"Id": "{each["Id"]}", "Label": "x", "StatusCode": "Complete", '
                          f'{_span(start, end, each["MetricStat"]["Period"], _turn_of(each))}}}' for each in queries)
        body = f'{{"MetricDataResults": [{told_}]}}'.encode()
        return Reply(200, body, {"content-type": "application/x-amz-json-1.0"})
    if "inference-profiles" in asked.path:
        return aws_answers.json_answer({"inferenceProfileSummaries": [
            {"inferenceProfileId": f"profile{number:04}", "inferenceProfileName": f"team {number}", "status": "ACTIVE",
             "models": [{"modelArn": "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-6"}],
             "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:1:application-inference-profile/profile{number:04}",
             "type": "APPLICATION"} for number in range(KEYS)]})
    return aws_answers.identity("arn:aws:iam::123456789012:user/console")


def _turn_of(query: dict[str, Any]) -> int:
    return int(query["MetricStat"]["Metric"]["Dimensions"][0]["Value"][-4:]) % _every


@cache
def _span(start: int, end: int, period: int, turn: int) -> str:
    minutes = range(max(start, _OLDEST), min(end, int(NOW.timestamp()) + 60), 60) if period == 60 else ()
    at = [minute for minute in minutes if minute // 60 % _every == turn]
    return f'"Timestamps": {json.dumps([float(each) for each in at])}, "Values": {json.dumps([1234.0] * len(at))}'


def _serve(kind: str, running: ExitStack) -> tuple[str, str]:
    """Where it is, and the secret that reads it."""
    clock = ManualClock(NOW)
    minutes = range(_OLDEST, int(NOW.timestamp()) + 60, 60)
    if kind == "litellm":
        found = gateway()
        found.log(*(call(at + number * 10**6, at + number * 59 / KEYS, f"{number:064x}")
                    for at in minutes for number in _used(at // 60 % _every)))
        return running.enter_context(RunningGateway(found, clock)).base_url, VIEWER_SECRET
    if kind == "vertex":
        reader = Account("reader@ops.iam.gserviceaccount.com", frozenset(READS))
        cloud = Cloud(clock, tuple(map(PROJECT.format, range(PROJECTS))), {reader.email: reader})
        for at in minutes:
            for number in _used(at // 60 % _every):
                cloud.call(PROJECT.format(number % PROJECTS), at, f"model-{number // PROJECTS}", input=900, output=30)
        served = running.enter_context(RunningCloud(cloud))
        return served.base_url, served.credential(reader)
    answers = {"anthropic": _anthropic, "bedrock": _bedrock, "openai": _openai}
    secret = "AKIAIOSFODNN7EXAMPLE:secret" if kind == "bedrock" else f"sk-{kind}-of-the-benchmark"
    return running.enter_context(serving(answers[kind])).url, secret


@contextmanager
def five_busy(every: int = 1) -> Iterator[dict[str, tuple[str, str]]]:
    """By kind where each is, and the secret that reads it. `every`: minutes from one use of a key to the next."""
    with ExitStack() as running:
        processes = {}
        for kind in KINDS:
            processes[kind] = running.enter_context(subprocess.Popen(
                [sys.executable, "-m", "tests.support.five_busy", kind, str(every)], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True))
        try:
            yield {kind: tuple(json.loads(process.stdout.readline()))  # type: ignore[union-attr]
                   for kind, process in processes.items()}
        finally:
            for process in processes.values():
                assert process.stdin is not None
                process.stdin.close()


if __name__ == "__main__":
    _every = int(sys.argv[2])
    with ExitStack() as stack:
        print(json.dumps(_serve(sys.argv[1], stack)), flush=True)
        sys.stdin.read()
