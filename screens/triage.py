"""What the Weekly's two views share: the reading, the weeks before and after, and deciding with one key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from console.cadences.daily import Daily
from console.errors import ConsoleError
from screens.columns import weekly as columns
from screens.dialogs.decide import Chosen, decide
from screens.listing import ListView
from screens.rereading import Rereading
from screens.week import Order, Week, week_of
from screens.widgets.lines import Lines
from screens.widgets.live_table import LiveTable
from screens.widgets.marked_table import MarkedTable

if TYPE_CHECKING:
    from console.cadences.weekly import Weekly


class TriageView(Rereading, ListView):
    """A list of the week. What is decided stays in its place, and the cursor goes on to the next row that waits."""

    def __init__(self) -> None:
        super().__init__()
        self._order = Order()
        self._asked_at: int | None = None

    @property
    def table(self) -> MarkedTable[Any]:
        return self.query_one(MarkedTable)

    @property
    def week(self) -> Week:
        return week_of(self.app)

    # What a view says of itself.

    @property
    def kind(self) -> str | None:
        """The one kind that is shown; None where all are."""
        return None

    @abstractmethod
    def chosen(self, verdict: str) -> Chosen | str:
        """What a decision of this verdict would be made on now; or why there is nothing."""

    @abstractmethod
    def waits(self, line: Any) -> bool:
        """Whether a row waits for a decision."""

    @abstractmethod
    def write(self) -> None:
        """Show the week as it is by now."""

    @abstractmethod
    def identity_of(self, chosen: Chosen) -> str:
        """The row that stands for what was chosen."""

    # Reading.

    def anew(self) -> None:
        """The rows are given their places afresh, at once: who comes to the list has not aimed at one of them yet."""
        self._order.anew()
        self.table.settle()

    def open_week(self) -> None:
        """The view was opened: show what is in hand, once, and read it anew."""
        self.dirty = False
        self.news()

    def show(self, daily: Daily) -> None:
        """A new Daily says nothing of the week; only times may be in another zone."""
        self.table.tick()
        self.write_week()

    def news(self) -> None:
        """Show the week as it is by now, and read it anew."""
        self.read()
        if self.week.weekly is not None:
            self.write()

    @property
    def reading(self) -> bool:
        """Whether the week is being read."""
        return self._asked_at is not None

    def tick(self) -> None:
        super().tick()
        self.table.tick()

    def write_week(self) -> None:
        """The line that says which week this is, and how far its work is."""
        week, weekly = self.week, self.week.weekly
        if weekly is None:
            return
        failed = f"NOT READ since {self.console.time(weekly.at)}: {week.failure}" if week.failure else ""
        said = columns.heading(weekly, week.exceptions, self.kind, self.console.now(), failed)
        self.query_one(".week-line", Lines).draw(lambda width, height: [said])

    def read(self) -> None:
        """Ask for the week, unless that is under way. One that was asked for before the newest decision is replaced."""
        week = self.week
        asked_at, quiet = week.changes, week.weekly is not None
        if self._asked_at == asked_at:
            return
        self._asked_at = asked_at
        self.reads()

        async def question() -> Weekly | None:
            from console.operations import exceptions

            try:
                return await self.door.ask(exceptions.weekly, at=week.at)
            except ConsoleError as error:
                if not quiet:
                    raise
                week.failure = str(error)
                return None
            finally:
                if self._asked_at == asked_at:
                    self._asked_at = None

        def take(weekly: Weekly | None) -> None:
            if weekly is not None and not week.take(weekly, asked_at):
                self.read()
                return
            self.write()
            self.post_message(LiveTable.Moved())

        self.fetch(question, take, "the exceptions of the week", quiet=quiet)

    # Weeks.

    def do_period_previous(self) -> None:
        """The week before."""
        self._step(-1)

    def do_period_next(self) -> None:
        """The week after."""
        self._step(1)

    def _step(self, weeks: int) -> None:
        if self.week.step(weeks, self.console.now()):
            self.anew()
            self.read()
        else:
            self.console.say("This is the present week; there is no later one yet.")

    # Marking and deciding.

    def do_mark(self) -> None:
        self.table.toggle_mark()

    def do_mark_all(self) -> None:
        """Every row that is shown and waits; where they are marked already, none."""
        table = self.table
        waiting = [line for line in table.shown if self.waits(line)]
        table.mark([] if table.marked == waiting else waiting)

    def do_revision(self) -> None:
        self._decide("revision")

    def do_bounded(self) -> None:
        self._decide("time-bounded")

    def do_dismiss(self) -> None:
        self._decide("dismissed")

    def do_escalate(self) -> None:
        self._decide("escalated")

    def do_whole(self) -> None:
        """Give the room of the list to what is selected, all but its row and the next; or the list its room back."""
        self.toggle_class("-in-full")

    def step_back(self) -> bool:
        """`esc` takes the marks away and gives the list its room back before anything is left."""
        if self.table.unmark():
            return True
        in_full = self.has_class("-in-full")
        self.remove_class("-in-full")
        return in_full

    def _decide(self, verdict: str) -> None:
        if self.week.is_past(self.console.now()):
            self.console.say("This is how an earlier week ended: decide in the present one; ] leads there.", error=True)
            return
        chosen = self.chosen(verdict)
        if isinstance(chosen, str):
            self.console.say(chosen, error=True)
        else:
            decide(self, verdict, chosen)

    def work_beside(self, job: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run a job to its end: a decision that is on its way is not replaced by the next one."""
        self.console.work_on(job, "dialog", exclusive=False)

    def go_on(self) -> None:
        """The decision is on its way: its rows stay where they are, and the next one that waits is selected."""
        table = self.table
        at = table.at
        table.unmark()
        self.write()
        shown = table.shown
        following = next((line for line in (*shown[at:], *shown[:at]) if self.waits(line)), None)
        if following is not None:
            table.select_line(following)

    def return_to(self, chosen: Chosen) -> None:
        """It was taken back: select it again."""
        self.table.select(self.identity_of(chosen))
