"""The lab as lines: inputs with where they are from, results, pins with their differences, and what to paste."""

from __future__ import annotations

from fractions import Fraction

import pytest

from console.economics.bench import MOST_PINS, Bench, begun
from console.economics.catalogue import TOPICS
from console.economics.filling import Known
from console.text import display_width
from screens.columns import lab as columns
from screens.columns.lab_graph import graph
from screens.columns.lab_pins import compared, difference, words
from screens.columns.page import PageLine

F = Fraction
CASCADE = begun(TOPICS["cascade"])
MEASURED = begun(TOPICS["cascade"], "claims-triage", {"escalation_share": Known(F(1, 4), "measured, last 30 days")})


def texts(lines: list[PageLine]) -> list[str]:
    return [one.text() for one in lines]


def page(bench: Bench, width: int = 62, *, short: bool = False, notes: bool = True) -> str:
    return "\n".join(texts(columns.page(bench, "escalate", width, short=short, notes=notes)))


def test_each_input_says_where_it_is_from() -> None:
    shown = page(MEASURED.with_value("misroute", F(1, 10)), 76)
    assert "escalate                                   25 %  measured, last 30 days" in shown
    assert "misroute                                   10 %  yours" in shown
    assert "rework $                                  $2.00  playbook's example" in shown


def test_the_input_under_the_cursor_says_what_it_is() -> None:
    assert "P(S): share of all queries handed on to the workhorse, 0 to 1" in page(CASCADE, 80)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [61, 81, 180])
def test_every_topic_fits_the_page_with_a_place_to_stop_at_for_each_input(topic: str, width: int) -> None:
    bench = begun(TOPICS[topic]).pinned()
    lines = columns.page(bench, "", width, short=False, notes=True)
    stops = [one.stop for one in lines if one.stop is not None]
    assert stops == [columns.Dial(topic, each.name) for each in TOPICS[topic].inputs]
    notes = [one for one in lines[-20:] if one.text().startswith("    ")]
    assert all(display_width(one.text()) <= width for one in notes)


@pytest.mark.parametrize("topic", ["cascade", "cache", "prework", "filtering", "orchestration", "eviction", "literacy"])
def test_what_the_source_claims_is_told_with_the_working_and_the_right_figure(topic: str) -> None:
    bench = begun(TOPICS[topic])
    assert bench.worked is not None
    claims = [note.removeprefix(columns.CHECKED) for note in bench.worked.notes if note.startswith(columns.CHECKED)]
    told = " ".join(" ".join(texts(columns.noted(bench, 80))).split())
    assert claims
    assert "THE SOURCE, CHECKED" in told
    assert all(" ".join(claim.split()) in told for claim in claims)
    assert "claim checked" in texts(columns.topics(TOPICS.values(), bench, below=True))[-1]


def test_in_few_lines_the_results_follow_the_inputs_at_once() -> None:
    lines = texts(columns.page(CASCADE, "escalate", 61, short=True, notes=True))
    assert [at for at, one in enumerate(lines) if "break even escalation" in one] == [11]


def test_inputs_that_contradict_one_another_say_so_in_the_place_of_results() -> None:
    bench = begun(TOPICS["cache"]).with_value("read_multiple", F(2))
    assert "Write the smaller one as --read-multiple" in " ".join(page(bench).split())
    assert graph(bench, 80) is None
    assert bench.pinned() is bench


def test_pins_stand_side_by_side_with_what_now_differs_by() -> None:
    bench = CASCADE
    for escalate in ("0.4", "0.5", "0.6"):
        bench = bench.pinned().with_value("escalate", F(escalate))
    lines = texts(compared(bench, 120))
    assert lines[1].split() == ["now", "pin", "1", "pin", "2", "pin", "3"]
    assert lines[2].split() == ["escalate", "60", "%", "30", "%", "40", "%", "50", "%"]
    at = next(at for at, one in enumerate(lines) if "cost per query" in one)
    assert lines[at].split()[-4:] == ["$3.03", "$2.055", "$2.38", "$2.705"]
    assert lines[at + 1].split() == ["+$0.975", "+$0.65", "+$0.325"]
    assert "distilled" not in "".join(lines)  # the same everywhere


