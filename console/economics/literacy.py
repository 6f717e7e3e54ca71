"""Prompt literacy (playbook section 7): a budget spent on training many users, or on hiring a few specialists.

    gain of training = users x interactions each a quarter x quarters x gain an interaction
    gain of hiring = workloads that a specialist improves x gain a workload
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, plain


@dataclass(frozen=True, slots=True)
class Training:
    """What it takes to lift users, and what that touches."""

    budget: Fraction
    """Dollars for the programme."""
    users: Fraction
    levels: Fraction
    """By how many they are lifted."""
    hours: Fraction
    """Of their own time, each, for one level."""
    usd_per_hour: Fraction
    interactions: Fraction
    """Of one user, in a quarter."""
    quarters: Fraction

    @property
    def cost(self) -> Fraction:
        """Dollars, with the users' own time (playbook section 7)."""
        return self.budget + self.users * self.levels * self.hours * self.usd_per_hour

    @property
    def touched(self) -> Fraction:
        """Interactions that are better for it."""
        return self.users * self.interactions * self.quarters

    def break_even(self, hiring_net: Fraction) -> Fraction | None:
        """Dollars that an interaction must gain so that training earns as much as hiring. None: it touches none."""
        return (self.cost + hiring_net) / self.touched if self.touched else None


INPUTS = (
    Input("budget_usd", "usd", "200000", "dollars to spend, on the one or on the other"),
    Input("users", "number", "500", "users who are trained", most="10000000", whole=True),
    Input("levels", "number", "1", "levels that they are lifted by", least="1", most="4", whole=True,
          measure="literacy_gap"),
    Input("hours_per_user", "number", "4", "hours of a user's own time for a level; the playbook has four from level "
          "one to two, and from three to four three to six months", most="10000"),
    Input("usd_per_hour", "usd", "50", "dollars an hour of a user's time", most="100000"),
    Input("interactions_per_quarter", "number", "400", "interactions of one user in a quarter", most="1000000"),
    Input("quarters", "number", "4", "quarters for which the gain is counted", most="100"),
    Input("gain_per_interaction_usd", "usd", "0.5", "dollars that a better interaction is worth", most="1000000"),
    Input("workloads", "number", "5", "workloads that a specialist hired for the budget improves", most="100000"),
    Input("gain_per_workload_usd", "usd", "60000", "dollars that this is worth, for each in these quarters"),
)


def _training(given: Values) -> Training:
    return Training(given["budget_usd"], given["users"], given["levels"], given["hours_per_user"],
                    given["usd_per_hour"], given["interactions_per_quarter"], given["quarters"])


def _trained(given: Values) -> Fraction:
    training = _training(given)
    return training.touched * given["gain_per_interaction_usd"] - training.cost


def _hired(given: Values) -> Fraction:
    return given["workloads"] * given["gain_per_workload_usd"] - given["budget_usd"]


def _work(given: Values) -> Worked:
    training, trained, hired = _training(given), _trained(given), _hired(given)
    even = training.break_even(hired)
    return Worked(
        results=(Result("training_net_usd", "usd", trained), Result("hiring_net_usd", "usd", hired),
                 Result("training_is_ahead", "yes or no", trained > hired),
                 Result("break_even_gain_per_interaction_usd", "usd", even)),
        working=(
            f"training: {plain(training.touched)} interactions x {dollars(given['gain_per_interaction_usd'])} - "
            f"{dollars(training.cost)}, of which {dollars(training.cost - training.budget)} are the users' own time, = "
            f"{dollars(trained)}",
            f"hiring: {plain(given['workloads'])} workloads x {dollars(given['gain_per_workload_usd'])} - "
            f"{dollars(given['budget_usd'])} = {dollars(hired)}",
        ),
        notes=(*_verdict(even), "The gains are yours to measure: the playbook gives none, and their defaults are no "
               "finding.", "Levels: one, consumer; two, structured user; three, configurator; four, prompt engineer; "
               "five, prompt architect.", *source_checked()),
    )


def _verdict(even: Fraction | None) -> tuple[str, ...]:
    if even is None:
        return ("Training touches no interaction here, so no gain of one breaks even.",)
    return (f"Training is ahead where a better interaction is worth more than {dollars(even)}.",)


def source_checked() -> tuple[str, ...]:
    """What the source says of its example, with what it leaves out."""
    return (
        "Source checked: $200,000 for 500 users is $400 a user. It leaves out their own time: four hours of 500 users "
        "are 2,000 hours, $100,000 at $50 an hour.",
    )


CURVE = Curve("gain_per_interaction_usd", (Line("training", "training_net_usd", _trained),
                                           Line("hiring", "hiring_net_usd", _hired)),
              even=lambda given: _training(given).break_even(_hired(given)))
TOPIC = Topic("literacy", "whether to train many users or to hire a few specialists", INPUTS, _work, curve=CURVE)
