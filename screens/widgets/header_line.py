"""Line 1: where one is, of which organisation, in which mode, and how old the data are. It never scrolls away."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from console.cadences.daily import Daily
from console.text import clean
from screens.ages import age
from screens.feed import Feed, feed_of

NARROW = 80
"""Under so many cells the line says only the view itself and the age, so that neither gives way to the modes."""


class HeaderLine(Horizontal):
    """The words on the left change on navigation, the age on the right each second; each repaints only itself."""

    def __init__(self, *, read_only: bool) -> None:
        super().__init__(id="header")
        self._read_only = read_only
        self._where = ""
        self._age = ""
        self._alarms: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static("", id="where", markup=False)
        yield Static("", id="modes", markup=False)
        yield Static("", id="alarms", markup=False)
        yield Static("", id="age", markup=False)

    def place(self, crumbs: list[str], organisation: str, *, simulated: bool, partly_drawn: bool) -> None:
        """Say where one is. Crumbs and organisation are outside text. The product's name gives way where the line is
        short; the modes never do."""
        marks = (("STALE SCREEN", partly_drawn), ("SIMULATED", simulated), ("READ-ONLY", self._read_only))
        modes = [word for word, on in marks if on]
        short = self.app.size.width < 76 + 13 * len(modes)
        crumbs = crumbs[-1:] if self._narrow else crumbs
        key = repr((crumbs, organisation, modes, short))
        if key == self._where:
            return
        self._where = key
        path = Content(" › ").join(Content(clean(crumb, 40)) for crumb in crumbs)
        parts = [] if short else [Content.styled("token-console", "bold"), Content(" · ")]
        parts.append(path)
        if organisation:
            parts.append(Content(f" · {clean(organisation, 24 if short else 60)}"))
        self.query_one("#where", Static).update(Content("").join(parts))
        badges = [Content.styled(f" {mode} ", "bold $badge-text on $badge") for mode in modes]
        self.query_one("#modes", Static).update(Content(" ").join(badges))

    def tick(self, daily: Daily | None, now: datetime, clock: str) -> None:
        """Say how old the data are; `clock` is the time of the newest data in the screen's zone."""
        self._alarm(daily)
        feed = feed_of(daily, now)
        text = self._words(feed, "" if self._narrow else clock)
        if text != self._age:
            self._age = text
            widget = self.query_one("#age", Static)
            widget.set_class(feed.stale, "-stale")
            widget.update(Content(text))

    def _alarm(self, daily: Daily | None) -> None:
        """What is off or waits for a second person, in a word each; the Daily says it whole."""
        alarms = list(dict.fromkeys(alarm.partition(":")[0] for alarm in daily.alarms)) if daily else []
        if alarms != self._alarms:
            self._alarms = alarms
            badges = [Content.styled(f" {clean(word, 12)} ", "bold $badge-text on $badge") for word in alarms]
            self.query_one("#alarms", Static).update(Content(" ").join(badges))

    @property
    def _narrow(self) -> bool:
        return self.app.size.width < NARROW

    @staticmethod
    def _words(feed: Feed, clock: str) -> str:
        if feed.until is None or feed.age_s is None:
            return "no data yet"
        if not clock:
            return f"STALE {age(feed.age_s)}" if feed.stale else f"{age(feed.age_s)} old"
        return f"STALE {age(feed.age_s)} · data {clock}" if feed.stale else f"data {clock} · {age(feed.age_s)} old"
