"""The simulator as a child process, held by whoever shows a story."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import ProxyHandler, build_opener

from console.clock import ScaledClock, parse_rfc3339, rfc3339
from console.simulator.everywhere.living import Living

_ENDS_WITHIN_S = 5.0


class ChildError(Exception):
    """The child process did not start, or ended."""


class Child:
    """A held simulator: time stands still until `begin`. Use it as a context manager; it ends with the block.

    gates: where the console will keep gates. With it, workloads live on the other providers too (`living`).
    """

    def __init__(self, story: str, *, seed: int = 1, speed: float = 60.0, gates: Path | None = None) -> None:
        self.speed = speed
        command = [sys.executable, "-m", "console.simulator", "--hold", "--story", story, "--seed", str(seed),
                   "--speed", str(speed), *(["--gates", str(gates)] if gates else [])]
        # A session of its own: a Ctrl-C at the terminal is for the parent, which then ends the child.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,  # noqa: S603 (ours)
                                         start_new_session=True)
        try:
            told = self._line()
        except ChildError:
            self.close()
            raise
        self.base_url = str(told["base_url"])
        self.read_key = str(told["admin_key"])
        self.kill_key = str(told["kill_key"])
        self.living = tuple(Living(**each) for each in told.get("living", ()))
        self.missing: tuple[str, ...] = tuple(told.get("missing", ()))
        """A sentence for each provider that cannot be shown here."""
        self.start: datetime = parse_rfc3339(told["start"])

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def begin(self) -> ScaledClock:
        """Let time run. The clock is the child's own. Raises ChildError where the child is gone."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(b"go\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ChildError("the simulator ended before the story began") from None
        return ScaledClock(self.start, self.speed, float(self._line()["monotonic"]))

    def state(self, until: datetime | None = None) -> dict[str, Any]:
        """The truth: what was really spent until now (or another instant), the keys, and what was asked."""
        opener = build_opener(ProxyHandler({}))
        instant = f"?until={rfc3339(until)}" if until else ""
        with opener.open(f"{self.base_url}/simulator/state{instant}", timeout=30) as answer:
            found = json.loads(answer.read())
        assert isinstance(found, dict)
        return found

    def close(self) -> None:
        """End the child: its input ends, and so does it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ChildError("the simulator ended without a word; its own message stands above")
        told = json.loads(line)
        assert isinstance(told, dict)
        return told
