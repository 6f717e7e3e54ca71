"""A file of recorded answers: what is understood, and every way in which one is refused."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.errors import InputError
from console.evaluations.evaluation import Evaluation, Kind
from console.evaluations.file import read

HEAD = "case,arm,score,cost_usd,repeat\n"


def two_cases(*arms: str) -> str:
    return "".join(f"{case},{arm},{score},0.25,\n" for arm in arms for case, score in (("q1", "pass"), ("q2", "fail")))


def evaluation(text: str, kind: Kind = "retrieval") -> Evaluation:
    return read(text, "e.csv", kind)


def test_every_arm_has_its_accuracy_and_costs_exactly() -> None:
    found = evaluation(HEAD + two_cases("both", "thinking", "retrieval"))
    assert [arm.name for arm in found.arms] == ["thinking", "retrieval", "both"]
    assert found.passes
    (first, *_) = found.arms
    assert (first.accuracy, first.cost, first.cost_per_correct) == (Fraction(1, 2), Fraction(1, 4), Fraction(1, 2))


def test_repeats_are_averaged_before_cases_are() -> None:
    rows = "q1,off,1,1,1\nq1,off,0,3,2\nq2,off,1,5,1\nq1,on,1,1,1\nq2,on,1,1,1\n"
    off = evaluation(HEAD + rows, "thinking").arms[0]
    assert (off.accuracy, off.cost) == (Fraction(3, 4), Fraction(7, 2))
    assert not evaluation(HEAD + rows, "thinking").passes


def test_a_cost_that_one_row_lacks_is_unknown_for_its_arm_alone() -> None:
    rows = "q1,off,1,,\nq2,off,1,1e-05,\nq1,on,1,1e-05,\nq2,on,1,.00002,\n"
    found = evaluation(HEAD + rows, "thinking")
    assert [arm.cost for arm in found.arms] == [None, Fraction(15, 1_000_000)]


def test_budgets_and_tiers_stand_in_their_order() -> None:
    budgets = evaluation(HEAD + two_cases("on", "16000", "off", "8000"), "thinking")
    assert [arm.name for arm in budgets.arms] == ["off", "8000", "16000", "on"]
    tiers = evaluation(HEAD + two_cases("frontier", "distilled"), "tier")
    assert [arm.name for arm in tiers.arms] == ["distilled", "frontier"]
    models = evaluation(HEAD + "a,claude-opus-5,1,2,\nb,claude-opus-5,1,2,\na,claude-haiku-4-5,1,1,\n"
                               "b,claude-haiku-4-5,1,1,\n", "tier")
    assert [arm.name for arm in models.arms] == ["claude-haiku-4-5", "claude-opus-5"]


def test_a_spreadsheet_of_semicolons_and_a_byte_order_mark_is_read() -> None:
    text = "\ufeffcase;arm;score\n" + "".join(f"q{case};{arm};pass\n" for arm in ("off", "on") for case in (1, 2))
    assert len(evaluation(text, "thinking").arms) == 2


@pytest.mark.parametrize(("row", "said"), [
    ("q3,off,85,,", "e.csv:2: score: 85 is more than 1; write a share from 0 to 1: 85 % is 0.85"),
    ("q3,off,-0.1,,", "e.csv:2: score: '-0.1' is negative; write pass or fail"),
    ("q3,off,nan,,", "e.csv:2: score: 'nan' is no number"),
    ("q3,off,inf,,", "e.csv:2: score: 'inf' is no number"),
    ("q3,off,1e999,,", "e.csv:2: score: '1e999' is no number"),
    ("q3,off,,,", "e.csv:2: score: is empty"),
    ("q3,off,good,,", "e.csv:2: score: 'good' is no number"),
    (",off,pass,,", "e.csv:2: case: is empty"),
    ("q3,,pass,,", "e.csv:2: arm: is empty"),
    ("q3,off,pass,-1,", "e.csv:2: cost_usd: '-1' is negative"),
    ("q3,off,pass,free,", "e.csv:2: cost_usd: 'free' is no number"),
    ("q3,off,pass,9999999,", "e.csv:2: cost_usd: 9999999 is more than 1,000,000 dollars"),
    ("q3,off,0.5,,", "e.csv:3: score: 'pass' stands beside numbers from 0 to 1 (line 2)"),
    ("q1,off,pass,,", "e.csv:3: case: case 'q1', arm 'off' is on line 2 already"),
    ("q3,off,pass", "e.csv:2: there are 3 cells for 5 columns"),
    ("q3,low,pass,,", "e.csv:2: there is no arm 'low'; arms are off, and on or the budget"),
])
def test_each_fault_is_told_with_its_line_and_what_to_do(row: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        evaluation(HEAD + row + "\n" + two_cases("off", "on"), "thinking")
    assert said in str(refused.value)


@pytest.mark.parametrize(("kind", "text", "said"), [
    ("retrieval", HEAD + two_cases("thinking", "both"), "e.csv: arm retrieval is missing; add rows of arm retrieval"),
    ("thinking", HEAD + two_cases("on"), "e.csv: arm off is missing"),
    ("thinking", HEAD + two_cases("off"), "e.csv: there is one arm only, 'off'; add a second one"),
    ("tier", HEAD + two_cases("frontier"), "e.csv: there is one arm only, 'frontier'"),
    ("tier", HEAD + two_cases(*"abcdefghi"), "e.csv:18: there are 9 arms; keep 8"),
    ("thinking", HEAD + two_cases("off") + "q1,on,pass,,\n", "e.csv:4: arm 'on' has one case only; add cases"),
    ("tier", "", "e.csv:1: there is no column case; the first line names the columns"),
    ("tier", HEAD, "e.csv: there is no answer under the headings"),
    ("tier", "case,arm,score,cost\n", "e.csv:1: column 4: there is no column 'cost'; did you mean cost_usd?"),
    ("tier", "case,arm,score,score\n", "e.csv:1: column 4: score is there twice; keep one"),
    ("tier", "case,arm\n", "e.csv:1: there is no column score"),
    ("tier", "case,arm,score\n\0", "e.csv:2: there is a NUL byte"),
    ("tier", 'case,arm,score\n"q1,a,1\n', "this is not CSV"),
], ids=["missing", "without off", "off alone", "one tier", "nine arms", "one case", "empty", "headings alone",
        "unknown heading", "twice", "no score", "binary", "quote"])
def test_a_file_that_cannot_be_compared_is_refused(kind: Kind, text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        evaluation(text, kind)
    assert said in str(refused.value)


@settings(max_examples=50)
@given(st.text(st.sampled_from('qaon1.,"\n;-e%\0é'), max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    with contextlib.suppress(InputError):
        assert len(evaluation("case,arm,score\n" + text, "thinking").arms) > 1
