"""AWS's endpoints on one loopback port, with what goes wrong there on a bad day."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console.simulator.bedrock import cost, identity, metrics
from console.simulator.bedrock.answers import RefusedError, Reply, of_json, of_xml, refusal
from console.simulator.bedrock.cloud import Cloud
from console.simulator.faults import Fault, Faults
from console.simulator.serving import Sent, Serving
from console.simulator.world import World

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request")
_SERVICES = {"monitoring": "cloudwatch"}
"""The name under which a service signs, where IAM knows it by another."""
_HUGE = 64 * 1024 * 1024
_REFUSALS = {
    "401": ("UnrecognizedClientException", "The security token included in the request is invalid.", 403),
    "403": ("AccessDeniedException", "User: arn:aws:iam::111122223333:user/token-console-read is not authorized to "
            "perform: {action} because no identity-based policy allows the {action} action", 403),
    "429": ("ThrottlingException", "Rate exceeded", 400),
    "429_no_retry": ("LimitExceededException", "Request limit exceeded", 400),
    "500": ("InternalServiceFault", "Request processing has failed because of an unknown error.", 500),
    "529": ("ServiceUnavailableException", "Service is unavailable.", 503),
}


class RunningBedrock(Serving):
    """Serves one world from a thread. Use it as a context manager; `base_url` is where it listens."""

    def __init__(self, world: World, *, port: int = 0) -> None:
        super().__init__("bedrock simulator", port=port)
        self.cloud = Cloud(world)
        self.faults = Faults()

    def reply(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Sent | None:
        reply = self._reply(method, urlsplit(target).path, headers, raw)
        return None if reply is None else Sent(reply.status, reply.body, content_type=reply.content_type)

    def now(self) -> datetime:
        return self.cloud.world.now()

    def _reply(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Reply | None:
        signed = _SIGNED.match(headers.get("authorization", ""))
        service = _SERVICES.get(signed[2], signed[2]) if signed else "iam"
        try:
            operation, asked = _request(path, headers, raw)
            fault = self.faults.take(method, f"/{service}/{operation}")
            if signed is None:
                raise RefusedError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            self._refuse_by(fault, f"{service}:{operation}")
            with self.cloud.world.lock:
                self.cloud.asked[operation] += 1
                return _spoiled(fault, self._answer(signed[1], service, operation, asked))
        except RefusedError as error:
            return refusal(error, service)

    def _answer(self, key: str, service: str, operation: str, asked: dict[str, Any]) -> Reply:
        cloud, now = self.cloud, self.cloud.world.now().timestamp()
        who = cloud.who(key)
        action = f"{service}:{operation}"
        if who is None:
            code = "InvalidClientTokenId" if service in ("iam", "sts") else "UnrecognizedClientException"
            raise RefusedError(code, "The security token included in the request is invalid.", 403)
        if not cloud.may(key, action):
            code = "AccessDenied" if service in ("iam", "sts") else "AccessDeniedException"
            raise RefusedError(code, f"User: {who} is not authorized to perform: {action} because no identity-based "
                               f"policy allows the {action} action", 403)
        match action:
            case "sts:GetCallerIdentity":
                return of_xml("sts", operation, identity.caller(who))
            case "cloudwatch:ListMetrics":
                return of_json(metrics.list_metrics(cloud, asked, now))
            case "cloudwatch:GetMetricData":
                return of_json(metrics.get_metric_data(cloud, asked, now))
            case "bedrock:ListInferenceProfiles":
                return of_json(metrics.list_inference_profiles(cloud))
            case "ce:GetDimensionValues":
                return of_json(cost.dimension_values())
            case "ce:GetCostAndUsage":
                return of_json(cost.cost_and_usage(cloud, asked, now))
        return of_xml("iam", operation, identity.act(cloud, operation, asked))

    def _refuse_by(self, fault: Fault | None, action: str) -> None:
        """What goes wrong before the request is looked at. Raises RefusedError."""
        if fault is not None and fault.kind in _REFUSALS:
            code, message, status = _REFUSALS[fault.kind]
            raise RefusedError(code, message.format(action=action), status)
        if fault is not None and fault.kind == "slow":
            self.closing.wait(fault.seconds)


def _request(path: str, headers: dict[str, str], raw: bytes) -> tuple[str, dict[str, Any]]:
    """Operation and arguments of a request in any of the three forms. Raises RefusedError."""
    if path == "/inference-profiles":
        return "ListInferenceProfiles", {}
    try:
        if "x-amz-target" in headers:
            asked = json.loads(raw)
            return headers["x-amz-target"].rsplit(".", 1)[-1], asked if isinstance(asked, dict) else {}
        form = dict(parse_qsl(raw.decode("utf-8"), keep_blank_values=True))
    except ValueError:
        raise RefusedError("SerializationException", "The request cannot be read.") from None
    return form.get("Action", ""), form


def _spoiled(fault: Fault | None, reply: Reply) -> Reply | None:
    """The answer, or what the fault makes of it."""
    kind = fault.kind if fault else None
    if kind == "drop":
        return None
    if kind == "huge":
        return Reply(200, b" " * _HUGE, reply.content_type)
    if kind == "malformed":
        return Reply(200, reply.body[:len(reply.body) // 2], reply.content_type)
    if kind in ("truncated_pages", "duplicate_buckets", "negative") and b"MetricDataResults" in reply.body:
        results = json.loads(reply.body)["MetricDataResults"]
        if kind == "truncated_pages":
            return of_json({"MetricDataResults": results[:len(results) // 2]})
        for result in results:
            if kind == "negative":
                result["Values"] = [-value for value in result["Values"]]
            else:
                result["Timestamps"] += result["Timestamps"][-1:]
                result["Values"] += result["Values"][-1:]
        return of_json({"MetricDataResults": results})
    return reply
