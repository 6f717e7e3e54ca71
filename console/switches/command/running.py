"""Running a program of the organisation's with every limit spelled out: no shell, no terminal, one deadline.

It gets the environment that it is given and nothing of the console's; what it starts dies with it at the deadline.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

LIMIT_BYTES = 16 * 1024
"""So much of each output is kept; the rest is read and let go."""
GRACE_S = 0.5
"""After its end, how long a child of its own may still hold its output open before that is no longer waited for."""
_LOOK_S = 0.05
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int | None
    """Its exit code; negative where a signal ended it; None where it was stopped at the deadline."""
    output: bytes
    errors: bytes


def run(argv: Sequence[str], environment: Mapping[str, str], deadline_s: float) -> Ended:
    """Run it to its end. Blocks, so call it in a thread. Raises OSError where it could not be started."""
    process = subprocess.Popen(  # noqa: S603  (a list from a file that only the operator can write; no shell)
        list(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(environment),
        cwd="/", start_new_session=True, close_fds=True)
    assert process.stdout is not None
    assert process.stderr is not None
    until = time.monotonic() + deadline_s
    with process.stdout, process.stderr:
        try:
            output, errors = _read(process, process.stdout, process.stderr, until)
            code: int | None = process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            code, output, errors = None, b"", b""
        finally:
            if process.returncode is None:
                _end(process)
    return Ended(code, output, errors)


def _read(process: subprocess.Popen[bytes], output: IO[bytes], errors: IO[bytes], until: float) -> tuple[bytes, bytes]:
    """The beginning of both outputs, read to their ends. Raises TimeoutExpired at the deadline."""
    kept = {output: bytearray(), errors: bytearray()}
    ended: float | None = None
    with selectors.DefaultSelector() as selector:
        for pipe in kept:
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ, pipe)
        while selector.get_map():
            now = time.monotonic()
            if now >= until:
                raise subprocess.TimeoutExpired(process.args, 0)
            if ended is None and process.poll() is not None:
                ended = now
            if ended is not None and now >= ended + GRACE_S:
                break
            for ready, _ in selector.select(min(_LOOK_S, until - now)):
                pipe = ready.data
                piece = os.read(pipe.fileno(), _PIECE)
                if not piece:
                    selector.unregister(pipe)
                kept[pipe] += piece[:LIMIT_BYTES - len(kept[pipe])]
    return bytes(kept[output]), bytes(kept[errors])


def _end(process: subprocess.Popen[bytes]) -> None:
    """The program and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
