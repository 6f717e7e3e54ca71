"""What a switch is: it turns one thing off, on, and reads its state back. One file in this folder a mechanism."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


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


class Outcome(StrEnum):
    """What the answer to a write says. Success is what the read-back shows, never this."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallResult:
    outcome: Outcome
    detail: str = ""


class SwitchError(Exception):
    """The state could not be read. Never means that nothing happened."""


class Switch(Protocol):
    """One mechanism with the credential it needs."""

    kind: str
    verbs: dict[str, Verb]

    async def read(self, target: str) -> str:
        """The target's state now, in the switch's own words. Raises SwitchError."""

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Ask once for the verb's wanted state. Never raises for a provider's answer: it classifies it."""

    async def close(self) -> None:
        """Let the connections and the secret go."""
