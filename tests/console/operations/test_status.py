"""How the audit log names who did something."""

from __future__ import annotations

import pytest

from console.operations.status import who
from console.watch.execution import this_process


@pytest.mark.parametrize(("actor", "read"), [
    ("vm:4711:0f3a9c", "engine on vm"), ("db:7.example.com:4711:0f3a9c", "engine on db:7.example.com"),
    ("maria", "maria"), ("engine", "engine"), ("corp:maria", "corp:maria"),
])
def test_a_process_is_named_by_its_host_and_a_person_by_their_name(actor: str, read: str) -> None:
    assert who(actor) == read


def test_the_name_of_this_process_is_one_that_is_made_plain() -> None:
    assert who(this_process()).startswith("engine on ")
