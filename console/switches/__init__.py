"""What turns a thing off, on, and reads its state back: one file or folder a kind. `switch.py` says what a switch is.

Nothing here lists them: `console.kinds` finds a kind by its name.
"""

from __future__ import annotations

from console import kinds
from console.config import SourceSettings, SwitchSettings
from console.errors import BadConfiguration
from console.switches.switch import Switch


def build(kind: str, settings: SourceSettings | SwitchSettings, tools: kinds.SwitchTools) -> Switch:
    """The switch of this kind at this source, or of this `[[switches]]` table. Raises BadConfiguration."""
    declared = kinds.switch(kind)
    fits = (isinstance(settings, SourceSettings) and settings.kind == declared.works_at) or (
        isinstance(settings, SwitchSettings) and declared.works_at is None and settings.kind == kind)
    if not fits:
        raise BadConfiguration(f"The switch {kind} does not work at {settings.name!r}, which is a {settings.kind}.")
    return declared.build(settings, tools)
