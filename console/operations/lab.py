"""The lab at a desk: what is known of a workload, and what was worked out kept in a draft of its Charter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.cadences.charter import CharterForm
from console.cadences.measured.reading import read_measurements
from console.cadences.measured.seen import Measurements
from console.charters import form as charter_text
from console.charters import signing
from console.charters.parsing import read
from console.charters.template import template
from console.charters.worked import Kept, kept, with_kept
from console.economics.bench import Bench
from console.economics.catalogue import TOPICS
from console.economics.filling import YOURS, Filled
from console.errors import UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.charter.drafts import DraftSaved, save_draft
from console.operations.charter.form import charter_form
from console.operations.desk import Desk
from console.operations.registry_mbom import existing


@dataclass(frozen=True, slots=True)
class KeepPlan:
    """What would be kept in which version, and what it began from."""

    workload: str
    version: int
    """The draft that it would stand in."""
    begins: bool
    """Whether that draft begins with it."""
    base_version: int | None
    base_hash: str
    what: Kept


async def measurements(desk: Desk, actor: Actor, *, workload: str) -> Measurements:
    """What a topic of the lab may start from. Raises UsageError for a workload that the MBOM does not have."""
    return await gate.read(
        desk, lambda tx: read_measurements(tx, desk.config, existing(tx, workload), desk.clock.now()))


async def keep_plan(desk: Desk, actor: Actor, *, workload: str, topic: str, inputs: Mapping[str, str],
                    origins: Mapping[str, str]) -> KeepPlan:
    """What `keep` would do. `inputs` and `origins` are by name, as they are written. Raises UsageError."""
    bench = _bench(workload, topic, inputs, origins)
    return _plan(desk, actor, bench, await charter_form(desk, actor, workload=workload))


async def keep(desk: Desk, actor: Actor, *, workload: str, topic: str, inputs: Mapping[str, str],
               origins: Mapping[str, str], figures: bool, base_version: int | None, base_hash: str) -> DraftSaved:
    """Keep inputs, results and date as a comment in the draft of a workload's Charter, or in the next version where
    none is a draft; with `figures` also in the figures that the Charter states. Comments that are there stay.

    `base_version` and `base_hash` are the plan's: what somebody else stored since is not written over. Raises
    UsageError, InputError.
    """
    bench = _bench(workload, topic, inputs, origins)
    form = await charter_form(desk, actor, workload=workload)
    plan = _plan(desk, actor, bench, form)
    text = form.text or template(workload)
    if plan.begins and form.version is not None:
        text = charter_text.changed(text, ("charter", "version"), plan.version)
    return await save_draft(desk, actor, workload=workload, text=with_kept(text, plan.what, figures=figures),
                            base_version=base_version, base_hash=base_hash)


def _bench(workload: str, topic: str, inputs: Mapping[str, str], origins: Mapping[str, str]) -> Bench:
    """The topic at these inputs, worked out here: results are not taken from whoever asks."""
    if topic not in TOPICS:
        raise UsageError(f"The lab has no topic {topic[:40]!r}. To see all: token-console lab")
    values = TOPICS[topic].read(inputs)
    filled = Filled(values, {name: origins.get(name, YOURS) for name in values})
    bench = Bench(TOPICS[topic], workload, filled, filled)
    if bench.worked is None:
        raise UsageError(bench.complaint)
    return bench


def _plan(desk: Desk, actor: Actor, bench: Bench, form: CharterForm) -> KeepPlan:
    begins = form.state != signing.DRAFT
    newest = form.version or 0
    document = read(form.text, form.workload).document if form.text else None
    return KeepPlan(form.workload, newest + 1 if begins else newest, begins, form.version, form.text_hash,
                    kept(bench, document, actor.user, desk.clock.now()))
