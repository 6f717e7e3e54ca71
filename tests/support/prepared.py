"""What a demo stands on, made once in a run of the tests and copied for each that needs it: to read sixty days takes
nine seconds of a processor."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from pathlib import Path

from console.commands import demo_setup
from console.config import FILE_NAME, Config, load
from console.simulator.portfolio import KILL_FILE, READ_FILE
from console.simulator.stories import story as told

run: Path | None = None
"""A folder that all test processes of this run have in common; `tests/conftest.py` says which."""


async def prepared(folder: Path, provider: demo_setup.Provider, story: str, seed: int = 1) -> Config:
    """As `demo_setup.prepare` leaves the folder, for a provider without anything beside it."""
    assert not provider.living
    template, address = await asyncio.to_thread(_template, provider, story, seed)
    shutil.copytree(template, folder, dirs_exist_ok=True)
    written = folder / FILE_NAME
    written.write_text(written.read_text().replace(address, provider.base_url))
    (folder / READ_FILE).write_text(provider.read_key)
    (folder / KILL_FILE).write_text(provider.kill_key)
    return load(written)


def _template(provider: demo_setup.Provider, story: str, seed: int) -> tuple[Path, str]:
    """The folder that is copied, and the address which its configuration names. Whoever comes first makes it."""
    assert run is not None
    template = run / f"prepared-{_past(story)}-{seed}"
    made = template.with_suffix(".made")
    with template.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            template.mkdir(mode=0o700)
            asyncio.run(demo_setup.prepare(template, provider, story))
            made.write_text(provider.base_url)
    return template, made.read_text()


def _past(story: str) -> str:
    """What tells a story's sixty days from another's: they end where its incident has not begun."""
    whole = told(story)
    return "-".join((str(len(whole.profiles)), "without", *whole.unsigned))
