"""Data pre-work: what the tokens of chunks that answer nothing cost a year (playbook section 7).

    passenger tokens a day = chunks a query x tokens a chunk x passenger share x queries a day
"""

from __future__ import annotations

from fractions import Fraction

from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, percent, plain

_MILLION = 1_000_000


def passenger_tokens_per_day(chunks: Fraction, tokens_per_chunk: Fraction, passenger_share: Fraction,
                             queries_per_day: Fraction) -> Fraction:
    """Tokens a day that are paid for and answer nothing (playbook section 7). `chunks` is of one query, on average."""
    return chunks * tokens_per_chunk * passenger_share * queries_per_day


def usd_of(tokens: Fraction, usd_per_million: Fraction) -> Fraction:
    """Dollars for tokens, at dollars a million of them."""
    return tokens * usd_per_million / _MILLION


INPUTS = (
    Input("chunks", "number", "8", "chunks that a query retrieves, on average", most="10000"),
    Input("tokens_per_chunk", "number", "400", "tokens in a chunk, on average", most="10000000",
          measure="chunk_tokens"),
    Input("passenger_share", "share", "0.4", "share of these tokens that answer nothing, 0 to 1"),
    Input("queries_per_day", "number", "5000", "queries a day", measure="calls_per_day"),
    Input("days_per_year", "number", "365", "days a year on which it runs", most="366"),
    Input("usd_per_million", "usd", "3", "dollars a million input tokens, as this workload pays them after caching",
          most="1000000", measure="input_usd_per_million"),
)


def _work(given: Values) -> Worked:
    day = passenger_tokens_per_day(given["chunks"], given["tokens_per_chunk"], given["passenger_share"],
                                   given["queries_per_day"])
    year = day * given["days_per_year"]
    cost = usd_of(year, given["usd_per_million"])
    return Worked(
        results=(Result("passenger_tokens_per_day", "number", day, "tokens a day"),
                 Result("passenger_tokens_per_year", "number", year, "tokens a year"),
                 Result("usd_per_year", "usd", cost)),
        working=(
            f"{plain(given['chunks'])} chunks x {plain(given['tokens_per_chunk'])} tokens x "
            f"{percent(given['passenger_share'])} x {plain(given['queries_per_day'])} queries = {plain(day)} a day",
            f"{plain(day)} x {plain(given['days_per_year'])} days = {plain(year)} a year",
            f"{plain(year)} tokens at {dollars(given['usd_per_million'])} a million = {dollars(cost)} a year",
        ),
        notes=("The price is one of input tokens that are not cached; where the chunks are read from a cache, give the "
               "cached price as --usd-per-million.", *source_checked()),
    )


def source_checked() -> tuple[str, ...]:
    """What the source says of its own example, and what follows from that example."""
    day = passenger_tokens_per_day(Fraction(8), Fraction(400), Fraction("0.4"), Fraction(5000))
    return (
        f"Source checked: 8 x 400 x 40 % x 5,000 = {plain(day)} passenger tokens a day is right. \"Roughly 1.9 billion "
        f"per year\" is {plain(day * 300)} of 300 working days; 365 days give {plain(day * 365)}.",
        f"Source checked: it claims a saving of \"several hundred thousand dollars per year\" at Sonnet pricing. At $3 "
        f"a million input tokens, {plain(day * 365)} tokens cost {dollars(usd_of(day * 365, Fraction(3)))} a year, and "
        f"removing 70 % of them saves {dollars(usd_of(day * 365, Fraction(3)) * Fraction('0.7'))}.",
    )


def _usd_per_year(given: Values) -> Fraction:
    day = passenger_tokens_per_day(given["chunks"], given["tokens_per_chunk"], given["passenger_share"],
                                   given["queries_per_day"])
    return usd_of(day * given["days_per_year"], given["usd_per_million"])


CURVE = Curve("passenger_share", (Line("a year", "usd_per_year", _usd_per_year),))
TOPIC = Topic("prework", "what chunks that answer nothing cost a year", INPUTS, _work, curve=CURVE)
