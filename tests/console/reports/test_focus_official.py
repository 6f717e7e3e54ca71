"""Exported usage before the official validator of the FinOps Foundation (focus-validator 2, which needs Python 3.12).

It is no dependency: it wants older libraries than ours. Put it into an environment of its own, and name it:

    python3.12 -m venv focus && focus/bin/pip install 'focus-validator>=2.2' 'numpy<2' 'pyarrow<21'
    TOKEN_CONSOLE_FOCUS_VALIDATOR=focus/bin/focus-validator pytest tests/console/reports/test_focus_official.py
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from console.operations.usage_export import export_usage
from console.pricing import PriceBook
from tests.support.desks import VIEWER, open_desk
from tests.support.used import START, fill

_NAMED = os.environ.get("TOKEN_CONSOLE_FOCUS_VALIDATOR") or shutil.which("focus-validator")
VALIDATOR = Path(_NAMED).absolute() if _NAMED else None
APPLICABLE = ("USAGE_MEASUREMENT_SUPPORTED,UNIT_PRICING_SUPPORTED,SUB_ACCOUNT_SUPPORTED,TAGGING_SUPPORTED,"
              "ACCOUNT_NAMING_SUPPORTED,PUBLIC_PRICE_LIST_SUPPORTED")
NO_INVOICE = {"InvoiceId-C-005-C"}
"""A row without an invoice fails one rule of the validator, one with an invoice another: it cannot pass both."""


def failures(validator: Path, rows: Path, folder: Path) -> tuple[int, set[str]]:
    """(rules that passed, names of those that failed). The exit code says nothing."""
    # It looks for its list of currencies under the folder that it is started in.
    [currencies] = (validator.parent.parent / "lib").glob("*/site-packages/focus_validator/rules/currency_codes.csv")
    (folder / "focus_validator" / "rules").mkdir(parents=True)
    shutil.copy(currencies, folder / "focus_validator" / "rules")
    done = subprocess.run(
        [validator, "--data-file", rows, "--validate-version", "1.2.0.1", "--block-download", "--show-violations",
         "--applicability-criteria", APPLICABLE], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    total = re.search(r"Total: (\d+) \| Pass: (\d+) \| Fail: (\d+)", done.stdout)
    assert total is not None, done.stderr[-2000:]
    return int(total[2]), set(re.findall(r"^\W*([A-Za-z]+-[A-Z]-\d+-[A-Z]): FAIL", done.stdout, re.MULTILINE))


@pytest.mark.timeout(400)
@pytest.mark.skipif(VALIDATOR is None, reason="focus-validator is not here: see the head of this file")
@pytest.mark.parametrize("by", ["day", "hour"])
async def test_the_official_validator_finds_nothing_but_the_missing_invoice(tmp_path: Path, by: str) -> None:
    assert VALIDATOR is not None
    rows = tmp_path / "usage.csv"
    with open_desk(tmp_path) as desk, rows.open("w", encoding="utf-8", newline="") as file:
        with desk.database.write() as tx:
            fill(tx, PriceBook(), hours=6)
        await export_usage(desk, VIEWER, start=START, end=START + timedelta(hours=6), sink=file, by=by)
    passed, failed = failures(VALIDATOR, rows, tmp_path)
    assert failed == NO_INVOICE
    assert passed > 200
