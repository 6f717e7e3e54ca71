"""The letters at OpenAI: a project, its key, and a spend limit that stops it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from console.clock import Clock
from console.simulator.everywhere.catalogue import DAYS, LETTERS
from console.simulator.everywhere.home import minute_of, obey, world_of
from console.simulator.everywhere.living import Living, source
from console.simulator.openai.organisation import NOTHING, Amounts, Caller, Key, Organisation, Project
from console.simulator.openai.server import RunningOpenAi
from console.simulator.stories import Story
from console.simulator.world import World

NAME = "openai"


@dataclass(frozen=True, slots=True)
class _Metered(Caller):
    """Calls as the world's meter has them."""

    world: World = field(kw_only=True)

    def used(self, minute: int) -> Amounts:
        uncached, written, _, read, output, _, calls = minute_of(self.world, minute)
        return uncached, read, written, 0, output, calls


class AtOpenAi:
    """Limits are the organisation's own; the world follows them."""

    def __init__(self, story: Story, seed: int, clock: Clock) -> None:
        self.world = world_of(LETTERS, story, seed, clock)
        self._identifier = identifier = str(LETTERS.key_id)
        caller = _Metered("key_HVletters", LETTERS.models[0][0], NOTHING, world=self.world)
        self._project = Project(identifier, LETTERS.key_name, [Key("key_HVletters", LETTERS.key_name)], [caller])
        self.organisation = Organisation([self._project], clock, since=story.start - timedelta(days=DAYS))
        self.serving = running = RunningOpenAi(self.organisation)
        table, files = source(NAME, "openai", running.base_url)
        self.living = Living(
            LETTERS.slug, "OpenAI", (table,), ({"source": NAME, "project_id": identifier},),
            ({"kind": "openai-project-spend-limit", "source": NAME, "target": identifier},),
            {file: running.key(purpose) for purpose, file in files.items()})

    def pulse(self) -> None:
        obey(self.world, self._identifier, stopped=self.organisation.enforcing(self._project))
