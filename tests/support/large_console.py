"""A folder with a whole console in it: configuration, a database with many workloads, and a published Daily."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.cadences.daily import to_document
from store import snapshots
from store.database import Database
from tests.support.long_history import register
from tests.support.portfolio import large

SECRETS: dict[str, Any] = {"ADMIN_KEY": "sk-ant-admin01-test", "KILL_KEY": "sk-ant-admin01-kill"}
"""The environment that the configuration refers to."""


def large_console(folder: Path, workloads: int, base_url: str = "http://127.0.0.1:9") -> Path:
    """Make it; returns the configuration's path. The default address answers nobody."""
    folder.mkdir(mode=0o700, exist_ok=True)
    written = folder / "token-console.toml"
    written.write_text(f"""
[organisation]
name = "Example Ltd"
[database]
url = "sqlite:///console.db"
[[sources]]
name = "anthropic"
kind = "anthropic"
secret = "env:ADMIN_KEY"
kill_secret = "env:KILL_KEY"
base_url = "{base_url}"
""")
    written.chmod(0o600)
    database = Database.create(f"sqlite:///{folder / 'console.db'}")
    with database.write() as tx:
        register(tx, workloads)
        snapshots.publish(tx, "daily", datetime.now(UTC), to_document(large(workloads)))
    database.close()
    return written
