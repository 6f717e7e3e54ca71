"""What an evaluation says, for machines: dollars as decimal strings, shares as numbers, what is unknown as null."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from console.economics.wording import micro
from console.evaluations.comparison import Difference
from console.evaluations.evaluation import Arm, Evaluation
from console.evaluations.worth import Worth, cheapest_per_correct
from console.money import usd_or_none


def results(evaluation: Evaluation, differences: Sequence[Difference],
            worths: Sequence[Worth] | None = None) -> dict[str, Any]:
    """Arms, differences and the cheapest right answer; `worths` are those of the differences, in their order."""
    return {
        "arms": [_arm(arm) for arm in evaluation.arms],
        "differences": [_difference(each) | ({} if worths is None else _worth(worths[number]))
                        for number, each in enumerate(differences)],
        "cheapest_per_correct": cheapest_per_correct(evaluation),
    }


def _arm(arm: Arm) -> dict[str, Any]:
    return {"arm": arm.name, "cases": len(arm.answers), "accuracy": float(arm.accuracy),
            "cost_per_case_usd": _usd(arm.cost), "cost_per_correct_usd": _usd(arm.cost_per_correct)}


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "base": each.base, "other": each.other, "difference": float(each.value), "low": each.low, "high": each.high,
        "p_value": each.p_value, "verdict": each.verdict, "paired": each.paired, "cases": list(each.cases),
        "left_out": each.left_out, "method": each.method, "cases_needed": each.cases_needed,
        "cases_needed_for_same": each.cases_needed_for_same,
        "added_usd": None if each.added_cost is None else _usd(each.added_cost.value),
        "added_input_tokens": None if each.added_tokens is None else float(each.added_tokens.value),
    }


def _worth(value: Worth) -> dict[str, Any]:
    return {"displaced_usd": _usd(value.displaced), "displaced_low_usd": _usd(value.low),
            "displaced_high_usd": _usd(value.high), "net_usd": _usd(value.net),
            "earns_its_place": value.earns_its_place}


def _usd(amount: Fraction | None) -> str | None:
    return None if amount is None else usd_or_none(micro(amount))
