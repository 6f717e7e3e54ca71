"""Whether a person's review earns its place (playbook sections 6 and 7), in dollars a case.

    p V > C_R + L_R

with p the share of cases in which the model errs, V what it is worth to catch the error before it propagates, C_R the
fully loaded cost of the reviewer and L_R what the wait costs.
"""

from __future__ import annotations

from fractions import Fraction

from console.economics.commitment import Commitment
from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, percent


def benefit(error_rate: Fraction, value: Fraction) -> Fraction:
    """p V, dollars a case."""
    return error_rate * value


def break_even(value: Fraction, cost: Fraction) -> Fraction | None:
    """The p at which p V = C_R + L_R; above 1 where no rate reaches it. None: there is nothing of value to catch."""
    return cost / value if value else None


INPUTS = (
    Input("error_rate", "share", "0.02", "p: share of the cases in which the model errs, 0 to 1"),
    Input("value_usd", "usd", "400", "V: dollars saved by an error that is caught before it propagates",
          measure="outcome_usd"),
    Input("reviewer_usd", "usd", "6", "C_R: dollars a case for the reviewer, fully loaded",
          measure="review_usd_per_case"),
    Input("latency_usd", "usd", "1", "L_R: dollars a case that the wait for the review costs"),
)


def _work(given: Values) -> Worked:
    rate, value = given["error_rate"], given["value_usd"]
    gained, cost = benefit(rate, value), given["reviewer_usd"] + given["latency_usd"]
    even = break_even(value, cost)
    within = even if even is not None and even <= 1 else None
    return Worked(
        results=(Result("benefit_usd", "usd", gained), Result("cost_usd", "usd", cost),
                 Result("earns_its_place", "yes or no", gained > cost),
                 Result("break_even_error_rate", "share", within)),
        working=(
            f"p V = {percent(rate)} x {dollars(value)} = {dollars(gained)} a case",
            f"C_R + L_R = {dollars(given['reviewer_usd'])} + {dollars(given['latency_usd'])} = {dollars(cost)} a case",
        ),
        notes=(*_verdict(rate, value, cost, within), "It is reckoned for every case and a review that catches every "
               "error. An adverse decision about an identified individual is reviewed whatever this says."),
    )


def _verdict(rate: Fraction, value: Fraction, cost: Fraction, even: Fraction | None) -> tuple[str, ...]:
    if not value:
        return ("To catch an error is worth nothing here, so no error rate breaks even.",)
    if even is None:
        return ("A review costs more than an error that is caught is worth: it never breaks even, at no error rate.",)
    if not cost:
        return ("It costs nothing, so it earns its place wherever there is an error to catch.",)
    gained = benefit(rate, value)
    if gained == cost:
        return ("It exactly breaks even, and so does not earn its place: the benefit must be greater.",)
    if gained < cost:
        return (f"It would earn its place above an error rate of {percent(even)}.",)
    return (f"p is not constant: work upstream (model, data, prompt, workflow) that brings it to {percent(even)} or "
            f"below makes this review not worth its cost. It may cost up to {dollars(cost)} a case in its "
            "place.",)


CURVE = Curve("error_rate", (
    Line("benefit p V", "benefit_usd", lambda given: benefit(given["error_rate"], given["value_usd"])),
    Line("cost C_R + L_R", "cost_usd", lambda given: given["reviewer_usd"] + given["latency_usd"]),
), even=lambda given: break_even(given["value_usd"], given["reviewer_usd"] + given["latency_usd"]))
TOPIC = Topic("review", "whether a person's review earns its place", INPUTS, _work, curve=CURVE,
              commitments=(Commitment("review_usd", "case", lambda given: given["reviewer_usd"]),))
