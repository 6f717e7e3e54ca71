"""Real git repositories with a given history, each made by one import: two processes, however many commits."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGUN = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
SYSTEM = "prompts/claims-triage/system.md"
_ENVIRONMENT = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}

Content = str | bytes | None
"""Of a file; None deletes it."""


@dataclass(frozen=True)
class Commit:
    """One commit, a day after the one before it. `parents`: numbers of commits from 0; None: the one before."""

    files: Mapping[str, Content]
    message: str = "Change it"
    author: str = "Ann"
    parents: Sequence[int] | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links and where they lead."""
    submodules: Mapping[str, str] = field(default_factory=dict)


def repository(folder: Path, *commits: Commit, branch: str = "main") -> Path:
    """A repository in `folder` whose HEAD is the last commit. Its working tree stays empty: nobody reads it."""
    git(folder.parent, "init", "-q", "-b", branch, str(folder))
    if commits:
        put(folder, *commits, branch=branch)
    return folder


def put(folder: Path, *commits: Commit, branch: str = "main") -> list[str]:
    """Give a branch this history in the place of what it had. The commits' names, in order."""
    lines: list[bytes] = []
    for number, commit in enumerate(commits):
        at = int((BEGUN + timedelta(days=number)).timestamp())
        message = commit.message.encode()
        parents = ([number - 1] if number else []) if commit.parents is None else list(commit.parents)
        lines += [f"commit refs/heads/{branch}".encode(), f"mark :{number + 1}".encode(),
                  f"author {commit.author} <a@example.com> {at} +0000".encode(),
                  f"committer Committer <c@example.com> {at} +0000".encode(),
                  f"data {len(message)}".encode() + b"\n" + message]
        lines += [f"{'from' if first else 'merge'} :{parent + 1}".encode()
                  for first, parent in zip([True, *[False] * len(parents)], parents, strict=False)]
        lines += [line for path, content in commit.files.items() for line in _file(path, content)]
        lines += [line for path, target in commit.links.items() for line in _file(path, target, b"120000")]
        lines += [f"M 160000 {name} {path}".encode() for path, name in commit.submodules.items()]
        lines.append(b"")
    git(folder, "fast-import", "--quiet", "--force", "--export-marks=marks", given=b"\n".join(lines) + b"\n")
    marks = dict(line.split() for line in (folder / "marks").read_text().splitlines())
    return [marks[f":{number + 1}"] for number in range(len(commits))]


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=given, capture_output=True, check=True,
                          env=_ENVIRONMENT)
    return done.stdout.decode()


def _file(path: str, content: Content, mode: bytes = b"100644") -> list[bytes]:
    if content is None:
        return [f"D {path}".encode()]
    raw = content.encode() if isinstance(content, str) else content
    return [b"M " + mode + b" inline " + os.fsencode(path), f"data {len(raw)}".encode() + b"\n" + raw]
