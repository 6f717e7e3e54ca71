"""One value of a TOML text changed in its own lines: every other line of what a person wrote stays byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import Array, InlineTable, Item

from console import toml
from console.errors import InputError
from console.toml import Document, KeyPath


def with_value(text: str, path: KeyPath, value: Any) -> str:
    """The text with another value under a path; without the key where the value is None.

    Raises InputError where that cannot be done without touching anything else.
    """
    document = toml.load(text, "the file", toml.REGISTRY_LIMIT)
    try:
        changed = _changed(text.split("\n"), document, path, value)
        again = toml.load(changed, "the file", toml.REGISTRY_LIMIT)
    except (tomlkit.exceptions.TOMLKitError, InputError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise _by_hand(path) from error
    if not _only(document.data, again.data, path, value):
        raise _by_hand(path)
    return changed


def value_at(data: Mapping[str, Any], path: KeyPath) -> Any:
    """What a document says under a path; None where it says nothing."""
    found: Any = data
    for key in path:
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and isinstance(key, int) and key < len(found):
            found = found[key]
        else:
            return None
    return found


def as_toml(value: object) -> str:
    """A value as TOML on one line."""
    return _item(value).as_string()


def _changed(lines: list[str], document: Document, path: KeyPath, value: Any) -> str:
    statement = _statement(lines, document, path)
    if statement is not None:
        first, end = _extent(document, statement, len(lines))
        lines[first:end] = _rewritten("\n".join(lines[first:end]), path[len(statement) - 1 :], value).split("\n")
    elif value is not None:
        _insert(lines, document, path, value)
    return "\n".join(lines)


def _statement(lines: list[str], document: Document, path: KeyPath) -> KeyPath | None:
    """The key that the value is written under: `path` itself, or the inline table or list around it; None where there
    is none yet."""
    for length in range(1, len(path) + 1):
        line = document.lines.get(path[:length])
        if line is not None and not _is_header(lines[line - 1]):
            return path[:length]
    return None


def _is_header(line: str) -> bool:
    return line.lstrip().startswith("[")


def _extent(document: Document, statement: KeyPath, count: int) -> tuple[int, int]:
    """Its first line from 0, and the line after it: where the next key or table begins."""
    first = document.lines[statement]
    after = [line for path, line in document.lines.items() if line > first and path[: len(statement)] != statement]
    return first - 1, min(after, default=count + 1) - 1


def _rewritten(chunk: str, path: KeyPath, value: Any) -> str:
    """The lines of one key with another value in them, or without the key; comments behind and beneath it stay."""
    document = tomlkit.parse(chunk)
    *outer, key = path
    table: Any = document
    for part in outer:
        if part not in table and isinstance(part, str) and value is not None:
            table[part] = tomlkit.inline_table()
        table = table[part]
    if value is None:
        del table[key]
        return tomlkit.dumps(document)
    before = table.get(key)
    table[key] = _item(value)
    if table is document and isinstance(before, Item):
        _keep_column(before, document.item(key))
    return tomlkit.dumps(document)


def _keep_column(before: Item, after: Item) -> None:
    """A comment behind the value stays in its column where there is room."""
    if before.trivia.comment and "\n" not in before.as_string() + after.as_string():
        shorter = len(before.as_string()) - len(after.as_string())
        after.trivia.comment_ws = " " * max(2, len(before.trivia.comment_ws) + shorter)


def _insert(lines: list[str], document: Document, path: KeyPath, value: Any) -> None:
    """A key that is new: behind the last one of its table, or in a table of its own at the end."""
    for length in range(len(path) - 1, 0, -1):
        table = path[:length]
        header = document.lines.get(table)
        if header is not None:
            at = _behind(lines, document, table, header)
            lines[at:at] = _written(path[length:], value)
            return
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    lines[end:] = ["", f"[{tomlkit.key(str(path[0])).as_string()}]", *_written(path[1:], value), ""]


def _written(path: KeyPath, value: Any) -> list[str]:
    """`key = value`; what lies deeper goes into an inline table."""
    for part in reversed(path[1:]):
        value = {part: value}
    return f"{tomlkit.key(str(path[0])).as_string()} = {as_toml(value)}".split("\n")


def _behind(lines: list[str], document: Document, table: KeyPath, header: int) -> int:
    """The line, from 0, behind the last key that is written under a table's header."""
    own = [path for path, line in document.lines.items()
           if len(path) == len(table) + 1 and path[: len(table)] == table and not _is_header(lines[line - 1])]
    if not own:
        return header
    last = max(own, key=lambda path: document.lines[path])
    first, end = _extent(document, last, len(lines))
    while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _item(value: Any) -> Item:
    """A value as TOML writes it inside a line; only a text of several lines takes more than one."""
    if isinstance(value, dict):
        inline: InlineTable = tomlkit.inline_table()
        for key, item in value.items():
            inline.append(tomlkit.key(key), _item(item))
        return inline
    if isinstance(value, list):
        array: Array = tomlkit.array()
        for item in value:
            array.append(_item(item))
        return array
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    made: Item = tomlkit.item(value)
    return made


def _only(was: Any, now: Any, path: KeyPath, value: Any) -> bool:
    """Whether two documents differ in this value at most."""
    said = value_at(now, path)
    same = said == value or (isinstance(said, str) and isinstance(value, str) and said.strip() == value.strip())
    return same and _without(was, path) == _without(now, path)


def _without(data: Any, path: KeyPath) -> Any:
    """The data with what is under the path taken out, and with it tables that then say nothing."""
    if isinstance(data, dict):
        kept = {key: _without(value, path[1:]) if path and key == path[0] else value for key, value in data.items()
                if not (len(path) == 1 and key == path[0])}
        return {key: value for key, value in kept.items() if not (path and key == path[0] and value == {})}
    if isinstance(data, list) and path:
        return [_without(value, path[1:]) if at == path[0] else value for at, value in enumerate(data)]
    return data


def _by_hand(path: KeyPath) -> InputError:
    name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
    return InputError(f"{name} cannot be changed alone, by the way the file is written. Change it in your editor: e.")
