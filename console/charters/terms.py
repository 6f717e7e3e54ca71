"""What a signed Charter commits to, as the rules need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.charters import durations
from console.charters.criteria import METRICS as _WINDOWS
from console.charters.document import (
    CharterDocument,
    Expected,
    KillCriterion,
    Runaway,
    SignTerms,
    Stretch,
    TramChoice,
    kill_threshold,
)
from console.charters.parsing import Reading
from console.charters.problem import refuse
from console.errors import InputError
from console.money import MICRO, MicroUsd


@dataclass(frozen=True, slots=True)
class Criterion:
    """An economic kill criterion of the Charter: spend over a window above a sum."""

    label: str
    """The Charter's own line: `kill_criteria[1]: spend_usd above 150 over 10m`."""
    window: str
    """`month`, `day`, or a duration such as `10m`, `1h`."""
    above: MicroUsd
    automatic: bool
    action: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a signed Charter commits to, as the rules need it."""

    version: int
    expected: MicroUsd
    """The expected month."""
    stretch_multiple: float
    runaway_multiple: float
    kill_threshold: MicroUsd
    automatic: bool
    """Whether crossing the kill threshold kills without asking."""
    criteria: tuple[Criterion, ...] = ()
    mode: str = "enforce"
    """`observe` writes down what it would have done, and stops."""
    models: tuple[str, ...] = ()
    """What the Charter commits to; empty: it does not say."""
    depth_cap: int | None = None
    fan_out_cap: int | None = None
    observed: tuple[str, ...] = ()
    """Signs that are only told of, never killed for."""
    veto_s: float = 0.0
    """How long a kill by signs waits for a person to say no."""
    burst: MicroUsd = 0
    """Spend that is meant within `burst_s`, whatever the plan's pace."""
    burst_s: float = 3600.0
    drill_every_s: float | None = None
    """How long a drill proves the breaker; None: none is demanded."""


def terms_of(document: CharterDocument) -> Terms:
    """What the rules need of a sound Charter. Only economic criteria that the console measures become criteria."""
    return terms_of_scenarios(document.charter.version, document.expected, document.stretch, document.runaway,
                              document.kill_criteria, document.tram, document.signs)


def terms_of_reading(reading: Reading) -> Terms:
    """Terms of a draft that has its scenarios, whatever else it lacks. Raises InputError with what is missing."""
    threshold = reading.expected and reading.runaway and kill_threshold(reading.expected, reading.runaway)
    if not (reading.expected and reading.stretch and reading.runaway) or threshold is None:
        found = [problem for problem in reading.problems if "[scenarios" in problem.message]
        refuse(found, reading.what)
        raise InputError(f"{reading.what}: the scenarios have no kill threshold; write kill_multiple = 5 under "
                         "[scenarios.runaway]")
    version = reading.header.version if reading.header else 1
    return terms_of_scenarios(version, reading.expected, reading.stretch, reading.runaway, reading.kill_criteria,
                              reading.tram, reading.signs)


def terms_of_scenarios(version: int, expected: Expected, stretch: Stretch, runaway: Runaway,
                       criteria: Sequence[KillCriterion], tram: TramChoice | None, signs: SignTerms | None) -> Terms:
    """Terms from the elements themselves. The runaway scenario has a kill threshold."""
    threshold = kill_threshold(expected, runaway)
    assert threshold is not None
    return Terms(
        version=version,
        expected=expected.monthly,
        stretch_multiple=float(stretch.multiple),
        runaway_multiple=float(runaway.multiple),
        kill_threshold=threshold,
        automatic=runaway.automatic,
        criteria=tuple(
            Criterion(f"kill_criteria[{number}]: {criterion.line}", _WINDOWS[criterion.metric] or criterion.window,
                      int(criterion.value * MICRO), criterion.automatic, criterion.action)
            for number, criterion in enumerate(criteria, 1)
            if criterion.kind == "economic" and criterion.metric in _WINDOWS
        ),
        mode=runaway.mode,
        models=tram.models if tram else (), depth_cap=tram.depth_cap if tram else None,
        fan_out_cap=tram.fan_out_cap if tram else None,
        observed=signs.observe if signs else (), veto_s=signs.veto_seconds if signs else 0.0,
        burst=(signs.burst or 0) if signs else 0, burst_s=signs.burst_seconds if signs else 3600.0,
        drill_every_s=durations.seconds(runaway.drill_every) if runaway.drill_every else None,
    )
