"""The exposure notes on Bedrock: a role, and an inference profile by which CloudWatch knows it."""

from __future__ import annotations

from console.clock import Clock
from console.simulator.bedrock.cloud import REGION, inference_profile, role_arn
from console.simulator.bedrock.server import RunningBedrock
from console.simulator.everywhere.catalogue import EXPOSURE
from console.simulator.everywhere.home import world_of
from console.simulator.everywhere.living import Living, source
from console.simulator.stories import Story

NAME = "bedrock"


class OnBedrock:
    """The role's policies stop the world themselves."""

    def __init__(self, story: Story, seed: int, clock: Clock) -> None:
        self.world = world_of(EXPOSURE, story, seed, clock)
        self.serving = running = RunningBedrock(self.world)
        table, files = source(NAME, "bedrock", running.base_url, regions=[REGION])
        profile = inference_profile(EXPOSURE, EXPOSURE.models[0][0])
        self.living = Living(
            EXPOSURE.slug, "Amazon Bedrock", (table,), ({"source": NAME, "inference_profile": profile},),
            ({"kind": "aws-deny", "source": NAME, "target": role_arn(EXPOSURE)},),
            {file: running.cloud.secrets[purpose] for purpose, file in files.items()})

    def pulse(self) -> None:
        """Nothing to do: answers come from the meter, and a policy takes hold when it is put."""
