"""One thing that is wrong in a file a person wrote: where, which rule says so, what it is, what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.errors import InputError

SHOWN = 50
"""Problems that one message lists; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    rule: str
    """A short fixed name: `missing`, `half-life`, `kill-threshold`."""
    line: int | None
    """Of the file, from 1; None where the file is not known any more."""
    message: str
    """Place and fault: `[scenarios.expected] monthly_usd is missing`."""
    remedy: str = ""
    """What to write: `write monthly_usd = "1860"`."""
    severity: str = "error"
    """error, warning."""
    path: tuple[str | int, ...] = field(default=(), compare=False)
    """Of the key that it is about, where that is known; a missing key has no line of its own."""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def text(self, what: str) -> str:
        """`claims-triage.toml:14: [scenarios.expected] monthly_usd is missing; write monthly_usd = "1860"`."""
        place = what if self.line is None else f"{what}:{self.line}"
        return f"{place}: {self.message}" + (f"; {self.remedy}" if self.remedy else "")


def errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.is_error]


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """By line, errors before warnings on the same one."""
    return sorted(problems, key=lambda problem: (problem.line or 0, not problem.is_error))


def refuse(problems: Sequence[Problem], what: str, *, rules: bool = False) -> None:
    """Raise InputError with every error of `problems`, one a line, with its rule's name where `rules` are asked for.
    Warnings alone pass."""
    wrong = in_order(errors(problems))
    if not wrong:
        return
    lines = [problem.text(what) + (f" [{problem.rule}]" if rules else "") for problem in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(f"… and {len(wrong) - SHOWN} more")
    raise InputError("\n".join(lines))
