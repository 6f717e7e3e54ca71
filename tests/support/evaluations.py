"""Files of recorded answers that a test makes up."""

from __future__ import annotations

from collections.abc import Mapping


def answers(right: Mapping[str, range], cases: int = 200, costs: Mapping[str, str] | None = None,
            tokens: Mapping[str, int] | None = None) -> str:
    """A file of arms, each right on a range of the cases."""
    rows = [f"q{case},{arm},{'pass' if case in passed else 'fail'},{(costs or {}).get(arm, '')},"
            f"{(tokens or {}).get(arm, '')}"
            for arm, passed in right.items() for case in range(cases)]
    return "\n".join(["case,arm,score,cost_usd,input_tokens", *rows, ""])


PHANTOM = answers({"thinking": range(150), "retrieval": range(2, 151), "both": range(1, 151)},
                  costs={"thinking": "0.012", "retrieval": "0.018", "both": "0.026"},
                  tokens={"thinking": 800, "retrieval": 5_200, "both": 5_400})
"""Retrieval adds 4,600 tokens, and no right answer."""
