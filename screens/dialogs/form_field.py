"""Change one field of a form at the bottom of the screen; what cannot stand is said there, and asked again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from console.cadences.form import FieldLine
from console.errors import InputError
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console

Done = TypeVar("Done")


async def change(
    console: Console, title: str, field: FieldLine, store: Callable[[str], Awaitable[Done]]
) -> Done | None:
    """Ask for the field's value until `store` takes it; None where it stays as it is. Raises ConsoleError."""
    default, complaint = field.typed, ""
    while True:
        answer = await console.ask(_prompt(console, title, field, default, complaint))
        if answer is None or answer.strip() == field.typed:
            return None
        try:
            return await store(answer)
        except InputError as error:
            default, complaint = answer, str(error)


def _prompt(console: Console, title: str, field: FieldLine, default: str, complaint: str) -> Prompt:
    width, most = asking.room(console)
    hints = (
        field.about,
        "\\n is a new line" if field.kind == "prose" else "",
        f"tab: {', '.join(field.choices)}" if field.choices else "",
        "nothing takes it away" if field.optional else "",
    )
    return Prompt(
        field.label.strip(),
        title=f"{title} · {'.'.join(_part(part) for part in field.path)}",
        lines=asking.complaints(complaint, width, most) if complaint else (),
        default=default,
        replaced=bool(field.choices),
        complete=_offers(field) if field.choices or field.kind == "flag" else None,
        hint="" if field.choices or field.kind == "flag" else " · ".join(hint for hint in hints if hint),
    )


def _offers(field: FieldLine) -> Callable[[str], Sequence[str]]:
    choices = field.choices or ("yes", "no")

    def offers(text: str) -> list[str]:
        """The choices that begin so; after a whole one the others, so that tab goes through them."""
        said = text.strip().lower()
        if said in choices:
            at = choices.index(said) + 1
            return [*choices[at:], *choices[:at]]
        return [choice for choice in choices if choice.startswith(said)]

    return offers


def _part(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else part
