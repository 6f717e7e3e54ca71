"""Which request is answered with what, and refused to whom, in Google's own words."""

from __future__ import annotations

import re
import zlib
from typing import Any

from console.clock import epoch, from_epoch, parse_rfc3339, rfc3339
from console.simulator.vertex.cloud import Account, Cloud

Query = dict[str, list[str]]
Json = dict[str, Any]

READS_SERIES, READS_DESCRIPTORS = READS = ("monitoring.timeSeries.list", "monitoring.metricDescriptors.get")
_METRIC = re.compile(r'metric\.type="aiplatform\.googleapis\.com/publisher/online_serving/(\w+)"')
_METRICS = ("token_count", "model_invocation_count")


class Refusal(Exception):
    """An answer that is none of success."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def refusal(status: int, word: str, message: str, headers: dict[str, str] | None = None) -> Refusal:
    """In the envelope that all of Google's APIs have."""
    return Refusal(status, {"error": {"code": status, "message": message, "status": word}}, headers)


def answer(cloud: Cloud, method: str, path: tuple[str, ...], query: Query, token: str, body: Any) -> Json:
    """The body of a successful answer. Raises Refusal."""
    account = cloud.bearer(token)
    if account is None:
        raise refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    match (method, *path):
        case ("GET", "v3", "projects", project, "timeSeries"):
            _permit(cloud, account, project, READS_SERIES)
            return _time_series(cloud, project, query)
        case ("GET", "v3", "projects", project, "metricDescriptors", name):
            _permit(cloud, account, project, READS_DESCRIPTORS)
            return _descriptor(name)
        case (_, "v1", "projects", project, "serviceAccounts", name):
            return _account(cloud, account, method, project, name)
        case (_, "v2", "policies", attached, "denypolicies", *rest):
            project = attached.rsplit("/", 1)[-1]
            act = {"GET": "get", "POST": "create", "PUT": "update"}.get(method, "delete")
            _permit(cloud, account, project, f"iam.denypolicies.{act}")
            name = rest[0] if rest else query.get("policyId", [""])[0]
            if len(rest) == 3 and rest[1] == "operations":
                return _operation(cloud, project, name)
            etag = (body or {}).get("etag") if method == "PUT" else query.get("etag", [None])[0]
            return _policy(cloud, method, project, name, body, etag)
    raise refusal(404, "NOT_FOUND", "Method not found.")


def _permit(cloud: Cloud, account: Account, project: str, permission: str) -> None:
    if permission not in account.may or project not in cloud.projects:
        raise refusal(403, "PERMISSION_DENIED", f"Permission {permission} denied (or the resource may not exist).")


def _time_series(cloud: Cloud, project: str, query: Query) -> Json:
    found = _METRIC.search(query["filter"][0])
    metric = found[1] if found else ""
    if metric not in _METRICS:
        return {}
    start, end = (epoch(parse_rfc3339(query[f"interval.{name}"][0])) for name in ("startTime", "endTime"))
    width = int(query["aggregation.alignmentPeriod"][0].removesuffix("s"))
    grouped = query["aggregation.groupByFields"]
    names = tuple(name.rsplit(".", 1)[1] for name in grouped)
    size, first = int(query["pageSize"][0]), int(query.get("pageToken", ["0"])[0])
    points = [(labels, until, count)
              for labels, counts in cloud.series(project, metric, start, end, width, names).items()
              for until, count in sorted(counts.items(), reverse=True)]
    of_metric = {name.rsplit(".", 1)[1] for name in grouped if name.startswith("metric.")}
    series: dict[Any, Json] = {}
    for labels, until, count in points[first:first + size]:
        here = series.setdefault(labels, {
            "metric": {"type": f"aiplatform.googleapis.com/publisher/online_serving/{metric}",
                       "labels": {name: value for name, value in labels if name in of_metric}},
            "resource": {"type": "aiplatform.googleapis.com/PublisherModel",
                         "labels": {name: value for name, value in labels if name not in of_metric}},
            "metricKind": "DELTA", "valueType": "INT64", "points": []})
        span = {"startTime": rfc3339(from_epoch(until - width)), "endTime": rfc3339(from_epoch(until))}
        here["points"].append({"interval": span, "value": {"int64Value": str(count)}})
    said: Json = {"timeSeries": list(series.values())} if series else {}
    return {**said, "nextPageToken": str(first + size)} if first + size < len(points) else said


def _descriptor(name: str) -> Json:
    if not name.endswith(_METRICS):
        raise refusal(404, "NOT_FOUND", f"Could not find descriptor for metric '{name}'.")
    return {"type": name, "metricKind": "DELTA", "valueType": "INT64",
            "metadata": {"samplePeriod": "60s", "ingestDelay": "240s"}}


def _account(cloud: Cloud, asking: Account, method: str, project: str, name: str) -> Json:
    email, _, verb = name.partition(":")
    _permit(cloud, asking, project, f"iam.serviceAccounts.{verb or 'get'}")
    account = cloud.accounts.get(email)
    if account is None or (method == "POST") != (verb in ("disable", "enable")):
        raise refusal(404, "NOT_FOUND", f"Unknown service account {email}.")
    if verb:
        account.disabled = verb == "disable"
        return {}
    shown = {"name": f"projects/{project}/serviceAccounts/{email}", "email": email, "projectId": project}
    return {**shown, "disabled": True} if account.disabled else shown


def _policy(cloud: Cloud, method: str, project: str, name: str, body: Any, etag: str | None) -> Json:
    there = cloud.policies.get((project, name))
    if method == "POST":
        if there is not None:
            raise refusal(409, "ALREADY_EXISTS", f"Policy {name} already exists.")
        return _begun(cloud, project, name, body["rules"])
    if there is None:
        raise refusal(404, "NOT_FOUND", f"Policy {name} not found.")
    if method == "GET":
        return {"name": _path(project, name), "kind": "DenyPolicy", "etag": _etag(there), "rules": there}
    if etag is not None and etag != _etag(there):
        raise refusal(409, "ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write.")
    if method == "PUT" and etag is None:
        raise refusal(400, "INVALID_ARGUMENT", "The etag is required to update a policy.")
    return _begun(cloud, project, name, body["rules"] if method == "PUT" else None)


def _begun(cloud: Cloud, project: str, name: str, rules: list[Any] | None) -> Json:
    """A policy is changed by an operation, which may end in an error."""
    if cloud.denials_fail is None:
        cloud.policies.pop((project, name), None)
        if rules is not None:
            cloud.policies[project, name] = rules
    return {"name": f"{_path(project, name)}/operations/88406", "done": False}


def _operation(cloud: Cloud, project: str, name: str) -> Json:
    end = {"response": {}} if cloud.denials_fail is None else {"error": {"code": 3, "message": cloud.denials_fail}}
    return {"name": f"{_path(project, name)}/operations/88406", "done": True, **end}


def _path(project: str, name: str) -> str:
    return f"policies/cloudresourcemanager.googleapis.com%2Fprojects%2F{project}/denypolicies/{name}"


def _etag(rules: list[Any]) -> str:
    return f"W/{zlib.crc32(repr(rules).encode()):08x}=="
