"""The breaker's states: no path leads out of tripped or held without an authorisation, good before and spent now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from console.errors import NotPermitted
from console.watch import breaker
from console.watch.breaker import ARMED, HELD, PROBATION, TRIPPED, Authorisation, Standing

START = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
PROBATION_S = 3600.0


def later(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def leave(**changes: object) -> Authorisation:
    values = {"plan_hash": "plan", "requested_by": "maria", "approved_by": "ada", "expires_at": later(15),
              "used_at": None}
    return Authorisation(**{**values, **changes})  # type: ignore[arg-type]


def held() -> Standing:
    return breaker.confirm(breaker.trip(None, intent="kill-1", at=START), intent="kill-1", at=later(1))


def test_a_kill_trips_and_its_confirmation_holds() -> None:
    tripped = breaker.trip(None, intent="kill-1", at=START)
    assert tripped.state == TRIPPED
    assert breaker.confirm(tripped, intent="another", at=later(1)).state == TRIPPED
    assert breaker.confirm(tripped, intent="kill-1", at=later(1)).state == HELD


def test_a_further_kill_of_a_held_breaker_changes_nothing() -> None:
    assert breaker.trip(held(), intent="kill-2", at=later(2)) == held()


@pytest.mark.parametrize("bad", [
    leave(used_at=START), leave(expires_at=later(1)), leave(plan_hash="other"), leave(approved_by="maria"),
])
def test_an_authorisation_that_is_used_expired_for_another_plan_or_ones_own_is_refused(bad: Authorisation) -> None:
    with pytest.raises(NotPermitted):
        bad.spend(plan_hash="plan", two_person=True, at=later(2))


def test_one_person_may_do_where_two_are_not_required() -> None:
    assert leave(approved_by="maria").spend(plan_hash="plan", two_person=False, at=later(2)).used_at == later(2)


def test_probation_ends_only_when_its_time_is_over_and_it_was_clean() -> None:
    spent = leave().spend(plan_hash="plan", two_person=True, at=later(5))
    standing = breaker.resume(held(), spent, plan_hash="plan", probation_s=PROBATION_S, at=later(5))
    assert standing.state == PROBATION
    assert breaker.tick(standing, clean=True, at=later(64)).state == PROBATION
    assert breaker.tick(standing, clean=False, at=later(66)).state == PROBATION
    assert breaker.tick(standing, clean=True, at=later(66)).state == ARMED


def test_a_breach_in_probation_trips_at_once() -> None:
    spent = leave().spend(plan_hash="plan", two_person=True, at=later(5))
    standing = breaker.resume(held(), spent, plan_hash="plan", probation_s=PROBATION_S, at=later(5))
    assert breaker.trip(standing, intent="kill-2", at=later(6)).state == TRIPPED


class AnyNight(RuleBasedStateMachine):
    """Trips, confirmations, ticks, restarts and resumes good and bad, in any order."""

    standing: Standing
    now: datetime
    intents: int
    earned: bool

    @initialize()
    def begin(self) -> None:
        self.standing, self.now, self.intents, self.earned = Standing(ARMED, START), START, 0, False

    def _to(self, after: Standing, *, authorised: bool = False) -> None:
        if self.standing.state in (TRIPPED, HELD) and after.state in (ARMED, PROBATION):
            assert authorised
        if self.standing.state == PROBATION and after.state == ARMED:
            assert self.standing.probation_until is not None
            assert self.now >= self.standing.probation_until
        self.standing = after

    @rule(minutes=st.integers(0, 200))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def trip(self) -> None:
        self.intents += 1
        self._to(breaker.trip(self.standing, intent=f"kill-{self.intents}", at=self.now))

    @rule(which=st.integers(0, 5))
    def confirm(self, which: int) -> None:
        self._to(breaker.confirm(self.standing, intent=f"kill-{which}", at=self.now))

    @rule(clean=st.booleans())
    def tick(self, clean: bool) -> None:
        self._to(breaker.tick(self.standing, clean=clean, at=self.now))

    @rule(used=st.booleans(), minutes=st.integers(-5, 20), own=st.booleans(), plan=st.sampled_from(["plan", "other"]),
          two_person=st.booleans(), spend=st.booleans())
    def resume(self, used: bool, minutes: int, own: bool, plan: str, two_person: bool, spend: bool) -> None:
        paper = Authorisation(plan, "maria", "maria" if own else "ada", self.now + timedelta(minutes=minutes),
                              self.now if used else None)
        good = not used and minutes > 0 and plan == "plan" and not (two_person and own) and spend
        try:
            spent = paper.spend(plan_hash="plan", two_person=two_person, at=self.now) if spend else paper
            if used and not spend:
                return
            after = breaker.resume(self.standing, spent, plan_hash="plan", probation_s=PROBATION_S, at=self.now)
        except NotPermitted:
            assert not good or self.standing.state == ARMED
            return
        assert good
        self._to(after, authorised=True)

    @invariant()
    def a_tripped_breaker_names_its_kill(self) -> None:
        if getattr(self, "standing", None) is not None and self.standing.state in (TRIPPED, HELD):
            assert self.standing.intent is not None


AnyNight.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyNight = AnyNight.TestCase
