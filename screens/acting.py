"""Carrying out an action: by a dialog that is imported when first needed, by the view, or by the console."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from screens import palette, themes
from screens.actions import BY_ID, meant
from screens.actions.action import Action
from screens.dialogs.under_way import under_way
from screens.prompt import Prompt
from screens.sorting import ask_for_column
from screens.widgets.message_line import MessageLine

if TYPE_CHECKING:
    from screens.app import ConsoleApp

HERE = "this console"
"""The leader that the Daily names where this process runs the engine."""
CLIPBOARD_LIMIT = 74_000
"""Bytes that terminals take in one OSC 52."""


def act(app: ConsoleApp, action: Action) -> None:
    """Do it on what is selected at this moment, or say why not."""
    action = meant(action, app.view.NAME)
    selection = app.view.selected()
    refusal = app.refusal(action, selection)
    by_view = getattr(app.view, f"do_{action.id}", None)
    if refusal is not None:
        app.say(refusal, error=True)
    elif action.dialog and selection is not None:
        # Never exclusive: a new dialog must not cancel a kill that is on its way.
        app.work_on(partial(_dialog, app, action, selection), "dialog", exclusive=False)
    elif by_view is not None:
        by_view()
    elif action.owner != "console":  # its key means something else on other views, so it comes by the console
        getattr(app.view.focus_target(), f"action_{action.id}")()
    elif action.id in _BY_CONSOLE:
        _BY_CONSOLE[action.id](app)
    else:
        app.go(action.id, selection.workload if selection else None)


async def _dialog(app: ConsoleApp, action: Action, *about: object) -> None:
    await carry_out(app, lambda: import_module(f"screens.dialogs.{action.id}").run(app, *about))


async def carry_out(app: ConsoleApp, job: Callable[[], Coroutine[None, None, None]]) -> None:
    """What asks a person; what fails is said."""
    try:
        await job()
    except ConsoleError as error:
        app.say(str(error), error=True)


def _back(app: ConsoleApp) -> None:
    table = app.table
    if table is not None and table.filter_text:
        table.filter_by("")
    elif app.view.step_back():
        app.offer()
    elif len(app.path.steps) > 1:
        app.back()
    else:
        _leave(app)


def _leave(app: ConsoleApp) -> None:
    question = app.question(Prompt("Leave the console? enter leaves, esc stays"))

    async def run() -> None:
        if await app.answer_to(question) is not None:
            app.exit(return_code=0)

    app.work_on(run, "leave")


def _filter(app: ConsoleApp) -> None:
    table = app.table
    if table is None:
        return

    before = table.filter_text
    question = app.question(Prompt("/", default=before, changed=table.filter_by))

    async def run() -> None:
        answer = await app.answer_to(question)
        table.filter_by(before if answer is None and before else answer or "")

    app.work_on(run, "filter")


def _sort(app: ConsoleApp) -> None:
    table = app.table
    if table is not None:
        ask_for_column(app, table)


def _sort_beside(app: ConsoleApp, step: int) -> None:
    if app.table is not None:
        app.table.sort_beside(step)


def _zone(app: ConsoleApp) -> None:
    app.local_time = not app.local_time
    for view in app.views():
        view.dirty = True
    app.draw()
    app.say(f"Times are shown in {'the zone of this machine' if app.local_time else 'UTC'}.")


def _copy(app: ConsoleApp) -> None:
    selection = app.view.selected()
    if selection is None:
        return
    text = selection.text or selection.command or selection.id
    if len(text.encode(errors="replace")) > CLIPBOARD_LIMIT:
        app.say("This is too long for a terminal's clipboard.", error=True)
        return
    app.copy_to_clipboard(text)
    what = selection.label if selection.text else "The command" if selection.command else selection.id
    app.say(f"{what} was sent to the terminal's clipboard (tmux passes it on where set-clipboard is on).")


def _theme(app: ConsoleApp) -> None:
    names = list(themes.THEMES)

    def complaint(text: str) -> str | None:
        return None if text.strip().lower() in names else f"Write one of: {', '.join(names)}; tab completes."

    async def run() -> None:
        answer = await app.ask(
            Prompt(
                "Theme",
                complete=lambda text: [name for name in names if name.startswith(text.strip().lower())],
                validate=complaint,
            )
        )
        if answer is not None:
            app.recolour(answer.strip().lower())

    app.work_on(run, "palette")


def _suspend(app: ConsoleApp) -> None:
    """Stop this process until `fg`, but never in the middle of a kill or resume."""
    daily = app.daily
    leads = daily is not None and daily.leader == HERE
    if under_way() or (leads and daily is not None and any(line.breaker == "tripped" for line in daily.workloads)):
        app.say("A kill or resume is under way here; the console cannot be suspended until it has ended.", error=True)
        return
    app.action_suspend_process()


def resumed(app: ConsoleApp) -> None:
    """Draw everything again, for the shell had the terminal; say what was missed while the process was stopped."""
    app.screen.refresh()
    if not app.lent and app.daily is not None and app.daily.leader == HERE:
        app.say("The console is back. While it was suspended nobody watched: token-console poll goes on in such times.")


def _undo(app: ConsoleApp) -> None:
    take_back = app.undo.take()
    if take_back is None:
        app.say("There is nothing to take back: that is possible for ten seconds.", error=True)
        return

    async def run() -> None:
        try:
            await take_back()
        except ConsoleError as error:
            app.say(str(error), error=True)
            return
        app.say("It was taken back.")
        app.changed()

    app.work_on(run, "undo")


def _alerts(app: ConsoleApp) -> None:
    """The most urgent alert first, unless a certain one is selected here: a workload's own may not be the worst."""
    selection = app.view.selected()
    app.go("alerts", selection.id if selection is not None and selection.kind == "alert" else None)


def _exceptions(app: ConsoleApp) -> None:
    """All of the week, with the one that is selected here where there is one; never those of a workload."""
    selection = app.view.selected()
    app.go("exceptions", selection.id if selection is not None and selection.kind == "exception" else None)


def _report(app: ConsoleApp) -> None:
    about = app.view.NAME, app.view.period()
    app.work_on(partial(_dialog, app, BY_ID["report"], *about), "dialog", exclusive=False)


def _refresh(app: ConsoleApp) -> None:
    from console.operations.status import refresh  # heavy: only now, and the door has loaded it by then

    async def run() -> None:
        app.say("Asking the providers now…")
        try:
            await app.door.ask(refresh)
        except ConsoleError as error:
            app.say(str(error), error=True)
            return
        app.say("The providers were asked; what they had is on the screen.")

    app.work_on(run, "refresh")


_BY_CONSOLE: dict[str, Callable[[ConsoleApp], None]] = {
    "alerts": _alerts,
    "back": _back,
    "command": palette.ask,
    "copy": _copy,
    "exceptions": _exceptions,
    "filter": _filter,
    "help": lambda app: app.go("help", app.view.NAME),
    "messages": lambda app: app.query_one(MessageLine).replay(),
    "quit": lambda app: app.exit(return_code=0),
    "refresh": _refresh,
    "report": _report,
    "sort": _sort,
    "sort_left": lambda app: _sort_beside(app, -1),
    "sort_right": lambda app: _sort_beside(app, 1),
    "suspend": _suspend,
    "theme": _theme,
    "undo": _undo,
    "weekly": lambda app: app.go("weekly"),  # from the top: its rows are patterns, not workloads
    "zone": _zone,
}
