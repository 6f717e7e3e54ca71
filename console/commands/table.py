"""Every command, in the order of the help. The code of `NAME` is `console.commands.NAME`
(with `_` for `-`), imported when it is chosen.

Such a module has `arguments(parser)`, which declares its options, and `run(args) -> int`, which gives the exit code.
"""

from __future__ import annotations

COMMANDS = {
    "demo": "the console on simulated providers; nothing outside is touched",
    "init": "write a commented configuration and an empty database",
    "doctor": "check every source, switch, secret, permission and clock",
    "poll": "watch without a screen, in the foreground",
    "status": "what is burning now (the Daily)",
    "alerts": "alerts that are open",
    "ack": "acknowledge an alert",
    "silence": "mute an alert's messages until a time, with a reason",
    "kill": "turn a workload off, and verify it",
    "resume": "turn a killed workload on again",
    "approve": "authorise what another person asked for",
    "break-glass": "act alone: kill what cannot be stored, or resume without the second person",
    "review": "look at what somebody did alone by break-glass",
    "drill": "rehearse a workload's breaker, on its test target or dry",
    "disarm": "suspend automatic kills until a time, with a reason",
    "change": "planned changes: announce, list, withdraw, import",
    "weekly": "the week's exceptions by pattern, and a digest to send",
    "exceptions": "what waits for a decision",
    "decide": "decide exceptions, singly or by pattern, with a rationale",
    "findings": "what the anti-pattern detectors found, with evidence and dollars",
    "tram": "the risk appetite matrix, with the portfolio in its cells",
    "mbom": "the registry of workloads: list, show, set, import, export",
    "prompts": "prompts as code: scan a git checkout, list, show, diff, retire",
    "charter": "Charters: check, import, sign, show",
    "outcomes": "the ledger of what was produced: import, add, list, withdraw, pull",
    "monthly": "what a dollar of inference earned in a month, against the Charters",
    "explain": "write why a month differs from its Charter",
    "saving": "fixes and what they saved: declare, list, withdraw",
    "quarterly": "what each workload planned, spent and earned in a quarter, and its review",
    "quarter": "take part in a workload's quarterly review: learn, recommend, end",
    "annual": "the operating model measured over a year; write and sign what is said of it",
    "predictions": "the playbook's predictions, what the portfolio shows of them, and verdicts",
    "lab": "the playbook's mathematics on your own numbers",
    "evaluations": "recorded evaluations of a workload: import, list, show, withdraw",
    "residue": "metered against billed, and what no workload claims",
    "report": "a cadence as Markdown, HTML, PDF or CSV",
    "permissions": "who may do what: commands, roles, and who holds them",
    "export": "usage as FinOps FOCUS or CSV",
    "replay": "what the console would have done on recorded usage",
    "audit": "verify, show or export the audit log",
    "secret": "store, check or forget a secret in the keyring",
    "backup": "copy the database while it is in use",
    "restore": "put a backup in the database's place, and keep what was there",
}
