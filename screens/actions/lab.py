"""What one does in the lab: move inputs, compare what comes out, keep it."""

from __future__ import annotations

from screens.actions.action import Action

LAB: tuple[Action, ...] = (
    Action("set_input", ("enter",), "type it", "Type the number of the input under the cursor.", ("lab",), ("topic",),
           owner="form", footer=10, command=False),
    Action("less", ("left", "h", "minus"), "less", "Move the input under the cursor a step down.", ("lab",),
           ("topic",), owner="dials", footer=11, command=False),
    Action("more", ("right", "l", "plus"), "more", "Move the input under the cursor a step up.", ("lab",), ("topic",),
           owner="dials", footer=12, command=False),
    Action("much_less", ("shift+left", "ctrl+left", "less_than_sign"), "ten less", "The same, ten times as far down.",
           ("lab",), ("topic",), owner="dials", command=False),
    Action("much_more", ("shift+right", "ctrl+right", "greater_than_sign"), "ten more",
           "The same, ten times as far up.", ("lab",), ("topic",), owner="dials", command=False),
    Action("reset_input", ("d",), "reset", "Set the input under the cursor back to what it began from.", ("lab",),
           ("topic",), footer=25),
    Action("reset_topic", ("D",), "reset all", "Set every input of the topic back.", ("lab",), ("topic",)),
    Action("topic_previous", ("left_square_bracket",), "previous topic", "Show the topic before this one.", ("lab",)),
    Action("topic_next", ("right_square_bracket",), "topic", "Show the next topic.", ("lab",), footer=13),
    Action("fill_from", ("w",), "workload", "Begin from a workload: what is measured, its Charter, today's prices.",
           ("lab",), ("topic",), footer=14),
    Action("chart_whole", ("f",), "chart", "Give the screen to the chart, or the numbers their place back.", ("lab",),
           footer=30),
    Action("pin", ("space",), "pin", "Keep these results beside those that follow, with the differences; again, not.",
           ("lab",), ("topic",), footer=15),
    Action("unpin", ("X",), "unpin all", "Take every pin of the topic away.", ("lab",), ("topic",)),
    Action("save_to_charter", ("S",), "save", "Keep these inputs and results in a draft of the workload's Charter.",
           ("lab",), ("topic",), danger="reversible", permission="import_charter", dialog=True, footer=20),
)
