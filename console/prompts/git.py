"""Real git, asked for what a repository holds and for nothing else: no shell, no hook, no filter, no network.

git itself, and no library of it, because renames, merges, shallow and partial clones, worktrees and every object format
are then read as the repository's owners see them. What a repository configures to be run is switched off one by one
below; only its object database is read, so no link in its working tree leads anywhere.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from console.errors import InputError
from console.text import clean

DEADLINE_S = 120.0
LIMIT_BYTES = 64 * 1024 * 1024
"""An answer may have so many bytes."""
LARGEST_FILE = 2 * 1024 * 1024
"""A file of more bytes is no prompt, and is not read."""

_OPTIONS = (
    "--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}",
    "-c", f"core.attributesFile={os.devnull}", "-c", "log.showSignature=false", "-c", "diff.external=",
    "-c", "diff.relative=false", "-c", f"core.bigFileThreshold={LARGEST_FILE}", "-c", "i18n.logOutputEncoding=UTF-8",
)
_SETTINGS = {
    "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_LITERAL_PATHSPECS": "1",
    # A partial clone would fetch what it lacks, by a program that the repository may name.
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "",
}
_KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME")
"""Of the environment: where git is, and where a person says which folders of others are safe."""


class GitRefusedError(InputError):
    """git ended with an error. `said` is its own words, cleaned."""

    def __init__(self, said: str) -> None:
        super().__init__(f"git could not read this: {said or 'it gave no reason'}.")
        self.said = said


class Git:
    """The repository around a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(self, *arguments: str, given: bytes = b"", limit: int = LIMIT_BYTES) -> bytes:
        """What git prints. Raises GitRefusedError; InputError where it takes too long or prints too much."""
        with self._started(arguments) as (process, said):
            assert process.stdin is not None
            assert process.stdout is not None
            writer = threading.Thread(target=_give, args=(process.stdin, given), daemon=True)
            writer.start()
            answer = process.stdout.read(limit + 1)
            if len(answer) > limit:
                raise InputError(f"git {arguments[0]} told more than {limit // 1024 // 1024} MiB. Name fewer files: "
                                 "prompts.toml")
            if process.wait() != 0:
                words = _words(said)
                if "promisor" in words:
                    raise InputError(f"{clean(str(self.folder), 200)} is a partial clone, which lacks contents of "
                                     "older versions, and nothing is fetched from here. Clone it whole: git clone URL "
                                     "FOLDER")
                raise GitRefusedError(words)
            return answer

    @contextmanager
    def blobs(self) -> Iterator[Blobs]:
        """The contents of objects, one after another, from one process."""
        with self._started(("cat-file", "--batch")) as (process, _):
            assert process.stdin is not None
            assert process.stdout is not None
            yield Blobs(process.stdin, process.stdout)

    @contextmanager
    def _started(self, arguments: tuple[str, ...]) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | _SETTINGS
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(  # noqa: S603  (a list of our own words and of names git gave; no shell)
                    ["git", *_OPTIONS, "-C", str(self.folder), *arguments],  # noqa: S607  (git is where PATH has it)
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment)
            except OSError as error:
                raise InputError(f"git cannot be started: {error.strerror}. Install git.") from error
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(DEADLINE_S, stop)
            timer.start()
            try:
                yield process, said
            except (GitRefusedError, BrokenPipeError, EOFError) as error:
                if late.is_set():
                    raise InputError(f"git {arguments[0]} took longer than {DEADLINE_S:g} s, and was stopped. Name "
                                     "fewer files: prompts.toml") from error
                if isinstance(error, GitRefusedError):
                    raise
                raise GitRefusedError(_words(said)) from error
            finally:
                timer.cancel()
                process.kill()
                for pipe in (process.stdin, process.stdout):
                    _close(pipe)
                process.wait()


class Blobs:
    """Objects by their identifiers."""

    def __init__(self, ask: IO[bytes], answer: IO[bytes]) -> None:
        self._ask, self._answer = ask, answer

    def read(self, name: str) -> bytes | None:
        """The content of a blob; None where the repository does not have it. One that is too large is passed over.

        Raises EOFError where git ended early.
        """
        self._ask.write(f"{name}\n".encode())
        self._ask.flush()
        head = self._answer.readline().split()
        if len(head) != 3:
            if not head:
                raise EOFError("git ended early")
            return None
        size = int(head[2])
        wanted = min(size, LARGEST_FILE + 1)
        content = self._answer.read(wanted)
        if len(content) < wanted:
            raise EOFError("git ended within a content")
        left = size - wanted
        while left > 0:
            left -= len(self._answer.read(min(left, 1024 * 1024))) or left
        self._answer.read(1)
        return content if head[1] == b"blob" else None


def _give(pipe: IO[bytes], content: bytes) -> None:
    try:
        pipe.write(content)
    except BrokenPipeError:  # it has read enough
        return
    finally:
        _close(pipe)


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        return


def _words(said: IO[bytes]) -> str:
    """The line that says what was fatal, else the last one."""
    said.seek(0)
    lines = said.read(8000).decode("utf-8", "replace").strip().splitlines() or [""]
    fatal = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
    return clean(fatal.removeprefix("fatal: ").rstrip("."), 400)
