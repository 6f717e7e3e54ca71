"""Agent decomposition (playbook section 7): the three conditions under which several agents earn their multiplier.

All three must hold: sub-problems that are parallel and substantial; a synthesis that the workers cannot do; a
decomposition that is the same for every query. One that nobody affirms does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from console.economics.commitment import Commitment
from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, plain

_MISSING = {
    "parallel": "The sub-problems are not parallel and substantial: workers that call the same tool with other "
                "parameters are parallel in name only. Let one agent call the tool.",
    "synthesis": "The supervisor reasons over nothing that the workers could not: one that only routes is overhead.",
    "stable": "The decomposition varies from query to query, which is how recursion runs away. Cap depth and fan-out.",
}


def excess_usd(single_call_usd: Fraction, multiplier: Fraction, actions: Fraction) -> Fraction:
    """Dollars a month beyond single calls; below zero where the agents take less (playbook section 7: OM - 1)."""
    return single_call_usd * (multiplier - 1) * actions


def missing(given: Values) -> Sequence[str]:
    """The conditions that do not hold, by the name of their input."""
    return [name for name in _MISSING if not given[name]]


INPUTS = (
    Input("parallel", "yes or no", "no", "whether the sub-problems are truly parallel, each of them substantial"),
    Input("synthesis", "yes or no", "no", "whether the supervisor reasons over the workers' results as a set"),
    Input("stable", "yes or no", "no", "whether the decomposition is the same for every query"),
    Input("multiplier", "number", "6", "tokens of an action for one of a single call; three tiers have 6 to 10",
          most="1000000", measure="multiplier"),
    Input("single_call_usd", "usd", "0.012", "dollars of one well-prompted call that does the same", most="1000000",
          measure="single_call_usd"),
    Input("actions_per_month", "number", "100000", "user-visible actions a month", measure="actions_per_month"),
)


def _work(given: Values) -> Worked:
    failing, single, actions = missing(given), given["single_call_usd"], given["actions_per_month"]
    excess = excess_usd(single, given["multiplier"], actions)
    return Worked(
        results=(Result("conditions_met", "number", Fraction(len(_MISSING) - len(failing)), "of 3"),
                 Result("earns_its_multiplier", "yes or no", not failing),
                 Result("usd_per_month", "usd", single * given["multiplier"] * actions),
                 Result("single_calls_usd_per_month", "usd", single * actions),
                 Result("excess_usd_per_month", "usd", excess)),
        working=(f"{dollars(single)} x ({plain(given['multiplier'])} - 1) x {plain(actions)} actions = "
                 f"{dollars(excess)} a month beyond single calls",),
        notes=(*(_MISSING[name] for name in failing), _verdict(failing, excess)),
    )


def _verdict(failing: Sequence[str], excess: Fraction) -> str:
    if excess <= 0:
        return "These agents take no more than single calls would, so there is nothing to earn back."
    if failing:
        return f"A single call with tools would do, by the playbook: {dollars(excess)} a month are at stake."
    return f"All three conditions hold: the agents have to be worth {dollars(excess)} a month more than single calls."


CURVE = Curve("multiplier", (
    Line("agents", "usd_per_month",
         lambda given: given["single_call_usd"] * given["multiplier"] * given["actions_per_month"]),
    Line("single calls", "single_calls_usd_per_month",
         lambda given: given["single_call_usd"] * given["actions_per_month"]),
), even=lambda given: Fraction(1))
TOPIC = Topic("decomposition", "whether several agents earn their multiplier over a single call", INPUTS, _work,
              curve=CURVE, commitments=(Commitment("monthly_usd", "month", CURVE.lines[0].value),))
