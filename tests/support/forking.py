"""A module as a process of its own, forked from one that has done its imports: they are most of a short command's time.

One such process stands beside each test process. It has one thread, opens nothing, and forks for whoever connects.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
_IMPORTED = (
    "console.commands.context", "console.operations.door", "console.operations.registry",
    "console.watch.engine", "console.charters.document", "console.operations.mbom.file", "console.operations.checkup",
    "store.migrate", "console.pricing", "genai_prices.data_snapshot", "httpx", "console.commands.charter",
)
_LARGEST = 1 << 20


def run(module: str, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: str = "",
        timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    """`python -m MODULE ARGUMENTS`, run to its end. Raises TimeoutExpired, and the process is no more."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(_address())
            request = {"module": module, "arguments": arguments, "cwd": str(cwd), "env": dict(env)}
            files = [file.fileno() for file in (given, out, err)]
            socket.send_fds(asking, [json.dumps(request).encode() + b"\n"], files)
            answers = asking.makefile()
            process = int(answers.readline())
            asking.settimeout(timeout_s)
            try:
                code = int(answers.readline())
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired([module, *arguments], timeout_s, _text(out), _text(err)) from None
        return subprocess.CompletedProcess([module, *arguments], code, _text(out), _text(err))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _address() -> str:
    """Where the process listens; it is started when it is first asked for, and ends with this one."""
    address = str(Path(tempfile.mkdtemp(prefix="tc-fork-")) / "socket")
    child = subprocess.Popen([sys.executable, "-m", "tests.support.forking", address], cwd=ROOT,
                             env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"listening\n"
    atexit.register(child.kill)
    return address


def _serve(address: str) -> str:
    """Returns only in a process that is to become a module, with its name."""
    for name in _IMPORTED:
        __import__(name)
    gc.collect()
    gc.freeze()  # else each child, at its end, would look through all of it, and copy it by doing so
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    print("listening", flush=True)
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _attend(asking)
        asking.close()


def _attend(asking: socket.socket) -> str:
    """Fork once more: the child goes on as the module, and this process tells what became of it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text = b""
    files: list[int] = []
    while not text.endswith(b"\n"):
        more, given, _, _ = socket.recv_fds(asking, _LARGEST, 3)
        text, files = text + more, files + given
    child = os.fork()
    if child == 0:
        asking.close()
        return _become(json.loads(text), files)
    with suppress(BrokenPipeError):
        asking.sendall(f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(request: dict[str, Any], files: list[int]) -> str:
    for wanted, file in enumerate(files):
        os.dup2(file, wanted)
        os.close(file)
    os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv[1:] = request["arguments"]
    return str(request["module"])


if __name__ == "__main__":
    runpy.run_module(_serve(sys.argv[1]), run_name="__main__", alter_sys=True)
