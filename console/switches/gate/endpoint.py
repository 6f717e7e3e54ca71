"""The gates over loopback HTTP, for clients that cannot see the files, and for their acknowledgements.

    GET  /v1/gates/TARGET           {"target", "open": true or false, "state", "since", "key"}
    POST /v1/gates/TARGET/heeded    {"key", "by"}: whoever this is acts by the turn that bears this key

The files stay the truth: each answer is read from them, and nothing is kept here.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn
from urllib.parse import unquote

from console.errors import NotPermitted
from console.http import HttpFailure, parse_json
from console.listening import Asked, Listener, Place, Refused, Reply
from console.switches.gate import file
from console.switches.gate.options import GateOptions
from console.text import clean

_PREFIX, _HEEDED = "/v1/gates/", "/heeded"
_LONGEST = 4096
_NO_STORE = {"cache-control": "no-store"}

log = logging.getLogger(__name__)


class GateEndpoint:
    """The endpoint of one `[[switches]]` table. `open` it, then it answers until it is closed."""

    def __init__(self, at: Place, options: GateOptions, now: Callable[[], datetime]) -> None:
        self._options = options
        self._now = now
        self._listener = Listener(at, self._answer, limit=_LONGEST)

    @property
    def port(self) -> int:
        return self._listener.port

    async def open(self) -> None:
        """Begin to answer. Raises OSError where the place cannot be listened at."""
        await self._listener.open()

    async def close(self) -> None:
        await self._listener.close()

    async def _answer(self, asked: Asked) -> Reply:
        if not _names_this_machine(asked.headers.get("host", "")):
            raise Refused(403, "ask for localhost by its name")  # a web page whose name was pointed here (rebinding)
        if not asked.path.startswith(_PREFIX):
            raise Refused(404, "ask for /v1/gates/TARGET")
        rest = unquote(asked.path.removeprefix(_PREFIX))
        heeding = rest.endswith(_HEEDED)
        target = rest.removesuffix(_HEEDED)
        if wrong := file.check_target(target):
            raise Refused(404, f"{clean(target, 80)!r} {wrong}")
        if heeding and asked.method == "POST":
            return await asyncio.to_thread(self._heed, target, asked.body)
        if not heeding and asked.method == "GET":
            return await asyncio.to_thread(self._tell, target)
        raise Refused(405, "a gate is asked with GET, and acknowledged with POST")

    def _tell(self, target: str) -> Reply:
        try:
            turn = file.read(self._options.folder, target)
        except file.GateUnreadable as error:
            log.warning("the gate of %s is not readable: %s", target, error)
            turn = None
        state = turn.state if turn else self._options.without_file
        said = {"target": target, "open": state == file.OPEN, "state": turn.state if turn else "absent",
                "since": turn.since if turn else None, "key": turn.key if turn else None}
        return Reply(200, json.dumps(said).encode(), headers=_NO_STORE)

    def _heed(self, target: str, body: bytes) -> Reply:
        key, by = _acknowledgement(body)
        try:
            turn = file.read(self._options.folder, target)
            if turn is None or turn.key != key:
                raise Refused(409, "the gate has turned since; ask for it again")
            before = file.heeded(self._options.folder, target)
            if before is None or before.key != key:  # the first word counts; each of a hundred workers may give one
                file.heed(self._options.folder, target, key, by, self._now())
        except (file.GateUnreadable, NotPermitted, OSError) as error:
            log.warning("the acknowledgement of %s could not be kept: %s", target, error)
            raise Refused(503, "it could not be kept; the log of the console says why", {"retry-after": "5"}) from error
        return Reply(204, headers=_NO_STORE)


def _acknowledgement(body: bytes) -> tuple[str, str]:
    def refuse() -> NoReturn:
        raise Refused(400, 'write {"key": "...", "by": "..."}, with the key that the gate told')

    try:
        said = parse_json(body)
    except HttpFailure:
        refuse()
    key, by = (said.get("key"), said.get("by")) if isinstance(said, dict) else (None, None)
    if not isinstance(key, str) or not isinstance(by, str) or not key or not by:
        refuse()
    return key[:200], clean(by, 100)


def _names_this_machine(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name in ("localhost", "127.0.0.1", "[::1]")
