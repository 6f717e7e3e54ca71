"""Eviction (playbook section 7): what a conversation's context holds, turn by turn, with and without a discipline.

Each turn adds the same number of tokens to the context: what is asked, what tools return, what is answered. The tokens
of turn t are those that are in the context at its end:

    without: system + t x tokens a turn
    with:    system + (min(t - 1, cap) + 1) x tokens a turn         before the turn of the summary
             system + summary + (kept + 1) x tokens a turn          from then on
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from console.economics.curve import Curve, Line
from console.economics.prework import usd_of
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import plain


@dataclass(frozen=True, slots=True)
class Conversation:
    """Tokens, and turns counted from 1."""

    system: Fraction
    per_turn: Fraction
    turn_cap: int
    """Earlier turns that stay in the context, the latest ones."""
    summarise_at: int
    """From this turn on, a summary stands for all earlier turns but those kept."""
    kept_turns: int
    summary: Fraction

    def without(self, turn: int) -> Fraction:
        """Tokens of that turn where nothing ever leaves the context (playbook section 7)."""
        return self.system + turn * self.per_turn

    def evicted(self, turn: int) -> Fraction:
        """Tokens of that turn with turn cap and summary (playbook section 7)."""
        if turn < self.summarise_at or turn - 1 <= self.kept_turns:
            return self.system + (min(turn - 1, self.turn_cap) + 1) * self.per_turn
        return self.system + self.summary + (min(self.kept_turns, self.turn_cap) + 1) * self.per_turn


INPUTS = (
    Input("turns", "number", "10", "turns of the conversation", least="1", most="1000", whole=True,
          measure="calls_per_session"),
    Input("tokens_per_turn", "number", "6000", "tokens that a turn adds to the context", most="10000000"),
    Input("system_tokens", "number", "2000", "tokens of system prompt and tools, in every turn", most="10000000",
          measure="system_tokens"),
    Input("turn_cap", "number", "5", "earlier turns that stay in the context", most="1000", whole=True,
          measure="turn_cap"),
    Input("summarise_at", "number", "7", "turn from which a summary stands for earlier turns", least="2", most="1000",
          whole=True),
    Input("kept_turns", "number", "0", "earlier turns that stay beside the summary", most="1000", whole=True),
    Input("summary_tokens", "number", "1000", "tokens of the summary", most="10000000"),
    Input("usd_per_million", "usd", "3", "dollars a million input tokens, as this workload pays them after caching",
          most="1000000", measure="input_usd_per_million"),
)


def _conversation(given: Values) -> Conversation:
    return Conversation(given["system_tokens"], given["tokens_per_turn"], int(given["turn_cap"]),
                        int(given["summarise_at"]), int(given["kept_turns"]), given["summary_tokens"])


def _work(given: Values) -> Worked:
    talk, last = _conversation(given), int(given["turns"])
    turns = range(1, last + 1)
    without, evicted = sum(map(talk.without, turns), Fraction(0)), sum(map(talk.evicted, turns), Fraction(0))
    return Worked(
        results=(Result("last_turn_tokens_without", "number", talk.without(last), "tokens"),
                 Result("last_turn_tokens_with", "number", talk.evicted(last), "tokens"),
                 Result("last_turn_ratio", "number", _ratio(talk.without(last), talk.evicted(last)), "times"),
                 Result("total_tokens_without", "number", without, "tokens"),
                 Result("total_tokens_with", "number", evicted, "tokens"),
                 Result("total_ratio", "number", _ratio(without, evicted), "times"),
                 Result("saving_usd_per_conversation", "usd", usd_of(without - evicted, given["usd_per_million"]))),
        working=_by_turn(talk, last),
        notes=(*_verdict(talk, without, evicted), "A turn is counted as one reading of its context at its end. Making "
               "the summary is not counted: it reads the earlier turns once more.", *source_checked()),
    )


def _ratio(without: Fraction, evicted: Fraction) -> Fraction | None:
    return without / evicted if evicted else None


def _by_turn(talk: Conversation, last: int) -> tuple[str, ...]:
    told = sorted({1, min(talk.turn_cap + 2, last), min(talk.summarise_at, last), last})
    return tuple(f"turn {turn}: {plain(talk.without(turn))} tokens without, {plain(talk.evicted(turn))} with"
                 for turn in told)


def _verdict(talk: Conversation, without: Fraction, evicted: Fraction) -> tuple[str, ...]:
    if not evicted:
        return ("There are no tokens to divide by, so no ratio is given.",)
    if evicted > without:
        return ("The summary is longer than what it stands for: this discipline costs more than it saves.",)
    return ()


def source_checked() -> tuple[str, ...]:
    """What the source says of turn ten, for its own discipline."""
    talk = Conversation(Fraction(2000), Fraction(6000), 5, 7, 0, Fraction(1000))
    parts = sum(range(1, 11))
    least = sum(range(1, 5)) + 6
    return (
        f"Source checked: it claims 5 to 8 times the tokens by turn ten, with eviction at turn five and a summary at "
        f"turn seven. At 6,000 tokens a turn (its 40,000 to 80,000 by turn ten), turn ten alone takes "
        f"{plain(talk.without(10))} against {plain(talk.evicted(10))}, "
        f"{plain(round(talk.without(10) / talk.evicted(10), 1))} times: right, where nothing is kept beside a summary "
        f"of 1,000. All ten turns together cannot: they add up to {parts} turns' tokens without; with it at least to "
        f"{least}, as the first four are the same either way and each later one has its own. The ratio is "
        f"{plain(round(Fraction(parts, least), 1))} at most.",
    )


CURVE = Curve("turns", (
    Line("without", "last_turn_tokens_without", lambda given: _conversation(given).without(int(given["turns"]))),
    Line("with turn cap and summary", "last_turn_tokens_with",
         lambda given: _conversation(given).evicted(int(given["turns"]))),
))
TOPIC = Topic("eviction", "how a conversation's context grows with and without turn cap and summary", INPUTS, _work,
              curve=CURVE)
