"""What holds for every test: a property is not wrong because the machine is busy, so no example has a deadline."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.support import prepared

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are made here and all of them stay: no garbage is looked for among them, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _run(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    own = tmp_path_factory.getbasetemp()
    prepared.run = own.parent if hasattr(request.config, "workerinput") else own
