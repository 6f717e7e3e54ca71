"""A provider of API keys on loopback, and a desk that may switch them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.operations.desk import Desk
from tests.support import kills
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, OTHER_KEY


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Desk:
    return kills.kill_desk(kills.config(keys.url, tmp_path))
