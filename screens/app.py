"""The console on a terminal: wires header, views, prompt and footer to the door, and nothing else.

Only textual and the standard library are imported before the first paint; `Door.open` brings the rest, in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import ContentSwitcher
from textual.worker import WorkType

from console.cadences.daily import Daily
from console.errors import ConsoleError
from console.operations.permissions import allowed
from screens import acting, navigation, terminal, themes
from screens.actions import ACTIONS, BY_ID, why_not
from screens.actions.action import Action
from screens.daily import DailyView
from screens.feed import feed_of
from screens.prompt import Prompt, PromptBar
from screens.undo import TakeBack, Undo
from screens.view import Selection, View
from screens.widgets.footer_line import FooterLine
from screens.widgets.header_line import HeaderLine
from screens.widgets.live_table import LiveTable
from screens.widgets.message_line import MessageLine
from screens.widgets.quiet_focus import QuietScreen
from screens.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from textual.filter import LineFilter

    from console.operations.door import Door

AGE_EVERY_S = 1.0


class Snapshot(Message):
    """A new Daily from the backstage thread. Of several that wait, only the last counts."""

    def __init__(self, daily: Daily) -> None:
        super().__init__()
        self.daily = daily

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Snapshot)


class ConsoleApp(App[int], inherit_bindings=False):
    """The console around the views; `screens.view.Console` is what they see of it."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        f"styles/{name}.tcss" for name in ("app", "daily", "lists", "cadences", "tram", "lab")
    ]
    TITLE = "Token Console"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority a key is acted on when it comes, before the next one is sent anywhere: of `/cl` in one write the
        # letters go to the question that the first key opens. Without it a key wanders up through every widget first.
        Binding(",".join(action.keys), f"act('{action.id}')", action.label, priority=True, id=action.id)
        for action in ACTIONS
        if action.owner == "console" and action.keys
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-minute"), (40, "-tiny"), (60, "-narrow"), (80, "-normal"), (140, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-minute-low"), (10, "-flat"), (15, "-low"), (20, "-medium"), (36, "-tall")]  # noqa: RUF012

    def __init__(self, door: Door, first: Daily | None, *, ascii_only: bool = False) -> None:
        super().__init__(ansi_color=True if themes.no_colour() else None)
        self._ascii_only = ascii_only or terminal.cannot_show_utf8()
        self._own_filters: list[LineFilter] = []
        self.animation_level = "none"
        self.door = door
        self.daily = first
        self.local_time = False
        self.lent = False
        """Whether the terminal is lent to an editor; backstage goes on meanwhile."""
        self.path = navigation.Path()
        self.undo = Undo()
        themes.register(self)
        self._filter()

    def _filter(self) -> None:
        """Take away what this terminal or this person does not want: colours, characters beyond ASCII."""
        self._own_filters = []
        if themes.is_mono(self):
            from textual.filter import NoColor

            self._own_filters.append(NoColor())
        if self._ascii_only:
            from screens.plain import Plain

            self._own_filters.append(Plain())

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._own_filters]

    def get_default_screen(self) -> QuietScreen:
        # With the classes that its size gives it: else they come after the first paint, and with them a second one.
        width, height = self.size
        classes = [_reached(width, self.HORIZONTAL_BREAKPOINTS), _reached(height, self.VERTICAL_BREAKPOINTS)]
        return QuietScreen(id="_default", classes=" ".join(classes))

    def compose(self) -> ComposeResult:
        # What lies over the rest comes first: the framework numbers widgets from the last on, and a number that changes
        # repaints its widget. So a prompt opens with its own bytes and no others.
        yield TooSmall()
        yield PromptBar()
        yield MessageLine()
        yield HeaderLine(read_only=self.door.read_only)
        with ContentSwitcher(id="views", initial="view-daily"):
            yield DailyView()
        yield FooterLine()

    def on_mount(self) -> None:
        terminal.watch(self)
        self.go("daily")
        self.call_after_refresh(self._open_door)
        self.set_interval(AGE_EVERY_S, self.tick)
        self.app_resume_signal.subscribe(self, lambda _: acting.resumed(self))

    # What views and dialogs may ask: see screens.view.Console.

    def go(self, view: str, subject: str | None = None) -> None:
        navigation.go(self, view, subject)

    def back(self) -> None:
        navigation.back(self)

    def say(self, text: str, *, error: bool = False) -> None:
        self.query_one(MessageLine).say(text, error=error)
        self.on_prompt_bar_resized()

    def say_undoable(self, text: str, take_back: TakeBack) -> None:
        self.undo.offer(take_back)
        self.say(f"{text} {BY_ID['undo'].key} takes it back.")

    async def ask(self, prompt: Prompt) -> str | None:
        return await self.answer_to(self.question(prompt))

    def question(self, prompt: Prompt) -> asyncio.Future[str | None]:
        """Ask at once: the very next key is the question's. The answer is waited for with `answer_to`."""
        self.query_one(MessageLine).hide()  # what was said before must not lie over the question
        return self.query_one(PromptBar).open(prompt)

    async def answer_to(self, question: asyncio.Future[str | None]) -> str | None:
        bar, message = self.query_one(PromptBar), self.query_one(MessageLine)
        answer = await question
        if not bar.is_open:  # otherwise another question took its place, and the keys are that one's
            self.view.focus_target_now()
            message.lift(0)
        self.offer()
        return answer

    def on_prompt_bar_resized(self) -> None:
        self.query_one(MessageLine).lift(self.query_one(PromptBar).lines)

    def now(self) -> datetime:
        return self.door.clock.now()

    def time(self, at: datetime | None, *, seconds: bool = False) -> str:
        if at is None:
            return "?"
        here = self.zone(at)
        today = self.now().astimezone(here.tzinfo).date()
        shown = here.strftime("%H:%M:%S" if seconds else "%H:%M")
        mark = "Z" if not self.local_time else here.strftime(" %Z")
        return f"{shown}{mark}" if here.date() == today else f"{here:%d %b} {shown}{mark}"

    def zone(self, at: datetime) -> datetime:
        """The instant in the zone of the screen."""
        return at.astimezone(None if self.local_time else UTC)

    def work_on(self, job: Callable[[], Coroutine[None, None, None]], group: str, *, exclusive: bool = True) -> None:
        """Run a job beside the handlers; an exclusive one replaces what its group was at. What it dies of is told."""

        async def run() -> None:
            try:
                await job()
            except Exception as error:
                await self.unexpected(error)

        work: WorkType[None] = run
        self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=True)

    def changed(self) -> None:
        self.view.changed()

    async def unexpected(self, error: Exception) -> None:
        from console.crash import write_report  # only when it is needed: it is not there before the first paint

        try:
            report = await asyncio.to_thread(write_report, error)
        except Exception:
            report = "No report could be written."
        with suppress(NoMatches):  # the console may be closing
            self.say(f"Something unexpected went wrong here; the console goes on. {report}", error=True)

    # Keys.

    @property
    def view(self) -> View:
        """The view that is visible."""
        shown = self.query_one("#views", ContentSwitcher).visible_content
        assert isinstance(shown, View)
        return shown

    def views(self) -> Iterator[View]:
        """Every view that was made."""
        return iter(self.query(View))

    async def action_act(self, name: str) -> None:
        """Carry out an action of the table on what is selected now. Where it leads to a view that is made first, the
        keys that come meanwhile wait and are that view's."""
        acting.act(self, BY_ID[name])
        await self.path.arrived()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a question is open, keys belong to it; only leaving the console and suspending it stay."""
        if action == "act" and parameters not in (("quit",), ("suspend",)):
            try:
                return not self.query_one(PromptBar).is_open
            except NoMatches:
                return False
        return True

    def refusal(self, action: Action, selection: Selection | None) -> str | None:
        """Why the action does nothing now; None where it works."""
        if action.on_list and (self.table is None or not self.table.total):
            return "There is no list here yet."
        selected = selection or Selection("", "", "")
        return why_not(
            action,
            view=self.view.NAME,
            kind=selected.kind or None,
            actor=self.door.actor,
            read_only=self.door.read_only,
            breaker=selected.breaker,
            intent=getattr(selected.item, "state", None) if selected.kind == "intent" else None,
            version=getattr(selected.item, "state", None) if selected.kind == "charter" else None,
        )

    def work_in_dialog(self, job: Callable[[], Coroutine[None, None, None]]) -> None:
        self.work_on(partial(acting.carry_out, self, job), "dialog", exclusive=False)

    def offer(self) -> None:
        """Bring the footer up to date with what works now."""
        selection = self.view.selected()
        refused = {action.id: self.refusal(action, selection) for action in ACTIONS}
        barred = {action.id for action in ACTIONS if refused[action.id] and self._barred(action, selection)}
        here = [action for action in ACTIONS if refused[action.id] is None or action.id in barred]
        top = self.view.NAME == navigation.TOP
        self.query_one(FooterLine).offer([action for action in here if not (top and action.id == "back")], barred)

    def _barred(self, action: Action, selection: Selection | None) -> bool:
        """Whether it is only this person's roles that it lacks: it is shown, and says so when it is asked for."""
        if action.permission is None or self.door.read_only or allowed(self.door.actor, action.permission):
            return False
        return self.refusal(replace(action, permission=None), selection) is None

    def on_live_table_moved(self) -> None:
        with suppress(NoMatches):  # the console may be closing
            self.offer()

    async def on_live_table_opened(self) -> None:
        await self.action_act(self.view.OPENS)

    async def on_footer_line_pressed(self, message: FooterLine.Pressed) -> None:
        await self.action_act(message.action.id)

    def recolour(self, name: str) -> None:
        """Take the theme of this name, now and the next time."""
        said = themes.choose(self, name)
        self._filter()
        for view in self.views():
            view.recolour()
        self.refresh_css()
        self.say(said)

    # Data.

    def on_snapshot(self, message: Snapshot) -> None:
        self.daily = message.daily
        for view in self.views():
            view.dirty = True
        self.draw()

    def draw(self) -> None:
        """Show the newest snapshot in the visible view, in one batch."""
        with self.batch_update():
            view = self.view
            if self.daily is not None and view.dirty:
                view.dirty = False
                self._drawn(view, partial(view.show, self.daily), whole=True)
            self.tick()
            self.offer()

    def _drawn(self, view: View, draw: Callable[[], None], *, whole: bool = False) -> None:
        """Draw, and where that meets an error mark the view until it has been drawn whole again. One report tells of
        it, not one a second."""
        try:
            draw()
        except Exception as error:
            if not view.partly_drawn:
                view.partly_drawn = True
                self.work_on(partial(self.unexpected, error), "unexpected", exclusive=False)
        else:
            view.partly_drawn = view.partly_drawn and not whole

    def tick(self) -> None:
        """Bring the age of the data up to date: the only thing that an idle console writes."""
        now, daily = self.now(), self.daily
        header = next(iter(self.query(HeaderLine)), None)
        if header is None:  # the timer may fire once more while the console closes
            return
        view = self.view
        self._drawn(view, view.tick)
        header.place(
            self.path.crumbs(view),
            daily.organisation if daily else "",
            simulated=bool(daily and daily.simulated),
            partly_drawn=view.partly_drawn,
        )
        header.tick(daily, now, self.time(feed_of(daily, now).until))

    def _open_door(self) -> None:
        self.query_one(PromptBar).furnish()
        self.door.subscribe(self._hear)
        self.door.open()
        self.work_on(self._wait_for_door, "door", exclusive=False)

    def _hear(self, daily: Daily) -> None:
        """Called on the backstage thread: it only leaves a message, and never waits for the screen."""
        self.post_message(Snapshot(daily))

    async def _wait_for_door(self) -> None:
        try:
            await self.door.ready()
        except ConsoleError as error:
            self.view.explain("The console could not start its engine.", *str(error).splitlines(), "q leaves.")
        else:
            await asyncio.to_thread(navigation.load_ahead, lambda: self.return_code is None)

    def _fatal_error(self) -> None:
        """Leave at once and quietly: the framework would print local variables, and those may hold secrets. The front
        door writes the report."""
        self._close_messages_no_wait()

    @property
    def table(self) -> LiveTable[object] | None:
        """The table that holds the keys of the visible view, where it has one."""
        target = self.view.focus_target()
        return target if isinstance(target, LiveTable) else None


def _reached(cells: int, breakpoints: Sequence[tuple[int, str]]) -> str:
    """The class of the last breakpoint that is not more than so many cells."""
    return [name for least, name in breakpoints if least <= cells][-1]


def run(door: Door, first: Daily | None, *, mouse: bool = True, ascii_only: bool = False) -> int:
    """Open the console on this terminal and stay until the person leaves. Returns the exit code.

    Without `mouse` the terminal keeps it, and with it the selection of text. Raises what the console died of, after the
    terminal was given back.
    """
    app = ConsoleApp(door, first, ascii_only=ascii_only)
    try:
        with terminal.given_back():
            app.run(mouse=mouse)
    finally:
        door.close()
    if app._exception is not None and terminal.answers():
        raise app._exception
    return app.return_code or 0
