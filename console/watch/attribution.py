"""Whose usage is it: the MBOM's `usage` rules, matched against the dimensions of a series. The most specific rule wins.

A rule names a source, or dimensions, or both; it matches a row that has all of them. More keys are more specific. Where
rules of two workloads tie on a row, the row stays unattributed: a guess would put spend on the wrong Charter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULT_WORKSPACE = "default"
"""How a rule says `workspace_id` is null: the provider's default workspace has no identifier."""

Dimensions = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class UsageRule:
    workload: str
    match: tuple[tuple[str, str], ...]
    """Sorted (key, value) pairs; `source` is a key like the others."""

    @property
    def text(self) -> str:
        """`api_key_id = apikey_01, source = anthropic`."""
        return ", ".join(f"{key} = {value}" for key, value in self.match)


@dataclass(frozen=True, slots=True)
class Tie:
    """Rules of several workloads that are as specific as each other on one series."""

    source: str
    dimensions: Dimensions
    workloads: tuple[str, ...]


def rules_of(entries: Iterable[Mapping[str, Any]]) -> list[UsageRule]:
    """The rules of MBOM entries (`Workload.entry`), of any status: a retired workload still claims its usage."""
    return [
        UsageRule(str(entry["slug"]), tuple(sorted((key, str(value)) for key, value in rule.items())))
        for entry in entries for rule in entry.get("usage", ())
    ]


def conflicts(rules: Iterable[UsageRule]) -> list[tuple[UsageRule, UsageRule]]:
    """Pairs of rules of different workloads that say the same: such an MBOM is refused."""
    first: dict[tuple[tuple[str, str], ...], UsageRule] = {}
    found = []
    for rule in rules:
        before = first.setdefault(rule.match, rule)
        if before.workload != rule.workload:
            found.append((before, rule))
    return found


class Attribution:
    """The rules, indexed by the keys that they name: a look-up a set of keys, however many rules share it."""

    def __init__(self, rules: Iterable[UsageRule]) -> None:
        by_keys: dict[tuple[str, ...], dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
        for rule in rules:
            keys, values = tuple(key for key, _ in rule.match), tuple(value for _, value in rule.match)
            by_keys[keys][values].add(rule.workload)
        self._by_keys = {keys: dict(values) for keys, values in by_keys.items()}
        self._of_shape: dict[frozenset[str], list[tuple[str, ...]]] = {}

    def workload_of(self, source: str, dimensions: Dimensions) -> str | None:
        """The workload of the most specific rule that matches; None where none does, or where two tie."""
        claims = self.claims(source, dimensions)
        return claims[0] if len(claims) == 1 else None

    def claims(self, source: str, dimensions: Dimensions) -> tuple[str, ...]:
        """Every workload with a most specific rule for the row, sorted: none, one, or several that tie."""
        return self.claim(source, dimensions)[0]

    def claim(self, source: str, dimensions: Dimensions) -> tuple[tuple[str, ...], frozenset[str]]:
        """The same, and every key that these rules name."""
        row = _row(source, dimensions)
        best: set[str] = set()
        named: set[str] = set()
        size = 0
        for keys in self._candidates(frozenset(row)):
            if best and len(keys) < size:
                break
            found = self._by_keys[keys].get(tuple(row[key] for key in keys))
            if found:
                best |= found
                named.update(keys)
                size = len(keys)
        return tuple(sorted(best)), frozenset(named)

    @property
    def keys(self) -> frozenset[str]:
        """Every key that any rule names."""
        return frozenset(key for keys in self._by_keys for key in keys)

    def _candidates(self, shape: frozenset[str]) -> list[tuple[str, ...]]:
        """The sets of keys that a row with these keys can match, most specific first."""
        if shape not in self._of_shape:
            possible = [keys for keys in self._by_keys if keys and shape.issuperset(keys)]
            self._of_shape[shape] = sorted(possible, key=len, reverse=True)
        return self._of_shape[shape]


def ties(attribution: Attribution, series: Iterable[tuple[str, Dimensions]]) -> list[Tie]:
    """The series that stay unattributed because rules of several workloads match them equally."""
    found = []
    for source, dimensions in series:
        workloads = attribution.claims(source, dimensions)
        if len(workloads) > 1:
            found.append(Tie(source, dimensions, workloads))
    return found


def notice(found: Sequence[Tie]) -> str | None:
    """One sentence for the screen about series that nobody gets; None where there are none."""
    if not found:
        return None
    pairs = sorted({" and ".join(tie.workloads) for tie in found})
    return (f"{len(found)} usage series stay unattributed because the rules of {'; '.join(pairs[:3])} match them "
            "equally: make one rule of the MBOM more specific.")


def _row(source: str, dimensions: Dimensions) -> dict[str, str]:
    row = {key: value for key, value in dimensions.items() if value is not None}
    if "workspace_id" in dimensions and "workspace_id" not in row:
        row["workspace_id"] = DEFAULT_WORKSPACE
    row["source"] = source
    return row
