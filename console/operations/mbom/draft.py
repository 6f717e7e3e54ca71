"""A new MBOM entry for usage that nobody claims: what the provider tells is filled in, what only people know is not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

import tomlkit

from console import kinds
from console.text import clean
from console.watch.attribution import DEFAULT_WORKSPACE

_HEADING = """\
# A new entry of the MBOM, from usage that no rule claims. Fill in the people, then:
#   token-console mbom import FILE
"""


def draft(identity: Mapping[str, str | None], name: str, taken: Collection[str] = (), kind: str = "anthropic") -> str:
    """TOML text of one `[[workload]]`. `identity`: source and dimensions; `name`: what the provider calls it.

    `taken` holds the slugs that are in use, `kind` is the source's. Dimensions that are null are left out, but for the
    default workspace.
    """
    rule = rule_of(identity)
    shown = clean(name, 200).strip() or "Unnamed"
    lines = [
        _HEADING + "\n[[workload]]",
        f"slug = {_quoted(slug_of(name, taken))}",
        f"name = {_quoted(shown)}",
        'team = ""',
        'environment = "production"',
        'status = "live"                      # planned, live, paused, retired',
        'business_owner = ""                  # who answers for the spend; without one there is no Charter',
        'platform_lead = ""                   # who answers for the build',
        f"usage = [{_inline(rule)}]",
    ]
    found = kinds.switch_for(kind, rule)
    if rule.get("source") and found is not None:
        switch = {"kind": found[0], "source": rule["source"], "target": found[1]}
        lines.append(f"switches = [{_inline(switch)}]   # what a kill disables; check that it is this workload's alone")
    return "\n".join(lines) + "\n"


def rule_of(identity: Mapping[str, str | None]) -> dict[str, str]:
    """The `usage` rule that claims it. Nulls are left out, but for the default workspace of what has no key."""
    rule = {key: value for key, value in identity.items() if value}
    if "workspace_id" in identity and not identity["workspace_id"] and "api_key_id" not in rule:
        rule["workspace_id"] = DEFAULT_WORKSPACE
    return rule


def slug_of(name: str, taken: Collection[str] = ()) -> str:
    """A free slug that resembles the name."""
    plain = unicodedata.normalize("NFKD", name[:500]).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:56].strip("-") or "workload"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _inline(row: Mapping[str, str]) -> str:
    pairs = (f"{key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else _quoted(key)} = {_quoted(value)}"
             for key, value in row.items())
    return "{ " + ", ".join(pairs) + " }"


def _quoted(text: str) -> str:
    return str(tomlkit.item(text).as_string())
