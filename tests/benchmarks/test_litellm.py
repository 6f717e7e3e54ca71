"""What reading a gateway costs, beside the bare decoding of the same JSON in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.providers.litellm.spend import Place, SpendReading
from console.providers.litellm_callback.payload import calls_of
from console.providers.shared.arguments import ArgumentHash
from console.simulator.litellm import rows
from tests.support.litellm_gateway import T0, call
from tests.support.measuring import in_turn, median, report

ROUNDS, MANY = 9, 1000
MOST = 9.0
"""Times the bare decoding: every count is checked, every name made the console's own, every series added up."""
RECORDED = Path(__file__).parents[1] / "console" / "providers" / "litellm_callback" / "recorded.json"


def held(what: str, body: bytes, work: Callable[[], object]) -> None:
    """Measure, tell, and hold to MOST."""
    bare, ours = in_turn(ROUNDS, lambda: json.loads(body), work)
    report(what, calls=MANY, bare_s=median(bare), ours_s=median(ours), times=median(ours) / median(bare))
    assert median(ours) < MOST * median(bare)


@pytest.mark.benchmark
def test_a_page_of_the_spend_log_takes_a_small_multiple_of_decoding_it() -> None:
    calls = [call(number, T0 + number / 20, f"{number:064x}") for number in range(MANY)]
    body = json.dumps({"data": [rows.spend_row(each) for each in calls], "total": MANY}).encode()
    held("A page of the spend log", body, lambda: SpendReading(T0 + 60, 60, MANY).page(body, Place(T0)))


@pytest.mark.benchmark
def test_a_batch_of_the_callback_takes_a_small_multiple_of_decoding_it(tmp_path: Path) -> None:
    told: dict[str, Any] = json.loads(RECORDED.read_text())[0][0]
    body = json.dumps([told | {"id": f"msg_{number}"} for number in range(MANY)]).encode()
    now = datetime.fromtimestamp(told["endTime"], UTC) + timedelta(seconds=5)
    hashing = ArgumentHash(tmp_path / "key")
    held("A batch of the callback", body, lambda: calls_of(body, now, hashing))
