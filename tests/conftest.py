"""What holds for every test.

A property is not wrong because the machine is busy: no example has a deadline. Nearly all that a test makes is gone
with it, and what was collected stays: garbage is looked for seldom, and not among the tests.
"""

import gc

import pytest
from hypothesis import settings

from tests.support import prepared

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
gc.set_threshold(100_000)


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _run(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    own = tmp_path_factory.getbasetemp()
    prepared.run = own.parent if hasattr(request.config, "workerinput") else own
