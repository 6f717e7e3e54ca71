"""`prompts.toml`, and where prompts lie without it."""

from __future__ import annotations

import pytest

from console.errors import InputError
from console.prompts.convention import by_convention
from console.prompts.manifest import Declared, matches, read_manifest
from console.prompts.version import SOURCES, SYSTEM, TOOLS

WHOLE = b"""
[[prompt]]
workload = "claims-triage"
path = "services/claims/**/*.md"
kind = "system prompt"
model = "claude-sonnet-4-6"
cached_until = "<!-- end of the cached prefix -->"
constant = ["company"]
evaluations = ["evals/claims.json"]
trailer = "Eval"
canary = ["1a2b3c4"]
rollback = ["2b3c4d5e"]

[[prompt]]
workload = "claims-triage"
path = "tools.json"
kind = "tool descriptions"
"""


def test_everything_that_it_may_say_is_read() -> None:
    system, tools = read_manifest(WHOLE)
    assert system == Declared(
        "claims-triage", "services/claims/**/*.md", SYSTEM, "claude-sonnet-4-6",
        "until <!-- end of the cached prefix -->", frozenset({"company"}), ("evals/claims.json",), "Eval",
        ("1a2b3c4",), ("2b3c4d5e",), 2)
    assert (tools.kind, tools.cached, tools.trailer, tools.line) == (TOOLS, None, "Evaluation", 14)
    assert (system.root, tools.root) == ("services/claims", "tools.json")


@pytest.mark.parametrize(("text", "said"), [
    ("", "names no prompt"),
    ("[[prompt]]\npath = 'a.md'", "line 1: prompt 1, workload: is missing"),
    ("[[prompt]]\nworkload = 'a'\npath = '../a.md'", "line 3: prompt 1, path: is a path from the root"),
    ("[[prompt]]\nworkload = 'a'\npath = '/etc/passwd'", "line 3"),
    ("[[prompt]]\nworkload = 'a'\npath = 'a'\nkind = 'prompt'", "line 4.*is not known"),
    ("[[prompt]]\nworkload = 'a'\npath = 'a'\nkand = 'x'", "line 4.*did you mean “kind”"),
    ("[[prompt]]\nworkload = 'a'\npath = 'a'\ncached_prefix = 'none'\ncached_until = 'x'", "keep one of the two"),
    ("[[prompt]]\nworkload = 'a'\npath = 'a'\ncanary = ['main']", "at least 7 digits"),
    ("[[prompt]\n", "line 1"),
    ("prompt = 3", "given several times"),
])
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read_manifest(text.encode())
    assert refused.value.exit_code == 1


@pytest.mark.parametrize(("path", "pattern", "does"), [
    ("a/b.md", "a/*.md", True), ("a/c/b.md", "a/*.md", False), ("a/c/b.md", "a/**/*.md", True),
    ("a/b.md", "a/**/*.md", True), ("a/b.md", "**", True), ("a/b.md", "a", False), ("a/b.md", "A/*.md", False),
    ("d/" * 3000 + "b.md", "**", False), ("a/b1.md", "a/b[0-9].md", True), ("a/b.md", "a/?.md", True),
])
def test_a_pattern_goes_by_the_parts_of_a_path(path: str, pattern: str, does: bool) -> None:
    assert matches(path.split("/"), pattern.split("/")) is does


@pytest.mark.parametrize(("path", "workload", "kind"), [
    ("prompts/claims/system.md", "claims", SYSTEM), ("prompts/claims.md.j2", "claims", SYSTEM),
    ("prompts/claims/tools/search.json", "claims", TOOLS), ("tools/claims.json", "claims", TOOLS),
    ("tools/claims/search.yaml", "claims", TOOLS), ("sources/claims.toml", "claims", SOURCES),
])
def test_by_convention_the_place_says_what_a_file_is(path: str, workload: str, kind: str) -> None:
    found = by_convention(path)
    assert found is not None
    assert (found.workload, found.kind) == (workload, kind)


@pytest.mark.parametrize("path", ["prompts/README.md", "prompts/claims/README.md", "prompts/claims/.hidden.md",
                                  "prompts/claims/code.py", "src/prompts/claims.md", "prompts", "tools/build.sh"])
def test_everything_else_is_no_prompt(path: str) -> None:
    assert by_convention(path) is None
