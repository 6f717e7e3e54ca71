"""Whole organisations on a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.organisation import Organisation, organisation


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path, "runaway-night") as whole:
        yield whole


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path) as whole:
        yield whole
