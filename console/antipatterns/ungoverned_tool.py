"""8, Ungoverned Tool: the same tool with the same arguments, again and again in one run (playbook section 8).

What only repeats, and is neither a poll, nor a retry, nor a look at what has changed, is in `digest/repeats.py`. It is
a finding where one run made the same call ten times, where one in twenty of the runs that use tools repeats itself, or
where the calls that only repeated cost a hundredth of all; and where an action takes more tool calls than the MBOM
projects.
"""

from __future__ import annotations

from console.antipatterns.call_day import CallDay
from console.antipatterns.finding import Confidence, Detector, Finding, NotEnough, Verdict
from console.antipatterns.from_calls import HOW, called, lasting, named
from console.antipatterns.telemetry import Telemetry
from console.money import MICRO, display
from console.text import clean

NAME = "Ungoverned Tool"
STUCK = 10
LOOPING_SHARE, COST_SHARE = 0.05, 0.01
FEWEST_ACTIONS = 20
"""User actions below which no mean is held against a projection."""
FIX = ("Say in the tool's description what it returns and when to call it again, tell the prompt to keep what was "
       "fetched, and stop a run that asks for the same thing a third time.")


def look(seen: Telemetry) -> Verdict:
    """At most one finding of repetition, and one of more tool calls than were projected."""
    calls = seen.calls
    if calls is None or not calls.calls:
        return NotEnough(f"call records; {HOW}")
    if not calls.totals.with_tools:
        return NotEnough("call records with sessions and the tools that were called, each with a hash of its "
                         f"arguments: there is none in them; {HOW}")
    return (*_repetition(seen, calls), *_projection(seen, calls))


def _repetition(seen: Telemetry, calls: CallDay) -> tuple[Finding, ...]:
    told = calls.totals
    worst = max(calls.repeated, key=lambda each: each.times, default=None)
    if worst is None or not (
            worst.times >= STUCK or told.looping >= LOOPING_SHARE * told.acting
            or 0 < told.loop_likely >= COST_SHARE * told.cost):
        return ()
    wasted = lasting(seen, calls, told.loop_low, told.loop_likely, told.loop_high, told.cost)
    stuck: Confidence = "high" if worst.times >= STUCK else "medium"
    return (Finding(
        NAME, seen.workload,
        f"{told.looping} of {told.acting} runs repeat tool calls that they have just made: {told.loop_calls:,} calls "
        f"to the model asked for nothing else and cost {display(told.loop_likely)} USD; the worst made one call of "
        f"{clean(worst.tool, 40) or 'a tool'} {worst.times:,} times",
        wasted.start, wasted.end,
        (("calls that only repeated", f"{told.loop_calls:,}"), ("they cost", f"{display(told.loop_likely)} USD"),
         ("all calls cost", f"{display(told.cost)} USD"), ("runs that repeat", f"{told.looping} of {told.acting}"),
         ("tool calls", f"{told.tool_calls:,}"), ("made before in their run", f"{told.repeated:,}"),
         *wasted.figures),
        tuple((("run", named(each.session, each.caller)), ("tool", clean(each.tool, 40)),
               ("the same call", f"{each.times:,} times"), ("calls that only repeated", f"{each.calls:,}"),
               ("they cost", f"{display(each.cost)} USD")) for each in calls.repeated),
        wasted.likely, wasted.stake, stuck, FIX, degree=wasted.stake.likely // MICRO),)


def _projection(seen: Telemetry, calls: CallDay) -> tuple[Finding, ...]:
    projected = seen.entry.get("tool_calls_per_action")
    told = calls.totals
    if not isinstance(projected, int) or told.actions < FEWEST_ACTIONS or told.action_tools <= projected * told.actions:
        return ()
    mean = told.action_tools / told.actions
    start, end = called(calls)
    return (Finding(
        NAME, seen.workload,
        f"a user action takes {mean:.1f} tool calls; the MBOM projects {projected}",
        start, end,
        (("tool calls an action", f"{mean:.1f}"), ("projected", f"{projected}"), ("user actions", f"{told.actions:,}"),
         ("calls to the model an action", f"{told.action_calls / told.actions:.1f}")), (), None, None, "high", FIX,
        subject="projection", degree=round(100 * mean / max(1, projected))),)


DETECTOR = Detector(8, NAME, "the same tool call again and again in one run",
                    "call records with tools and hashes of their arguments", look)
