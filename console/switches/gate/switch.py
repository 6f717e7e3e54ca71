"""The gate as a switch: `closed` stops, `open` lets pass, and the file is read back."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable
from datetime import datetime

from console.errors import NotPermitted
from console.switches.gate import file
from console.switches.gate.options import GateOptions
from console.switches.switch import ActionClass, CallResult, Outcome, SwitchError, Verb
from console.text import clean

ABSENT, CLOSING = "absent", "closing"
"""No file was ever written; the file says closed, and the client that must acknowledge it has not."""

FILE_S = 1.0
"""A client that reads the file sees it at its next call."""
ACKNOWLEDGED_S = 60.0
"""How long to wait for a client that must acknowledge; it does so at its next call."""


def verbs(patience_s: float) -> dict[str, Verb]:
    """What a gate can do. patience_s: how long a program may take until it heeds that the gate is closed."""
    told = "the file is read again, and with acknowledge = true the word of a client"
    return {
        "disable": Verb("disable", file.CLOSED, ActionClass.DISABLE, reversible=True, propagation_s=patience_s,
                        read_back=told, goes_on="calls that are under way, and programs that do not ask the gate"),
        "enable": Verb("enable", file.OPEN, ActionClass.DISABLE, reversible=True, propagation_s=FILE_S,
                       read_back=told),
    }


class Gate:
    """The gates of one `[[switches]]` table.

    rehearsal: a dry run; nothing is written.
    """

    kind = "gate"

    def __init__(self, options: GateOptions, now: Callable[[], datetime], *, rehearsal: bool = False) -> None:
        self.verbs = verbs(ACKNOWLEDGED_S if options.acknowledge else FILE_S)
        self._options = options
        self._now = now
        self._rehearsal = rehearsal

    async def read(self, target: str) -> str:
        """open, closed, closing, or absent where no file was ever written. Raises SwitchError."""
        return await asyncio.to_thread(self._read, _checked(target))

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Replace the file. What failed without doubt left the old one."""
        if wrong := file.check_target(target):
            return CallResult(Outcome.REFUSED, f"{clean(target, 80)!r} {wrong}")
        path = file.path_of(self._options.folder, target)
        if self._rehearsal:
            return CallResult(Outcome.REFUSED, f"dry run, not written: {path} {verb.wanted}")
        try:
            await asyncio.to_thread(file.turn, self._options.folder, target, verb.wanted, idempotency_key, self._now())
        except (NotPermitted, PermissionError) as error:
            return CallResult(Outcome.REFUSED, f"{path} was not written: {error}")
        except OSError as error:
            return CallResult(Outcome.UNKNOWN, f"{path} was not written for sure: {error.strerror}")
        return CallResult(Outcome.ACCEPTED)

    def is_own(self, target: str) -> bool:
        return False

    def by_hand(self, target: str, verb: Verb) -> str:
        """The file, beside and then renamed, as a person would write it in one line."""
        path = file.path_of(self._options.folder, target)
        content = f'{{"target":"{target}","state":"{verb.wanted}","since":"","key":"by hand"}}'
        beside = shlex.quote(f"{path}.new")
        return f"echo {shlex.quote(content)} > {beside} && mv {beside} {shlex.quote(str(path))}"

    async def close(self) -> None:
        """Nothing is held open."""

    def _read(self, target: str) -> str:
        try:
            turn = file.read(self._options.folder, target)
        except file.GateUnreadable as error:
            raise SwitchError(f"the gate of {target} is not readable: {error}") from error
        if turn is None:
            return ABSENT
        if turn.state == file.CLOSED and self._options.acknowledge:
            word = file.heeded(self._options.folder, target)
            return file.CLOSED if word is not None and word.key == turn.key else CLOSING
        return turn.state


def _checked(target: str) -> str:
    if wrong := file.check_target(target):
        raise SwitchError(f"{clean(target, 80)!r} {wrong}; correct it in the MBOM")
    return target
