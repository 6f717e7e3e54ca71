"""Every workload's working week, learned once an hour from the last four weeks of hours.

With many workloads these are millions of rows. So they are read beside the judging, some hours of time at each turn;
until all four weeks are read, the weeks learned before hold. Only where nothing is known, or only what is old, are they
read at once: judged by a flat week, every working morning would look like a runaway.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session

from console.cadences.profile import FLAT, HISTORY, HOUR, Profile, Weeks, hour_of_week
from store import history

OLD = 24 * HOUR
LEARNED_ROWS = 200_000
"""About so many rows are read in one go, and one hour at least."""


@dataclass(slots=True)
class _Lesson:
    """The four weeks before `until`, read up to `reached`."""

    until: int
    reached: int
    weeks: dict[str, Weeks] = field(default_factory=dict)

    def go_on(self, tx: Session, hours: int) -> None:
        """Read so many hours more."""
        end = min(self.reached + hours * HOUR, self.until)
        now, place, weeks = -1, 0, self.weeks
        for hour, slug, cost in history.hours(tx, self.reached, end):
            if hour != now:
                now, place = hour, hour_of_week(hour)
            known = weeks.get(slug)
            if known is None:
                known = weeks[slug] = Weeks(hour)
            known.sums[place] += cost
        self.reached = end


@dataclass(slots=True)
class Profiles:
    """Held from one judgement to the next."""

    _hour: int | None = None
    """The hour up to which the weeks are known."""
    _wanted: int = 0
    """The hour that the newest data have reached."""
    _profiles: dict[str, Profile] = field(default_factory=dict)
    _usual: dict[str, int | None] = field(default_factory=dict)
    _lesson: _Lesson | None = None

    def reach(self, tx: Session, until: int) -> None:
        """Say how far the data reach; learns all at once where too little is known."""
        self._wanted = until // HOUR * HOUR
        if self._hour is None or abs(self._wanted - self._hour) > OLD:
            self._lesson = _Lesson(self._wanted, self._wanted - HISTORY)
            self._learn(tx, self._lesson, HISTORY // HOUR)

    @property
    def learned(self) -> bool:
        """Whether every hour that has passed is learned from."""
        return self._hour == self._wanted

    def learn(self, tx: Session) -> None:
        """Read some more hours of the past; nothing is written."""
        if self._lesson is None:
            self._lesson = _Lesson(self._wanted, self._wanted - HISTORY)
        self._learn(tx, self._lesson, max(1, LEARNED_ROWS // max(1, len(self._usual))))

    def _learn(self, tx: Session, lesson: _Lesson, hours: int) -> None:
        lesson.go_on(tx, hours)
        if lesson.reached == lesson.until:
            self._hour, self._lesson = lesson.until, None
            self._profiles = {slug: weeks.profile(lesson.until) for slug, weeks in lesson.weeks.items()}
            self._usual = {slug: weeks.usual_month(lesson.until) for slug, weeks in lesson.weeks.items()}

    def of(self, slug: str) -> Profile:
        """The workload's profile; flat while too little is known."""
        return self._profiles.get(slug, FLAT)

    def usual(self, slug: str) -> int | None:
        """Its usual month in micro-dollars; None while too little is known."""
        return self._usual.get(slug)
