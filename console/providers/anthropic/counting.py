"""Tokens of a prompt as Anthropic counts them: `POST /v1/messages/count_tokens`, which costs nothing and runs nothing.

An endpoint of the Messages API: it takes a workspace's key (`sk-ant-api03-…`), and no admin key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from console.errors import ConsoleError
from console.http import BoundedClient, HttpFailure, check_url, parse_json
from console.model_names import bare
from console.providers.anthropic import BASE_URL
from console.providers.anthropic.errors import classify
from console.providers.anthropic.source import VERSION
from console.providers.shared.failures import from_http
from console.providers.source import Failure, SourceError

PATH = "v1/messages/count_tokens"
_MESSAGES = [{"role": "user", "content": "."}]
"""A request must have a message. What it comes to by itself is taken off again."""
_MOST = 2**31


class TokenCounter:
    """The count endpoint of one source. `key` gives the secret each time that one is needed."""

    def __init__(self, name: str, base_url: str | None, key: Callable[[], str], client: BoundedClient,
                 deadline_s: float = 20.0) -> None:
        self.name = name
        self._url = f"{(base_url or BASE_URL).rstrip('/')}/{PATH}"
        check_url(self._url)
        self._key, self._client, self._deadline_s = key, client, deadline_s

    async def of_nothing(self, model: str) -> int:
        """Input tokens of the message alone. Raises SourceError, as the others."""
        return await self._count(model, {})

    async def of_system(self, model: str, text: str) -> int:
        """With a text as its system prompt."""
        return await self._count(model, {"system": text})

    async def of_tools(self, model: str, tools: list[Any]) -> int:
        """With tool descriptions, as the API takes them."""
        return await self._count(model, {"tools": tools})

    async def _count(self, model: str, more: Mapping[str, object]) -> int:
        """By the name that Anthropic itself has for the model, whichever route the workload takes."""
        body = {"model": bare(model), "messages": _MESSAGES, **more}
        try:
            key = await asyncio.to_thread(self._key)
        except ConsoleError as error:
            raise SourceError(Failure.UNAUTHORISED, f"{self.name}: {error}") from error
        try:
            answer = await self._client.request("POST", self._url, {"x-api-key": key, "anthropic-version": VERSION},
                                                json=body, deadline_s=self._deadline_s)
            if answer.status in (401, 403):
                raise SourceError(Failure.UNAUTHORISED, f"{self.name}: the count endpoint refused the key "
                                  f"({answer.status}); give the source a count_secret, the key of a workspace "
                                  "(sk-ant-api03-...)")
            if answer.status != 200:
                raise classify(self.name, PATH, answer)
            told = parse_json(answer.body)
        except HttpFailure as error:
            raise from_http(self.name, error) from error
        counted = told.get("input_tokens") if isinstance(told, dict) else None
        if type(counted) is not int or not 0 <= counted < _MOST:
            raise SourceError(Failure.MALFORMED, f"{self.name}: {PATH} answered without a number of input_tokens")
        return counted
