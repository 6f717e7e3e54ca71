"""A view: one of the kept panes of the console, and what it may ask of the console around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import WorkType

from console.cadences.daily import Daily
from console.errors import ConsoleError
from console.text import clean

if TYPE_CHECKING:
    import asyncio

    from console.operations.door import Door
    from screens.prompt import Prompt

Answer = TypeVar("Answer")

SAY_WHAT_AFTER_S = 2.0
SAY_HOW_TO_STOP_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected when a key was pressed. It stays what it is, whatever moves in the table afterwards."""

    kind: str
    """workload, alert, unattributed, intent, entry, pattern, exception, cell, topic, measure, prediction, statement,
    year."""
    id: str
    """Slug, alert number, intent id; what an operation takes."""
    label: str
    """For people; not cleaned."""
    workload: str | None = None
    """The slug that a kill, resume, silence or trip sheet concerns."""
    item: object = None
    """The read model's own line, frozen."""
    breaker: str | None = None
    """The state of its breaker, where it is known."""
    whole: object = None
    """The read model that the line is of, where an action needs it: a month, a quarter, a year."""
    command: str = ""
    """A shell's command that belongs to it; where there is one, it is copied instead of the identifier."""
    text: str = ""
    """A text of several lines that says it whole; where there is one, it is copied instead of both."""


