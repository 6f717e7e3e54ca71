"""Every action of the screens, once: keys, footer, `?` help, `:` palette and the manual's key page come from here.

A destructive action is absent from footer and palette of a read-only console, and help says why. The operations behind
the door refuse it as well: this table is for people, not for safety.

One file a subject. The order of the table is the order of help.
"""

from __future__ import annotations

from collections.abc import Iterator

from console import wording
from console.operations.actor import Actor
from console.operations.permissions import MAY, allowed
from screens.actions.action import Action
from screens.actions.charters import CHARTERS
from screens.actions.lab import LAB
from screens.actions.lists import MOVES
from screens.actions.periods import PERIODS
from screens.actions.places import PLACES
from screens.actions.selected import SELECTED
from screens.actions.week import WEEK

ACTIONS: tuple[Action, ...] = (*SELECTED, *WEEK, *PERIODS, *CHARTERS, *LAB, *MOVES, *PLACES)
BY_ID = {action.id: action for action in ACTIONS}


def here(view: str) -> Iterator[Action]:
    """The actions that mean something on this view and not everywhere, in the table's order."""
    return (action for action in ACTIONS if view in action.views)


def meant(action: Action, view: str) -> Action:
    """What the key of this action means on the view: a key may do another thing where the first one means nothing."""
    if not action.views or view in action.views:
        return action
    return next((other for other in here(view) if set(other.keys) & set(action.keys)), action)


def everywhere() -> Iterator[Action]:
    """The actions that every view has."""
    return (action for action in ACTIONS if not action.views)


def hidden(action: Action, *, read_only: bool) -> bool:
    """Whether the action is left out of footer and palette: it changes something and this console is read-only."""
    return read_only and action.permission is not None


def roles(permission: str) -> str:
    """The roles that carry it, in words."""
    return ", ".join(map(wording.role, MAY[permission]))


def why_not(
    action: Action,
    *,
    view: str,
    kind: str | None,
    actor: Actor,
    read_only: bool,
    breaker: str | None = None,
    intent: str | None = None,
    version: str | None = None,
) -> str | None:
    """The reason why the action does nothing now, as a sentence; None where it works.

    `kind` is the kind of what is selected, None where nothing is; `breaker` and `intent` are the states of its breaker
    and of the intent that it is, where they are known; `version` is the state of a Charter's
    version.
    """
    if action.views and view not in action.views:
        return f"{action.key} means nothing on this screen; ? lists what does."
    if hidden(action, read_only=read_only):
        return f"This console is read-only, so {action.label} is off. Start it without --read-only to act."
    if action.permission is not None and not allowed(actor, action.permission):
        return f"{action.label} takes one of the roles {roles(action.permission)}."
    if action.of and kind is None:
        return f"Nothing is selected that {action.key} ({action.label}) could act on."
    if action.of and kind not in action.of:
        return f"{action.key} ({action.label}) does not apply to what is selected."
    if action.when and breaker is not None and breaker not in action.when:
        return f"{action.label} applies where a breaker is {' or '.join(action.when)}; this one is: {breaker}."
    if action.versions and version is not None and version not in action.versions:
        return _not_in_this_state(action, version)
    if action.waiting and intent is not None and intent != "awaiting_approval":
        return f"Nothing waits for an approval here: this one is {intent.replace('_', ' ')}."
    return None


def _not_in_this_state(action: Action, version: str) -> str:
    if version == "none":
        return f"There is no Charter to {action.label} yet; n begins one."
    if action.versions == ("none",):
        return "This workload has a Charter; enter or e changes it."
    return f"{action.label} is for a version that is {' or '.join(action.versions)}; this one is {version}."
