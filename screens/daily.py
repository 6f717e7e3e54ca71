"""The Daily: every workload by urgency, what nobody has claimed, the last 24 hours, and the alerts that fire."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from console.cadences.daily import Daily, UnattributedLine, WorkloadLine
from screens.columns import daily as columns
from screens.columns import daily_strips as strips
from screens.columns import signs
from screens.feed import feed_of
from screens.view import Selection, View
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable


class DailyView(View):
    """The first screen of an on-call engineer."""

    NAME: ClassVar[str] = "daily"
    TITLE: ClassVar[str] = "daily"
    ABOUT: ClassVar[str] = (
        "Every workload by urgency: held or tripped first, then runaway, stretch, alerting, then by burn. Money is in "
        "US dollars; today is the organisation's day, months are UTC, as the provider bills. BURN compares the last "
        "hour with what the signed Charter expects of it; "
        "KILL IN is the time until the month's cap trips the breaker at the present rate. SIGNS is how near the signs "
        "of a runaway are to killing before that; those of the selected workload stand beside or below the table. "
        "Rows with ? are usage that no MBOM entry claims."
    )
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = columns.MEANINGS

    def __init__(self) -> None:
        super().__init__()
        self._daily: Daily | None = None
        self._paused_since: datetime | None = None
        self._table: LiveTable[columns.DailyLine] = LiveTable(
            columns.columns(self._instant), columns.identity, columns.words, group=columns.group, id="workloads"
        )

    def compose_body(self) -> ComposeResult:
        yield Lines(id="totals")
        yield Lines(id="sources")
        yield Lines(id="notices")
        with Horizontal(id="middle"):
            yield self._table
            with Vertical(id="side"):
                yield Lines(id="alert-panel")
                yield Lines(id="sign-panel")
        with Vertical(id="strips"):
            yield Lines(id="sign-strip")
            yield Lines(id="day")
            yield Lines(id="alert-strip")

    def on_mount(self) -> None:
        if self.console.daily is None:
            self.waiting("the last published figures, or the first poll where there are none")

    def show(self, daily: Daily) -> None:
        if self._paused_since is None:
            self._daily = daily
            if not self._anything(daily):
                return
            self._table.update(columns.lines(daily))
        self._surround(daily)

    def open(self, subject: str | None) -> None:
        if subject is not None:
            self._table.select(subject)

    def focus_target(self) -> LiveTable[columns.DailyLine]:
        return self._table

    def selected(self) -> Selection | None:
        line = self._table.line
        if line is None or self.has_class("-explaining"):
            return None
        if isinstance(line, UnattributedLine):
            return Selection("unattributed", columns.identity(line), line.name, item=line)
        return Selection("workload", line.slug, line.name, line.slug, line, line.breaker)

    def do_open(self) -> None:
        line = self._table.line
        if isinstance(line, WorkloadLine):
            self.console.go("workload", line.slug)
        elif line is not None:
            self.console.say("Nobody has claimed this usage. n starts an MBOM entry from it.")

    def do_pause(self) -> None:
        self._paused_since = self.console.now() if self._paused_since is None else None
        if self.console.daily is not None:
            self.show(self.console.daily)

    def on_live_table_arranged(self) -> None:
        self._notice()

    def on_live_table_moved(self) -> None:
        self._signs()

    def _anything(self, daily: Daily) -> bool:
        if daily.workloads or daily.unattributed:
            self.reveal()
            return True
        self.explain("There is no workload in the MBOM, and no usage has come in.", *_next_steps(daily))
        return False

    def _surround(self, daily: Daily) -> None:
        self.query_one("#totals", Lines).draw(lambda width, height: [strips.totals(daily, width)])
        told = self.query_one("#sources", Lines)
        told.styles.height = int(len(daily.sources) > 1)
        told.draw(lambda width, height: strips.sources(daily, width, self.console.time))
        self.query_one("#day", Lines).draw(lambda width, height: strips.day(daily, width, height, self.console.zone))
        self.query_one("#alert-strip", Lines).draw(lambda width, height: strips.alert_strip(daily, width, height))
        self.query_one("#alert-panel", Lines).draw(lambda width, height: strips.alert_panel(daily, width, height))
        self._signs()
        self._notice()

    def _signs(self) -> None:
        """The signs of the selected workload."""
        item = self._table.line if isinstance(self._table.line, WorkloadLine) else None
        self.query_one("#sign-strip", Lines).draw(lambda width, height: signs.strip(item, width, height))
        self.query_one("#sign-panel", Lines).draw(lambda width, height: signs.panel(item, width, height))

    def _notice(self) -> None:
        """Lines above the table: only as many as there is something to say."""
        daily, table = self.console.daily, self._table
        state = strips.ListState(
            table.count, table.total, table.filter_text, table.sorted_by, table.held, self._paused_since
        )
        causes = feed_of(daily, self.console.now()).causes
        lines = strips.notices(daily, causes, state, self.app.size.width, self.console.time)
        widget = self.query_one("#notices", Lines)
        widget.styles.height = min(len(lines), 4)
        widget.draw(lambda width, height: lines)

    def _instant(self) -> datetime:
        return self._daily.at if self._daily is not None else self.console.now()


def _next_steps(daily: Daily) -> list[str]:
    """What to do where there is nothing yet."""
    steps = [
        "",
        "Register what runs:   token-console mbom import FILE",
        "See what is missing:  token-console doctor",
        "See it at work:       token-console demo",
    ]
    return [
        *(f"! {notice}" for notice in daily.notices),
        *(
            f"{source.name} {'has not been read yet' if source.state == 'never' else f'is {source.state}'}"
            f"{f': {source.message}' if source.message else ''}"
            for source in daily.sources
            if source.state != "ok"
        ),
        *steps,
    ]
