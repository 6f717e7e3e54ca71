"""4, Eternal Conversation: tokens a call grow with the turn, to five times the first and more (playbook section 8).

When a turn is overgrown, and what a turn cap with a summary would have saved of what it really cost, is in
`digest/conversation.py`. One long conversation among thousands is no anti-pattern of a workload: the saving must be a
twentieth of what its calls cost.

Call records may tell of its beginning only. Where usage shows that it went on (`spikes.py`), the hours tell the whole.
"""

from __future__ import annotations

from console.antipatterns.call_day import CallDay
from console.antipatterns.finding import Detector, Figures, Finding, NotEnough, Verdict
from console.antipatterns.from_calls import HOW, lasting, named
from console.antipatterns.telemetry import Telemetry
from console.money import MICRO, display

NAME = "Eternal Conversation"
LEAST_SHARE = 0.05
FIX = ("Cap the turns that a conversation carries, summarise what came before (the playbook: evict at turn five, "
       "summarise at turn seven), cut long tool results, and begin anew when the subject changes.")


def look(seen: Telemetry) -> Verdict:
    """At most one finding."""
    calls = seen.calls
    if calls is None or not calls.calls:
        return NotEnough(f"call records; {HOW}")
    if not calls.totals.conversations:
        return NotEnough(f"call records with sessions and tokens: there is no conversation in them; {HOW}")
    told = calls.totals
    if not told.over_likely or told.over_likely < LEAST_SHARE * told.cost:
        return ()
    return (_finding(seen, calls),)


def _finding(seen: Telemetry, calls: CallDay) -> Finding:
    told = calls.totals
    wasted = lasting(seen, calls, told.over_low, told.over_likely, told.over_high, told.over_cost)
    worst = calls.grown[0]
    long = max(told.long_conversations, told.overgrown)
    return Finding(
        NAME, seen.workload,
        f"{told.overgrown} of {long} conversations of ten turns and more carry all of their history on and "
        f"on: the worst went from {worst.first:,} input tokens in turn one to {worst.last:,} in turn "
        f"{worst.turns}, and a turn cap would have saved {display(wasted.likely)} USD",
        wasted.start, wasted.end,
        (("saving of a turn cap", f"{display(wasted.likely)} USD"), ("overgrown turns", f"{told.over_turns:,}"),
         ("they cost", f"{display(told.over_cost)} USD"), ("all calls cost", f"{display(told.cost)} USD"),
         *wasted.figures, *_by_turn(calls)),
        tuple((("conversation", named(each.session, each.caller)), ("turns", f"{each.turns:,}"),
               ("turn one", f"{each.first:,} tokens"), ("turn ten", f"{each.tenth:,} tokens"),
               ("last turn", f"{each.last:,} tokens"), ("overgrown turns cost", f"{display(each.cost)} USD"),
               ("saving", f"{display(each.excess)} USD")) for each in calls.grown),
        wasted.likely, wasted.stake, "high" if 2 * told.without_session < told.calls else "medium", FIX,
        degree=wasted.stake.likely // MICRO)


def _by_turn(calls: CallDay) -> Figures:
    """Mean input tokens at some turns, over all conversations that came so far."""
    return tuple((f"tokens of turn {mark}", f"{turn.tokens // turn.conversations:,}")
                 for mark, turn in calls.by_turn if turn.conversations)


DETECTOR = Detector(4, NAME, "conversations that carry all of their history on", "call records with sessions", look)
