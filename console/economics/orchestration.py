"""The Orchestration Multiplier (playbook section 7).

    OM = all tokens of one user-visible action / tokens of one well-prompted call that does the same
"""

from __future__ import annotations

from fractions import Fraction

from console.economics.commitment import Commitment
from console.economics.curve import Curve, Line
from console.economics.prework import usd_of
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, plain

_SCALE = ("1 is a single call, 2.5 to 3.5 two agents, 6 to 10 three tiers, 200 to 300 a runaway; a portfolio has "
          "typically 4 to 6.")


def multiplier(tokens_per_action: Fraction, single_call_tokens: Fraction) -> Fraction | None:
    """OM, a ratio of tokens to tokens (playbook section 7). None: there is no single call to compare with."""
    return tokens_per_action / single_call_tokens if single_call_tokens else None


def excess_tokens(tokens_per_action: Fraction, single_call_tokens: Fraction, target: Fraction) -> Fraction:
    """Tokens of an action beyond those at the target multiplier; none where it is there already."""
    return max(Fraction(0), tokens_per_action - target * single_call_tokens)


INPUTS = (
    Input("tokens_per_action", "number", "20000", "tokens of all calls together for one user-visible action",
          measure="tokens_per_action"),
    Input("single_call_tokens", "number", "4000", "tokens of one well-prompted call with tools that does the same",
          measure="single_call_tokens"),
    Input("target", "number", "2", "multiplier to come down to; the playbook has 1.5 to 2", least="1", most="1000"),
    Input("actions_per_month", "number", "100000", "user-visible actions a month", measure="actions_per_month"),
    Input("usd_per_million", "usd", "3", "dollars a million tokens, as this workload pays them on average",
          most="1000000", measure="usd_per_million"),
)


def _work(given: Values) -> Worked:
    tokens, single, target = given["tokens_per_action"], given["single_call_tokens"], given["target"]
    found, excess = multiplier(tokens, single), excess_tokens(tokens, single, target)
    monthly = usd_of(tokens * given["actions_per_month"], given["usd_per_million"])
    recoverable = usd_of(excess * given["actions_per_month"], given["usd_per_million"]) if single else None
    return Worked(
        results=(Result("multiplier", "number", found, "tokens for one of a single call"),
                 Result("usd_per_month", "usd", monthly),
                 Result("target_usd_per_month", "usd", _target_usd(given)),
                 Result("recoverable_usd_per_month", "usd", recoverable),
                 Result("recoverable_share", "share", excess / tokens if tokens and single else None)),
        working=_working(tokens, single, target, found, recoverable),
        notes=(_verdict(found, tokens, target), "The same model and price are taken before and after. What one call "
               "that does the same takes is measured, by an evaluation at equal quality.", *source_checked()),
    )


def _working(tokens: Fraction, single: Fraction, target: Fraction, found: Fraction | None,
             recoverable: Fraction | None) -> tuple[str, ...]:
    if found is None or recoverable is None:
        return ()
    return (f"{plain(tokens)} / {plain(single)} = {plain(found)}",
            f"at {plain(target)}: {plain(target)} x {plain(single)} = {plain(target * single)} tokens an action, "
            f"{dollars(recoverable)} a month less")


def _verdict(found: Fraction | None, tokens: Fraction, target: Fraction) -> str:
    if found is None:
        return "No call takes no tokens: without --single-call-tokens there is no multiplier, and nothing to recover."
    if not tokens:
        return "An action that takes no tokens costs nothing, so there is no share to recover."
    return _SCALE + (" It is at the target already." if found <= target else "")


def source_checked() -> tuple[str, ...]:
    """What the source says of multipliers, beside its own bands."""
    return (
        "Source checked: from a portfolio's typical 4 to 6 down to 1.5 to 2 are 2 to 4.5 turns, 3.25 between the "
        "middles: its \"three turns\" is right.",
        "Source checked: it claims that one call does what multi-agent systems do at a fifth to a tenth of the tokens. "
        "By its own scale that fits three tiers (1 / 6 to 1 / 10); against two agents it is 1 / 2.5 to 1 / 3.5, that "
        "is 40 % to 28.57 %.",
    )


def _usd_per_month(given: Values, tokens: Fraction) -> Fraction:
    return usd_of(tokens * given["actions_per_month"], given["usd_per_million"])


def _at_target(given: Values) -> Fraction | None:
    """Tokens of an action at the target multiplier."""
    return given["target"] * given["single_call_tokens"] or None


def _target_usd(given: Values) -> Fraction | None:
    tokens = _at_target(given)
    return None if tokens is None else _usd_per_month(given, tokens)


CURVE = Curve("tokens_per_action", (
    Line("a month", "usd_per_month", lambda given: _usd_per_month(given, given["tokens_per_action"])),
    Line("at the target", "target_usd_per_month", _target_usd),
), even=_at_target)
TOPIC = Topic("orchestration", "how many times a single call's tokens an action takes, and the cost", INPUTS,
              _work, curve=CURVE, commitments=(Commitment(
                  "monthly_usd", "month", lambda given: _usd_per_month(given, given["tokens_per_action"])),))
