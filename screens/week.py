"""The week that the Weekly's two views show: one reading for both, and what was decided since it was read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from console.cadences.weekly import DecisionLine, ExceptionLine, Weekly
from console.cadences.weeks import week_of as week_around
from console.settings import WEEKDAYS

if TYPE_CHECKING:
    from textual.app import App

Line = TypeVar("Line")
OFFERED = 8
"""Rationales that a question offers."""


class Week:
    """The newest reading, with each decision laid over it until a later reading has it."""

    def __init__(self) -> None:
        self.weekly: Weekly | None = None
        self.at: datetime | None = None
        """The last instant of the week that is wanted; None is the present one."""
        self.failure = ""
        """Why the last reading failed; empty where it did not."""
        self.sending: set[int] = set()
        """Exceptions whose decision is on its way."""
        self.changes = 0
        """Rises with each decision: what was asked before it says nothing of it."""
        self._decided: dict[int, DecisionLine] = {}
        self._exceptions: list[ExceptionLine] | None = None
        self._said: dict[str, list[tuple[frozenset[str], str]]] = {}

    # What there is.

    @property
    def exceptions(self) -> list[ExceptionLine]:
        """Every exception of the reading, as it is by now."""
        if self._exceptions is None:
            self._exceptions = [self._now(one) for one in self.weekly.exceptions] if self.weekly is not None else []
        return self._exceptions

    def open(self, kind: str | None = None) -> list[ExceptionLine]:
        """Those that wait for a decision, and for which none is on its way; of one kind, or of all."""
        return [
            one
            for one in self.exceptions
            if one.state == "open" and one.id not in self.sending and kind in (None, one.kind)
        ]

    def _now(self, one: ExceptionLine) -> ExceptionLine:
        made = self._decided.get(one.id)
        return one if made is None or one.state == "closed" else replace(one, state="decided", decision=made)

    # Which week.

    def is_past(self, now: datetime) -> bool:
        """Whether the week that is shown is over."""
        return self.weekly is not None and now >= self.weekly.week_end

    def step(self, weeks: int, now: datetime) -> bool:
        """From now on the week so many after (negative: before) the wanted one is wanted, though that was not read yet.
        False where it has not begun."""
        if self.weekly is None:
            return True
        start, end = self._beside(self.at if self.at is not None else now, weeks)
        if start > now:
            return False
        self._want(None if end > now else end - timedelta(seconds=1))
        return True

    def _beside(self, at: datetime, weeks: int) -> tuple[datetime, datetime]:
        """The week so many after the one that holds an instant, by the organisation's clock."""
        assert self.weekly is not None
        zone = self.weekly.time_zone
        first_day = WEEKDAYS[self.weekly.week_start.astimezone(ZoneInfo(zone)).weekday()]
        start, end = week_around(at, zone, first_day)
        middle = start + (end - start) / 2  # a week in which clocks change has an hour more or less
        return week_around(middle + timedelta(weeks=weeks), zone, first_day)

    def _want(self, at: datetime | None) -> None:
        self.at = at
        self.changes += 1  # a reading of another week that is under way is not wanted any more

    # Reading and deciding.

    def take(self, weekly: Weekly, asked_at: int) -> bool:
        """Show a reading that was asked for at that count of changes. False where it says nothing of the newest one."""
        if asked_at != self.changes:
            return False
        self.weekly, self.failure, self._exceptions = weekly, "", None
        self._decided.clear()
        return True

    def send(self, exceptions: Iterable[ExceptionLine]) -> None:
        """A decision on these is on its way."""
        self.sending |= {one.id for one in exceptions}

    def sent(self, exceptions: Sequence[ExceptionLine], made: Sequence[DecisionLine] = ()) -> None:
        """It came back: with what was decided on each, or with nothing."""
        self.sending -= {one.id for one in exceptions}
        if made:
            self.changes += 1
            self._decided.update(zip((one.id for one in exceptions), made, strict=True))
            self._exceptions = None

    def undone(self, exceptions: Sequence[ExceptionLine]) -> None:
        """The decision on these was taken back."""
        self.changes += 1
        self._exceptions = None
        for one in exceptions:
            self._decided.pop(one.id, None)

    # Why.

    def remember(self, verdict: str, exceptions: Iterable[ExceptionLine], rationale: str) -> None:
        """This was said of these."""
        self._said.setdefault(verdict, []).insert(0, (frozenset(one.kind for one in exceptions), rationale))

    def last(self, verdict: str, exceptions: Iterable[ExceptionLine]) -> str:
        """What was said last for this verdict of exceptions of the same kinds; empty where nothing was."""
        kinds = frozenset(one.kind for one in exceptions)
        return next((said for of, said in self._said.get(verdict, ()) if of == kinds), "")

    def rationales(self, verdict: str) -> list[str]:
        """What was said for this verdict, the newest first: in this console, then by anybody."""
        made = [one.decision for one in self.exceptions if one.decision is not None and one.decision.verdict == verdict]
        made.sort(key=lambda one: one.at, reverse=True)
        said = [text for _, text in self._said.get(verdict, ())]
        return list(dict.fromkeys([*said, *(one.rationale for one in made)]))[:OFFERED]


class Order:
    """The order in which rows stood first: what is decided stays where it is, and what is new comes last."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}

    def anew(self) -> None:
        """The next lines are given their places afresh."""
        self._places.clear()

    def keep(self, lines: Iterable[Line], identity: Callable[[Line], Hashable]) -> list[Line]:
        """The lines in that order."""
        given = list(lines)
        for one in given:
            self._places.setdefault(identity(one), len(self._places))
        return sorted(given, key=lambda one: self._places[identity(one)])


_WEEKS: WeakKeyDictionary[App[int], Week] = WeakKeyDictionary()


def week_of(app: App[int]) -> Week:
    """The week that this console shows."""
    return _WEEKS.setdefault(app, Week())
