"""A real moto server on loopback: CloudWatch, IAM and STS as AWS speaks them, for boto3 as a client.

moto lacks two things that Bedrock needs, and both are added here from AWS's own service model: service-specific
credentials (Bedrock API keys) in IAM, and the list of inference profiles.
"""

from __future__ import annotations

import json
import logging
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from console.aws.account import Account, Credential
from console.settings import SourceSettings

OWN = "123456789012"
"""The account of a credential that moto has never heard of."""
OTHER = "111122223333"
SECRET = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

_profiles: list[dict[str, Any]] = []
_keys: dict[str, dict[str, str]] = {}


@dataclass
class Moto:
    url: str

    def client(self, service: str, region: str = "us-east-1", account: str = OWN) -> Any:
        """boto3 as a client in one account, past everything of ours."""
        import boto3

        keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
        if account != OWN:
            sts = boto3.client("sts", region_name=region, endpoint_url=self.url, **keys)
            given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/seed", RoleSessionName="seed")["Credentials"]
            keys = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"],
                    "aws_session_token": given["SessionToken"]}
        return boto3.client(service, region_name=region, endpoint_url=self.url, **keys)

    def put(self, namespace: str, dimensions: Mapping[str, str], counts: Mapping[str, float], at: datetime,
            region: str = "us-east-1", account: str = OWN) -> None:
        """Data points of one series at one time; real AWS refuses this for its own namespaces."""
        self.client("cloudwatch", region, account).put_metric_data(Namespace=namespace, MetricData=[
            {"MetricName": name, "Timestamp": at, "Value": value,
             "Dimensions": [{"Name": key, "Value": each} for key, each in dimensions.items()]}
            for name, value in counts.items()])

    def role(self, name: str, account: str = OWN) -> str:
        """A role, and its ARN."""
        iam = self.client("iam", account=account)
        return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"])

    def user(self, name: str, account: str = OWN) -> str:
        return str(self.client("iam", account=account).create_user(UserName=name)["User"]["Arn"])

    def profile(self, identifier: str, name: str, *models: str) -> None:
        """An application inference profile."""
        arn = f"arn:aws:bedrock:us-east-1:{OWN}:application-inference-profile/{identifier}"
        _profiles.append({"inferenceProfileId": identifier, "inferenceProfileName": name, "inferenceProfileArn": arn,
                          "models": [{"modelArn": model} for model in models], "status": "ACTIVE",
                          "type": "APPLICATION"})

    def reset(self) -> None:
        """Forget everything."""
        _profiles.clear()
        _keys.clear()
        self._post("reset", b"")

    def enforce(self) -> None:
        """Judge every request by IAM from now on, until `tolerate`."""
        self._post("reset-auth", b"0")

    def tolerate(self) -> None:
        self._post("reset-auth", b"inf")

    def _post(self, path: str, body: bytes) -> None:
        asked = urllib.request.Request(f"{self.url}/moto-api/{path}", body, {"Content-Type": "text/plain"})
        urllib.request.urlopen(asked).read()


@contextmanager
def moto() -> Iterator[Moto]:
    """moto takes two seconds to load: one server for a module, `reset` for each test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        from moto.server import ThreadedMotoServer

        _add_what_is_missing()
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
    host, port = server.get_host_and_port()
    try:
        yield Moto(f"http://{host}:{port}")
    finally:
        server.stop()


def settings(url: str, **options: object) -> SourceSettings:
    """A `[[sources]]` table of the kind bedrock."""
    known = {"regions": ("us-east-1",), "roles": (), "kill_roles": (), "profile": None, "cost_explorer": False}
    return SourceSettings("bedrock", "bedrock", "env:AWS_KEY", None, url, options={**known, **options})


def account(url: str, secret: str = SECRET) -> Account:
    return Account(Credential(lambda: secret), url)


def minute(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _add_what_is_missing() -> None:
    import moto.bedrock.urls
    from moto.core.responses import ActionResult, EmptyResult
    from moto.iam.exceptions import NotFoundException
    from moto.iam.responses import IamResponse

    def create(self: Any) -> ActionResult:
        identifier = f"ACCA{len(_keys):017d}"
        _keys[identifier] = {"UserName": self._get_param("UserName"), "Status": "Active",
                             "ServiceName": self._get_param("ServiceName"),
                             "ServiceSpecificCredentialId": identifier}
        return ActionResult({"ServiceSpecificCredential": {**_keys[identifier], "CreateDate": datetime.now(UTC)}})

    def listed(self: Any) -> ActionResult:
        user = self._get_param("UserName")
        self.backend.get_user(user)
        return ActionResult({"ServiceSpecificCredentials": [each for each in _keys.values()
                                                            if each["UserName"] == user]})

    def update(self: Any) -> EmptyResult:
        key = _keys.get(self._get_param("ServiceSpecificCredentialId"))
        if key is None or key["UserName"] != self._get_param("UserName"):
            raise NotFoundException("No such credential")
        key["Status"] = self._get_param("Status")
        return EmptyResult()

    for name, method in (("create_service_specific_credential", create), ("list_service_specific_credentials", listed),
                         ("update_service_specific_credential", update)):
        setattr(IamResponse, name, method)

    def profiles(*_: Any) -> tuple[int, dict[str, str], str]:
        return 200, {"content-type": "application/json"}, json.dumps({"inferenceProfileSummaries": _profiles})

    moto.bedrock.urls.url_paths["{0}/inference-profiles$"] = profiles
