"""Where one can be, and what the console itself does."""

from __future__ import annotations

from screens.actions.action import Action

PLACES: tuple[Action, ...] = (
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
    Action("residue", ("8",), "residue", "What no workload claims, and metered against billed."),
    Action("lab", ("9",), "lab", "The playbook's mathematics on your own numbers, with a chart."),
    Action("findings", ("0",), "findings", "Anti-patterns: waste that no alarm rings for, with evidence."),
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
