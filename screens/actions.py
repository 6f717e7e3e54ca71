"""Every action of the screens, once: keys, footer, `?` help, `:` palette and the manual's key page come from here.

A destructive action is absent from footer and palette of a read-only console, and help says why. The operations behind
the door refuse it as well: this table is for people, not for safety.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from console import wording
from console.operations.actor import Actor
from console.operations.permissions import MAY, allowed

Danger = Literal["harmless", "reversible", "destructive"]
Owner = Literal["console", "table", "grid", "form"]


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
LISTS = ("daily", "alerts", "audit", "tram_cell", "mbom", *TRIAGE, *CADENCES)
SCROLLED = (*LISTS, "workload", "trip_sheet", "charter", "mbom_entry", "permissions", "tram")
STOPPED = ("tripped", "held")
INCIDENT = ("daily", "workload", "alerts", "trip_sheet")

ACTIONS: tuple[Action, ...] = (
    # What one does with what is selected.
    Action(
        "open",
        ("enter",),
        "open",
        "Open what is selected.",
        (*LISTS, "workload", "tram"),
        footer=10,
        command=False,
        of=(
            "workload",
            "alert",
            "unattributed",
            "intent",
            "entry",
            "exception",
            "measure",
            "prediction",
            "pattern",
            "cell",
            "statement",
            "year",
            "registered",
        ),
        owner="table",
    ),
    Action(
        "kill",
        ("K",),
        "kill",
        "Stop the workload's spend by switching its keys off; the plan is shown first.",
        INCIDENT,
        ("workload", "alert", "intent"),
        danger="destructive",
        permission="kill",
        dialog=True,
        footer=20,
    ),
    Action(
        "resume",
        ("R",),
        "resume",
        "Let a stopped workload spend again.",
        ("daily", "workload", "trip_sheet"),
        ("workload", "intent"),
        when=STOPPED,
        danger="destructive",
        permission="resume",
        dialog=True,
        footer=30,
    ),
    Action(
        "approve",
        ("V",),
        "approve",
        "Give the second approval that a kill or resume waits for.",
        ("workload", "trip_sheet"),
        ("intent",),
        waiting=True,
        danger="destructive",
        permission="approve",
        dialog=True,
        footer=30,
    ),
    Action(
        "acknowledge",
        ("c",),
        "acknowledge",
        "Take an alert on: its messages stop for four hours.",
        ("alerts", "workload"),
        ("alert",),
        danger="reversible",
        permission="acknowledge",
        dialog=True,
        footer=40,
    ),
    Action(
        "silence",
        ("z",),
        "silence",
        "Mute a workload's alerts until an end, with a reason. It never stops a kill.",
        INCIDENT,
        ("workload", "alert"),
        danger="reversible",
        permission="silence",
        dialog=True,
        footer=50,
    ),
    Action(
        "trip_sheet",
        ("T",),
        "trip sheet",
        "Why the breaker tripped, what was done, and whether spend fell.",
        ("daily", "workload", "alerts", "exceptions", "monthly"),
        ("workload", "alert", "intent", "exception"),
        when=(*STOPPED, "probation"),
        footer=35,
    ),
    Action(
        "revision",
        ("w",),
        "revision",
        "Decide that the Charter must be revised; asks for the rationale.",
        TRIAGE,
        ("pattern", "exception"),
        danger="reversible",
        permission="decide_exception",
        footer=11,
    ),
    Action(
        "bounded",
        ("b",),
        "bounded",
        "Decide that it may be so for a time; asks for its end and the rationale, and opens it again at the end.",
        TRIAGE,
        ("pattern", "exception"),
        danger="reversible",
        permission="decide_exception",
        footer=12,
    ),
    Action(
        "dismiss",
        ("x",),
        "no problem",
        "Decide that it is not a problem; asks for the rationale.",
        TRIAGE,
        ("pattern", "exception"),
        danger="reversible",
        permission="decide_exception",
        footer=13,
    ),
    Action(
        "escalate",
        ("E",),
        "escalate",
        "Escalate all of its kind as a pattern; asks for the rationale.",
        TRIAGE,
        ("pattern", "exception"),
        danger="reversible",
        permission="decide_exception",
        footer=14,
    ),
    Action("mark", ("space",), "mark", "Mark the row, or take its mark away; a decision takes all marked.", TRIAGE),
    Action("mark_all", ("asterisk",), "mark all", "Mark every row that is shown and waits, or none.", TRIAGE),
    Action(
        "draft_entry",
        ("n",),
        "new entry",
        "Start an MBOM entry from usage that nobody has claimed.",
        ("daily",),
        ("unattributed",),
        danger="reversible",
        permission="edit_mbom",
        dialog=True,
        footer=15,
    ),
    Action(
        "copy",
        ("y",),
        "copy",
        "Send the identifier, or the command to do it by hand, to the terminal's clipboard.",
        (*INCIDENT, "audit", "monthly", "quarterly", "charter", "mbom", "mbom_entry"),
        ("workload", "alert", "unattributed", "intent", "entry", "charter", "registered"),
    ),
    # The month.
    Action(
        "explain",
        ("X",),
        "explain",
        "Write why a workload's month is off its plan; business owner and platform lead each owe it.",
        ("monthly",),
        ("workload", "exception", "intent"),
        danger="reversible",
        permission="explain_variance",
        dialog=True,
        footer=20,
    ),
    Action(
        "enter_outcome",
        ("plus",),
        "outcome",
        "Enter what the workload produced and what that was worth into the ledger.",
        ("monthly",),
        ("workload", "exception", "intent"),
        danger="reversible",
        permission="enter_outcomes",
        dialog=True,
        footer=30,
    ),
    Action(
        "declare_saving",
        ("D",),
        "saving",
        "Declare a fix and what it is to save a month; each month shows what it did save.",
        ("monthly",),
        ("workload", "exception", "intent"),
        danger="reversible",
        permission="declare_saving",
        dialog=True,
        footer=69,
    ),
    # The quarter.
    Action(
        "learn",
        ("l",),
        "lesson",
        "Write down what the quarter taught about the workload.",
        ("quarterly",),
        ("workload", "exception"),
        danger="reversible",
        permission="learn",
        dialog=True,
        footer=20,
    ),
    Action(
        "recommend",
        ("P",),
        "propose",
        "Recommend what is to change; business owner and platform lead do so jointly before a review can be ended.",
        ("quarterly",),
        ("workload", "exception"),
        danger="reversible",
        permission="recommend",
        dialog=True,
        footer=30,
    ),
    Action(
        "end_review",
        ("F",),
        "end review",
        "End the workload's review: reaffirm its Charter, revise it (a draft is opened), or retire the workload.",
        ("quarterly",),
        ("workload", "exception"),
        danger="destructive",
        permission="end_quarterly_review",
        dialog=True,
        footer=40,
    ),
    # The year.
    Action(
        "judge_prediction",
        ("J",),
        "judge",
        "Give a prediction its verdict (open, holding or falsified) with the evidence.",
        ("annual",),
        ("prediction",),
        danger="reversible",
        permission="judge_prediction",
        dialog=True,
        footer=20,
    ),
    Action(
        "write_statement",
        ("e",),
        "edit text",
        "Write the year's text in $EDITOR.",
        ("annual",),
        ("measure", "prediction", "pattern", "statement", "year"),
        danger="reversible",
        permission="write_annual",
        dialog=True,
        footer=30,
    ),
    Action(
        "sign_statement",
        ("i",),
        "sign",
        "Sign the year's text exactly as it is shown.",
        ("annual",),
        ("measure", "prediction", "pattern", "statement", "year"),
        danger="destructive",
        permission="sign_annual",
        dialog=True,
        footer=40,
    ),
    # A Charter.
    Action(
        "charter",
        ("H",),
        "Charter",
        "The Charter of this workload: read it, fill it in, sign it.",
        ("daily", "workload", "alerts", "trip_sheet", "mbom", "mbom_entry"),
        ("workload", "alert", "intent", "registered"),
        footer=86,
    ),
    Action(
        "change_charter",
        ("enter",),
        "change",
        "Change the field under the cursor; comments in the file stay. A fixed version begins the next one.",
        ("charter",),
        ("charter",),
        versions=("draft", "in review", "signed", "superseded", "retired"),
        danger="reversible",
        permission="import_charter",
        owner="form",
        footer=10,
        command=False,
    ),
    Action(
        "change_entry",
        ("enter",),
        "change",
        "Change the field under the cursor.",
        ("mbom_entry",),
        ("registered",),
        danger="reversible",
        permission="edit_mbom",
        owner="form",
        footer=10,
        command=False,
    ),
    Action(
        "edit_entry",
        ("e",),
        "editor",
        "Open the whole entry in your editor ($VISUAL, $EDITOR); it is checked when it comes back.",
        ("mbom", "mbom_entry"),
        ("registered",),
        danger="reversible",
        permission="edit_mbom",
        dialog=True,
        footer=25,
    ),
    Action(
        "new_charter",
        ("n",),
        "new Charter",
        "Begin the Charter of a workload that has none, as a draft from the template.",
        ("charter",),
        ("charter",),
        versions=("none",),
        danger="reversible",
        permission="import_charter",
        dialog=True,
        footer=15,
    ),
    Action(
        "edit_charter",
        ("e",),
        "editor",
        "Open the whole text in your editor ($VISUAL, $EDITOR); it is checked when it comes back.",
        ("charter",),
        ("charter",),
        danger="reversible",
        permission="import_charter",
        dialog=True,
        footer=25,
    ),
    Action(
        "submit_charter",
        ("S",),
        "submit",
        "Put the draft before those who sign it.",
        ("charter",),
        ("charter",),
        versions=("draft",),
        danger="reversible",
        permission="submit_charter",
        dialog=True,
        footer=20,
    ),
    Action(
        "sign_charter",
        ("i",),
        "sign",
        "Sign this version in one of your roles; what is signed is shown first.",
        ("charter",),
        ("charter",),
        versions=("draft", "in review"),
        danger="reversible",
        permission="sign_charter",
        dialog=True,
        footer=22,
    ),
    Action(
        "refuse_charter",
        ("F",),
        "refuse",
        "Send the version back to its authors, with a reason; its signatures are void.",
        ("charter",),
        ("charter",),
        versions=("in review",),
        danger="reversible",
        permission="refuse_charter",
        dialog=True,
        footer=30,
    ),
    Action(
        "comment_charter",
        ("N",),
        "comment",
        "Say something of this version, for those who sign it.",
        ("charter",),
        ("charter",),
        versions=("draft", "in review", "signed", "superseded", "retired"),
        danger="reversible",
        permission="comment_charter",
        dialog=True,
        footer=50,
    ),
    Action(
        "retire_charter",
        ("D",),
        "retire",
        "End this version for good; where it was in force the workload is only watched.",
        ("charter",),
        ("charter",),
        versions=("draft", "in review", "signed"),
        danger="destructive",
        permission="retire_charter",
        dialog=True,
    ),
    Action("compare", ("equals_sign",), "changes", "What this version changes; again, the form.", ("charter",),
           footer=40),
    Action(
        "replay",
        ("P",),
        "replay",
        "What this version would have done on the last quarter's usage: alerts, trips, and on which days.",
        ("charter",),
        ("charter",),
        footer=55,
    ),
    Action("version_previous", ("left_square_bracket",), "older", "Show the version before this one.", ("charter",)),
    Action("version_next", ("right_square_bracket",), "newer", "Show the version after this one.", ("charter",),
           footer=60),
    # The list.
    Action(
        "filter",
        ("slash",),
        "filter",
        "Show only rows with these words; a leading ! hides them instead.",
        LISTS,
        footer=70,
    ),
    Action("sort", ("s",), "sort", "Choose the column to sort by.", LISTS),
    Action("sort_left", ("less_than_sign",), "sort left", "Sort by the column to the left.", LISTS, command=False),
    Action(
        "sort_right", ("greater_than_sign",), "sort right", "Sort by the column to the right.", LISTS, command=False
    ),
    Action("pause", ("p",), "pause", "Hold the list still; the console goes on collecting.", LISTS),
    Action("up", ("k", "up"), "up", "Move up.", SCROLLED, owner="table", command=False),
    Action("down", ("j", "down"), "down", "Move down.", SCROLLED, owner="table", command=False),
    Action("left", ("h", "left"), "left", "Move left.", ("tram",), owner="grid", command=False),
    Action("right", ("l", "right"), "right", "Move right.", ("tram",), owner="grid", command=False),
    Action("top", ("g", "home"), "first", "Go to the first row.", SCROLLED, owner="table", command=False),
    Action("bottom", ("G", "end"), "last", "Go to the last row.", SCROLLED, owner="table", command=False),
    Action("page_up", ("ctrl+u", "pageup"), "page up", "Scroll a page up.", SCROLLED, owner="table", command=False),
    Action(
        "page_down", ("ctrl+d", "pagedown"), "page down", "Scroll a page down.", SCROLLED, owner="table", command=False
    ),
    # What only one view has.
    Action(
        "chart_previous", ("left_square_bracket",), "previous chart", "Show the chart before this one.", ("workload",)
    ),
    Action(
        "chart_next",
        ("right_square_bracket",),
        "next chart",
        "Show the next chart: spend by hour, tokens, spend by day.",
        ("workload",),
        footer=65,
    ),
    Action(
        "period_previous",
        ("left_square_bracket",),
        "earlier",
        "Show the week, month, quarter or year before this one.",
        (*TRIAGE, *CADENCES),
        footer=67,
    ),
    Action(
        "period_next",
        ("right_square_bracket",),
        "later",
        "Show the week, month, quarter or year after this one.",
        (*TRIAGE, *CADENCES),
        footer=68,
    ),
    Action(
        "whole",
        ("f",),
        "in full",
        "Give the whole screen to what is selected, or the list its place back.",
        CADENCES,
        footer=60,
    ),
    Action(
        "report", ("o",), "report", "Write what this screen shows as a file.", ("daily", "weekly", *CADENCES), footer=69
    ),
    Action(
        "verify",
        ("v",),
        "verify",
        "Check every entry of the audit log against the one before it.",
        ("audit",),
        footer=65,
    ),
    # Where one is.
    Action("daily", ("1",), "daily", "All workloads by urgency.", footer=80),
    Action("weekly", ("2",), "weekly", "What waits for a decision, grouped into patterns.", footer=83),
    Action("exceptions", (), "exceptions", "Every exception of the week, one by one."),
    Action("monthly", ("3",), "monthly", "What a dollar of inference earned, against what the Charter promised."),
    Action("quarterly", ("4",), "quarterly", "Each workload's review: planned, spent, produced, learned, recommended."),
    Action("annual", ("5",), "annual", "The operating model by its own figures, the predictions, the year's text."),
    Action("tram", ("6",), "TRAM", "The risk appetite matrix, with the portfolio in its cells."),
    Action("alerts", ("a",), "alerts", "Every open alert, with the Charter line and what to do.", footer=81),
    Action("audit", ("A",), "audit", "Who did what, in an unbroken chain."),
    Action("mbom", ("7",), "MBOM", "Every workload with its owner, its Charter and what drifts.", footer=85),
    Action("permissions", (), "permissions", "Who may do what: every command, every role, and who holds it."),
    Action(
        "back",
        ("escape", "q", "backspace"),
        "back",
        "Go back; q at the top leaves the console.",
        footer=82,
        command=False,
    ),
    # The console.
    Action("refresh", ("r",), "refresh", "Poll the providers now."),
    Action("theme", ("C",), "theme", "Choose the colours: dark, light, 16, mono; remembered for you."),
    Action("undo", ("u",), "undo", "For ten seconds, take back an acknowledgement, silence or decision; never a kill."),
    Action("zone", ("t",), "UTC/local", "Show times in UTC or in this machine's zone."),
    Action("messages", ("m",), "messages", "Show the messages of this session again."),
    Action(
        "command", ("colon", "ctrl+p"), "command", "Go to a screen or give a command by name.", footer=90, command=False
    ),
    Action("help", ("question_mark", "f1"), "help", "What this screen shows, and every key.", footer=99),
    Action("suspend", ("ctrl+z",), "suspend", "Back to the shell; fg returns. A suspended console watches nothing."),
    Action("quit", ("ctrl+c",), "quit", "Leave the console."),
)

BY_ID = {action.id: action for action in ACTIONS}

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
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "asterisk": "*",
}


def shown_key(key: str) -> str:
    """A key as people write it."""
    return _SHOWN.get(key, key)


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
