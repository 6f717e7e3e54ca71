"""`doctor` at a source that is told of calls."""

from __future__ import annotations

from pathlib import Path

from console.clock import ManualClock
from console.config import Config, Organisation, SourceSettings
from console.listening import Place
from console.operations import checkup_providers
from console.operations.checkup import Check, Health
from store import leases
from store.database import Database
from tests.support.database import fresh_database
from tests.support.otlp import NOW, Ledger, receiving


async def checks(folder: Path, port: int, secret: str | None = None,
                 database: Database | None = None) -> dict[str, Check]:
    source = SourceSettings("otel", "otel", secret, options={"listen": Place("127.0.0.1", port)})
    config = Config(path=folder / "token-console.toml", organisation=Organisation(), database_url="sqlite:///x",
                    sources=(source,))
    found = await checkup_providers.of_sources(config, ManualClock(NOW), "token-console", database)
    return {check.name.removeprefix("source otel: "): check for check in found}


async def test_it_says_whether_somebody_listens_there(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    async with receiving(tmp_path, Ledger()) as (source, _):
        port = source.port
        taken = await checks(tmp_path, port, database=database)
        with database.write() as tx:
            leases.acquire(tx, "engine", "maria@ops-1", NOW)
        led = await checks(tmp_path, port, database=database)
    free = await checks(tmp_path, port)
    assert taken["place"].health is Health.FAILED
    assert f"127.0.0.1:{port} is taken, and by no console" in taken["place"].said
    assert led["place"].health is Health.OK
    assert "maria@ops-1 leads" in led["place"].said
    assert free["place"].said.startswith(f"nobody listens at 127.0.0.1:{port} now")
    assert taken["tells"].said.startswith("otel tells of each call as it ends")


async def test_a_secret_that_cannot_be_had_is_found_before_it_is_needed(tmp_path: Path) -> None:
    assert (await checks(tmp_path, 1))["secret"].said.startswith("none: what its senders tell raises alerts")
    missing = await checks(tmp_path, 1, "file:no-such-file")
    assert missing["secret"].health is Health.FAILED
    (tmp_path / "secret").write_text("s3cret")
    (tmp_path / "secret").chmod(0o600)
    assert (await checks(tmp_path, 1, "file:secret"))["secret"].health is Health.OK
