"""Anthropic's API-key endpoints on loopback: keys with a state, faults on request, and a record of every write."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.support.http_server import Asked, Reply, Server, json_reply, serving

PREFIX = "/v1/organizations/api_keys/"
KILL_SECRET = "sk-ant-admin01-kill-secret-of-tests"


@dataclass
class Keys:
    """What the simulated organisation holds, and how it misbehaves."""

    states: dict[str, str]
    hints: dict[str, str] = field(default_factory=dict)
    write_status: list[int] = field(default_factory=list)
    """Statuses that the next writes are answered with; an error status leaves the key as it was."""
    deaf: bool = False
    """Writes are accepted and change nothing."""
    silent: bool = False
    """Writes take effect, and their answer never comes."""
    answer_after_s: float = 0.0
    """Writes take effect at once, and are answered so many seconds later."""
    shown_after_s: float = 0.0
    """A write is accepted at once, and its effect is seen so many seconds later."""
    read_status: int = 200
    before_reading: Callable[[], object] = lambda: None
    """Called, once, before the first read is answered: what somebody does meanwhile."""
    server: Server | None = None

    @property
    def writes(self) -> list[Asked]:
        """Every POST that arrived."""
        assert self.server is not None
        return [asked for asked in self.server.asked if asked.method == "POST"]

    @property
    def url(self) -> str:
        assert self.server is not None
        return self.server.url

    def answer(self, asked: Asked) -> Reply:
        identifier = unquote(asked.path.removeprefix(PREFIX))
        if asked.headers.get("x-api-key") != KILL_SECRET:
            return _error(401, "authentication_error", "invalid x-api-key")
        if identifier not in self.states:
            return _error(404, "not_found_error", f"no key {identifier}")
        if asked.method == "GET":
            meanwhile, self.before_reading = self.before_reading, lambda: None
            meanwhile()
            if self.read_status != 200:
                return _error(self.read_status, "api_error", "down")
            return self._object(identifier)
        return self._write(identifier, json.loads(asked.body))

    def _write(self, identifier: str, body: dict[str, str]) -> Reply:
        status = self.write_status.pop(0) if self.write_status else 200
        if status != 200:
            return _error(status, "api_error", f"fault {status}")
        if self.shown_after_s:
            threading.Timer(self.shown_after_s, self.states.__setitem__, (identifier, body["status"])).start()
        elif not self.deaf:
            self.states[identifier] = body["status"]
        if self.silent or self.answer_after_s:
            assert self.server is not None
            self.server.stopping.wait(self.answer_after_s or 30)
        return self._object(identifier)

    def _object(self, identifier: str) -> Reply:
        return json_reply({"id": identifier, "type": "api_key", "name": identifier, "status": self.states[identifier],
                           "partial_key_hint": self.hints.get(identifier)})


@contextmanager
def key_server(**states: str) -> Iterator[Keys]:
    """Serve these keys (identifier to status) until the block ends."""
    keys = Keys(dict(states))
    with serving(keys.answer) as server:
        keys.server = server
        yield keys


def _error(status: int, kind: str, message: str) -> Reply:
    return json_reply({"type": "error", "error": {"type": kind, "message": message}}, status)
