"""Real tenants, none of them at fault, each held to a Charter of its own mean: nobody may be killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from console.operations import replaying
from console.operations.replaying import NamedText, Question
from console.watch.recorded import Recorded
from console.watch.replay import Course
from tests.detection import baselines
from tests.detection.incidents import charter
from tests.detection.scoring import Healthy, healthy

PRICED_AS = "claude-sonnet-4-5"
MONTH_DAYS = 30


def question(folder: Path, lag_s: int = 0) -> Question:
    """The tenants' week, priced as a Sonnet, without Charters."""
    return Question(file=folder / "servegen_minute.csv.gz", price_as=PRICED_AS, course=Course(lag_s=lag_s))


def replay_all(folder: Path, lag_s: int) -> Healthy:
    """Every tenant through the engine."""
    asked = question(folder, lag_s)
    recorded = replaying.usage_of(asked)
    charters = tuple(_charter(workload, expected) for workload, expected in own_months(recorded).items())
    return healthy(replaying.answer_on(recorded, replace(asked, charters=charters)))


def killed_by(folder: Path, rule: baselines.Rule) -> tuple[str, ...]:
    """The tenants that a plain rule would have killed."""
    recorded = replaying.usage_of(question(folder))
    months = own_months(recorded)
    return tuple(workload for workload, recording in recorded.workloads.items()
                 if baselines.killed_at(rule, recording, recorded.first, recorded.end, months[workload], Course(0)))


def own_months(recorded: Recorded) -> dict[str, float]:
    """Thirty days at each workload's own mean, in micro-dollars."""
    days = (recorded.end - recorded.first) / 1440
    return {workload: sum(counts[0] for counts in recording.minutes.values()) / days * MONTH_DAYS
            for workload, recording in recorded.workloads.items()}


def _charter(workload: str, expected: float) -> NamedText:
    return charter(workload, expected / 1e6, PRICED_AS)
