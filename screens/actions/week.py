"""What one does in the weekly triage."""

from __future__ import annotations

from screens.actions.action import TRIAGE, Action

WEEK: tuple[Action, ...] = (
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
)
