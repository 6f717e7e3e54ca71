"""A real HTTP server on loopback that behaves as OpenAI's admin API does, faults on order included."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from console.simulator.faults import Fault, Faults
from console.simulator.openai import management, reports
from console.simulator.openai.organisation import Organisation, Project
from console.simulator.openai.reports import Query, RefusedError

ADMIN_PREFIX, PROJECT_PREFIX = "sk-admin-", "sk-proj-"
READ_USAGE, READ, WRITE = "api.usage.read", "api.management.read", "api.management.write"
EVERYTHING = frozenset({READ_USAGE, READ, WRITE})
_LARGEST_BODY, _HUGE = 1024 * 1024, 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AdminKey:
    secret: str
    scopes: frozenset[str] = EVERYTHING


@dataclass(slots=True)
class Simulator:
    """The provider. `admin_keys`: by name. `skew_s`: how far its clock tells another time than its own figures."""

    organisation: Organisation
    admin_keys: dict[str, AdminKey]
    faults: Faults = field(default_factory=Faults)
    old_rows: bool = False
    skew_s: float = 0.0
    closing: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter)
    """Requests by method and path."""

    def answer(self, method: str, path: tuple[str, ...], query: Query, headers: dict[str, str], body: Any) -> object:
        """The JSON body of a successful answer. Raises RefusedError."""
        if path[:1] != ("v1",):
            raise RefusedError(404, "Invalid URL")
        reads = READ_USAGE if path[2:3] in (("usage",), ("costs",)) else READ
        self._permit(headers, reads if method == "GET" else WRITE)
        with self.organisation.lock:
            return self._route(method, path[1:], query, body)

    def _permit(self, headers: dict[str, str], scope: str) -> None:
        given = headers.get("authorization", "").removeprefix("Bearer ")
        key = next((key for key in self.admin_keys.values() if key.secret == given), None)
        if key is None and not given.startswith(PROJECT_PREFIX):
            raise RefusedError(401, f"Incorrect API key provided: {given[:8]}***.", "invalid_api_key")
        if key is None or scope not in key.scopes:
            raise RefusedError(403, f"You have insufficient permissions for this operation. Missing scopes: {scope}.")

    def _route(self, method: str, path: tuple[str, ...], query: Query, body: Any) -> object:
        organisation = self.organisation
        match (method, *path):
            case ("GET", "organization", "usage", report) if report in reports.KINDS:
                return reports.usage(organisation, report, query, old_rows=self.old_rows)
            case ("GET", "organization", "costs"):
                return reports.costs(organisation, query)
            case ("GET", "organization", "projects"):
                return management.projects(organisation, query)
            case ("GET", "organization", "admin_api_keys"):
                return management.admin_keys(list(self.admin_keys), query)
            case (_, "organization", "projects", identifier, *rest):
                return self._of_project(method, management.project(organisation, identifier), tuple(rest), query, body)
        raise RefusedError(404, "Invalid URL")

    def _of_project(self, method: str, project: Project, rest: tuple[str, ...], query: Query,
                    body: Any) -> object:
        if method != "GET" and project.status != "active":
            raise RefusedError(400, f"The project {project.identifier} is archived.")
        organisation = self.organisation
        answers: dict[tuple[str, ...], Callable[[], object]] = {
            ("GET",): lambda: management.shown(project),
            ("GET", "api_keys"): lambda: management.keys(project, query),
            ("GET", "spend_limit"): lambda: management.spend_limit(organisation, project),
            ("POST", "spend_limit"): lambda: management.set_spend_limit(organisation, project, body),
            ("DELETE", "spend_limit"): lambda: management.no_spend_limit(organisation, project),
            ("GET", "rate_limits"): lambda: management.rate_limits(project, query),
            ("GET", "model_permissions"): lambda: management.model_permissions(project),
            ("POST", "model_permissions"): lambda: management.set_model_permissions(organisation, project, body),
            ("DELETE", "model_permissions"): lambda: management.no_model_permissions(organisation, project),
        }
        if (method, *rest[:1]) == ("POST", "rate_limits") and len(rest) == 2:
            return management.set_rate_limit(organisation, project, rest[1], body)
        if (method, *rest[:1]) == ("GET", "api_keys") and len(rest) == 2:
            return management.one_key(project, rest[1])
        answer = answers.get((method, *rest))
        if answer is None:
            raise RefusedError(404, "Invalid URL")
        return answer()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        simulator = self.server.simulator
        return format_datetime(simulator.organisation.clock.now() + timedelta(seconds=simulator.skew_s), usegmt=True)

    def _serve(self) -> None:
        simulator, address = self.server.simulator, urlsplit(self.path)
        simulator.asked[f"{self.command} {address.path}"] += 1
        fault = simulator.faults.take(self.command, address.path)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(address.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        path = tuple(unquote(part) for part in address.path.split("/") if part)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = self._body()
            answer = _with_fault(fault, lambda: simulator.answer(self.command, path, query, headers, body),
                                 simulator.closing)
            self._send(200, answer, {}, fault)
        except RefusedError as error:
            said = {"message": str(error), "type": "invalid_request_error", "param": None, "code": error.code}
            self._send(error.status, {"error": said}, error.headers, fault)

    def _body(self) -> Any:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            raise RefusedError(413, "The request is too large")
        raw = self.rfile.read(int(length))
        try:
            return json.loads(raw) if raw else None
        except ValueError:
            raise RefusedError(400, "We could not parse the JSON body of your request.") from None

    def _send(self, status: int, answer: object, headers: dict[str, str], fault: Fault | None) -> None:
        kind = fault.kind if fault else None
        if kind == "drop":
            self.close_connection = True
            return
        body = b" " * _HUGE if kind == "huge" else json.dumps(answer, separators=(",", ":")).encode()
        if kind == "malformed":
            body = body[:len(body) // 2]
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-request-id", f"req_{token_hex(8)}")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def _with_fault(fault: Fault | None, answer: Callable[[], object], closing: threading.Event) -> object:
    """The answer, or what the fault makes of it. Raises RefusedError."""
    match fault.kind if fault else None:
        case "429":
            raise RefusedError(429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after": "7"})
        case "429_no_retry":
            raise RefusedError(429, "You exceeded your organization spend limit.", "organization_spend_limit_exceeded")
        case "401":
            raise RefusedError(401, "Incorrect API key provided: sk-admin***.", "invalid_api_key")
        case "403":
            raise RefusedError(403, "You have insufficient permissions for this operation.")
        case "500" | "529":
            raise RefusedError(503, "The server is overloaded.")
        case "slow" if fault:
            closing.wait(fault.seconds)
    body = answer()
    if fault and isinstance(body, dict) and isinstance(data := body.get("data"), list):
        if fault.kind == "truncated_pages":
            return {**body, "data": data[:len(data) // 2], "has_more": False, "next_page": None}
        if fault.kind == "duplicate_buckets":
            return {**body, "data": data + data[-1:]}
    return body


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, simulator: Simulator) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.simulator = simulator

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


class RunningOpenAi:
    """A simulated OpenAI that serves from a thread. Use it as a context manager; `base_url` is where it listens."""

    def __init__(self, organisation: Organisation, *, port: int = 0, faults: tuple[Fault, ...] = ()) -> None:
        keys = {name: AdminKey(f"{ADMIN_PREFIX}{token_hex(16)}") for name in ("read", "kill")}
        self.simulator = Simulator(organisation, keys, Faults(faults))
        self._server = _Server(port, self.simulator)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02},
                                        name="simulated OpenAI", daemon=True)

    def key(self, name: str) -> str:
        """One of the admin keys: `read`, `kill`."""
        return self.simulator.admin_keys[name].secret

    def __enter__(self) -> RunningOpenAi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.simulator.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
