"""Asking OpenAI's admin API to change a project: one read, one write, and a refusal that names what is missing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from console.errors import ConsoleError
from console.http import Answer, BoundedClient, HttpFailure, Kind, parse_json
from console.kinds import SwitchTools
from console.settings import SourceSettings
from console.switches.shared.classify import classify, failed
from console.switches.switch import CallResult, Outcome, SwitchError, SwitchUnreachable
from console.text import clean

BASE_URL = "https://api.openai.com/v1"
READ_DEADLINE_S, WRITE_DEADLINE_S = 8.0, 15.0
ANSWER_LIMIT = 1024 * 1024
MOST_PAGES = 100
PROPAGATION_S = 300.0
"""OpenAI says that limits are not enforced at once, and not how soon: minutes are assumed."""
GOES_ON = "calls that are running, queued batches, and whatever comes through before the limit is enforced"

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_SECRET = re.compile(r"\bsk-[A-Za-z0-9_-]{6,}")


class OpenAiAdmin:
    """One organisation with the credential that may change its projects."""

    def __init__(self, client: BoundedClient, credential: Callable[[], str], base_url: str | None,
                 variable: str = "KILL_KEY") -> None:
        self._client = client
        self._credential = credential
        self._base_url = (base_url or BASE_URL).rstrip("/")
        self._variable = variable

    @classmethod
    def of(cls, settings: SourceSettings, tools: SwitchTools) -> OpenAiAdmin:
        """The organisation of a `[[sources]]` table."""
        reference = settings.kill_reference or ""
        variable = reference.removeprefix("env:") if reference.startswith("env:") else "KILL_KEY"
        return cls(tools.client, tools.credential, settings.base_url, variable)

    async def read(self, project: str, what: str, params: list[tuple[str, str]] | None = None) -> dict[str, Any] | None:
        """An object of a project; None where there is none (404). Raises SwitchError."""
        try:
            headers = await self._headers()
            answer = await self._client.request("GET", self._url(project, what), headers, params,
                                                deadline_s=READ_DEADLINE_S, limit=ANSWER_LIMIT)
            if answer.status == 404:
                return None
            if answer.status != 200:
                raise (SwitchUnreachable if answer.status >= 500 or answer.status == 429 else SwitchError)(said(answer))
            document = parse_json(answer.body)
        except HttpFailure as error:
            raise (SwitchError if error.kind is Kind.REFUSED else SwitchUnreachable)(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        if not isinstance(document, dict):
            raise SwitchUnreachable("OpenAI's answer is not an object")
        return document

    async def status(self, project: str) -> str:
        """Whether a project is active or archived. Raises SwitchError where there is none of that name."""
        document = await self.read(project, "")
        if document is None:
            raise SwitchError(f"OpenAI has no project {project}; correct the target in the MBOM")
        if document.get("id") != project or not isinstance(document.get("status"), str):
            raise SwitchUnreachable("OpenAI answered with another project than the one asked for")
        return str(document["status"])[:64]

    async def write(self, method: str, project: str, what: str, body: object, key: str) -> CallResult:
        """One write. Never raises for an answer: it classifies it."""
        try:
            headers = await self._headers() | {"Idempotency-Key": key}
            answer = await self._client.request(method, self._url(project, what), headers, json=body,
                                                deadline_s=WRITE_DEADLINE_S, limit=ANSWER_LIMIT)
        except HttpFailure as error:
            return failed(error)
        except (ConsoleError, SwitchError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        return classify(answer.status, "" if answer.status < 300 else said(answer), answer.headers.get("retry-after"))

    def curl(self, method: str, project: str, what: str, body: str = "") -> str:
        """The request as a person would send it, with the secret left to the shell."""
        data = f" -H 'content-type: application/json' -d '{body}'" if body else ""
        return (f"curl -X {method} {self._url(project, what)} -H \"authorization: Bearer ${self._variable}\"{data}")

    async def close(self) -> None:
        await self._client.close()

    async def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {await asyncio.to_thread(self._credential)}"}

    def _url(self, project: str, what: str) -> str:
        if not _IDENTIFIER.fullmatch(project):
            raise SwitchError(f"{project[:80]!r} is not a project's identifier (proj_...); correct it in the MBOM")
        return f"{self._base_url}/organization/projects/{quote(project, safe='')}{f'/{what}' if what else ''}"


def check_project(target: str) -> str | None:
    """What is wrong with a target that is a project."""
    return None if _IDENTIFIER.fullmatch(target) else "is not a project: write proj_... as the dashboard shows it"


def check_model(target: str) -> str | None:
    """What is wrong with a target that is a model of a project."""
    project, _, model = target.partition("/")
    fits = _IDENTIFIER.fullmatch(project) and _MODEL.fullmatch(model)
    return None if fits else "is not a model of a project: write proj_.../gpt-6-sol"


def split(target: str) -> tuple[str, str]:
    """The project and the model of such a target. Raises SwitchError."""
    project, _, model = target.partition("/")
    if check_model(target) is not None:
        raise SwitchError(f"{target[:80]!r} is not PROJECT/MODEL; correct it in the MBOM")
    return project, model


def said(answer: Answer) -> str:
    """OpenAI's own reason, bounded and without any key, and which permission is missing where that is the reason."""
    try:
        document = parse_json(answer.body)
    except HttpFailure:
        document = None
    error = document.get("error", document) if isinstance(document, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    reason = clean(_SECRET.sub("sk-...", message[:2000]), 300) if isinstance(message, str) else "no readable reason"
    text = f"OpenAI answered {answer.status}: {reason}"
    if answer.status == 401:
        return f"{text}. Put a valid admin key (sk-admin-...) behind this source's kill_secret"
    if answer.status == 403:
        return (f"{text}. The permission api.management.write is missing: an owner of the organisation makes an admin "
                "key (sk-admin-...) that is restricted to “Projects: Write”, for this source's kill_secret alone")
    return text
