"""The renewal agent as a program: it asks its gate before each call, and tells the console of each by OTLP/HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from secrets import token_hex

from console.simulator.everywhere.catalogue import AGENT
from console.simulator.everywhere.exporting import Exporter
from console.simulator.everywhere.gate import Gate
from console.simulator.everywhere.home import part
from console.simulator.everywhere.living import Living
from console.simulator.everywhere.spans import action, loop_turn
from console.simulator.law import HOUR, MINUTE
from console.simulator.prices import ZERO, Amounts
from console.simulator.world import World

SOURCE, GATE = "otel", "gate"
_MOST_BEHIND_S = 600.0
"""What could not be told for so long is not told any more."""


class Agent:
    """Its usage is in Anthropic's reports too, since it calls with a key of the organisation."""

    def __init__(self, world: World, gates: Path) -> None:
        self.world = world
        self.serving = nullcontext()
        self._key = str(AGENT.key_id)
        world.keys[self._key].history.tail_s = 0.0  # it has no call in flight: none shows here before it has ended
        self._stream = next(each for each in world.meter.streams if each.profile.slug == AGENT.slug)
        self._gate = Gate(AGENT.slug, str(gates))
        self._open = True
        self._told = float(world.started)
        secret, port = token_hex(16), _free_port()
        self._exporter = Exporter(port, secret)
        self.living = Living(
            AGENT.slug, "OpenTelemetry traces",
            ({"name": SOURCE, "kind": "otel", "listen": f"127.0.0.1:{port}", "secret": "file:secrets/otel"},),
            ({"source": "anthropic", "api_key_id": self._key}, {"source": SOURCE, "service": AGENT.slug}),
            ({"kind": "gate", "source": GATE, "target": AGENT.slug},
             {"kind": "anthropic-api-key", "source": "anthropic", "target": self._key, "stage": 2, "after": "10m"}),
            {"secrets/otel": secret},
            ({"name": GATE, "kind": "gate", "path": gates.name},),
            {"kind": "gate", "source": GATE, "target": f"{AGENT.slug}-drills"})

    def pulse(self) -> None:
        now = self.world.now().timestamp()
        self._heed()
        if not self._open:
            self._told = now
            return
        spans = [span for minute in range(int(self._told) // MINUTE * MINUTE, int(now) + 1, MINUTE)
                 for span in self._spans(minute, now)]
        if not spans or self._exporter.export(spans):
            self._told = now
        self._told = max(self._told, now - _MOST_BEHIND_S)

    def _heed(self) -> None:
        found = self._gate.is_open()
        if found != self._open:
            self._open = found
            self.world.heed(self._key, open_=found)

    def _spans(self, minute: int, now: float) -> Iterator[dict[str, object]]:
        """Of the calls of a minute that ended since the last were told, and by now."""
        usual, looping = self._used(minute)
        for index, at, each in _calls(minute, usual):
            if self._told < at <= now:
                yield from action(minute, index, at, self._stream.model, each)
        for index, at, each in _calls(minute, looping):
            if self._told < at <= now:
                yield from loop_turn(minute, index, at, self._stream.model, each)

    def _used(self, minute: int) -> tuple[Amounts, Amounts]:
        meter, hour = self.world.meter, minute // HOUR * HOUR
        usual = meter.law.minutes(self._stream, hour)[(minute - hour) // MINUTE]
        incident = meter.incident
        if incident is None or not incident.touches(AGENT.slug, self._stream.model, minute, minute + MINUTE):
            return usual, ZERO
        with self.world.lock:
            return usual, incident.minute(meter.law.seed, minute, meter.histories[self._key])


def _calls(minute: int, used: Amounts) -> Iterator[tuple[int, float, Amounts]]:
    """Number, end and size of each call of a minute."""
    calls = used[6]
    for index in range(calls):
        yield index, minute + (index + 1) * MINUTE / (calls + 1), part(used, index, calls)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
