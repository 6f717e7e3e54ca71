"""A Token Strategy Charter as frozen values: the header and the six elements, as the design's Charter file has them.

`parsing.py` makes these of a file; `canonical` and `from_canonical` are their lossless plain form, which is what a
signature holds for. Money is whole micro-dollars; multiples and shares are exact decimals.
"""

from __future__ import annotations

import functools
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any

from console.money import MICRO, MicroUsd

DOMAINS = ("general", "financial", "healthcare")
DECISIONS = ("population policy", "adverse individual", "erosion of trust", "none")
HALF_LIVES = ("structural", "operational", "commodity", "expired")
REVIEWED = ("every output", "sample", "exceptions", "incidents")
"""What is reviewed, strong to weak; so are the next two."""
WHEN = ("pre-issue", "post-issue pre-action", "post-action", "post-incident")
AUTHORITY = ("veto", "override", "advisory", "audit")
CRITERION_KINDS = ("economic", "quality", "strategic")
ACTIONS = ("pause", "roll back", "retire")
MODES = ("enforce", "observe")
SIGNS = ("runaway pace", "cache writes", "dearer calls", "token mix", "own record", "above plan", "surge",
         "quarter month", "other model", "strange calls", "steady growth", "month spent early", "tool loop",
         "agent tree", "growing conversation", "cold calls", "doubled jobs")
"""What the console can see in usage and calls; `console/cadences/signs/` judges them."""
FIVE_TESTS = ("tier", "thinking", "long_context", "tools", "agents")
"""What a frontier model is asked, as the file names it."""
_LATER = ("signs", "accountable", "measured_by", "outcomes_per_month", "baseline_value", "review_cost",
          "rework_cost", "drill_every", "tier_because", "thinking_because", "long_context_because", "tools_because",
          "agents_because")
"""What came after Charters had been signed without it: absent, it is not part of what is signed."""

Shares = tuple[tuple[str, Decimal], ...]
"""Share of the calls by model, sorted by model; empty: all go to the first of the Charter's models."""


@dataclass(frozen=True, slots=True)
class Header:
    workload: str
    version: int
    domain: str = "general"
    decision: str = "none"
    promise: str = ""
    """What people were promised, where the decision's category is erosion of trust."""


@dataclass(frozen=True, slots=True)
class Purpose:
    purpose: str
    outcome: str
    outcome_value: MicroUsd | None
    baseline: str
    half_life: str
    half_life_months: int | None
    """None only where the class is expired."""
    outcomes_per_month: Decimal | None = None
    """What the workload is to produce in the expected month."""
    baseline_value: MicroUsd | None = None
    """What the baseline would have earned with each outcome."""


@dataclass(frozen=True, slots=True)
class TramChoice:
    """The cell of the organisation's matrix, and what this Charter commits to inside it."""

    cost_variance: str
    output_variance: str
    models: tuple[str, ...]
    thinking: bool
    depth_cap: int
    fan_out_cap: int


@dataclass(frozen=True, slots=True)
class TokensPerCall:
    """Disjoint token classes of an average call; fractions of a token are allowed."""

    uncached_input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class Expected:
    monthly: MicroUsd
    calls_per_month: int
    tokens_per_call: TokensPerCall
    model_shares: Shares = ()
    review_cost: MicroUsd | None = None
    """A month; so is the next."""
    rework_cost: MicroUsd | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    multiple: Decimal
    changes: tuple[str, ...]
    """What is changed in operation on entering it."""


@dataclass(frozen=True, slots=True)
class Runaway:
    multiple: Decimal
    kill: MicroUsd | None
    kill_multiple: Decimal | None
    """Of the expected month. A sound Charter has exactly one of the two."""
    automatic: bool
    escalation: tuple[str, ...]
    mode: str = "enforce"
    """`observe`: write down what the breaker would have done, and stop."""
    drill_every: str | None = None
    """How long a drill proves the breaker, as people write it: `90d`. None: none is demanded."""


@dataclass(frozen=True, slots=True)
class Review:
    who: str
    what: str
    when: str
    authority: str
    sample_share: Decimal | None = None
    sample_strategy: str = ""
    accountable: str | None = None
    """The person who answers for each decision, by name, where it is adverse to an identified individual."""

    @property
    def share(self) -> Decimal | None:
        """The share of the outputs that is reviewed; None where that depends on what happens."""
        return {"every output": Decimal(1), "sample": self.sample_share}.get(self.what)


@dataclass(frozen=True, slots=True)
class KillCriterion:
    kind: str
    metric: str
    comparison: str
    """above, below."""
    value: Decimal
    """Dollars where the metric ends in `_usd`."""
    window: str
    action: str
    automatic: bool
    measured_by: str | None = None
    """Who or what measures it, where the metric is the organisation's own."""

    @property
    def line(self) -> str:
        """`month_usd above 9300 over month`."""
        return f"{self.metric} {self.comparison} {self.value:f} over {self.window}"


