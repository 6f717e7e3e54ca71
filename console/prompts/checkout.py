"""A git checkout: where it begins, what it is called, which commit is checked out, and the files of that commit."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from console.errors import InputError
from console.prompts.git import Git, GitRefusedError
from console.text import clean


@dataclass(frozen=True, slots=True)
class File:
    """A file of the commit that is checked out."""

    path: str
    sort: str
    """file, link, submodule."""
    blob: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Checkout:
    git: Git
    top: Path
    repository: str
    """The address it was cloned from, without user or password; git's own folder where it was not cloned."""
    head: str
    shallow: bool
    """Its history is cut."""

    def files(self, paths: Collection[str]) -> tuple[File, ...]:
        """The files at or below some paths (`.`: all), in order. Nothing is followed, and nothing is read of them."""
        below = () if "." in paths else sorted(paths)
        listed = self.git.ask("ls-tree", "-r", "-z", "-l", "--full-tree", self.head, "--", *below)
        return tuple(_file(line) for line in listed.split(b"\0") if line)

    def gone(self, commits: Collection[str]) -> set[str]:
        """Which of these commits the history of what is checked out does not have. A cut history tells of none."""
        if not commits or self.shallow:
            return set()
        asked = "".join(f"{name}\n" for name in sorted(commits)).encode()
        told = (line.split() for line in self.git.ask("cat-file", "--batch-check", given=asked).splitlines())
        here = {words[0].decode() for words in told if len(words) == 3 and words[1] == b"commit"}
        wanted = "".join(f"{name}\n" for name in sorted(here)).encode() + f"^{self.head}\n".encode()
        beside = set(self.git.ask("rev-list", "--stdin", given=wanted).decode().split()) if here else set()
        return set(commits) - here | (here & beside)

    def content(self, blob: str) -> bytes | None:
        """The content of a blob; None where this clone does not have it."""
        with self.git.blobs() as blobs:
            return blobs.read(blob)


def open_checkout(path: Path) -> Checkout:
    """The checkout that a folder lies in. Raises InputError with what it is instead, and what to do."""
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise InputError(f"{clean(str(path), 200)} cannot be read: {error.strerror}.") from error
    if not is_folder:
        raise InputError(f"{clean(str(path), 200)} is not a folder. Name the folder of a git checkout.")
    top = Path(_top(path))
    git = Git(top)
    try:
        head = _line(git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
    except GitRefusedError as error:
        raise InputError(f"{clean(str(top), 200)} has no commit yet, so there is no version of a prompt. Commit the "
                         "prompts, then scan again.") from error
    shallow = _line(git.ask("rev-parse", "--is-shallow-repository")) == "true"
    return Checkout(git, top, storable(_origin(git) or _common_folder(git)), head, shallow)


def storable(name: str) -> str:
    """A name from the file system as text that can be kept: bytes that are not UTF-8 are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def _top(path: Path) -> str:
    try:
        return _line(Git(path).ask("rev-parse", "--show-toplevel"))
    except GitRefusedError as error:
        shown = clean(str(path), 200)
        if "dubious ownership" in error.said:
            resolved = path.resolve()
            raise InputError(f"{shown} belongs to another user, so git reads nothing of it.",
                             mend=f"git config --global --add safe.directory {shlex.quote(str(resolved))}") from error
        if "work tree" in error.said:
            raise InputError(f"{shown} is a bare repository. Name a checkout of it: git clone {shlex.quote(shown)} "
                             "FOLDER") from error
        if "not a git repository" in error.said:
            raise InputError(f"{shown} is not in a git checkout. Name the folder that holds .git, or clone the "
                             "repository first.") from error
        raise


def _common_folder(git: Git) -> str:
    """The folder that all working trees of a repository share."""
    return os.path.realpath(git.folder / _line(git.ask("rev-parse", "--git-common-dir")))


def _origin(git: Git) -> str:
    """Where it was cloned from, without what may be a password."""
    try:
        url = _line(git.ask("config", "--get", "remote.origin.url"))
    except GitRefusedError:  # it has no origin
        return ""
    try:
        parts = urlsplit(url)
        if "://" not in url:
            return url
        host = parts.hostname or ""
        return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))
    except ValueError:  # no address that anybody could clone
        return ""


def _file(line: bytes) -> File:
    attributes, _, path = line.partition(b"\t")
    mode, kind, blob, size = attributes.split()
    sort = "submodule" if kind == b"commit" else "link" if mode == b"120000" else "file"
    return File(_path(path), sort, blob.decode(), int(size) if size.isdigit() else 0)


def _path(raw: bytes) -> str:
    """A path as text that git is given back byte for byte: what is not UTF-8 becomes half a surrogate pair."""
    return os.fsdecode(raw)


def _line(answer: bytes) -> str:
    return os.fsdecode(answer.removesuffix(b"\n"))
