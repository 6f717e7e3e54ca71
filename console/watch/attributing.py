"""Whose usage is whose, and which poll knows what of it, by the MBOM as it is stored now."""

from __future__ import annotations

from console.config import Config
from console.kinds import polled
from console.providers import capabilities_of
from console.watch import attribution
from console.watch.attribution import Attribution
from console.watch.covering import Covering
from store import registry, usage
from store.database import Database


def rules_now(config: Config, database: Database) -> tuple[Attribution, Covering, str | None]:
    """The rules for what comes in from now on, and what a person should know of those that tie."""
    with database.read() as tx:
        rules = attribution.rules_of([workload.entry for workload in registry.workloads(tx)])
        series = [(one.source, usage.dimensions(one)) for one in usage.all_series(tx)]
    attributes = Attribution(rules)
    covering = Covering(rules, {each.name: capabilities_of(each.kind) for each in polled(config)})
    return attributes, covering, attribution.notice(attribution.ties(attributes, series))
