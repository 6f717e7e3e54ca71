"""What is asked of Google's IAM by the switches, with the credential that may change it."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from console.errors import ConsoleError, ProviderUnreachable
from console.gcp.credential import READING, SWITCHING, Credential, email_of
from console.gcp.refusals import refusal_of
from console.http import Answer, HttpFailure, Kind, parse_json
from console.kinds import SwitchTools
from console.settings import SourceSettings
from console.switches.shared.classify import classify, failed
from console.switches.shared.google_permissions import mends
from console.switches.switch import CallResult, Outcome, SwitchError, SwitchUnreachable
from console.text import clean

BASE_URL = "https://iam.googleapis.com"
READ_DEADLINE_S, WRITE_DEADLINE_S = 8.0, 15.0
READER_S = 2.0
"""So long a kill waits to know the account that the machine reads with."""
ANSWER_LIMIT = 1024 * 1024

_OPERATION = re.compile(r"policies/[\w.%-]+/denypolicies/[\w.-]+/operations/[\w.-]+")
_LOOKS_S = (0.0, 0.5, 1.0)
"""Waits before an operation is asked for its end. One that takes longer is left to the read-back."""


class Iam:
    """IAM of the projects that a kill credential reaches. A `base_url` of the source stands for IAM's address too."""

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        self._client = tools.client
        self._tools = tools
        self._credential = Credential(tools.credential if settings.kill_reference else None, SWITCHING, tools.now)
        self._reads_by_machine = settings.secret is None
        standard = settings.base_url in (None, "https://monitoring.googleapis.com")
        self._base_url = BASE_URL if standard else (settings.base_url or "").rstrip("/")
        self._own: frozenset[str] | None = None
        self._reader: asyncio.Task[str | None] | None = None

    async def get(self, path: str) -> dict[str, Any] | None:
        """An object; None where there is none. Raises SwitchError."""
        try:
            answer = await self._asked("GET", path, None, READ_DEADLINE_S)
            document = parse_json(answer.body) if answer.status == 200 else None
        except HttpFailure as error:
            raise (SwitchError if error.kind is Kind.REFUSED else SwitchUnreachable)(str(error)) from error
        except ProviderUnreachable as error:
            raise SwitchUnreachable(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        if answer.status == 404:
            return None
        if answer.status != 200:
            unreachable = answer.status >= 500 or answer.status in (408, 429)
            raise (SwitchUnreachable if unreachable else SwitchError)(self._said("GET", path, answer))
        if not isinstance(document, dict):
            raise SwitchUnreachable("Google's answer is not an object")
        return document

    async def all_of(self, *paths: str) -> list[dict[str, Any] | None]:
        """`get` of several, side by side. Raises the SwitchError of the first of them that failed."""
        ends = await asyncio.gather(*map(self.get, paths), return_exceptions=True)
        if (failed := next((end for end in ends if isinstance(end, BaseException)), None)) is not None:
            raise failed
        return [end for end in ends if not isinstance(end, BaseException)]

    async def write(self, method: str, path: str, body: object) -> CallResult:
        """One write. Never raises for an answer: it classifies it."""
        try:
            answer = await self._asked(method, path, body, WRITE_DEADLINE_S)
        except HttpFailure as error:
            return failed(error)
        except ProviderUnreachable as error:  # no token could be had now: the same again may have one
            return CallResult(Outcome.UNKNOWN, f"nothing was sent: {error}")
        except ConsoleError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        if answer.status < 300:
            return await self._ended(answer)
        said = self._said(method, path, answer)
        if answer.status == 409 and refusal_of(answer.body).word == "ABORTED":  # changed by somebody meanwhile
            return CallResult(Outcome.UNKNOWN, said)
        return classify(answer.status, said, answer.headers.get("retry-after"))

    async def own(self) -> frozenset[str]:
        """The service accounts that the console works with: to stop one of them would lock it out."""
        if self._own is None:
            self._own = await asyncio.to_thread(lambda: frozenset(self._own_emails()))
        return self._own | await self._of_the_reader()

    def curl(self, method: str, path: str, body: object) -> str:
        """The request as a person would send it, who is signed in with gcloud."""
        data = ["-H", "content-type: application/json", "-d", json.dumps(body)] if body is not None else []
        asked = shlex.join(["curl", "-X", method, f"{self._base_url}/{path}", *data])
        return f'{asked} -H "authorization: Bearer $(gcloud auth print-access-token)"'

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        await self._client.close()

    async def _asked(self, method: str, path: str, body: object, deadline_s: float) -> Answer:
        """The answer; with a new token where the one that was kept is refused before its time."""
        kept = await asyncio.to_thread(self._credential.token)
        answer = await self._sent(method, path, body, deadline_s, kept)
        if answer.status != 401:
            return answer
        self._credential.forget()
        return await self._sent(method, path, body, deadline_s, await asyncio.to_thread(self._credential.token))

    async def _sent(self, method: str, path: str, body: object, deadline_s: float, token: str) -> Answer:
        return await self._client.request(
            method, f"{self._base_url}/{path}", self._credential.headers(token), json=body, deadline_s=deadline_s,
            limit=ANSWER_LIMIT)

    async def _ended(self, answer: Answer) -> CallResult:
        """How the operation that a write began ends, as far as it is seen soon. Without one it is accepted."""
        operation = _object(answer)
        name = operation.get("name")
        for wait_s in _LOOKS_S:
            if operation.get("done") or not isinstance(name, str) or not _OPERATION.fullmatch(name):
                break
            await asyncio.sleep(wait_s)
            with suppress(SwitchError):
                operation = await self.get(f"v2/{name}") or {}
        error = operation.get("error")
        if not isinstance(error, dict):
            return CallResult(Outcome.ACCEPTED)
        why = clean(str(error.get("message")), 300)
        return CallResult(Outcome.REFUSED, f"Google took it and then refused it: {why}")

    def _own_emails(self) -> Iterator[str]:
        try:
            mine = self._credential.email()
        except ProviderUnreachable as error:
            raise SwitchUnreachable(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        yield from (email for email in (mine, *map(email_of, self._tools.own())) if email)

    async def _of_the_reader(self) -> frozenset[str]:
        """The account that the machine reads with. Where it has none, that may take long to be seen."""
        if not self._reads_by_machine:
            return frozenset()
        if self._reader is None:
            self._reader = asyncio.create_task(asyncio.to_thread(self._reader_email))
        await asyncio.wait({self._reader}, timeout=READER_S)
        found = self._reader.result() if self._reader.done() else None
        return frozenset({found} if found else ())

    def _reader_email(self) -> str | None:
        with suppress(ConsoleError):  # what cannot be had now is not what a target is compared with
            return Credential(None, READING, self._tools.now).email()
        return None

    def _said(self, method: str, path: str, answer: Answer) -> str:
        """Google's own reason, bounded, and what mends it."""
        told = refusal_of(answer.body)
        hint = mends(method, path, answer.status, told, self._credential.account)
        return f"Google answered {answer.status}: {(told.message or 'no readable reason').rstrip('.')}.{hint}"


def _object(answer: Answer) -> dict[str, Any]:
    """What a write was answered with; nothing where it cannot be read."""
    with suppress(HttpFailure):
        document = parse_json(answer.body)
        return document if isinstance(document, dict) else {}
    return {}
