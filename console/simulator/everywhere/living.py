"""How the organisation's files name a place where a workload lives: what a simulated provider says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.simulator.everywhere.catalogue import DAYS

Table = dict[str, object]


@dataclass(frozen=True, slots=True)
class Living:
    """sources, switches: tables of the configuration. secrets: a file beside it, to what stands in it.

    usage, stopped_by, drilled_on: rules, switches and test target of the MBOM's entry.
    """

    workload: str
    sourcing: str
    sources: tuple[Table, ...]
    usage: tuple[Table, ...]
    stopped_by: tuple[Table, ...]
    secrets: dict[str, str] = field(default_factory=dict)
    switches: tuple[Table, ...] = ()
    drilled_on: Table | None = None


def source(name: str, kind: str, base_url: str, **options: object) -> tuple[Table, dict[str, str]]:
    """A `[[sources]]` table with two secrets, and the names of their files: `read`, `kill`."""
    files = {purpose: f"secrets/{name}-{purpose}" for purpose in ("read", "kill")}
    return {"name": name, "kind": kind, "secret": f"file:{files['read']}", "kill_secret": f"file:{files['kill']}",
            "base_url": base_url, "poll": "60s", "backfill": f"{DAYS}d", **options}, files
