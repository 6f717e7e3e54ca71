"""A real HTTP server on loopback that behaves as Anthropic's Admin API does, in the time of a story."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import unquote, urlsplit

from console.clock import Clock, from_epoch, rfc3339
from console.simulator import analytics, counting, directory, rate_limits, reports
from console.simulator import query as ask
from console.simulator.answers import RefusedError, Reply
from console.simulator.catalogue import ORGANISATION_ID
from console.simulator.faults import Fault, Faults
from console.simulator.meter import Delays
from console.simulator.query import Query
from console.simulator.stories import Story
from console.simulator.world import World

ADMIN_PREFIX = "sk-ant-admin01-"
_VERSIONS = (directory.OLD_VERSION, directory.NEW_VERSION)
_LARGEST_BODY = 1024 * 1024
_HUGE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole."""

    method: str
    parts: tuple[str, ...]
    """The path, split at its slashes and decoded."""
    path: str
    query: Query
    headers: dict[str, str]
    """Names in lower case."""
    body: Any
    """The JSON of the body; None where there is none."""

    @property
    def version(self) -> str:
        return self.headers["anthropic-version"]

    @property
    def betas(self) -> Sequence[str]:
        return [beta.strip() for beta in self.headers.get("anthropic-beta", "").split(",")]


@dataclass(slots=True)
class Simulator:
    """The provider: answers requests about one world. `admin_keys` maps a name to the key itself."""

    world: World
    admin_keys: dict[str, str]
    faults: Faults = field(default_factory=Faults)
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> object:
        """The JSON body of a successful answer. Raises RefusedError."""
        if request.parts[:1] == ("simulator",):
            return self._control(request)
        if (request.method, *request.parts) == ("POST", *counting.PATH):
            return counting.count(request.headers, request.body)
        self._count(request, self._credential(request))
        if request.headers.get("anthropic-version") not in _VERSIONS:
            raise RefusedError(400, "anthropic-version: header is required")
        with self.world.lock:
            return self._route(request)

    def _credential(self, request: Request) -> str:
        given = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        for name, key in self.admin_keys.items():
            if given == key:
                return name
        if given.startswith(counting.KEY_PREFIX):
            raise RefusedError(403, "This endpoint requires an Admin API key.")
        raise RefusedError(401, "invalid x-api-key")

    def _count(self, request: Request, credential: str) -> None:
        with self.world.lock:
            requests = self.world.requests
            requests.count += 1
            requests.by_path[request.path] += 1
            requests.by_credential[credential] += 1
            if request.method == "POST":
                requests.posts.append({
                    "at": rfc3339(self.world.now()), "path": request.path, "body": request.body,
                    "credential": credential, "idempotency_key": request.headers.get("idempotency-key")})

    def _route(self, request: Request) -> object:
        world, query, version = self.world, request.query, request.version
        now = world.now().timestamp()
        match (request.method, *request.parts):
            case ("GET", "v1", "organizations", "me"):
                return directory.organisation()
            case ("GET", "v1", "organizations", "usage_report", "messages"):
                return reports.usage_report(world.meter, query, now, request.betas)
            case ("GET", "v1", "organizations", "analytics", "cost"):
                return analytics.cost(world.meter, query, now, request.betas)
            case ("GET", "v1", "organizations", "cost_report"):
                return reports.cost_report(world.meter, query, now)
            case ("GET", "v1", "organizations", "api_keys"):
                return directory.list_keys(world, query, version)
            case ("GET", "v1", "organizations", "api_keys", identifier):
                return directory.get_key(world, identifier, version)
            case ("POST", "v1", "organizations", "api_keys", identifier):
                return directory.update_key(world, identifier, request.body, version)
            case ("GET", "v1", "organizations", "workspaces"):
                return directory.list_workspaces(world, query)
            case ("GET", "v1", "organizations", "workspaces", identifier):
                return directory.get_workspace(world, identifier)
            case ("GET", "v1", "organizations", "rate_limits"):
                return rate_limits.of_organisation(query, version)
            case ("GET", "v1", "organizations", "workspaces", identifier, "rate_limits"):
                return rate_limits.of_workspace(world, identifier, query)
            case ("POST", "v1", "organizations", "workspaces", identifier, "rate_limits", limit):
                return rate_limits.override(world, identifier, limit, request.body)
        raise RefusedError(404, "Not Found")

    def _control(self, request: Request) -> object:
        match (request.method, *request.parts):
            case ("GET", "simulator", "state"):
                until = ask.instant(request.query, "until")
                return self.world.state(None if until is None else from_epoch(until))
            case ("POST", "simulator", "faults"):
                try:
                    self.faults.order(Fault(**request.body))
                except (TypeError, ValueError) as error:
                    raise RefusedError(400, str(error)) from None
                return {"ordered": request.body}
            case ("DELETE", "simulator", "faults"):
                self.faults.clear()
                return {}
        raise RefusedError(404, "Not Found")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def log_message(self, *_: object) -> None:
        """Say nothing: whoever wants to know asks for the state."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` header tells the story's time, not the machine's."""
        return format_datetime(self.server.simulator.world.now(), usegmt=True)

    def _serve(self, method: str) -> None:
        request_id = f"req_{token_hex(12)}"
        address = urlsplit(self.path)
        fault = None if address.path.startswith("/simulator") else self.server.simulator.faults.take(method,
                                                                                                     address.path)
        try:
            request = Request(method, tuple(unquote(part) for part in address.path.split("/") if part), address.path,
                              ask.parse(address.query), {k.lower(): v for k, v in self.headers.items()}, self._body())
            reply = _with_fault(fault, lambda: self.server.simulator.answer(request), self.server.simulator.closing)
        except RefusedError as error:
            reply = error.reply(request_id)
        self._send(reply, request_id, fault)

    def _body(self) -> Any:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            raise RefusedError(413, "Request exceeds the maximum size")
        raw = self.rfile.read(int(length))
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise RefusedError(400, "body: Input should be valid JSON") from None

    def _send(self, reply: Reply, request_id: str, fault: Fault | None) -> None:
        kind = fault.kind if fault else None
        if kind == "drop":
            self.close_connection = True
            return
        body = b" " * _HUGE if kind == "huge" else json.dumps(reply.body, separators=(",", ":")).encode()
        if kind == "malformed":
            body = body[:len(body) // 2]
        self.send_response(reply.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("request-id", request_id)
        self.send_header("anthropic-organization-id", ORGANISATION_ID)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def _with_fault(fault: Fault | None, answer: Callable[[], object], closing: threading.Event) -> Reply:
    """The answer, or what the fault makes of it. Raises RefusedError."""
    kind = fault.kind if fault else None
    if kind == "429":
        raise RefusedError(429, "Number of requests has exceeded your rate limit.", {"retry-after": "2"})
    if kind == "429_no_retry":
        raise RefusedError(429, "You have reached your enforced spend limit.", code="enforced_spend_limit_reached")
    if kind in ("401", "403", "500", "529"):
        words = {"401": "invalid x-api-key", "403": "missing scope", "500": "Internal server error",
                 "529": "Overloaded"}
        raise RefusedError(int(kind), words[kind])
    if kind == "slow" and fault:
        closing.wait(fault.seconds)
    body = answer()
    if kind in ("truncated_pages", "duplicate_buckets") and isinstance(body, dict) and isinstance(body["data"], list):
        data = body["data"]
        if kind == "truncated_pages":
            body = {**body, "data": data[:len(data) // 2], "has_more": False, "next_page": None}
        else:
            body = {**body, "data": data + data[-1:]}
    return Reply(200, body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, simulator: Simulator) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.simulator = simulator

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


class RunningSimulator:
    """A simulator that serves from a thread. Use it as a context manager; `base_url` is where it listens."""

    def __init__(self, story: Story, *, clock: Clock, seed: int = 1, port: int = 0, delays: Delays | None = None,
                 admin_keys: dict[str, str] | None = None, faults: tuple[Fault, ...] = ()) -> None:
        self.admin_keys = admin_keys or {name: f"{ADMIN_PREFIX}{token_hex(16)}" for name in ("read", "kill")}
        self.simulator = Simulator(World(story, seed, clock, delays), self.admin_keys, Faults(faults))
        self._server = _Server(port, self.simulator)
        self.port = int(self._server.server_address[1])
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05},
                                        name="simulator", daemon=True)

    @property
    def world(self) -> World:
        return self.simulator.world

    def __enter__(self) -> RunningSimulator:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.simulator.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
