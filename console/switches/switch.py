"""What a switch is: it turns one thing off, on, and reads its state back. One file or folder here a kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, runtime_checkable


class ActionClass(StrEnum):
    """How far an act reaches (operations 2.3). K3 and K4 are never automatic."""

    NOTIFY = "K0"
    LIMIT = "K1"
    DISABLE = "K2"
    DELETE = "K3"
    ARCHIVE = "K4"


@dataclass(frozen=True, slots=True)
class Verb:
    """One declared act. The engine refuses any verb that a switch does not declare."""

    name: str
    """disable, enable."""
    wanted: str
    """The state that a read-back must show."""
    action_class: ActionClass
    reversible: bool
    propagation_s: float
    """How long the provider may take until the wanted state is seen."""
    as_good_as: tuple[str, ...] = ()
    """Other states in which the verb's purpose is served: an archived key is stopped too."""
    any_but: tuple[str, ...] = ()
    """Where given, every state but these serves: what else it says is shared with other targets."""
    impossible_from: tuple[str, ...] = ()
    """States that the verb cannot leave: an archived key is never enabled again."""
    read_back: str = ""
    """How its effect is read back, in words for people."""
    goes_on: str = ""
    """What may still run and cost after the state is as wanted, in words; empty where nothing is known to."""
    restores: bool = False
    """It puts back the state that was read before the kill, which is then `wanted` in its place."""

    def aiming_at(self, wanted: str | None) -> Verb:
        """The verb as it is carried out: one that restores wants what was there before."""
        return replace(self, wanted=wanted) if self.restores and wanted is not None else self

    def satisfied_by(self, state: str | None) -> bool:
        """Whether a read-back of `state` means that there is nothing left to do."""
        if state is None:
            return False
        return state == self.wanted or state in self.as_good_as or (bool(self.any_but) and state not in self.any_but)


class Outcome(StrEnum):
    """What the answer to a write says. Success is what the read-back shows, never this."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallResult:
    outcome: Outcome
    detail: str = ""
    retry_after_s: float | None = None
    """How long the provider asks to be left alone before the same again."""


class SwitchError(Exception):
    """The state could not be read. Never means that nothing happened. `str(error)` is for people."""


class SwitchUnreachable(SwitchError):
    """No usable answer came: a deadline, the network, a failing or overloaded provider."""


class Switch(Protocol):
    """One mechanism with the credential it needs."""

    kind: str
    verbs: dict[str, Verb]

    async def read(self, target: str) -> str:
        """The target's state now, in the switch's own words. Raises SwitchError."""

    def is_own(self, target: str) -> bool:
        """Whether the target, as last read, is the very credential that this switch works with."""

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Ask once for the verb's wanted state. Never raises for a provider's answer: it classifies it."""

    def by_hand(self, target: str, verb: Verb) -> str:
        """What a person would do to the same effect, in one line, for when the outcome stays unknown."""

    async def close(self) -> None:
        """Let the connections and the secret go."""


@runtime_checkable
class Grouping(Protocol):
    """A switch that cannot move some of its targets without others."""

    async def moved_with(self, target: str) -> frozenset[str]:
        """Every target that is another name for the same thing. Raises SwitchError."""


class Endpoint(Protocol):
    """What a switch serves beside the acts, for as long as the engine leads."""

    async def open(self) -> None:
        """Begin to answer. Raises OSError where it cannot listen."""

    async def close(self) -> None:
        """Answer no more."""
