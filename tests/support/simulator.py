"""A simulator on a clock that tests move by hand, and a plain HTTP client for it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from console.clock import ManualClock
from console.simulator.faults import Fault
from console.simulator.meter import Delays
from console.simulator.server import RunningSimulator
from console.simulator.stories import story

VERSION = {"anthropic-version": "2023-06-01"}


@dataclass
class Reply:
    status: int
    body: Any
    headers: dict[str, str] = field(repr=False)


@dataclass
class Provider:
    """A running simulator, its clock, and requests with the reading key."""

    running: RunningSimulator
    clock: ManualClock

    def get(self, path: str, *params: tuple[str, str], headers: dict[str, str] | None = None) -> Reply:
        """GET below `/v1/organizations/`, or any path that begins with a slash."""
        return self.send("GET", path, *params, headers=headers)

    def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> Reply:
        key = {"x-api-key": self.running.admin_keys["kill"], **(headers or {})}
        return self.send("POST", path, body=body, headers=key)

    def send(self, method: str, path: str, *params: tuple[str, str], body: object = None,
             headers: dict[str, str] | None = None) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=30)
        given = {"x-api-key": self.running.admin_keys["read"], **VERSION, **(headers or {})}
        address = path if path.startswith("/") else f"/v1/organizations/{path}"
        if params:
            address += "?" + urlencode(params)
        try:
            connection.request(method, address, None if body is None else json.dumps(body),
                               {name: value for name, value in given.items() if value})
            answer = connection.getresponse()
            raw = answer.read()
            return Reply(answer.status, json.loads(raw), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            connection.close()

    def state(self) -> Any:
        return self.get("/simulator/state").body

    def set_status(self, key: str, status: str) -> Reply:
        return self.post(f"api_keys/{key}", {"status": status})


@contextmanager
def provider(name: str = "quiet-day", *, start: datetime | None = None, seed: int = 1, delays: Delays | None = None,
             faults: tuple[Fault, ...] = ()) -> Iterator[Provider]:
    """A simulator of the story on a clock that stands at the story's start until a test moves it."""
    chosen = story(name, start)
    clock = ManualClock(chosen.start)
    with RunningSimulator(chosen, clock=clock, seed=seed, delays=delays, faults=faults) as running:
        yield Provider(running, clock)
