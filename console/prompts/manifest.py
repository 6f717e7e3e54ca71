"""`prompts.toml` at the root of a checkout: which files are prompts, of which workload, and how they are gated."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass

from console import toml
from console.errors import BadConfiguration, InputError
from console.prompts.version import KINDS, SOURCES
from console.settings_reading import Table

NAME = "prompts.toml"
TRAILER = "Evaluation"
MOST = 2000
"""`[[prompt]]` tables."""
_DEEPEST = 100
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_TRAILER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of the files of one pattern."""

    workload: str
    pattern: str
    """A path from the root, with `*`, `?` and `[…]` within a name, and `**` for any folders."""
    kind: str
    model: str | None = None
    cached: str | None = None
    """`whole`, `none`, or `until` and a text; None: as the workload's entry says, else whole."""
    constant: frozenset[str] = frozenset()
    """Placeholders that are the same in every call."""
    evaluations: tuple[str, ...] = ()
    """Files that an evaluation writes its result to."""
    trailer: str = TRAILER
    """Of a commit, which may carry a result as well."""
    canary: tuple[str, ...] = ()
    """Commits, as `rollback`, by their first digits."""
    rollback: tuple[str, ...] = ()
    line: int | None = None

    @property
    def root(self) -> str:
        """The folder or file below which its files lie."""
        plain: list[str] = []
        for part in self.pattern.split("/"):
            if any(sign in part for sign in "*?["):
                break
            plain.append(part)
        return "/".join(plain) or "."

    def matches(self, path: str) -> bool:
        return matches(path.split("/"), self.pattern.split("/"))


def matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether the parts of a path are as the parts of a pattern say; never those of a path too deep for anybody."""
    if len(path) > _DEEPEST:
        return False
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(matches(path[skipped:], pattern[1:]) for skipped in range(len(path) + 1))
    return bool(path) and fnmatch.fnmatchcase(path[0], pattern[0]) and matches(path[1:], pattern[1:])


def read_manifest(raw: bytes) -> tuple[Declared, ...]:
    """Every `[[prompt]]` of the file. Raises InputError with the line."""
    document = toml.load_bytes(raw, NAME)
    try:
        root = Table(document, (), document.data)
        tables = root.tables("prompt")
        if len(tables) > MOST:
            root.refuse("prompt", f"is given {len(tables)} times, more than {MOST}; use patterns")
        declared = tuple(_declared(table, document.line_of(table.path)) for table in tables)
        root.close()
    except BadConfiguration as error:
        raise InputError(str(error)) from error
    if not declared:
        raise InputError(f'{NAME} names no prompt. Write [[prompt]] with workload = "…" and path = "…", or remove the '
                         "file to read by convention.")
    return declared


def _declared(table: Table, line: int | None) -> Declared:
    kind = table.choice("kind", KINDS, KINDS[0])
    found = Declared(
        workload=table.name("workload"), pattern=_path(table, "path", table.text("path", longest=1000)), kind=kind,
        model=table.optional("model", table.text), cached=_cached(table, kind),
        constant=frozenset(table.texts("constant")),
        evaluations=tuple(_path(table, "evaluations", each) for each in table.texts("evaluations")),
        trailer=_trailer(table), canary=_commits(table, "canary"), rollback=_commits(table, "rollback"), line=line)
    table.close()
    return found


def _cached(table: Table, kind: str) -> str | None:
    until = table.optional("cached_until", table.text)
    stated = table.optional("cached_prefix", lambda key: table.choice(key, ("whole", "none")))
    if until is not None and stated is not None:
        table.refuse("cached_until", "stands beside cached_prefix; keep one of the two")
    return f"until {until}" if until is not None else stated or ("none" if kind == SOURCES else None)


def _path(table: Table, key: str, path: str) -> str:
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or "." in parts or "" in parts or "\\" in path:
        table.refuse(key, 'is a path from the root of the checkout: write path = "prompts/claims/system.md"')
    if parts.count("**") > 2:
        table.refuse(key, "holds ** more than twice")
    return path


def _trailer(table: Table) -> str:
    name = table.text("trailer", TRAILER)
    if not _TRAILER.fullmatch(name):
        table.refuse("trailer", f'is the key of a commit trailer: write trailer = "{TRAILER}"')
    return name


def _commits(table: Table, key: str) -> tuple[str, ...]:
    given = table.texts(key)
    if any(not _COMMIT.fullmatch(each) for each in given):
        table.refuse(key, f'takes commits by at least 7 digits, in lower case: write {key} = ["1a2b3c4"]')
    return given
