"""One console that polls a provider of every kind, each simulated on loopback and all at one time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from console.clock import ManualClock
from console.config import Config, load_text
from console.simulator.bedrock.cloud import REGION
from console.simulator.bedrock.server import RunningBedrock
from console.simulator.faults import Faults
from console.simulator.litellm.server import RunningGateway
from console.simulator.openai.organisation import small
from console.simulator.openai.server import RunningOpenAi
from console.simulator.server import RunningSimulator
from console.simulator.stories import story
from console.simulator.vertex.server import RunningCloud
from console.simulator.world import World
from tests.support.google_cloud import CLAIMS, NOW, READER, cloud
from tests.support.litellm_gateway import VIEWER_SECRET, call, gateway

KINDS = ("anthropic", "bedrock", "litellm", "openai", "vertex")


@dataclass
class FiveSources:
    clock: ManualClock
    config: Config
    faults: dict[str, Faults]
    """By kind: what is to go wrong there."""
    text: str
    """The configuration."""


@contextmanager
def five_sources(folder: Path) -> Iterator[FiveSources]:
    """Each source is named as its kind, and was used in every minute of the last half hour."""
    clock, google, models = ManualClock(NOW), cloud(), gateway()
    google.clock = clock
    for minute in range(30):
        at = int(NOW.timestamp()) - 60 * minute - 60
        google.call(CLAIMS, at, "claude-sonnet-4-6", input=1_000, output=50)
        models.log(call(minute, at))
    quiet = story("quiet-day", NOW)
    with ExitStack() as running:
        anthropic = running.enter_context(RunningSimulator(quiet, clock=clock, seed=1))
        bedrock = running.enter_context(RunningBedrock(World(quiet, 1, clock)))
        openai = running.enter_context(RunningOpenAi(small(clock)))
        vertex = running.enter_context(RunningCloud(google))
        litellm = running.enter_context(RunningGateway(models, clock))
        secrets = {"anthropic": anthropic.admin_keys["read"], "bedrock": bedrock.cloud.secrets["read"],
                   "litellm": VIEWER_SECRET, "openai": openai.key("read"),
                   "vertex": vertex.credential(google.accounts[READER])}
        urls = {"anthropic": anthropic.base_url, "bedrock": bedrock.base_url, "litellm": litellm.base_url,
                "openai": openai.base_url, "vertex": vertex.base_url}
        own = {"bedrock": f'regions = ["{REGION}"]', "vertex": f'projects = ["{CLAIMS}"]'}
        text = '[organisation]\nname = "Example Ltd"\n[database]\nurl = "sqlite:///console.db"\n'
        for kind in KINDS:
            (folder / kind).write_text(secrets[kind])
            (folder / kind).chmod(0o600)
            text += (f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\nsecret = "file:{kind}"\nbackfill = "1d"\n'
                     f'base_url = "{urls[kind]}"\n{own.get(kind, "")}\n')
        faults = {"anthropic": anthropic.simulator.faults, "bedrock": bedrock.faults, "litellm": litellm.faults,
                  "openai": openai.simulator.faults, "vertex": vertex.faults}
        yield FiveSources(clock, load_text(text, folder / "token-console.toml"), faults, text)

