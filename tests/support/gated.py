"""Which operations ask for permission, read from their source: so that none is forgotten where they are tested."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import console.operations

FOLDER = Path(console.operations.__file__).parent
GATES = {"gate.permitted", "gate.required", "gate.required_at_hand", "permissions.require"}
"""What an operation passes on its way in."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def gated() -> frozenset[str]:
    """`module.function` (`folder.module.function`) of every public function that passes a gate, by whatever helpers."""
    calls: dict[str, set[str]] = {}
    for path in sorted(FOLDER.rglob("*.py")):
        module = ".".join(path.relative_to(FOLDER).with_suffix("").parts)
        calls.update(_of_module(module, ast.parse(path.read_text(encoding="utf-8"))))
    reached = set(GATES)
    while more := {name for name, called in calls.items() if name not in reached and called & reached}:
        reached |= more
    return frozenset(name for name in reached - GATES
                     if not name.startswith(("gate.", "permissions.")) and not name.rpartition(".")[2].startswith("_"))


def _of_module(module: str, tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """What each function names of the operations' own functions, called or handed on."""
    functions = [node for node in tree.body if isinstance(node, Function)]
    known = {node.name: f"{module}.{node.name}" for node in functions} | dict(_imported(tree))
    for node in functions:
        yield f"{module}.{node.name}", set(_named(node, known))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Local name to `module` or `module.function`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("console.operations"):
            inside = (node.module or "").removeprefix("console.operations").lstrip(".")
            for alias in node.names:
                yield alias.asname or alias.name, f"{inside}.{alias.name}" if inside else alias.name


def _named(node: ast.AST, known: dict[str, str]) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id in known:
            yield f"{known[inner.value.id]}.{inner.attr}"
        elif isinstance(inner, ast.Name) and inner.id in known:
            yield known[inner.id]