class Console(Protocol):
    """What a view or a dialog may ask of the console around it. The app is one."""

    door: Door
    daily: Daily | None
    """The newest snapshot."""

    def go(self, view: str, subject: str | None = None) -> None:
        """Show a view; `subject` is a slug or an intent's id."""

    def back(self) -> None:
        """Go back to where one came from."""

    def say(self, text: str, *, error: bool = False) -> None:
        """One line in the message area, kept in the message log too."""

    def say_undoable(self, text: str, take_back: Callable[[], Awaitable[object]]) -> None:
        """Say what was done; for ten seconds a key takes it back."""

    def tick(self) -> None:
        """Bring line 1 up to date: where one is, and how old the data are."""

    def changed(self) -> None:
        """This person changed what the visible view shows: it reads again."""

    async def unexpected(self, error: Exception) -> None:
        """Write a report of an error that nobody expected, and say in a sentence where it is."""

    async def ask(self, prompt: Prompt) -> str | None:
        """Ask at the bottom of the screen. None where the person cancelled. Never await it in a message handler."""

    def question(self, prompt: Prompt) -> asyncio.Future[str | None]:
        """Ask at once, so that the very next key is the question's."""

    async def answer_to(self, question: asyncio.Future[str | None]) -> str | None:
        """Wait for the answer of a `question`. None where the person cancelled."""

    def work_on(self, job: Callable[[], Coroutine[None, None, None]], group: str, *, exclusive: bool = True) -> None:
        """Run a job beside the handlers; an exclusive one replaces what its group was at. What it dies of is told."""

    def work_in_dialog(self, job: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run what asks a person, beside the handlers; what fails is said."""

    def time(self, at: datetime | None, *, seconds: bool = False) -> str:
        """A time of day in the zone of this screen, with its mark; with the date where it is not today."""

    def zone(self, at: datetime) -> datetime:
        """The instant in the zone of this screen."""

    def now(self) -> datetime:
        """The console's present, which a demo runs faster than the machine's."""


class View(Widget):
    """One pane of the switcher, kept while the console runs.

    A subclass gives `compose_body` and `show`. The pane shows either its body or an explanation (loading, empty,
    error), never both.
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    """For the header and the breadcrumb."""
    ABOUT: ClassVar[str]
    """What this screen is and what its numbers mean, for `?`."""
    OPENS: ClassVar[str] = "open"
    """The action that `enter` is, where the view has the keys."""
    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What each column of its table means, for `?`."""

    DEFAULT_CSS = """
    View { width: 1fr; height: 1fr; layout: vertical; }
    View > .explanation { display: none; height: 1fr; padding: 1 2; }
    View > .body { height: 1fr; }
    View.-explaining > .explanation { display: block; }
    View.-explaining > .body { display: none; }
    """

    def __init__(self) -> None:
        super().__init__(id=f"view-{self.NAME}")
        self.dirty = True
        """Whether a newer Daily came while the view was hidden."""
        self.partly_drawn = False
        """Whether drawing the newest Daily met an error: some of what the view shows may be old."""
        self._waits: list[Timer] = []
        self._explanation = Static("", classes="explanation", markup=False)

    def compose(self) -> ComposeResult:
        yield self._explanation
        with Vertical(classes="body"):
            yield from self.compose_body()

    def compose_body(self) -> ComposeResult:
        """The view's own widgets."""
        raise NotImplementedError

    def show(self, daily: Daily) -> None:
        """Draw a new snapshot. Called only while the view is visible; a hidden one is shown when it is activated."""

    def tick(self) -> None:
        """A second went by: bring ages up to date, and paint nothing else."""

    def changed(self) -> None:
        """What is shown was changed from here: read it again, where the view reads for itself."""

    def period(self) -> str | None:
        """The month, quarter or year that is shown; None is the present one, and where there is none."""
        return None

    @property
    def paused(self) -> bool:
        """Whether what is shown is held still."""
        return False

    def step_back(self) -> bool:
        """Close what the view has opened within itself, before it is left. Whether there was anything to close."""
        return False

    def recolour(self) -> None:
        """Another theme was chosen: draw anew what has colours of its own."""

    def open(self, subject: str | None) -> None:
        """The view was navigated to, with a slug or an intent's id where there is one."""

    def place(self) -> str | None:
        """What to open the view with on the way back to it; None where it is to be opened as it was before."""
        return None

    def selected(self) -> Selection | None:
        """What an action would act on, frozen now."""
        return None

    def crumb(self) -> str:
        """What stands in the header's breadcrumb; not cleaned."""
        return self.TITLE

    def focus_target(self) -> Widget | None:
        """What holds the focus while the view is visible."""
        return None

    def focus_target_now(self) -> None:
        """Give the keys to the view's focus target, or to nothing, so that they reach the console."""
        self.screen.set_focus(self.focus_target(), scroll_visible=False)

    def do_open(self) -> None:
        """`enter` on what is selected."""

    @property
    def console(self) -> Console:
        return cast("Console", self.app)

    @property
    def door(self) -> Door:
        return self.console.door

    # The states of every view: loading, empty, error; the body otherwise.

    def explain(self, headline: str, *lines: str) -> None:
        """Show words in place of the body: what is so, why, and what to do. Texts are cleaned here."""
        self._stop_timers()
        parts = [Content.styled(clean(headline), "bold"), *(Content(clean(line)) for line in lines)]
        self._explanation.update(Content("\n").join(parts))
        self.add_class("-explaining")

    def reveal(self) -> None:
        """Show the body again."""
        self._stop_timers()
        self.remove_class("-explaining")

    def waiting(self, what: str) -> None:
        """Say that the first data are on their way: a still word; after 2 s for what; after 10 s how to leave."""
        self.explain("loading…")
        self._waits = [
            self.set_timer(SAY_WHAT_AFTER_S, lambda: self._explanation.update(Content(clean(f"loading… {what}")))),
            self.set_timer(
                SAY_HOW_TO_STOP_AFTER_S,
                lambda: self._explanation.update(
                    Content(clean(f"loading… {what}\nIt takes long. q goes back; : daily shows the workloads."))
                ),
            ),
        ]

    def fetch(
        self,
        question: Callable[[], Awaitable[Answer]],
        apply: Callable[[Answer], None],
        what: str,
        *,
        quiet: bool = False,
    ) -> None:
        """Ask the door and apply the answer; a later fetch of this view replaces an earlier one.

        `what` ends the sentence "loading…". `quiet` keeps the body in place while waiting (loading again).
        A ConsoleError becomes the view's error state, or a message where there is a body already.
        """
        if not quiet:
            self.waiting(what)

        async def run() -> None:
            try:
                answer = await question()
            except ConsoleError as error:
                if quiet:
                    self.console.say(str(error), error=True)
                else:
                    self.explain(
                        f"This could not be shown: {what}", *str(error).splitlines(), "q goes back; r tries again."
                    )
                return
            except Exception:
                if not quiet:
                    self.explain(f"This could not be shown: {what}", "q goes back; r tries again.")
                raise
            self.reveal()
            apply(answer)

        self.work_on(run, f"fetch-{self.NAME}")

    def work_on(self, job: Callable[[], Coroutine[None, None, None]], group: str) -> None:
        """Run a job beside the handlers; a later one of the group replaces it. It is given as a function, because a
        coroutine that is replaced before it began would be dropped with a warning. What it dies of is told."""

        async def run() -> None:
            try:
                await job()
            except Exception as error:
                await self.console.unexpected(error)

        work: WorkType[None] = run
        self.run_worker(work, group=group, exclusive=True, exit_on_error=True)

    def _stop_timers(self) -> None:
        for timer in self._waits:
            timer.stop()
        self._waits = []


def lines_of(texts: Iterable[str]) -> Content:
    """Lines of outside text as content: cleaned, never markup."""
    return Content("\n").join(Content(clean(text)) for text in texts)
