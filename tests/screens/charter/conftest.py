"""A desk with one workload in its MBOM."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.operations import registry
from console.operations.desk import Desk
from tests.support.desks import ARCHITECT, open_desk
from tests.support.mbom import CLAIMS


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as made:
        await registry.import_mbom(made, ARCHITECT, text=CLAIMS, name="mbom.toml")
        yield made
