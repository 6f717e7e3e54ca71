"""A small HTTP server that answers boto3 with bodies that AWS documents: what moto cannot do (pages, faults, costs).

moto ignores MaxDatapoints and NextToken, answers every metric as Complete, and knows no expired key and no throttling.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.support.http_server import Asked, Reply, Server, serving

MODEL = "anthropic.claude-sonnet-4-6"
Answer = Callable[[dict[str, Any]], Reply]


def json_answer(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"content-type": "application/x-amz-json-1.0"})


def json_error(code: str, message: str, status: int = 400) -> Reply:
    return json_answer({"__type": f"com.amazonaws.cloudwatch#{code}", "message": message}, status)


def xml_error(code: str, message: str, status: int = 403) -> Reply:
    body = (f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>")
    return Reply(status, body.encode(), {"content-type": "text/xml"})


def identity(arn: str) -> Reply:
    account = arn.split(":")[4]
    body = ('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            f"<Arn>{arn}</Arn><UserId>U</UserId><Account>{account}</Account></GetCallerIdentityResult>"
            "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>")
    return Reply(200, body.encode(), {"content-type": "text/xml"})


def assumed(role: str, key: str = "ASIAASSUMED") -> Reply:
    body = ('<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
            f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>"
            f"{role}</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser></AssumeRoleResult>"
            "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>")
    return Reply(200, body.encode(), {"content-type": "text/xml"})


def metrics(*names: str, model: str = MODEL, namespace: str = "AWS/Bedrock") -> Reply:
    return json_answer({"Metrics": [{"Namespace": namespace, "MetricName": name,
                                     "Dimensions": [{"Name": "ModelId", "Value": model}]} for name in names]})


def points(asked: dict[str, Any], value: float = 1.0, status: str = "Complete", **more: object) -> Reply:
    """One value in the first minute of every metric that was asked."""
    return json_answer({"MetricDataResults": [
        {"Id": query["Id"], "Label": "x", "StatusCode": status, "Timestamps": [float(asked["StartTime"])],
         "Values": [value]} for query in asked["MetricDataQueries"]], **more})


@dataclass
class Aws:
    """Answers by operation, from its arguments and the `_key` that signed; a test may replace each. `asked` has
    (operation, arguments, key) of every request."""

    server: Server
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server.url

    def times(self, operation: str) -> int:
        return sum(name == operation for name, _, _ in self.asked)


@contextmanager
def aws() -> Iterator[Aws]:
    """An account with one model that was used; nothing else happens there."""
    made: Aws | None = None

    def answer(request: Asked) -> Reply:
        assert made is not None
        if "x-amz-target" in request.headers:
            operation, arguments = request.headers["x-amz-target"].split(".")[-1], json.loads(request.body)
        elif request.path == "/inference-profiles":
            operation, arguments = "ListInferenceProfiles", dict(request.query)
        else:
            arguments = dict(parse_qsl(request.body.decode()))
            operation = arguments["Action"]
        key = request.headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]
        made.asked.append((operation, arguments, key))
        return made.answers[operation]({**arguments, "_key": key})

    with serving(answer) as server:
        made = Aws(server)
        made.answers |= {
            "GetCallerIdentity": lambda _: identity("arn:aws:iam::123456789012:user/token-console"),
            "AssumeRole": lambda asked: assumed(asked["RoleArn"]),
            "ListMetrics": lambda asked: (metrics("InputTokenCount", "Invocations")
                                          if asked["Namespace"] == "AWS/Bedrock" else json_answer({"Metrics": []})),
            "GetMetricData": points,
            "ListInferenceProfiles": lambda _: json_answer({"inferenceProfileSummaries": []}),
        }
        yield made
