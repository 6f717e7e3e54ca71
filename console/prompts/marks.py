"""What commits and result files say of versions: evaluated, on canary, rolled back, reviewed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from console import toml
from console.errors import ConsoleError
from console.http import parse_json
from console.prompts.history import Change, Commit
from console.prompts.manifest import NAME, Declared
from console.prompts.version import FAILED, PASSED, Gate, short

CANARY, ROLLBACK, REVIEWED = "Canary", "Rollback", "Reviewed-by"
_WORDS = {"passed": PASSED, "pass": PASSED, "success": PASSED, "failed": FAILED, "fail": FAILED, "failure": FAILED}
_VERDICT = re.compile(r"([a-z]+)\b[\s,:=]*(?:score\b[\s,:=]*)?([0-9][0-9.,/]{0,15}\s?%?)?", re.IGNORECASE)
_KEYS = ("passed", "result", "status", "verdict")
_LONGEST = 120


def by_trailer(commit: Commit, key: str) -> Gate | None:
    """`Evaluation: passed 0.93`; None where it is not there, or says neither passed nor failed."""
    said = _VERDICT.match(commit.trailer(key))
    result = _WORDS.get(said[1].lower()) if said else None
    return Gate(result, (said[2] or "").strip(), f"trailer of {short(commit.name)}") if said and result else None


def by_file(raw: bytes, path: str, commit: Commit) -> Gate | None:
    """A result in JSON or TOML: `passed` as true or false, or `result` as a word; beside it `score`.

    None where the file says nothing of the kind.
    """
    try:
        told = toml.load_bytes(raw, path).data if path.endswith(".toml") else parse_json(raw)
    except ConsoleError:
        return None
    if not isinstance(told, Mapping):
        return None
    stated = next((told[key] for key in _KEYS if key in told), None)
    result = (PASSED if stated else FAILED) if isinstance(stated, bool) else _WORDS.get(str(stated).lower())
    score = told.get("score")
    shown = "" if score is None or isinstance(score, bool | list | dict) else str(score)[:20]
    return Gate(result, shown, f"{path} of {short(commit.name)}") if result else None


def canary(commit: Commit, declared: Declared) -> str:
    """What says that it went to a part of the calls first; empty where nothing does."""
    return commit.trailer(CANARY)[:_LONGEST] or _listed(commit, declared.canary)


def rollbacks(versions: Sequence[Change], declared: Declared) -> list[str]:
    """For each version, the newest first: what says that it takes something back; empty where nothing does."""
    commits = {change.commit.name for change in versions}
    seen: dict[str | None, str] = {}
    said: list[str] = []
    for change in reversed(versions):
        commit, older = change.commit, seen.get(change.after)
        stated = commit.trailer(ROLLBACK)[:_LONGEST] or _listed(commit, declared.rollback)
        if commit.reverts in commits:
            said.append(f"takes {short(commit.reverts)} back")
        elif stated or older is None or change.before == change.after:
            said.append(stated)
        else:
            said.append(f"back to {short(older)}")
        seen[change.after] = commit.name
    return said[::-1]


def _listed(commit: Commit, listed: Sequence[str]) -> str:
    return f"by {NAME}" if any(commit.name.startswith(each) for each in listed) else ""
