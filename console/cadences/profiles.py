"""Every workload's working week, learned once an hour from the last four weeks of hours.

With many workloads these are millions of rows. So they are read beside the judging, some hours of time at each turn;
until all four weeks are read, the weeks learned before hold. Only where nothing is known, or only what is old, are they
read at once: judged by a flat week, every working morning would look like a runaway.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import islice

from sqlmodel import Session

from console.cadences.profile import FLAT, HISTORY, HOUR, Profile, Weeks, hour_of_week
from store import history
from store.usage import series_workloads

OLD = 24 * HOUR
LEARNED_ROWS = 200_000
"""About so many rows are read in one go, and one hour at least."""
TAKEN_AT_ONCE = 1000
"""So many workloads get their new weeks in one go: each is then judged anew, whatever was known to be calm of it."""


@dataclass(slots=True)
class _Lesson:
    """The four weeks before `until`, read up to `reached`."""

    until: int
    reached: int
    weeks: dict[str, Weeks] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    """Workloads whose new weeks hold already."""

    def go_on(self, tx: Session, hours: int) -> None:
        """Read so many hours more."""
        end = min(self.reached + hours * HOUR, self.until)
        whose = series_workloads(tx)
        sums: dict[int, array[int]] = {}
        for hour, spent in history.hours(tx, self.reached, end):
            place = hour_of_week(hour)
            for number in spent.keys() - sums.keys():
                sums[number] = self._weeks(whose.get(number), hour).sums
            for number, cost in spent.items():
                sums[number][place] += cost
        self.reached = end

    def _weeks(self, slug: str | None, hour: int) -> Weeks:
        """Those of a workload that was used in this hour, which begin with it if it is the first; what nobody claims
        is counted for nobody."""
        if slug is None:
            return Weeks(hour)
        known = self.weeks.get(slug)
        if known is None:
            known = self.weeks[slug] = Weeks(hour)
        return known


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
            self._lesson.go_on(tx, HISTORY // HOUR)
            self._take(self._lesson, len(self._lesson.weeks))

    @property
    def learned(self) -> bool:
        """Whether every hour that has passed is learned from."""
        return self._hour == self._wanted

    def learn(self, tx: Session) -> None:
        """Read some more hours of the past; nothing is written."""
        if self._lesson is None:
            self._lesson = _Lesson(self._wanted, self._wanted - HISTORY)
        self._lesson.go_on(tx, max(1, LEARNED_ROWS // max(1, len(self._usual))))
        if self._lesson.reached == self._lesson.until:
            self._take(self._lesson, TAKEN_AT_ONCE)

    def _take(self, lesson: _Lesson, most: int) -> None:
        """Let what was learned of so many workloads hold, and forget those that are not among them when all of it does.
        """
        for slug in list(islice(lesson.weeks, most)):
            weeks = lesson.weeks.pop(slug)
            self._profiles[slug], self._usual[slug] = weeks.profile(lesson.until), weeks.usual_month(lesson.until)
            lesson.taken.add(slug)
        if not lesson.weeks:
            for gone in self._usual.keys() - lesson.taken:
                del self._profiles[gone], self._usual[gone]
            self._hour, self._lesson = lesson.until, None

    def of(self, slug: str) -> Profile:
        """The workload's profile; flat while too little is known."""
        return self._profiles.get(slug, FLAT)

    def usual(self, slug: str) -> int | None:
        """Its usual month in micro-dollars; None while too little is known."""
        return self._usual.get(slug)
