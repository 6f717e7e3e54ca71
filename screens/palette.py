"""`:` at the bottom of the screen: screens and commands by name, with completion and history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens import themes
from screens.actions import ACTIONS
from screens.prompt import Prompt

if TYPE_CHECKING:
    from screens.app import ConsoleApp

ALSO = {"q": "quit", "quit": "quit", "wq": "quit"}
"""What fingers type."""


@dataclass(frozen=True, slots=True)
class Offer:
    name: str
    action: str
    help: str
    subject: str | None = None
    """A slug to open, where the offer is a workload."""
    theme: str | None = None
    """The theme to take, where the offer is one."""


def offers(app: ConsoleApp) -> list[Offer]:
    """What `:` offers here and now: every action that works, and every workload by its slug."""
    selection = app.view.selected()
    works = [action for action in ACTIONS if action.command and app.refusal(action, selection) is None]
    given = [Offer(action.label.replace(" ", "-"), action.id, action.help) for action in works]
    given += [Offer(f"theme-{name}", "theme", "Take these colours.", theme=name) for name in themes.THEMES]
    slugs = [line.slug for line in app.daily.workloads] if app.daily else []
    return given + [Offer(slug, "open", "Open this workload.", slug) for slug in slugs]


def find(text: str, among: list[Offer]) -> list[Offer]:
    """The offers whose name begins with the text, then those that contain it."""
    wanted = "-".join(text.casefold().split())
    begins = [offer for offer in among if offer.name.casefold().startswith(wanted)]
    return begins + [offer for offer in among if wanted in offer.name.casefold() and offer not in begins]


def ask(app: ConsoleApp) -> None:
    """Ask for a command and carry it out."""
    among = offers(app)

    def complaint(text: str) -> str | None:
        if not text.strip() or text.strip() in ALSO or find(text, among):
            return None
        return f"There is no command {text.strip()!r} here; tab completes, ? lists them."

    question = app.question(
        Prompt(":", complete=lambda text: [offer.name for offer in find(text, among)], validate=complaint)
    )

    async def run() -> None:
        answer = await app.answer_to(question)
        if answer is not None and answer.strip():
            await _carry_out(app, answer, among)

    app.work_on(run, "palette")


async def _carry_out(app: ConsoleApp, answer: str, among: list[Offer]) -> None:
    if answer.strip() in ALSO:
        await app.action_act(ALSO[answer.strip()])
        return
    offer = find(answer, among)[0]
    if offer.subject is not None:
        app.go("workload", offer.subject)
    elif offer.theme is not None:
        app.recolour(offer.theme)
    else:
        await app.action_act(offer.action)
