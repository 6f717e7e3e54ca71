"""Whether a poll knows better what was pushed: push leads, poll corrects, and nothing is counted twice.

A pushed minute counts while no poll has passed it. A poll passes it where the rules of the workload name a polled
source whose figures include the provider of the calls, and that source is complete beyond the minute. What nobody
claims counts only where no polled source tells of the provider: there it would be counted once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlmodel import Session

from console.providers.source import Capabilities
from console.watch.attribution import UsageRule
from store import pushed, streams
from store.pushed import FOREVER, Cover, PushedOf

MINUTE = 60
ANY = "*"
_ALWAYS = frozenset({"model"})
"""What every source tells of its rows."""


class Covering:
    """The MBOM's rules beside what the polled sources declare, by their names."""

    def __init__(self, rules: Iterable[UsageRule] = (), polled: Mapping[str, Capabilities] | None = None) -> None:
        self._polled = polled or {}
        self._named: dict[str, set[str]] = defaultdict(set)
        for rule in rules:
            self._named[rule.workload].update(self._sources(rule))

    def sources(self, workload: str | None, provider: str) -> tuple[str, ...]:
        """The polled sources whose figures hold such calls of this workload, in the order of the configuration."""
        named = self._polled.keys() if workload is None else self._named.get(workload, ())
        return tuple(name for name, tells in self._polled.items()
                     if name in named and (provider in tells.covers or ANY in tells.covers))

    def first(self, tx: Session, workload: str | None, provider: str) -> Cover:
        """What covers such calls now: of several sources the one that reaches furthest."""
        covers = [_cover(tx, name, workload) for name in self.sources(workload, provider)]
        return max(covers, key=lambda cover: cover.end, default=Cover(None))

    def passed(self, tx: Session, by: Cover, fetch: int) -> None:
        """A reading of a polled source is about to be stored, which is complete as far as `by` says."""
        covers, known = {}, Cover(by.by, by.start, by.end // MINUTE * MINUTE)
        for number, one in pushed.all_pushed(tx).items():
            candidates = self.sources(one.workload, one.provider)
            if by.by in candidates:
                new = known if one.workload is not None else _always(by.by)
                if one.covered_by not in candidates or one.covered_by == by.by or new.end > one.covered_until:
                    covers[number] = _further(one, new)
        pushed.cover(tx, covers, fetch)

    def mended(self, tx: Session, fetch: int) -> None:
        """Let what covers every pushed series be what the rules say by now."""
        covers = {}
        for number, one in pushed.all_pushed(tx).items():
            candidates = self.sources(one.workload, one.provider)
            forever = one.covered_until == FOREVER
            if (one.covered_by not in candidates and (one.covered_by or candidates)) or (
                    forever != (one.workload is None and bool(candidates))):
                covers[number] = self.first(tx, one.workload, one.provider)
        pushed.cover(tx, covers, fetch)

    def _sources(self, rule: UsageRule) -> list[str]:
        """The polled sources that a rule names, or that it may match without naming them."""
        said = dict(rule.match)
        if "source" in said:
            return [said["source"]] if said["source"] in self._polled else []
        return [name for name, tells in self._polled.items() if _ALWAYS.union(tells.dimensions).issuperset(said)]


def counted_twice(usage: Iterable[Mapping[str, str]], told: Mapping[str, Capabilities]) -> list[tuple[str, str]]:
    """(gateway, provider's source) where the usage rules of one entry name both: each tells of the same calls.

    told: what every source declares. Of two gateways or two organisations each may have calls of its own; and what is
    pushed gives way to what a poll knows.
    """
    named = [(str(rule["source"]), rule.get("provider")) for rule in usage if rule.get("source") in told]
    polled = [each for each in named if not told[each[0]].push]
    return list(dict.fromkeys(
        (gateway, source) for gateway, provider in polled if ANY in told[gateway].covers
        for source, _ in polled if ANY not in told[source].covers and provider in (None, *told[source].covers)))


def _cover(tx: Session, source: str, workload: str | None) -> Cover:
    if workload is None:
        return _always(source)
    begin, stream = streams.read_from(tx, source), streams.get(tx, source, "usage")
    if begin is None or stream.watermark is None:
        return Cover(source)
    return Cover(source, begin, stream.watermark // MINUTE * MINUTE)


def _always(source: str | None) -> Cover:
    return Cover(source, 0, FOREVER)


def _further(one: PushedOf, new: Cover) -> Cover:
    """A source never knows less than it did: its clock may be wrong for a while."""
    if one.covered_by != new.by or one.covered_until == FOREVER:
        return new
    return Cover(new.by, min(one.covered_from, new.start) if one.covered_until else new.start,
                 max(one.covered_until, new.end))
