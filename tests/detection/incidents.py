"""The labelled incidents: what is replayed, against which Charters, and what a right decision would have been."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.operations.replaying import NamedText, Question
from console.watch.replay import Course

CHARTER = """
[charter]
workload = "{workload}"
version = 1

[tram]
cost_variance = "low"
output_variance = "medium"
models = ["{model}"]
thinking = false
depth_cap = 2
fan_out_cap = 4

[scenarios.expected]
monthly_usd = "{monthly:.2f}"
calls_per_month = 100000
tokens_per_call = {{ uncached_input = 900, output = 350 }}

[scenarios.stretch]
multiple = 2.5
changes = ["Cut the load"]

[scenarios.runaway]
multiple = 15
kill_multiple = 5
automatic = true
escalation = ["on_call"]
"""


@dataclass(frozen=True, slots=True)
class Incident:
    """One scenario of the recorded set, with its label."""

    name: str
    usage: Path
    calls: Path | None
    label: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def target(self) -> str:
        return str(self.label["target"])

    @property
    def verdict(self) -> str:
        """required, permitted or forbidden."""
        return str(self.label["kill"]["verdict"])

    @property
    def onset(self) -> datetime:
        return _instant(self.label["onset_utc"])

    def deadline(self, what: str) -> datetime | None:
        """Until when the `kill` or the `alert` must have come; None where it need not."""
        text = self.label[what].get("deadline_utc")
        return _instant(text) if text else None

    def burned(self, at: datetime | None) -> float:
        """Dollars that the incident cost until it was stopped at `at`; linear within a step, all of it if never."""
        cost = self.label["true_cost"]
        steps: list[float] = cost["excess_cumulative_usd"]
        if at is None:
            return steps[-1]
        gone = (at - _instant(cost["from_utc"])).total_seconds() / 60 / cost["step_min"]
        if gone <= 0:
            return 0.0
        whole = int(gone)
        if whole >= len(steps):
            return steps[-1]
        before: float = steps[whole - 1] if whole else 0.0
        return float(before + (steps[whole] - before) * (gone - whole))

    def question(self, lag_s: int, *, calls: bool = True, announced: bool = False) -> Question:
        """The replay of it: a Charter for each workload that has an expected month, and nothing else of the label."""
        return Question(
            file=self.usage, charters=self._charters(), course=Course(lag_s=lag_s),
            calls=(self.calls,) if calls and self.calls is not None else (),
            changes=(("announced", self._announced()),) if announced and self.label["declared_change"] else (),
        )

    def _charters(self) -> tuple[NamedText, ...]:
        return tuple(charter(workload, monthly, "claude-sonnet-4-5")
                     for workload, monthly in self.label["expected_monthly_usd"].items() if monthly is not None)

    def _announced(self) -> str:
        change = self.label["declared_change"]
        lines = ["[[change]]", f'workload = "{change["workload"]}"', f'kind = "{change["kind"]}"',
                 f'from = {change["from_utc"]}']
        if "expected_multiple" in change:
            lines.append(f'multiple = {change["expected_multiple"]}')
        if "to_model" in change:
            lines.append(f'models = ["{change["to_model"]}"]')
        return "\n".join(lines)


def charter(workload: str, monthly: float, model: str) -> NamedText:
    """A draft with scenarios and nothing else, as `replay` takes it."""
    return f"{workload}.toml", CHARTER.format(workload=workload, monthly=monthly, model=model)


def incidents(folder: Path) -> list[Incident]:
    """Every scenario of the recorded set, by name."""
    found = []
    for label in sorted((folder / "scenarios").glob("*.json")):
        usage, calls = label.with_suffix(".csv.gz"), label.with_suffix(".calls.jsonl.gz")
        if usage.exists():
            found.append(Incident(label.stem, usage, calls if calls.exists() else None, json.loads(label.read_text())))
    return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
