"""A filtering project: when it has paid for itself (playbook section 7, data pre-work).

    saving a year = passenger tokens a year x share removed x price
    payback in years = cost of the project / saving a year
"""

from __future__ import annotations

from fractions import Fraction

from console.economics import prework
from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, plain


def payback_years(project: Fraction, saving_per_year: Fraction) -> Fraction | None:
    """Years until what is saved is what the project cost, both in dollars. None: nothing is saved."""
    return project / saving_per_year if saving_per_year else None


def break_even_queries_per_day(project: Fraction, saving_per_daily_query: Fraction) -> Fraction | None:
    """Queries a day from which it pays within a year, by what one a day saves in a year. None: that saves nothing."""
    return project / saving_per_daily_query if saving_per_daily_query else None


INPUTS = (
    *prework.INPUTS,
    Input("removed_share", "share", "0.7", "share of the passenger tokens that filtering removes, 0 to 1"),
    Input("project_usd", "usd", "50000",
          "dollars for the project, once; three months of the playbook's $200,000 engineer"),
)


def _removed_by_each(given: Values) -> Fraction:
    """Tokens a year that one query a day no longer carries."""
    return prework.passenger_tokens_per_day(given["chunks"], given["tokens_per_chunk"], given["passenger_share"],
                                            Fraction(1)) * given["days_per_year"] * given["removed_share"]


def _work(given: Values) -> Worked:
    each = _removed_by_each(given)
    removed = each * given["queries_per_day"]
    saving, project = prework.usd_of(removed, given["usd_per_million"]), given["project_usd"]
    years = payback_years(project, saving)
    queries = break_even_queries_per_day(project, prework.usd_of(each, given["usd_per_million"]))
    return Worked(
        results=(Result("tokens_removed_per_year", "number", removed, "tokens a year"),
                 Result("saving_usd_per_year", "usd", saving), Result("project_usd", "usd", project),
                 Result("payback_years", "number", years, "years"),
                 Result("break_even_queries_per_day", "number", queries, "queries a day to pay within a year")),
        working=(
            f"{plain(given['queries_per_day'])} queries a day x {plain(each)} tokens a year that each of them no "
            f"longer carries = {plain(removed)} tokens a year",
            f"{plain(removed)} tokens at {dollars(given['usd_per_million'])} a million = {dollars(saving)} a year",
            *_payback_line(project, saving, years),
        ),
        notes=(*(("Nothing is saved, so the project never pays for itself.",) if years is None else ()),
               "Only input tokens are counted. Better answers may be worth more: add them to what the project earns.",
               *source_checked()),
    )


def _payback_line(project: Fraction, saving: Fraction, years: Fraction | None) -> tuple[str, ...]:
    return () if years is None else (f"{dollars(project)} / {dollars(saving)} a year = {plain(round(years, 2))} years",)


def source_checked() -> tuple[str, ...]:
    """What the source says of the payback of its own example, and what follows from that example."""
    day = prework.passenger_tokens_per_day(Fraction(8), Fraction(400), Fraction("0.4"), Fraction(5000))
    saving = prework.usd_of(day * 365 * Fraction("0.7"), Fraction(3))
    years = payback_years(Fraction(50_000), saving)
    assert years is not None
    return (f"Source checked: it claims that the project \"pays back inside a quarter\". At $3 a million, its own "
            f"example saves {dollars(saving)} a year, {dollars(saving / 4)} a quarter; three engineer-months at its "
            f"$200,000 a year are $50,000, which pay back in {plain(round(years, 1))} years.",)


def _saving_per_year(given: Values) -> Fraction:
    return prework.usd_of(_removed_by_each(given) * given["queries_per_day"], given["usd_per_million"])


def _even(given: Values) -> Fraction | None:
    return break_even_queries_per_day(given["project_usd"],
                                      prework.usd_of(_removed_by_each(given), given["usd_per_million"]))


CURVE = Curve("queries_per_day", (Line("saved in a year", "saving_usd_per_year", _saving_per_year),
                                  Line("project", "project_usd", lambda given: given["project_usd"])), even=_even)
TOPIC = Topic("filtering", "when a project that filters documents before they are indexed has paid for itself", INPUTS,
              _work, curve=CURVE)
