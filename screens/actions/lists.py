"""How one moves in a list, and what only one view has."""

from __future__ import annotations

from screens.actions.action import CADENCES, LISTS, SCROLLED, TRIAGE, Action

MOVES: tuple[Action, ...] = (
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
        "Show the week, month, quarter or year before this one; of findings, look further back.",
        (*TRIAGE, *CADENCES, "residue", "findings"),
        footer=67,
    ),
    Action(
        "period_next",
        ("right_square_bracket",),
        "later",
        "Show the week, month, quarter or year after this one; of findings, look less far back.",
        (*TRIAGE, *CADENCES, "residue", "findings"),
        footer=68,
    ),
    Action(
        "whole",
        ("f",),
        "in full",
        "Give the screen to what is selected, or the list its place back.",
        (*TRIAGE, *CADENCES, "residue", "findings"),
        ("line", "pattern", "exception", "workload", "intent", "measure", "prediction", "statement", "year"),
        footer=60,
    ),
    Action("way", ("v",), "another way", "The residue by key, model, day, source; findings, or what lacks the data.",
           ("residue", "findings"), footer=66),
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
)
