"""Where prompts lie in a checkout that has no manifest: `prompts/WORKLOAD/…`, `tools/WORKLOAD.json`, `sources/…`."""

from __future__ import annotations

from console.prompts.manifest import Declared
from console.prompts.version import SOURCES, SYSTEM, TOOLS

FOLDERS = {"prompts": SYSTEM, "tools": TOOLS, "sources": SOURCES}
RESULTS = ("evaluations", "evals")
"""Folders of the results, `evaluations/WORKLOAD.json` or `.toml`."""
_ENDINGS = {
    SYSTEM: (".md", ".txt", ".prompt", ".jinja", ".jinja2", ".j2", ".mustache", ".hbs", ".liquid", ".tmpl", ".xml"),
    TOOLS: (".json", ".yaml", ".yml"),
    SOURCES: (".toml", ".json", ".yaml", ".yml", ".txt", ".csv"),
}


def by_convention(path: str) -> Declared | None:
    """What a file is by where it lies; None where it is no prompt.

    The second part of the path names the workload, as a folder or as the file's name up to its first dot.
    """
    top, *rest = path.split("/")
    if top not in FOLDERS or not rest or rest[-1].startswith((".", "README", "readme")):
        return None
    inner = FOLDERS.get(rest[1]) if len(rest) > 2 else None
    kind = inner or FOLDERS[top]
    if not rest[-1].endswith(_ENDINGS[kind]):
        return None
    workload = rest[0] if len(rest) > 1 else rest[0].split(".")[0]
    results = tuple(f"{folder}/{workload}.{ending}" for folder in RESULTS for ending in ("json", "toml"))
    return Declared(workload, path, kind, cached="none" if kind == SOURCES else None, evaluations=results)
