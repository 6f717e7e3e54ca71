"""Nobody is killed on one reading."""

from __future__ import annotations

from typing import cast

from console.clock import ManualClock
from console.watch.confirming import Confirming
from console.watch.judgement import Judge, Judged, Trip
from console.watch.polling import Polling
from tests.support.facts import AT, facts
from tests.support.kills import SIGNAL


class Calm:
    """Sees nothing the second time."""

    def judge(self, *_: object) -> Judged:
        return Judged({}, (), ())


async def test_what_was_suspected_before_another_process_led_is_not_the_first_of_two_readings() -> None:
    confirming = Confirming(Polling((), lambda *_: None), cast("Judge", Calm()), ManualClock(AT))
    suspicion = Judged({}, (Trip(SIGNAL, facts()),), ())
    confirming._suspected = frozenset({facts().workload})
    assert len(await confirming.trips(suspicion, (), None)) == 1
    confirming.forget()
    assert await confirming.trips(suspicion, (), None) == ()
