"""The thinking budget (playbook section 7): does the quality gained displace more cost than the reasoning tokens add?

    added = reasoning tokens x price of an output token
    displaced = (error rate without - error rate with) x what it costs to put an error right
"""

from __future__ import annotations

from fractions import Fraction

from console.economics.curve import Curve, Line
from console.economics.prework import usd_of
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, percent, plain

_MILLION = 1_000_000


def displaced(without: Fraction, with_thinking: Fraction, correction: Fraction) -> Fraction:
    """Dollars a case that are no longer spent on errors; below zero where thinking makes more of them."""
    return (without - with_thinking) * correction


def break_even_tokens(displaced_usd: Fraction, usd_per_million: Fraction) -> Fraction | None:
    """Reasoning tokens a case that cost what they displace. None: it displaces nothing, or is free."""
    return displaced_usd * _MILLION / usd_per_million if usd_per_million and displaced_usd > 0 else None


def break_even_drop(added_usd: Fraction, correction: Fraction) -> Fraction | None:
    """The fall of the error rate that pays for the tokens; above 1 where none can. None: an error costs nothing."""
    return added_usd / correction if correction else None


INPUTS = (
    Input("thinking_tokens", "number", "10000", "reasoning tokens a case, on average"),
    Input("usd_per_million", "usd", "15", "dollars a million output tokens", most="1000000",
          measure="output_usd_per_million"),
    Input("errors_without", "share", "0.1", "share of the cases that are wrong without thinking, 0 to 1"),
    Input("errors_with", "share", "0.05", "share of the cases that are wrong with it, 0 to 1"),
    Input("correction_usd", "usd", "6", "dollars to find and put right a wrong answer, fully loaded"),
)


def _work(given: Values) -> Worked:
    without, with_thinking, correction = given["errors_without"], given["errors_with"], given["correction_usd"]
    added = usd_of(given["thinking_tokens"], given["usd_per_million"])
    gained, drop = displaced(without, with_thinking, correction), break_even_drop(added, correction)
    return Worked(
        results=(Result("added_usd", "usd", added), Result("displaced_usd", "usd", gained),
                 Result("earns_its_place", "yes or no", gained > added),
                 Result("break_even_error_drop", "share", drop if drop is not None and drop <= 1 else None),
                 Result("break_even_tokens", "number", break_even_tokens(gained, given["usd_per_million"]),
                        "reasoning tokens a case")),
        working=(
            f"{plain(given['thinking_tokens'])} tokens at {dollars(given['usd_per_million'])} a million = "
            f"{dollars(added)} a case",
            f"({percent(without)} - {percent(with_thinking)}) x {dollars(correction)} = {dollars(gained)} a case",
        ),
        notes=(*_verdict(given, gained, drop), "Error rates are taken as given: whether their difference is real "
               "depends on how many cases were evaluated. The time that thinking takes is not counted."),
    )


def _verdict(given: Values, gained: Fraction, drop: Fraction | None) -> tuple[str, ...]:
    if drop is None:
        return ("An error costs nothing here, so no fall of the error rate pays for thinking: there is no break-even.",)
    said = []
    if drop > 1:
        said.append("Thinking costs more than an error does: it never breaks even, at any fall of the error rate.")
    if gained <= 0:
        said.append("Thinking displaces nothing here, so no budget of tokens breaks even.")
    elif not given["usd_per_million"]:
        said.append("Tokens are free here, so no number of them is too many: there is no break-even.")
    return tuple(said)


def _displaced(given: Values) -> Fraction:
    return displaced(given["errors_without"], given["errors_with"], given["correction_usd"])


CURVE = Curve("thinking_tokens", (
    Line("added", "added_usd", lambda given: usd_of(given["thinking_tokens"], given["usd_per_million"])),
    Line("displaced", "displaced_usd", _displaced),
), even=lambda given: break_even_tokens(_displaced(given), given["usd_per_million"]))
TOPIC = Topic("thinking", "whether extended thinking displaces more cost than it adds", INPUTS, _work, curve=CURVE)
