"""A transport that lets reads through and refuses writes: a dry run is the real path up to the wire."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping, Sequence

from console.http import DEADLINE_S, LIMIT_BYTES, Answer, BoundedClient, HttpFailure, Kind


class Rehearsal(BoundedClient):
    """A client whose writes are kept in `unsent` instead of being sent."""

    writes = False

    def __init__(self, *, ca_file: str | None = None) -> None:
        super().__init__(ca_file=ca_file)
        self.unsent: list[str] = []
        """Method, address and body of each write, without headers: they hold the secret."""

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] | None = None,
        json: object = None,
        body: bytes | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        limit: int = LIMIT_BYTES,
        connect_to: str | None = None,
    ) -> Answer:
        if method != "GET":
            content = jsonlib.dumps(json, separators=(",", ":")) if json is not None else (body or b"").decode()
            self.unsent.append(f"{method} {url} {content}")
            raise HttpFailure(Kind.REFUSED, f"dry run, not sent: {method} {url} {content}")
        return await super().request(method, url, headers, params, json, body, deadline_s=deadline_s, limit=limit,
                                     connect_to=connect_to)
