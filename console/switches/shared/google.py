"""What is asked of Google's IAM by the switches, with the credential that may change it."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from console.errors import ConsoleError, ProviderUnreachable
from console.gcp.credential import SWITCHING, Credential, email_of
from console.gcp.options import PROJECT
from console.http import Answer, HttpFailure, Kind, parse_json
from console.kinds import SwitchTools
from console.settings import SourceSettings
from console.switches.shared.classify import classify, failed
from console.switches.switch import CallResult, Outcome, SwitchError, SwitchUnreachable
from console.text import clean

BASE_URL = "https://iam.googleapis.com"
READ_DEADLINE_S, WRITE_DEADLINE_S = 8.0, 15.0
ANSWER_LIMIT = 1024 * 1024

_EMAIL = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}@([a-z0-9.-]{1,120})")
_OF_PROJECT = ".iam.gserviceaccount.com"


class Iam:
    """IAM of the projects that a kill credential reaches. A `base_url` of the source stands for IAM's address too."""

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        self._client = tools.client
        self._tools = tools
        self._credential = Credential(tools.credential if settings.kill_reference else None, SWITCHING)
        standard = settings.base_url in (None, "https://monitoring.googleapis.com")
        self._base_url = BASE_URL if standard else (settings.base_url or "").rstrip("/")
        self._own: frozenset[str] | None = None

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
            raise (SwitchUnreachable if answer.status >= 500 or answer.status == 429 else SwitchError)(_said(answer))
        if not isinstance(document, dict):
            raise SwitchUnreachable("Google's answer is not an object")
        return document

    async def write(self, method: str, path: str, body: object) -> CallResult:
        """One write. Never raises for an answer: it classifies it."""
        try:
            answer = await self._asked(method, path, body, WRITE_DEADLINE_S)
        except HttpFailure as error:
            return failed(error)
        except (ConsoleError, SwitchError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        return classify(answer.status, "" if answer.status < 300 else _said(answer), answer.headers.get("retry-after"))

    async def own(self) -> frozenset[str]:
        """The service accounts that the console works with: to stop one of them would lock it out."""
        if self._own is None:
            self._own = await asyncio.to_thread(lambda: frozenset(self._own_emails()))
        return self._own

    def curl(self, method: str, path: str, body: object) -> str:
        """The request as a person would send it, who is signed in with gcloud."""
        data = ["-H", "content-type: application/json", "-d", json.dumps(body)] if body is not None else []
        asked = shlex.join(["curl", "-X", method, f"{self._base_url}/{path}", *data])
        return f'{asked} -H "authorization: Bearer $(gcloud auth print-access-token)"'

    async def close(self) -> None:
        await self._client.close()

    async def _asked(self, method: str, path: str, body: object, deadline_s: float) -> Answer:
        token = await asyncio.to_thread(self._credential.token)
        return await self._client.request(
            method, f"{self._base_url}/{path}", {"authorization": f"Bearer {token}"}, json=body, deadline_s=deadline_s,
            limit=ANSWER_LIMIT)

    def _own_emails(self) -> Iterator[str]:
        try:
            mine = self._credential.email()
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        yield from (email for email in (mine, *map(email_of, self._tools.own())) if email)


def check_target(target: str) -> str | None:
    """What is wrong with a target in the MBOM."""
    project, _, email = target.rpartition("/")
    found = _EMAIL.fullmatch(email)
    if found is None:
        return "is not a service account: write its e-mail, NAME@PROJECT.iam.gserviceaccount.com"
    if not project and not found[1].endswith(_OF_PROJECT):
        return f"does not say in which project it is: write PROJECT/{email}"
    return "names no project before the slash" if project and not PROJECT.fullmatch(project) else None


def parts(target: str) -> tuple[str, str]:
    """(project, e-mail) of a target. Raises SwitchError."""
    if (wrong := check_target(target)) is not None:
        raise SwitchError(f"{target[:80]!r} {wrong}")
    project, _, email = target.rpartition("/")
    return project or email.split("@", 1)[1].removesuffix(_OF_PROJECT), email


def account_path(target: str) -> str:
    """Where a service account is asked for."""
    project, email = parts(target)
    return f"v1/projects/{quote(project, safe='')}/serviceAccounts/{quote(email, safe='@')}"


def _said(answer: Answer) -> str:
    """Google's own reason, bounded, and which permission is missing where that is the reason."""
    try:
        document = parse_json(answer.body)
    except HttpFailure:
        document = None
    error = document.get("error") if isinstance(document, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    reason = clean(message, 300) if isinstance(message, str) else "no readable reason"
    hint = ""
    if answer.status == 401:
        hint = ". Put a valid key of a service account behind this source's kill_secret"
    elif answer.status == 403:
        hint = (". The kill credential lacks the permission: grant it a role with nothing but "
                "iam.serviceAccounts.get, .disable and .enable (for google-deny: roles/iam.denyAdmin)")
    return f"Google answered {answer.status}: {reason}{hint}"
