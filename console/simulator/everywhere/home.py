"""What every place has in which a workload lives: its own world on the story's clock, a server, and a pulse."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from console.clock import Clock
from console.simulator.everywhere.living import Living
from console.simulator.law import HOUR, MINUTE
from console.simulator.prices import Amounts
from console.simulator.profiles import Profile
from console.simulator.stories import Story
from console.simulator.world import World


class Home(Protocol):
    """A provider, or a program, with one workload in it."""

    world: World
    living: Living

    @property
    def serving(self) -> AbstractContextManager[object]:
        """What answers, while it is entered."""

    def pulse(self) -> None:
        """A moment has passed: let what was called show, and heed who was stopped. Of one thread alone."""


def world_of(profile: Profile, story: Story, seed: int, clock: Clock) -> World:
    """One workload by itself."""
    return World(replace(story, profiles=(profile,), incident=None), seed, clock)


def minute_of(world: World, minute: int) -> Amounts:
    """What the only workload of a world used in a minute, so far as it is known now."""
    hour = minute // HOUR * HOUR
    with world.lock:
        return world.meter.minutes(world.meter.streams[0], hour)[(minute - hour) // MINUTE]


def obey(world: World, identifier: str, *, stopped: bool) -> None:
    """Let spending end, or go on, as the provider has been told."""
    world.set_status(identifier, "inactive" if stopped else "active")


def part(amounts: Amounts, index: int, calls: int) -> Amounts:
    """One of so many calls of which a minute is made; together they are the minute."""
    return tuple(total * (index + 1) // calls - total * index // calls  # type: ignore[return-value]
                 for total in amounts)
