"""The cascade against the workhorse alone (playbook section 7), in dollars a query.

    E[C] = C_H + P(S) C_S + P(S) P(O given S) C_O + misroute rate x rework cost

with C_H, C_S, C_O what a query costs on the distilled, workhorse and frontier tier, P(S) the share of the queries that
the first step hands on, and P(O given S) the share of *those* that the second step hands on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from console.economics.commitment import Commitment
from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, percent


@dataclass(frozen=True, slots=True)
class Cascade:
    """Costs in dollars, the others shares of one."""

    distilled: Fraction
    workhorse: Fraction
    frontier: Fraction
    escalate: Fraction
    """Of all queries."""
    escalate_frontier: Fraction
    """Of the queries that were handed on to the workhorse."""
    misroute: Fraction
    """Of all queries."""
    rework: Fraction
    """What a misrouted query costs beside."""

    @property
    def cost(self) -> Fraction:
        """E[C], dollars a query (playbook section 7)."""
        return (self.distilled + self.escalate * self.workhorse
                + self.escalate * self.escalate_frontier * self.frontier + self.misroute * self.rework)

    @property
    def saving(self) -> Fraction | None:
        """Share of what the workhorse alone would cost; below zero, the cascade costs more. None: that is free."""
        return 1 - self.cost / self.workhorse if self.workhorse else None

    @property
    def break_even(self) -> Fraction | None:
        """The P(S) at which E[C] = C_S, all else unchanged; may lie outside 0 to 1. None: handing on is free."""
        each = self.workhorse + self.escalate_frontier * self.frontier
        return (self.workhorse - self.distilled - self.misroute * self.rework) / each if each else None


_DOWN = tuple(Fraction(tenths, 10) for tenths in range(1, 9))
_ACROSS = tuple(Fraction(hundredths, 100) for hundredths in (0, 2, 4, 8, 16))

INPUTS = (
    Input("distilled_usd", "usd", "1", "dollars a query on the distilled tier (Haiku)", most="1000000",
          measure="usd_per_call_distilled"),
    Input("workhorse_usd", "usd", "3", "dollars a query on the workhorse (Sonnet)", most="1000000",
          measure="usd_per_call_workhorse"),
    Input("frontier_usd", "usd", "5", "dollars a query on the frontier tier (Opus)", most="1000000",
          measure="usd_per_call_frontier"),
    Input("escalate", "share", "0.3", "P(S): share of all queries handed on to the workhorse, 0 to 1",
          measure="escalation_share"),
    Input("escalate_frontier", "share", "0.05",
          "P(O given S): share of these, not of all, that go on to the frontier tier, 0 to 1",
          measure="top_escalation_share"),
    Input("misroute", "share", "0.04", "share of all queries that stayed where they should not have, 0 to 1",
          measure="misroute_share"),
    Input("rework_usd", "usd", "2", "dollars that a misrouted query costs beside", most="1000000",
          measure="misroute_usd"),
)


def _cascade(given: Values) -> Cascade:
    return Cascade(*(given[each.name] for each in INPUTS))


def _work(given: Values) -> Worked:
    cascade = _cascade(given)
    break_even = cascade.break_even
    within = break_even if break_even is not None and 0 <= break_even <= 1 else None
    return Worked(
        results=(Result("cost_per_query_usd", "usd", cascade.cost),
                 Result("flat_workhorse_usd", "usd", cascade.workhorse),
                 Result("saving_share", "share", cascade.saving),
                 Result("break_even_escalation", "share", within)),
        working=_working(cascade),
        notes=(*_verdict(cascade), _other_reading(cascade), *source_checked()),
    )


def _working(cascade: Cascade) -> tuple[str, ...]:
    twice = cascade.escalate * cascade.escalate_frontier
    return (
        f"distilled, every query: {dollars(cascade.distilled)}",
        f"workhorse: {percent(cascade.escalate)} x {dollars(cascade.workhorse)} = "
        f"{dollars(cascade.escalate * cascade.workhorse)}",
        f"frontier: {percent(cascade.escalate)} x {percent(cascade.escalate_frontier)} x {dollars(cascade.frontier)} = "
        f"{dollars(twice * cascade.frontier)}",
        f"rework: {percent(cascade.misroute)} x {dollars(cascade.rework)} = "
        f"{dollars(cascade.misroute * cascade.rework)}",
        f"together {dollars(cascade.cost)}, against {dollars(cascade.workhorse)} on the workhorse alone",
        *_grid(cascade),
    )


def _grid(cascade: Cascade) -> tuple[str, ...]:
    """What it saves at other escalation rates (down) and misroute rates (across)."""
    if not cascade.workhorse:
        return ()
    cells = [[percent(replace(cascade, escalate=down, misroute=across).saving or Fraction(0)) for across in _ACROSS]
             for down in _DOWN]
    return ("", "saved by escalation rate (down) and misroute rate (across):",
            " " * 6 + "".join(f"{percent(across):>12}" for across in _ACROSS),
            *(f"{percent(down):>6}" + "".join(f"{cell:>12}" for cell in row)
              for down, row in zip(_DOWN, cells, strict=True)))


def _verdict(cascade: Cascade) -> tuple[str, ...]:
    free = () if cascade.workhorse else ("The workhorse alone is free, so there is no saving to give as a share.",)
    break_even = cascade.break_even
    if break_even is None:
        return (*free, "Handing on costs nothing, so the escalation rate decides nothing: there is no break-even.")
    if break_even < 0:
        return (*free, "The first step and its rework cost more than the workhorse alone: this cascade never pays, "
                       "whatever its escalation rate.")
    if break_even > 1:
        return (*free, "This cascade pays at every escalation rate: it never breaks even.")
    return (*free, f"It pays while fewer than {percent(break_even)} of the queries are handed on, all else unchanged. "
                   "In practice the misroute rate moves with the escalation rate: measure both.")


def _other_reading(cascade: Cascade) -> str:
    said = ("--escalate-frontier is P(O given S), a share of the queries that reach the workhorse, as the formula has "
            "it.")
    if cascade.escalate_frontier > cascade.escalate:
        return said
    cost = cascade.cost + (1 - cascade.escalate) * cascade.escalate_frontier * cascade.frontier
    return f"{said} Were it a share of all queries, one would cost {dollars(cost)}."


def source_checked() -> tuple[str, ...]:
    """What the source says of its own example, with the working of the playbook's check."""
    return (
        "Source checked: it claims that 30 % escalation, 5 % frontier and 4 % misroute save 36 %, that 60 % and 8 % "
        "break even, and that Haiku costs a tenth of Sonnet. With C_S = 1 and X for the frontier and rework terms, "
        "C_H + 0.3 + X = 0.64, and C_H + 0.6 + 2X = 1, as both terms double. So X = 0.06 and C_H = 0.28: a tenth does "
        "not fit, but list prices do nearly: they make Haiku a third of Sonnet. Were 5 % a share of all queries, a "
        "tenth would fit only with Opus at 3.6 times Sonnet and rework at 1.5 times: not list prices either.",
    )


CURVE = Curve("escalate", (Line("cascade", "cost_per_query_usd", lambda given: _cascade(given).cost),
                           Line("workhorse alone", "flat_workhorse_usd", lambda given: given["workhorse_usd"])),
              even=lambda given: _cascade(given).break_even)
COMMITMENTS = (
    Commitment("monthly_usd", "call", lambda given: _cascade(given).cost - given["misroute"] * given["rework_usd"]),
    Commitment("rework_usd", "call", lambda given: given["misroute"] * given["rework_usd"]),
)
TOPIC = Topic("cascade", "whether a cascade of tiers pays against the workhorse alone", INPUTS, _work,
              more="E[C] = distilled + escalate x workhorse + escalate x escalate-frontier x frontier + misroute x "
                   "rework", curve=CURVE, commitments=COMMITMENTS)
