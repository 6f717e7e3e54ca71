"""A changed address gets no stored key until a person says that it may: two real servers, one of them a stranger's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.config import Config
from console.errors import ConsoleError
from console.operations import breakers
from console.operations.desk import Desk
from console.watch import places
from tests.support import kills
from tests.support.desks import ARCHITECT
from tests.support.key_server import KILL_SECRET, Keys, key_server
from tests.support.kills import KEY, SLUG


@pytest.fixture
def stranger() -> Iterator[Keys]:
    """A server that would gladly take the key."""
    with key_server(**{KEY: "active"}) as served:
        yield served


def moved(desk: Desk, url: str, **changed: object) -> Desk:
    """The same database, opened with a configuration whose source lies elsewhere."""
    source = replace(desk.config.sources[0], base_url=url, **changed)  # type: ignore[arg-type]
    return Desk(replace(desk.config, sources=(source,)), desk.database, desk.clock)


async def read_state(desk: Desk) -> str:
    board = breakers.automatic(desk).board
    try:
        return await board("anthropic-api-key", "anthropic").read(KEY)
    finally:
        await board.close()


def asked(keys: Keys) -> int:
    assert keys.server is not None
    return len(keys.server.asked)


async def test_a_kill_secret_goes_where_it_was_first_sent_and_nowhere_else(desk: Desk, stranger: Keys) -> None:
    assert await read_state(desk) == "active"
    away = moved(desk, stranger.url)
    with pytest.raises(Exception, match="was not sent: anthropic is at http") as refused:
        await read_state(away)
    assert "token-console secret check file:" in str(refused.value)
    assert "--confirm-url" in str(refused.value)
    result = await breakers.kill(away, ARCHITECT, SLUG, "runaway")
    assert result.state != "done"
    assert asked(stranger) == 0  # no key, and nothing else


async def test_another_name_for_the_same_key_does_not_help(desk: Desk, stranger: Keys, tmp_path: Path) -> None:
    await read_state(desk)
    (tmp_path / "renamed").write_text(KILL_SECRET)
    (tmp_path / "renamed").chmod(0o600)
    with pytest.raises(Exception, match="was not sent"):
        await read_state(moved(desk, stranger.url, kill_secret=f"file:{tmp_path / 'renamed'}"))
    assert asked(stranger) == 0


async def test_once_a_person_confirmed_it_the_key_is_sent(desk: Desk, stranger: Keys) -> None:
    await read_state(desk)
    away = moved(desk, stranger.url)
    reference = away.config.sources[0].kill_reference or ""
    with desk.database.write() as tx:
        confirmed = places.confirm(tx, away.config, reference, "maria", desk.clock.now())
    assert confirmed == [("anthropic", stranger.url)]
    assert await read_state(away) == "active"
    assert await read_state(desk) == "active"  # and the old place is not forgotten
    told = [entry for entry in kills.entries_of(desk) if entry.action.startswith("secret.")]
    assert [(entry.action, entry.actor) for entry in told] == [("secret.first_used", "console"),
                                                               ("secret.place_confirmed", "maria")]
    assert not any(KILL_SECRET in entry.body for entry in told)


async def test_nothing_is_stored_that_gives_the_key_away(desk: Desk) -> None:
    await read_state(desk)
    assert not kills.is_in_files(KILL_SECRET, desk.config.base, "console.db*")


def test_a_place_is_scheme_host_and_port(tmp_path: Path) -> None:
    config: Config = kills.config("https://API.example.com/v9", tmp_path)
    assert places.origin_of(config.sources[0]) == "https://api.example.com:443"
    with pytest.raises((ConsoleError, ValueError)):
        places.full_reference(config, "not a reference")
