"""Which call asked for a tool's run: as its sender says, else the last call of its trace that ended before it began."""

from __future__ import annotations

from console.providers.otel.told import ToldTool
from console.providers.otel.traces import MOST_WAITING_TOOLS, Trace

MOST_REMEMBERED = 20_000
ROUNDED_NS = 10_000_000
"""Senders round times: a run may seem to begin so long before the answer that asked for it."""


class ToolRuns:
    """Remembers who asked for which run; the runs themselves are the calls' to keep."""

    def __init__(self) -> None:
        self._asker: dict[str, tuple[str, bool]] = {}
        """By a run's identifier: the key of the call, and whether its sender said so."""
        self._waiting: dict[str, list[ToldTool]] = {}
        """By the key of a call that has not been told yet."""

    def by_time(self, tool: ToldTool, trace: Trace) -> str | None:
        """Key of the call that asked for it; None where none is known yet, or one is known better."""
        if self._asker.get(tool.identifier, ("", False))[1]:
            return None
        before = [each for each in trace.recent if each[0] <= tool.at + ROUNDED_NS]
        if not before:
            trace.tools = (*trace.tools[-MOST_WAITING_TOOLS + 1:], tool)
            return None
        key = max(before)[1]
        self._remember(tool, key, told=False)
        return key

    def tie(self, tool: ToldTool) -> str:
        """A run whose sender says which call asked for it: the key of the one it seemed to be of until now, or empty.
        """
        before = self._asker.get(tool.identifier, ("", False))[0]
        self._remember(tool, tool.call, told=True)
        return before

    def wait(self, tool: ToldTool) -> None:
        """Its call is not known yet."""
        waiting = self._waiting.setdefault(tool.call, [])
        if len(waiting) < MOST_WAITING_TOOLS:
            waiting.append(tool)
        if len(self._waiting) > MOST_REMEMBERED:
            del self._waiting[next(iter(self._waiting))]

    def waited(self, key: str) -> list[ToldTool]:
        """Runs that waited for this call."""
        return self._waiting.pop(key, []) if self._waiting else []

    def _remember(self, tool: ToldTool, key: str, *, told: bool) -> None:
        if tool.identifier:
            self._asker[tool.identifier] = key, told
        if len(self._asker) > MOST_REMEMBERED:
            del self._asker[next(iter(self._asker))]
