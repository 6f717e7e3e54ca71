"""Every other provider beside the simulated Anthropic: served, kept in step with the story, and told of."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from console.clock import Clock
from console.simulator.everywhere.agent import Agent
from console.simulator.everywhere.gateway import BehindGateway
from console.simulator.everywhere.home import Home
from console.simulator.everywhere.living import Living
from console.simulator.everywhere.openai import AtOpenAi
from console.simulator.stories import Story
from console.simulator.world import World

PULSE_S = 0.2
"""Real seconds."""


class Everywhere:
    """Use as a context manager around the story. `world`: Anthropic's, with the agent."""

    def __init__(self, world: World, seed: int, clock: Clock, gates: Path) -> None:
        self.missing: list[str] = []
        self._homes: list[Home] = [*self._found(world.story, seed, clock), Agent(world, gates)]
        world.beside = tuple(home.world for home in self._homes if home.world is not world)
        self._ended = threading.Event()
        self._open = ExitStack()
        self._beat = threading.Thread(target=self._keep_step, name="everywhere", daemon=True)

    @property
    def living(self) -> list[Living]:
        """Where each workload lives."""
        return [home.living for home in self._homes]

    def __enter__(self) -> Everywhere:
        for home in self._homes:
            self._open.enter_context(home.serving)
        self._beat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._ended.set()
        self._beat.join()
        self._open.close()

    def _found(self, story: Story, seed: int, clock: Clock) -> Iterator[Home]:
        yield AtOpenAi(story, seed, clock)
        if self._can("boto3", "Amazon Bedrock", "aws"):
            from console.simulator.everywhere.bedrock import OnBedrock

            yield OnBedrock(story, seed, clock)
        if self._can("google.auth", "Google Vertex AI", "google"):
            from console.simulator.everywhere.vertex import OnVertex

            yield OnVertex(story, seed, clock)
        yield BehindGateway(story, seed, clock)

    def _can(self, module: str, provider: str, extra: str) -> bool:
        """Whether the console could read that provider; the console needs the module, the simulator does not."""
        try:
            found = find_spec(module) is not None
        except ModuleNotFoundError:  # of the package around it
            found = False
        if not found:
            self.missing.append(f"{provider} is left out of the demo, since {module} is not installed: "
                                f"pip install 'token-console[{extra}]'.")
        return found

    def _keep_step(self) -> None:
        while not self._ended.wait(PULSE_S):
            for home in self._homes:
                home.pulse()
