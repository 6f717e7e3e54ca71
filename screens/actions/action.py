"""One action of the screens as a value, the groups of views it may belong to, and how its key is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Danger = Literal["harmless", "reversible", "destructive"]
Owner = Literal["console", "table", "grid", "form", "dials"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do, and where."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that footer and help show. None where only `:` has it."""
    label: str
    """One or two words, for footer and palette."""
    help: str
    """One sentence."""
    views: tuple[str, ...] = ()
    """Names of the views where it means something; empty is everywhere."""
    of: tuple[str, ...] = ()
    """Kinds of selection it acts on; empty where it needs none."""
    when: tuple[str, ...] = ()
    """States of the breaker in which it means something; empty is any, and so is a state that is not known."""
    versions: tuple[str, ...] = ()
    """States of a Charter's version in which it means something; empty is any."""
    waiting: bool = False
    """Whether it means something only for an intent that awaits an approval."""
    danger: Danger = "harmless"
    permission: str | None = None
    """Key of `permissions.MAY`."""
    dialog: bool = False
    """Carried out by `screens/dialogs/<id>.py`: `async def run(console, selection)`."""
    owner: Owner = "console"
    footer: int = 0
    """Order in the footer; 0 keeps it out."""
    command: bool = True
    """Whether `:` offers it."""

    @property
    def on_list(self) -> bool:
        """Whether it needs a list with rows."""
        return self.views == LISTS

    @property
    def key(self) -> str:
        """The first key, as people write it."""
        return shown_key(self.keys[0]) if self.keys else f":{self.label}"


TRIAGE = ("weekly", "exceptions")
"""Views of the week, in which one decides."""
CADENCES = ("monthly", "quarterly", "annual")
"""The cadences that look back over a period."""
LISTS = ("daily", "alerts", "audit", "tram_cell", "mbom", "residue", "findings", *TRIAGE, *CADENCES)
SCROLLED = (*LISTS, "workload", "trip_sheet", "charter", "mbom_entry", "permissions", "tram", "lab")
STOPPED = ("tripped", "held")
WRITTEN = ("draft", "in review", "signed", "superseded", "retired")
"""States of a Charter's version, where there is one."""
INCIDENT = ("daily", "workload", "alerts", "trip_sheet")

_SHOWN = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "esc",
    "ctrl+c": "ctrl+c",
    "equals_sign": "=",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "f1": "F1",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "shift+left": "shift+←",
    "shift+right": "shift+→",
    "ctrl+left": "ctrl+←",
    "ctrl+right": "ctrl+→",
    "dollar_sign": "$",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "asterisk": "*",
}


def shown_key(key: str) -> str:
    """A key as people write it."""
    return _SHOWN.get(key, key)
