"""A PostgreSQL of one's own in a temporary folder, on a socket and no port; None where this machine has none."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def programs() -> Path | None:
    """Where `initdb` and `postgres` are; None where they are not, or nobody is there to run them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    beside = shutil.which("initdb")
    folder = found[-1].parent if found else Path(beside).parent if beside else None
    if os.geteuid() == 0:  # it refuses to run as root
        try:
            pwd.getpwnam(USER)
        except KeyError:
            return None
    return folder


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Its address, once it answers."""
    folder = Path(tempfile.mkdtemp(prefix="tc-pg-"))
    user = USER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        subprocess.run([programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-N"], check=True, cwd=folder,
                       capture_output=True, user=user)
        running = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"],
                                   cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   user=user)
        try:
            _wait(folder)
            yield f"postgresql:///postgres?host={folder}&user={USER}"
        finally:
            running.terminate()
            running.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path) -> None:
    import psycopg

    for _ in range(100):
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("the PostgreSQL of this test does not answer")
