"""Sign: exactly what is signed is shown, with its hash; what was changed meanwhile is not signed."""

from __future__ import annotations

from console import wording
from console.cadences.charter import CharterForm
from console.money import display
from screens.columns.column import Cell
from screens.columns.page import PageLine, labelled, line, wrapped
from screens.dialogs import asking
from screens.dialogs.charters import form_of, read_again
from screens.prompt import Prompt
from screens.view import Console, Selection

CHANGES = 5
"""Changes that are named before one signs; = shows all."""


async def run(console: Console, selection: Selection) -> None:
    """Sign the version that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import registry

    form = form_of(selection)
    if form.errors:
        console.say(f"Rules stand in the way of version {form.version}: {form.errors} of them, beneath their fields.",
                    error=True)
        return
    own = [role for role in form.missing_roles if role in console.door.actor.roles]
    if not own:
        console.say(f"Version {form.version} is still to be signed by {_listed(form.missing_roles)}; you hold none of "
                    "these roles.", error=True)
        return
    role = await asking.role(console, f"Sign version {form.version} as", own)
    if role is None:
        return
    width, most = asking.room(console)
    answer = await console.ask(
        Prompt(
            f"Sign as {wording.role(role)}: tab, then enter",
            title=f"SIGN version {form.version} of the Charter of {form.workload} as {wording.role(role).upper()}",
            lines=asking.contents(what(form, width)[:most]),
            validate=lambda text: None if not text.strip() else "Leave it empty: enter signs, esc does not.",
            guarded=True,
            hint="tab goes to the field, enter there signs · esc, q or enter here leave it unsigned",
        )
    )
    if answer is None:
        console.say("Nothing was signed.")
        return
    done = await console.door.ask(registry.sign, workload=form.workload, role=role, version=form.version,
                                  content_hash=form.content_hash)
    rest = f"still to sign: {_listed(done.missing_roles)}" if done.missing_roles else "it is in force"
    console.say(f"Version {done.version} of the Charter of {done.workload} is signed as {wording.role(role)}; {rest}.")
    read_again(console, done.version)


def what(form: CharterForm, width: int) -> list[PageLine]:
    """What a signature holds for: the content by its hash, its money, and what it changes in short."""
    expected = next((cost.typed for cost in form.costs if cost.scenario == "expected"), None)
    how = "by itself" if form.automatic else "after a person decides"
    lines = [
        *labelled("content", form.content_hash[:32], width),
        *labelled("month, USD", f"expected {display(expected)} · kills {how} above {display(form.kill_threshold)}",
                  width),
    ]
    if form.warnings:
        lines += labelled("to be read", f"{form.warnings} warning{'' if form.warnings == 1 else 's'} of the rules",
                          width, tone="warn")
    if not form.compared_with:
        return lines
    lines.append(line("  ", Cell(f"changes from {form.compared_with}:", "dim")))
    for change in form.changes[:CHANGES]:
        lines += wrapped(change.text, width, indent=4, most=1)
    if len(form.changes) > CHANGES:
        lines += wrapped(f"and {len(form.changes) - CHANGES} more; = shows them all", width, indent=4, tone="dim")
    return lines


def _listed(roles: tuple[str, ...]) -> str:
    return ", ".join(wording.role(role) for role in roles)
