"""The treaty reader behind a LiteLLM gateway: a virtual key, and a row of the spend log for each call."""

from __future__ import annotations

from decimal import Decimal
from secrets import token_hex

from console.clock import Clock
from console.simulator.everywhere.catalogue import DAYS, TREATIES
from console.simulator.everywhere.home import minute_of, obey, part, world_of
from console.simulator.everywhere.living import Living, source
from console.simulator.law import HOUR, MINUTE
from console.simulator.litellm.gateway import ADMIN, VIEWER, Call, Gateway, Key, hash_of
from console.simulator.litellm.server import RunningGateway
from console.simulator.prices import PICO, Amounts, cost
from console.simulator.stories import Story

NAME = "gateway"
_MODEL = TREATIES.models[0][0]


class BehindGateway:
    """The key says whether it is blocked; the world follows it."""

    def __init__(self, story: Story, seed: int, clock: Clock) -> None:
        self.world = world_of(TREATIES, story, seed, clock)
        self._token = token = str(TREATIES.key_id)
        secrets = {purpose: f"sk-{token_hex(16)}" for purpose in ("read", "kill")}
        self._gateway = Gateway({secrets["read"]: VIEWER, secrets["kill"]: ADMIN})
        self._gateway.keys = {token: Key(token, TREATIES.key_name)} | {
            hash_of(secret): Key(hash_of(secret), f"console-{purpose}") for purpose, secret in secrets.items()}
        self._until = (self.world.started - DAYS * 24 * HOUR) // HOUR * HOUR
        self._minutes(self.world.started)
        self.serving = running = RunningGateway(self._gateway, clock)
        table, files = source(NAME, "litellm", running.base_url)
        self.living = Living(
            TREATIES.slug, "LiteLLM gateway", (table,), ({"source": NAME, "api_key_id": token},),
            ({"kind": "litellm-key", "source": NAME, "target": token},),
            {file: secrets[purpose] for purpose, file in files.items()})

    def pulse(self) -> None:
        obey(self.world, self._token, stopped=self._gateway.keys[self._token].blocked)
        self._minutes(self.world.now().timestamp())

    def _minutes(self, now: float) -> None:
        while self._until + MINUTE <= now:
            used = minute_of(self.world, self._until)
            self._gateway.log(*(self._row(self._until, index, used) for index in range(used[6])))
            self._until += MINUTE

    def _row(self, minute: int, index: int, used: Amounts) -> Call:
        uncached, written, _, read, output, _, _ = each = part(used, index, used[6])
        return Call(f"msg_{minute}{index:03}", minute + (index + 0.5) * MINUTE / used[6], self._token,
                    f"anthropic/{_MODEL}", group="opus", prompt=uncached + written + read, completion=output,
                    cache_read=read, cache_write_5m=written,
                    spend=Decimal(cost(each, _MODEL, "standard", minute)) / PICO)
