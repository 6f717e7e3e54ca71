"""AWS as one credential sees it: its own account, and every account that it may assume a role in.

boto3 signs, writes and reads; the exchange itself goes through `BoundedClient`, so that one deadline, a limit of bytes
and no redirect hold here as everywhere, and nothing of the environment points it elsewhere. boto3 blocks: it runs in
threads of this object's own, so that polling never waits for a kill nor a kill for polling.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswerError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from console.aws import credentials
from console.aws.errors import AwsError, Place, Refusal, classify, harmless
from console.aws.regions import doubt
from console.http import Answer, BoundedClient, HttpFailure, Kind

DEADLINE_S = 20.0
THREADS = 6
ROLE_S = 3000.0
"""For so long an assumed role is worked with before it is assumed anew."""
_LEFT_S, _SHORTEST_S = 600, 900
"""It lasts longer than that by this much, and at least as long as AWS lets one last."""
KEEP_S = 60.0
"""A secret is asked for anew after so long."""
SESSION_NAME = "token-console"
_AS_IT_IS = frozenset({"GetMetricData", "ListMetrics"})
"""Answers of many thousand numbers: read as plain JSON, ten times as quickly as boto3 reads them."""

_OF_HTTP = {Kind.DEADLINE: Refusal.UNAVAILABLE, Kind.NETWORK: Refusal.UNAVAILABLE, Kind.TOO_LARGE: Refusal.TOO_LARGE,
            Kind.MALFORMED: Refusal.MALFORMED, Kind.REDIRECT: Refusal.INVALID, Kind.REFUSED: Refusal.UNSENT}


@dataclass(frozen=True, slots=True)
class Credential:
    """Which credential to work with: a secret, a profile of the AWS configuration, or what the machine has."""

    key: Callable[[], str] | None = field(default=None, repr=False)
    profile: str | None = None

    def __str__(self) -> str:
        if self.key is not None:
            return "the key of its secret"
        return f"the profile {self.profile}" if self.profile else "the credential of this machine"


@dataclass(frozen=True, slots=True)
class Reply:
    """What AWS answered, and what its `Date` says."""

    said: Mapping[str, Any] = field(repr=False)
    date: datetime | None = None
    took_s: float = 0.0


@dataclass(slots=True)
class _Session:
    """A boto3 session with its clients, until it must be made anew."""

    boto: Any
    until: float
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)


class Account:
    """Make it, use it and close it in one event loop.

    base_url: where every service is asked instead of at AWS's own addresses (a test, a gateway).
    role_s: for how long an assumed role is kept.
    """

    def __init__(self, credential: Credential, base_url: str | None, client: BoundedClient | None = None, *,
                 role_s: float = ROLE_S) -> None:
        self.credential = credential
        self._base_url = base_url
        self._role_s = role_s
        self._client = client or BoundedClient()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aws")
        self._lock = threading.Lock()
        self._sessions: dict[str | None, _Session] = {}
        self._now = threading.local()

    def place(self, region: str, role: str | None = None) -> Place:
        return Place(region, role, str(self.credential))

    async def call(self, service: str, operation: str, place: Place, arguments: Mapping[str, Any] | None = None, *,
                   deadline_s: float = DEADLINE_S) -> Reply:
        """Ask once. `operation` as AWS names it (GetMetricData).

        Raises AwsError for whatever AWS or the network does, and the ConsoleError of a secret that cannot be had.
        """
        loop = asyncio.get_running_loop()
        work = partial(self._call, loop, time.monotonic() + deadline_s, service, operation, place, arguments or {})
        try:
            async with asyncio.timeout(deadline_s + 1.0):
                return await loop.run_in_executor(self._threads, work)
        except TimeoutError as error:
            raise AwsError(Refusal.UNAVAILABLE,
                           f"{place}: {service} {operation} was not answered within {deadline_s:g} s") from error

    async def identity(self, place: Place) -> str:
        """The ARN that the credential, or the role, answers to."""
        return str((await self.call("sts", "GetCallerIdentity", place)).said.get("Arn", ""))

    async def close(self) -> None:
        """Let connections, credentials and threads go."""
        self._sessions.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._client.close()

    # What follows runs in a thread.

    def _call(self, loop: asyncio.AbstractEventLoop, until: float, service: str, operation: str, place: Place,
              arguments: Mapping[str, Any]) -> Reply:
        self._now.loop, self._now.until = loop, until
        try:
            return self._ask(service, operation, place, arguments)
        except AwsError as error:
            # A role may have been revoked, or its time be shorter than believed: it is assumed once more.
            if error.refusal is not Refusal.UNAUTHORISED or self._sessions.pop(place.role, None) is None \
                    or place.role is None:
                raise
        return self._ask(service, operation, place, arguments)

    def _ask(self, service: str, operation: str, place: Place, arguments: Mapping[str, Any]) -> Reply:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        action = f"{service}:{operation}"
        self._now.answer = None
        try:
            said = self._client_of(service, place)._make_api_call(operation, dict(arguments))
        except ClientError as error:
            raise classify(error.response, action, place) from error
        except HttpFailure as error:
            raise AwsError(_OF_HTTP[error.kind], self._away(error, place)) from error
        except ResponseParserError as error:
            raise self._unreadable(action, place) from error
        except BotoCoreError as error:
            raise self._unsent(error, place) from error
        except (AttributeError, TypeError, ValueError, LookupError, RecursionError, OverflowError) as error:
            if self._now.answer is None:
                raise
            raise self._unreadable(action, place) from error  # boto3 checks no shapes: it trips over other ones
        answer = self._now.answer
        return Reply(said, answer.date if answer else None, answer.took_s if answer else 0.0)

    def _away(self, error: HttpFailure, place: Place) -> str:
        said = f"{place}: {harmless(str(error))}"
        if error.kind is not Kind.NETWORK or self._base_url is not None or not (why := doubt(place.region)):
            return said
        return f"{said.rstrip('.')}. {why}"

    def _unreadable(self, action: str, place: Place) -> AwsError:
        answer: Answer | None = self._now.answer
        down = answer is not None and answer.status >= 500
        status = f", {answer.status}" if answer is not None else ""
        return AwsError(Refusal.UNAVAILABLE if down else Refusal.MALFORMED,
                        f"{place}: {action} was answered with what cannot be read{status}")

    def _unsent(self, error: Exception, place: Place) -> AwsError:
        """No credential could be had, or the request could not be built."""
        name = type(error).__name__
        ours = any(word in name for word in ("Credential", "Profile", "SSO", "Token", "Login"))
        remedy = (" Give the source a secret (ACCESS_KEY_ID:SECRET_ACCESS_KEY), name a profile, or renew it "
                  "(aws sso login)." if ours else "")
        said = harmless(str(error)).rstrip(".")
        return AwsError(Refusal.UNAUTHORISED if ours else Refusal.UNSENT,
                        f"{place}: {self.credential}: {said}.{remedy}", code=name)

    def _client_of(self, service: str, place: Place) -> Any:
        session = self._session(place)
        with self._lock:  # boto3 makes clients in one thread at a time; what it made may be used by all
            key = (service, place.region)
            if key not in session.clients:
                session.clients[key] = self._new_client(session.boto, service, place.region)
            return session.clients[key]

    def _session(self, place: Place) -> _Session:
        with self._lock:
            known = self._sessions.get(place.role)
            if known is not None and time.monotonic() < known.until:
                return known
        made = self._own_session() if place.role is None else self._assumed(place, place.role)
        with self._lock:
            self._sessions[place.role] = made
        return made

    def _own_session(self) -> _Session:
        key = self.credential.key
        keys = credentials.parse_keys(key()) if key is not None else None
        # What the machine has renews itself; a secret may be another one by the next time.
        until = time.monotonic() + KEEP_S if keys is not None else float("inf")
        with self._lock:
            return _Session(credentials.session(keys, self.credential.profile), until)

    def _assumed(self, place: Place, role: str) -> _Session:
        own = Place(place.region, None, place.credential)
        asked = {"RoleArn": role, "RoleSessionName": SESSION_NAME,
                 "DurationSeconds": max(_SHORTEST_S, int(self._role_s) + _LEFT_S)}
        try:
            given = self._ask("sts", "AssumeRole", own, asked).said.get("Credentials") or {}
        except AwsError as error:
            raise AwsError(error.refusal, f"{role}: {error}", code=error.code) from error
        told = [str(given.get(name) or "") for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
        if not all(told):
            raise self._unreadable("sts:AssumeRole", place)
        keys = credentials.Keys(*told)
        with self._lock:
            return _Session(credentials.session(keys, None), time.monotonic() + self._role_s)

    def _new_client(self, boto: Any, service: str, region: str) -> Any:
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True,
                        parameter_validation=False, user_agent_extra="token-console")
        client = boto.client(service, region_name=region, endpoint_url=self._base_url, config=config)
        client.meta.events.register("before-send", self._send)
        if client.meta.service_model.resolved_protocol == "json":
            for operation in _AS_IT_IS:
                client.meta.events.register(f"before-parse.{service}.{operation}", _as_it_is)
        return client

    def _send(self, request: Any, **_: Any) -> Any:
        """The exchange itself, on the event loop, in place of boto3's own."""
        from botocore.awsrequest import AWSResponse

        left = self._now.until - time.monotonic()
        if left <= 0:
            raise HttpFailure(Kind.DEADLINE, f"there was no time left for {request.url}", sent=False)
        headers = {name: value.decode("ascii") if isinstance(value, bytes) else str(value)
                   for name, value in request.headers.items() if name.lower() not in ("content-length", "host")}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        asked = self._client.request(request.method, request.url, headers, body=body, deadline_s=left)
        running = asyncio.run_coroutine_threadsafe(asked, self._now.loop)
        try:
            answer = running.result(left + 0.5)
        except NoAnswerError as error:
            running.cancel()
            raise HttpFailure(Kind.DEADLINE, f"{request.url} did not answer in time") from error
        self._now.answer = replace(answer, body=b"")  # only what it says of itself: a page is large
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Body(answer.body))


@dataclass(frozen=True, slots=True)
class _Body:
    """A whole body, as boto3 wants to read it."""

    content: bytes = field(repr=False)

    def stream(self, *_: object, **__: object) -> Any:
        yield self.content


def _as_it_is(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Take a large answer as plain JSON, and give boto3 an empty one to read."""
    if response_dict.get("status_code") != 200:
        return
    with suppress(ValueError, RecursionError):  # boto3 refuses then, in its own words
        customized_response_dict.update(json.loads(response_dict["body"], parse_constant=_no_number))
        response_dict["body"] = b"{}"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")
