"""TOML from people: bounded, and every message with its line."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import InputError
from console.toml import REGISTRY_LIMIT, load, load_bytes, read

EXAMPLE = '''# MBOM
title = "a # b = [c]"
quote = """
[not.a.table]
key = "no" \\""" still
"""

[database]
url = "x"   # comment
nested.deep = 1

[[workload]]
slug = "one"
usage = [{ source = "anthropic", api_key_id = "a" },
         { source = "anthropic", models = ["x",
           "y"] }]

[[workload]]
slug = "two"
[workload.review]
who = "somebody"
[[workload.kill]]
above = 1.5
[[workload.kill]]
"odd key" = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quote",), 3),
        (("database",), 8),
        (("database", "url"), 9),
        (("database", "nested", "deep"), 10),
        (("workload", 0), 12),
        (("workload", 0, "slug"), 13),
        (("workload", 0, "usage", 0, "api_key_id"), 14),
        (("workload", 0, "usage", 1, "source"), 15),
        (("workload", 0, "usage", 1, "models", 1), 16),
        (("workload", 1, "slug"), 19),
        (("workload", 1, "review", "who"), 21),
        (("workload", 1, "kill", 1, "odd key"), 25),
        (("workload", 1, "missing"), 18),
    ],
)
def test_every_key_knows_its_line(path: tuple[str | int, ...], line: int) -> None:
    document = load(EXAMPLE, "mbom.toml")
    assert document.line_of(path) == line
    assert document.where(path) == f"mbom.toml, line {line}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = 1\nb = yes\n", "f.toml, line 2, column 5: Invalid value: text goes in quotes"),
        ("a = 1\na = 2\n", "f.toml, line 2, column 6: Cannot overwrite a value: the same key is given twice"),
        ("[a]\n[a]\n", "line 2, column 3: Cannot declare ('a',) twice: the same [table] is opened twice"),
        ("a\n", "line 1, column 2: Expected '=' after a key in a key/value pair: a line is written"),
        ('a = "x', "Unterminated string"),
        ("a = nan\n", "f.toml, line 1: a must be an ordinary number"),
        ("[t]\na = [1, -inf]\n", "f.toml, line 2: 1 must be an ordinary number"),
        ("a = 99999999999999999999\n", "ordinary number"),
        ("a = " + "9" * 5000, "f.toml"),
        ("a = 1\nb\0 = 2", "f.toml, line 2: there is a NUL byte"),
        ("x" * (64 * 1024 + 1), "larger than 64 KiB"),
        ("\n\n" + ".".join("abcdefghijk") + " = 1", "f.toml, line 3: a key with more than 8 dots"),
        ("[" + "a." * 30_000 + "a]", "more than 8 dots"),
        ("a = {" + "b." * 30_000 + "b = 1}", "more than 8 dots"),
        ('"a"' + ' . "b"' * 9 + " = 1", "more than 8 dots"),
        ("a = " + "[" * 33 + "]" * 33, "more than 32 brackets"),
        ("a = " + "{b=" * 10_000, "more than 32 brackets"),
        ("a = [" + "1," * 20_000 + "]", "more than 10000 keys"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_wrong_is_said_with_its_place_and_remedy(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        load(text, "f.toml")
    assert says in str(caught.value)
    assert "f.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"a = 1\nb = '\xe9'\n", "f.toml, line 2: byte 0xe9 is not UTF-8"),
        ("a = 1".encode("utf-16"), "UTF-16"),
        (b"\0\0\0\0", "NUL"),
        (b"a" * 70_000, "larger than 64 KiB"),
    ],
)
def test_bytes_that_are_no_text(raw: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_bytes(raw, "f.toml")


def test_a_registry_may_be_larger_than_a_configuration() -> None:
    text = "".join(f"[[workload]]\nslug = 'w{number}'\n" for number in range(4000))
    assert load(text, "mbom.toml", REGISTRY_LIMIT).line_of(("workload", 3999, "slug")) == 8000
    with pytest.raises(InputError, match="larger than 64 KiB"):
        load(text, "mbom.toml")


def test_a_byte_order_mark_is_no_fault() -> None:
    assert load_bytes("﻿a = 1".encode(), "f.toml").data == {"a": 1}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read(tmp_path / "none.toml")


def test_a_hostile_key_costs_no_memory() -> None:
    hostile = "a" + ".a" * 32_000 + " = 1"
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            load(hostile, "f.toml")
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


@given(st.text(alphabet="ab.=[]{}\"'#\\\n ,1", max_size=60))
def test_any_text_is_read_or_refused_and_lines_belong_to_keys(text: str) -> None:
    try:
        document = load(text, "f.toml")
    except InputError:
        return
    for path, line in document.lines.items():
        assert 1 <= line <= text.count("\n") + 1
        value: object = document.data
        for step in path:
            if isinstance(value, list) and isinstance(step, int) and step >= len(value):
                break  # a trailing comma, or an empty array
            value = value[step]  # type: ignore[index]
