"""The damage estimates on Vertex: a project, a service account, and who may read and stop them."""

from __future__ import annotations

from console.clock import Clock
from console.simulator.everywhere.catalogue import DAYS, ESTIMATES, GOOGLE_PROJECT
from console.simulator.everywhere.home import minute_of, obey, world_of
from console.simulator.everywhere.living import Living, source
from console.simulator.law import HOUR, MINUTE
from console.simulator.stories import Story
from console.simulator.vertex.cloud import Account, Cloud
from console.simulator.vertex.routes import READS
from console.simulator.vertex.server import RunningCloud

NAME = "vertex"
_BY_MINUTE = 9 * 24 * HOUR
"""What lies further back is kept by the hour."""
_MAY = {"read": frozenset(READS),
        "kill": frozenset(f"iam.serviceAccounts.{verb}" for verb in ("get", "disable", "enable"))}


class OnVertex:
    """The account says whether it is disabled; the world follows it."""

    def __init__(self, story: Story, seed: int, clock: Clock) -> None:
        self.world = world_of(ESTIMATES, story, seed, clock)
        self._identifier = str(ESTIMATES.key_id)
        people = {purpose: Account(f"console-{purpose}@{GOOGLE_PROJECT}.iam.gserviceaccount.com", may)
                  for purpose, may in _MAY.items()}
        self._account = Account(self._identifier)
        self._cloud = Cloud(clock, (GOOGLE_PROJECT,), {each.email: each for each in (*people.values(), self._account)})
        self._until = self._past()
        self.serving = running = RunningCloud(self._cloud)
        table, files = source(NAME, "vertex", running.base_url, projects=[GOOGLE_PROJECT])
        self.living = Living(
            ESTIMATES.slug, "Google Vertex AI", (table,), ({"source": NAME, "project": GOOGLE_PROJECT},),
            ({"kind": "google-service-account", "source": NAME, "target": self._identifier},),
            {file: running.credential(people[purpose]) for purpose, file in files.items()})

    def pulse(self) -> None:
        obey(self.world, self._identifier, stopped=self._account.disabled)
        self._minutes(self.world.now().timestamp())

    def _past(self) -> int:
        """Write down what was called before the story. Returns where the minutes go on."""
        stream = self.world.meter.streams[0]
        fine = (self.world.started - _BY_MINUTE) // HOUR * HOUR
        for hour in range((self.world.started - DAYS * 24 * HOUR) // HOUR * HOUR, fine, HOUR):
            self._used(hour, *self.world.meter.hour(stream, hour))
        self._until = fine
        self._minutes(self.world.started)
        return self._until

    def _minutes(self, now: float) -> None:
        while self._until + MINUTE <= now:
            self._used(self._until, *minute_of(self.world, self._until))
            self._until += MINUTE

    def _used(self, at: int, uncached: int, _: int, __: int, ___: int, output: int, ____: int, calls: int) -> None:
        if calls:
            self._cloud.call(GOOGLE_PROJECT, at, ESTIMATES.models[0][0], publisher="google", calls=calls,
                             input=uncached, output=output)
