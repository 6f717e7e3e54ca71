"""`ack`, `silence` and `disarm` at a shell: one way to say until when."""

from __future__ import annotations

import argparse

import pytest

from console.commands import ack, disarm, silence
from console.commands.context import ends_at
from console.errors import UsageError
from tests.support.desks import NOON


@pytest.mark.parametrize(
    ("command", "given"), [(ack, ["7"]), (silence, ["chat", "--reason", "x"]), (disarm, ["chat", "--reason", "x"])]
)
@pytest.mark.parametrize("until", ["90m", "2026-11-24T08:00Z"])
def test_each_takes_a_length_and_a_time(command: object, given: list[str], until: str) -> None:
    parser = argparse.ArgumentParser()
    command.arguments(parser)  # type: ignore[attr-defined]
    args = parser.parse_args([*given, "--until", until])
    assert ends_at(args.until, NOON) is not None
    assert "a length such as 30m, 4h or 2d, or a time" in " ".join(parser.format_help().split())


def test_what_is_neither_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match="neither a length such as 4h nor a time such as 2026-11-24T08:00Z"):
        ends_at("tomorrow", NOON)
