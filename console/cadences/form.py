"""A file as a form: its fields as lines, with what is wrong beside them. Values only. Texts are outside text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """What a rule says, and what to write instead."""

    rule: str
    severity: str
    """error, warning."""
    line: int | None
    message: str
    remedy: str

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of the form."""

    path: tuple[str | int, ...]
    """Its place in the file."""
    label: str
    kind: str
    """text, prose, choice, flag, whole, number, dollars, texts, table."""
    shown: str
    """Empty where the file does not say it."""
    typed: str
    """As a person types it."""
    about: str
    choices: tuple[str, ...]
    line: int | None
    optional: bool
    problems: tuple[ProblemLine, ...] = ()
