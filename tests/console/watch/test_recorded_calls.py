"""A line of recorded calls: what it tells is read, and what it leaves out stays unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from console.cadences.call_track import Call
from console.pricing import PriceBook
from console.watch import recorded_calls

LINE = {"ts": "2026-04-16T19:09:08Z", "workload": "claims", "session": "s", "caller": "main",
        "model": "claude-sonnet-4-5",
        "uncached_input_tokens": 100, "cache_read_tokens": 0, "cache_write_tokens": 0, "output_tokens": 10}


def read(path: Path, **more: Any) -> Call:
    file = path / "calls.jsonl"
    file.write_text(json.dumps(LINE | more))
    (call,) = recorded_calls.read(file, PriceBook())["claims"]
    return call


def test_the_users_action_is_read_where_it_is_told(tmp_path: Path) -> None:
    assert (read(tmp_path, action="a1").action, read(tmp_path).action) == ("a1", "")


def test_tools_failed_where_each_of_them_is_told_to_have(tmp_path: Path) -> None:
    def failed(*errors: object) -> bool:
        return read(tmp_path, tools=[{"tool": "shell", "args": "x", "error": error} for error in errors]).tools_failed

    assert failed(True, True)
    assert not failed(True, False)
    assert not failed(None)
    assert not failed()