def test_pins_of_two_workloads_say_whose_they_are() -> None:
    both = MEASURED.pinned().begun_from("", {})
    shown = "\n".join(texts(compared(both, 120)))
    assert "begun from" in shown
    assert "claims-triage" in shown
    assert both.inputs.values["escalate"] == F("0.3")


def test_the_same_twice_takes_the_pin_away_and_a_fifth_the_oldest() -> None:
    assert CASCADE.pinned().pinned().pins == ()
    bench = CASCADE
    for _ in range(MOST_PINS + 1):
        bench = bench.pinned().moved("escalate", 1)
    assert [pin.inputs.values["escalate"] for pin in bench.pins] == [F(31 + step, 100) for step in range(MOST_PINS)]
    assert bench.unpinned().pins == ()


@pytest.mark.parametrize(("kind", "now", "pinned", "said"), [
    ("usd", F(3), F(1), "+$2.00"), ("usd", F(1), F(3), "-$2.00"), ("share", F(1, 4), F(1, 2), "-25 %"),
    ("number", F(5), F(5), "="), ("number", None, F(5), "differs"), ("yes or no", True, False, "differs"),
])
def test_a_difference_has_its_sign_or_says_that_there_is_none(kind: str, now: F | bool | None, pinned: F | bool | None,
                                                              said: str) -> None:
    assert difference(kind, now, pinned) == said


def test_a_reset_goes_back_to_what_it_began_from() -> None:
    moved = MEASURED.moved("escalate", 1).moved("misroute", 1, tenfold=True)
    assert moved.reset("escalate").inputs.values["escalate"] == F(1, 4)
    assert moved.reset("escalate").inputs.origins["escalate"] == "measured, last 30 days"
    assert moved.reset(*moved.inputs.values).inputs == MEASURED.inputs


def test_what_is_copied_can_be_worked_out_again_at_a_shell() -> None:
    text = columns.as_text(MEASURED.with_value("rework_usd", F("0.000001")), "2026-11-23 14:03 UTC")
    assert text.startswith("cascade of claims-triage, 2026-11-23 14:03 UTC: whether a cascade")
    assert "escalate                              25 %  measured, last 30 days" in text
    options = text.splitlines()[-1].removeprefix("token-console lab cascade --").split(" --")
    given = {name.replace("-", "_"): value for name, value in (each.split() for each in options)}
    assert TOPICS["cascade"].read(given) == {**MEASURED.inputs.values, "rework_usd": F("0.000001")}


def test_a_hostile_name_is_copied_harmless() -> None:
    bench = begun(TOPICS["cache"], "", {"calls_per_minute": Known(F(1), "price of \x1b]52;c;AAAA\x07\nrm")})
    assert all(one.isprintable() for one in columns.as_text(bench, "now").splitlines())


def test_a_chart_says_what_is_drawn_over_what_and_where_it_breaks_even() -> None:
    found = graph(CASCADE, 80)
    assert found is not None
    assert found.title == "USD BY ESCALATE"
    assert [name for name, _ in found.lines] == ["cascade", "workhorse alone"]
    assert [name for name, _, _ in found.uprights] == ["now 30 %", "break-even 59.08 %"]
    far = graph(begun(TOPICS["filtering"]).with_value("queries_per_day", F(100)), 80)
    assert far is not None
    assert far.uprights[1][0] == "break-even 50,962 (beyond)"
    assert far.uprights[1][2] is None


def test_names_are_words() -> None:
    assert [words(name) for name in ("rework_usd", "usd_per_month", "escalate")] == ["rework $", "usd per month",
                                                                                     "escalate"]