@dataclass(frozen=True, slots=True)
class Transparency:
    audience: str
    format: str
    schedule: str


@dataclass(frozen=True, slots=True)
class FiveTests:
    """Why a frontier model: at least one holds, or the tier is a finding."""

    tier: bool = False
    """The output is itself the product."""
    thinking: bool = False
    """The alternative is costlier human review."""
    long_context: bool = False
    """The information cannot be retrieved in chunks."""
    tools: bool = False
    """The data needed varies by query in ways that a static prompt cannot foresee."""
    agents: bool = False
    """Sub-problems are truly parallel and individually substantial."""
    tier_because: str | None = None
    """Why it holds, or why not, in a sentence; so are the next four."""
    thinking_because: str | None = None
    long_context_because: str | None = None
    tools_because: str | None = None
    agents_because: str | None = None

    @property
    def that_hold(self) -> tuple[str, ...]:
        """The tests that were answered with yes."""
        return tuple(name for name in FIVE_TESTS if getattr(self, name))

    def because(self, test: str) -> str | None:
        """The sentence beside an answer; None: there is none."""
        said: str | None = getattr(self, f"{test}_because")
        return said


@dataclass(frozen=True, slots=True)
class SignTerms:
    """What may kill before the cap does, and what a burst may cost."""

    observe: tuple[str, ...] = ()
    """Signs that are told of and never killed for."""
    veto_seconds: int = 0
    """How long a kill by signs waits for a person to say no."""
    burst: MicroUsd | None = None
    """Spend that is meant within the burst window, whatever the pace of the plan."""
    burst_seconds: int = 3600


@dataclass(frozen=True, slots=True)
class CharterDocument:
    charter: Header
    purpose: Purpose
    tram: TramChoice
    expected: Expected
    stretch: Stretch
    runaway: Runaway
    review: Review
    kill_criteria: tuple[KillCriterion, ...]
    transparency: Transparency
    five_tests: FiveTests | None = None
    signs: SignTerms | None = None


def kill_threshold(expected: Expected, runaway: Runaway) -> MicroUsd | None:
    """The month's spend that kills, in micro-dollars; None where the Charter states none."""
    if runaway.kill is not None:
        return runaway.kill
    if runaway.kill_multiple is not None:
        return int(Decimal(expected.monthly) * runaway.kill_multiple)
    return None


def decimal_dollars(amount: MicroUsd) -> str:
    """Dollars as a person writes them: `1860`, `1.2`."""
    return f"{(Decimal(amount) / MICRO).normalize():f}"


def canonical(value: object) -> Any:
    """The document as plain JSON values without floats: what is hashed, and kept in the database."""
    kind: Any = type(value)
    names = _names(kind)
    if names is not None:
        told = {name: canonical(getattr(value, name)) for name in names}
        return {name: each for name, each in told.items() if each is not None or name not in _LATER}
    if isinstance(value, tuple):
        return [canonical(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


@functools.cache
def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None of anything else."""
    return tuple(item.name for item in fields(kind)) if is_dataclass(kind) else None


def from_canonical(raw: Mapping[str, Any]) -> CharterDocument:
    """The document that `canonical` made plain. Raises KeyError, TypeError or ValueError for anything else."""
    built = _builder(CharterDocument)(raw)
    assert isinstance(built, CharterDocument)
    return built


@functools.cache
def _builder(kind: Any) -> Callable[[Any], Any]:
    """How a value of a declared type is built. To work it out takes far longer than to build with it."""
    if is_dataclass(kind) and isinstance(kind, type):
        return functools.partial(_build, kind, {name: _builder(each)
                                                for name, each in typing.get_type_hints(kind).items()})
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        inner = next(_builder(item) for item in typing.get_args(kind) if item is not types.NoneType)
        return lambda raw: None if raw is None else inner(raw)
    if typing.get_origin(kind) is tuple:
        parts = [_builder(item) for item in typing.get_args(kind) if item is not Ellipsis]
        if Ellipsis in typing.get_args(kind):
            return lambda raw: tuple(map(parts[0], raw))
        return lambda raw: tuple(part(item) for part, item in zip(parts, raw, strict=True))
    return Decimal if kind is Decimal else _plain


def _build(kind: Callable[..., Any], builders: Mapping[str, Callable[[Any], Any]], raw: Mapping[str, Any]) -> Any:
    return kind(**{name: builders[name](value) for name, value in raw.items()})


def _plain(raw: Any) -> Any:
    return sys.intern(raw) if type(raw) is str else raw  # thousands of Charters say much in the same words
