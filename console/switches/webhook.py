"""A switch of the organisation's own (a gateway, a flag service): a signed POST, and a URL that tells the state."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypedDict, cast

from console.clock import epoch
from console.errors import ConsoleError
from console.http import Answer, BoundedClient, HttpFailure, Kind, parse_json
from console.kinds import SwitchKind, SwitchTools
from console.settings import SwitchSettings
from console.settings_reading import Table
from console.switches.shared.addresses import checked_address
from console.switches.shared.classify import classify, failed
from console.switches.switch import ActionClass, CallResult, Outcome, Switch, SwitchError, SwitchUnreachable, Verb

DEADLINE_S = 5.0
ANSWER_LIMIT = 64 * 1024


class Options(TypedDict):
    """What only a webhook's table has."""

    url: str
    state_url: str
    allow_private: bool
    propagation_s: int


class Webhook:
    """One `[[switches]]` table.

    POST `url` with {"target", "verb", "wanted", "intent_key"}; GET `state_url?target=...` answers
    {"target", "state"} with state `enabled` or `disabled`. Both carry X-Token-Console-Timestamp (seconds since 1970)
    and X-Token-Console-Signature: `sha256=` and the hex HMAC-SHA256 of timestamp + "." + body (empty for the GET).
    """

    kind = "webhook"

    def __init__(
        self,
        client: BoundedClient,
        settings: SwitchSettings,
        credential: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        self._options = cast(Options, settings.options)
        self.verbs = _verbs(self._options["propagation_s"])
        self._client = client
        self._settings = settings
        self._credential = credential
        self._now = now

    async def read(self, target: str) -> str:
        """The state that `state_url` tells for the target. Raises SwitchError."""
        try:
            answer = await self._send("GET", self._options["state_url"], b"", params=[("target", target)])
            document = parse_json(answer.body) if answer.status == 200 else None
        except HttpFailure as error:
            raise (SwitchError if error.kind is Kind.REFUSED else SwitchUnreachable)(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        if answer.status != 200:
            reason = f"the switch {self._settings.name} answered {answer.status} when asked for the state"
            raise (SwitchUnreachable if answer.status >= 500 or answer.status == 429 else SwitchError)(reason)
        if not isinstance(document, dict) or document.get("target") != target:
            raise SwitchUnreachable(f"the switch {self._settings.name} did not answer for {target}")
        state = document.get("state")
        if not isinstance(state, str) or not state:
            raise SwitchUnreachable(f"the switch {self._settings.name} told no state of {target}")
        return state[:64]

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """POST the wanted state. What the other side writes back is never shown, only its status."""
        body = json.dumps(
            {"target": target, "verb": verb.name, "wanted": verb.wanted, "intent_key": idempotency_key},
            separators=(",", ":"), sort_keys=True,
        ).encode()
        try:
            answer = await self._send("POST", self._options["url"], body, extra={"Idempotency-Key": idempotency_key})
        except HttpFailure as error:
            return failed(error)
        except ConsoleError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        detail = "" if answer.status < 300 else f"the switch {self._settings.name} answered {answer.status}"
        return classify(answer.status, detail, answer.headers.get("retry-after"))

    def is_own(self, target: str) -> bool:
        return False

    def by_hand(self, target: str, verb: Verb) -> str:
        return f"set {target} to {verb.wanted} in the system behind the switch {self._settings.name}"

    async def close(self) -> None:
        await self._client.close()

    async def _send(
        self,
        method: str,
        url: str,
        body: bytes,
        *,
        params: list[tuple[str, str]] | None = None,
        extra: dict[str, str] | None = None,
    ) -> Answer:
        address = await checked_address(url, allow_private=self._options["allow_private"])
        secret = await asyncio.to_thread(self._credential)
        timestamp = str(epoch(self._now()))
        headers = {
            "X-Token-Console-Timestamp": timestamp,
            "X-Token-Console-Signature": sign(secret, timestamp, body),
            **(extra or {}),
        }
        if body:
            headers["Content-Type"] = "application/json"
        return await self._client.request(method, url, headers, params=params, body=body or None,
                                          deadline_s=DEADLINE_S, limit=ANSWER_LIMIT, connect_to=address)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature that the other side computes again."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _verbs(propagation_s: float) -> dict[str, Verb]:
    read_back = "a GET of state_url tells the state"
    return {
        "disable": Verb("disable", "disabled", ActionClass.DISABLE, True, propagation_s, read_back=read_back),
        "enable": Verb("enable", "enabled", ActionClass.DISABLE, True, propagation_s, read_back=read_back),
    }


def _options(table: Table) -> Mapping[str, object]:
    private = table.flag("allow_private", False)
    return Options(
        url=table.url("url", http_on_loopback=private),
        state_url=table.url("state_url", http_on_loopback=private),
        allow_private=private,
        propagation_s=table.seconds("propagation", "30s", "1s", "1h"),
    )


def _build(settings: SwitchSettings, tools: SwitchTools) -> Switch:
    return Webhook(tools.client, settings, tools.credential, tools.now)


KIND = SwitchKind("webhook", None, _verbs(30.0), _build, _options)
