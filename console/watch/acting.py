"""Asking a switch once, and reading back what came of it. Knows nothing of rows: a dry run takes the same way."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from console.clock import Clock
from console.switches.switch import CallResult, Outcome, Switch, SwitchError, SwitchUnreachable, Verb

MAX_ATTEMPTS = 5
READ_DEADLINE_S = 10.0
DOUBT_S = 2.0
"""How long to look for an effect before the same write is repeated with the same key."""

_WAITS = (0.2, 0.4, 0.8, 1.5)
_LONG_WAIT = 2.0
_JITTER = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the read-back shows: the state last seen, or why none could be."""

    state: str | None
    satisfied: bool
    error: str | None = None
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call and its read-back: how the step stands after it."""

    state: str
    """done, refused, unknown."""
    after: str | None
    error: str | None = None
    again: bool = False
    """No answer came and nothing was seen: the same request may be repeated with the same key."""
    retry_after_s: float = 0.0


async def call(switch: Switch, target: str, verb: Verb, key: str, deadline_s: float) -> CallResult:
    """Ask once, within a total deadline. An answer that never came is unknown, never failed."""
    try:
        async with asyncio.timeout(deadline_s):
            return await switch.act(target, verb, key)
    except TimeoutError:
        return CallResult(Outcome.UNKNOWN, f"no answer within {deadline_s:g} s")


async def look_once(switch: Switch, target: str, verb: Verb) -> Seen:
    """Read the state now."""
    try:
        async with asyncio.timeout(READ_DEADLINE_S):
            state = await switch.read(target)
    except TimeoutError:
        return Seen(None, False, f"no answer within {READ_DEADLINE_S:g} s", unreachable=True)
    except SwitchError as error:
        return Seen(None, False, str(error), unreachable=isinstance(error, SwitchUnreachable))
    return Seen(state, verb.satisfied_by(state))


async def read_back(
    switch: Switch, target: str, verb: Verb, within_s: float, clock: Clock, *, while_reachable: bool = False
) -> Seen:
    """Read until the wanted state is seen or so many seconds of waiting are over; at least once.

    while_reachable: give up at once where the provider gives no usable answer.
    """
    waited, number = 0.0, 0
    seen = await look_once(switch, target, verb)
    while not seen.satisfied and waited < within_s and not (while_reachable and seen.unreachable):
        wait = _WAITS[number] if number < len(_WAITS) else _LONG_WAIT
        number, waited = number + 1, waited + wait
        await clock.sleep(wait)
        seen = await look_once(switch, target, verb)
    return seen


async def verify(switch: Switch, target: str, verb: Verb, answer: CallResult, clock: Clock) -> Attempt:
    """What the answer and the read-back say together. Done is only what was read back."""
    patience = {Outcome.ACCEPTED: verb.propagation_s, Outcome.UNKNOWN: min(DOUBT_S, verb.propagation_s),
                Outcome.REFUSED: 0.0}[answer.outcome]
    seen = await read_back(switch, target, verb, patience, clock, while_reachable=answer.outcome is Outcome.UNKNOWN)
    if seen.satisfied:
        return Attempt("done", seen.state)
    if answer.outcome is Outcome.REFUSED:
        return Attempt("refused", seen.state, answer.detail)
    if answer.outcome is Outcome.ACCEPTED:
        return Attempt("unknown", seen.state, _not_seen(seen, verb))
    return Attempt("unknown", seen.state, answer.detail, again=True, retry_after_s=answer.retry_after_s or 0.0)


def pause_s(attempt: int, at_least: float) -> float:
    """Full jitter before the next attempt (1, 2, 4, … s at most), never less than the provider asked for."""
    return max(at_least, _JITTER.uniform(0.0, min(60.0, float(2 ** (attempt - 1)))))


def _not_seen(seen: Seen, verb: Verb) -> str:
    if seen.state is None:
        return f"the provider accepted it, but its state could not be read back: {seen.error}"
    return (f"the provider accepted it, but {verb.propagation_s:g} s later it still shows {seen.state} "
            f"instead of {verb.wanted}")
