"""Going from view to view: kept panes in one switcher, each made when it is first shown, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from textual.css.query import NoMatches
from textual.widgets import ContentSwitcher

from screens.prompt import PromptBar
from screens.view import View

if TYPE_CHECKING:
    from screens.app import ConsoleApp

VIEWS = {
    "daily": "screens.daily:DailyView",
    "workload": "screens.workload:WorkloadView",
    "alerts": "screens.alerts:AlertsView",
    "trip_sheet": "screens.trip_sheet:TripSheetView",
    "monthly": "screens.monthly:MonthlyView",
    "quarterly": "screens.quarterly:QuarterlyView",
    "annual": "screens.annual:AnnualView",
    "audit": "screens.audit:AuditView",
    "weekly": "screens.weekly:WeeklyView",
    "exceptions": "screens.exceptions:ExceptionsView",
    "mbom": "screens.mbom:MbomView",
    "mbom_entry": "screens.mbom_entry:EntryView",
    "charter": "screens.charter:CharterView",
    "permissions": "screens.permissions:PermissionsView",
    "tram": "screens.tram:TramMatrixView",
    "tram_cell": "screens.tram_cell:TramCellView",
    "residue": "screens.residue:ResidueView",
    "findings": "screens.findings:FindingsView",
    "lab": "screens.lab:LabView",
    "help": "screens.help:HelpView",
}
TOP = "daily"
ASKED = ("breakers", "charter.form", "charter.replay", "exceptions", "findings", "incidents", "lab", "mbom.form",
         "months", "outcomes", "permissions", "quarters", "reporting", "residue", "status", "tram", "years")
"""Modules of `console.operations` that views and dialogs ask."""


@dataclass
class Path:
    """Where one is, and how one came there."""

    steps: list[tuple[str, str | None]] = field(default_factory=list)
    coming: asyncio.Event | None = None
    """Set once the view that is being made is shown; None where none is."""

    async def arrived(self) -> None:
        """Wait for the view that is being made, where one is."""
        if self.coming is not None:
            await self.coming.wait()

    def crumbs(self, view: View) -> list[str]:
        """The breadcrumb: the daily first, then what is open."""
        return [view.crumb()] if view.NAME == TOP else [TOP, view.crumb()]


def load_ahead(go_on: Callable[[], bool] = lambda: True) -> None:
    """Import what other views are made of and what they ask, so that nobody waits for it there: it takes 20 to 100 ms
    each. Called beside the loop, for as long as it is to `go_on`: whoever leaves does not wait for the rest."""
    places = [place.partition(":")[0] for place in VIEWS.values()]
    for name in (*places, *(f"console.operations.{each}" for each in ASKED), "screens.words"):
        if not go_on():
            return
        import_module(name)
    if go_on():
        import_module("screens.widgets.chart").load()


def go(app: ConsoleApp, name: str, subject: str | None = None) -> None:
    """Show the view of this name and remember the way."""
    steps = app.path.steps
    if steps:
        steps[-1] = (steps[-1][0], app.view.place() or steps[-1][1])
    if name == TOP:
        steps.clear()
    elif steps and steps[-1][0] == name:
        steps.pop()
    steps.append((name, subject))
    _show(app, name, subject)


def back(app: ConsoleApp) -> None:
    """Show the view before this one; nothing at the top."""
    steps = app.path.steps
    if len(steps) > 1:
        steps.pop()
        _show(app, *steps[-1])


def _show(app: ConsoleApp, name: str, subject: str | None) -> None:
    app.query_one(PromptBar).cancel()
    switcher = app.query_one("#views", ContentSwitcher)
    try:
        view = switcher.query_one(f"#view-{name}", View)
    except NoMatches:
        app.path.coming = asyncio.Event()
        app.work_on(partial(_mount, app, switcher, name, subject, app.path.coming), "mount")
        return
    _activate(app, switcher, view, subject)


async def _mount(
    app: ConsoleApp, switcher: ContentSwitcher, name: str, subject: str | None, shown: asyncio.Event
) -> None:
    try:
        view = _make(name)
        view.display = False  # or it would be seen beside the one before it
        await switcher.mount(view)
        _activate(app, switcher, view, subject)
    finally:
        shown.set()


def _activate(app: ConsoleApp, switcher: ContentSwitcher, view: View, subject: str | None) -> None:
    with app.batch_update():
        switcher.current = view.id
        view.open(subject)
        view.focus_target_now()
        app.draw()


def _make(name: str) -> View:
    module, _, kind = VIEWS[name].partition(":")
    made = getattr(import_module(module), kind)()
    assert isinstance(made, View)
    return made
