"""Drift: where the MBOM, or what usage shows, differs from the Charter in force. Pure.

Each drift says what is so, from what to what, the Charter's line, what to do, and the dollars at stake where they can
be known. What nobody declared and nothing shows is unknown, and no drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from console.charters.document import Header, Review, TramChoice
from console.charters.naming import names_nobody
from console.charters.production import is_permitted, weakened
from console.charters.tram import Matrix
from console.model_names import bare
from console.money import MICRO, MicroUsd, display
from console.watch.exceptions import Seen

LATELY_DAYS = 7
"""A model counts as in use for so long after its last usage."""
HUNDRED = 100 * MICRO


@dataclass(frozen=True, slots=True)
class Used:
    """What one model of one workload cost, in whole UTC days."""

    month: MicroUsd
    """This month."""
    lately: MicroUsd
    """Within the last seven days."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What usage and call records show of one workload."""

    models: Mapping[str, Used | None] = field(default_factory=dict)
    """Models used within the last seven days; None where their dollars were not asked for."""
    deepest: int = 0
    """Depth of the agents of its calls; 0 where no call records are known."""
    widest: int = 0
    """Most agents that one agent started."""


NOTHING_SEEN = Observed()


class Signed(Protocol):
    """What a workload may drift from: of a Charter the document is not needed whole."""

    @property
    def charter(self) -> Header: ...
    @property
    def tram(self) -> TramChoice: ...
    @property
    def review(self) -> Review: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """One workload as it stands beside its Charter."""

    slug: str
    status: str
    """planned, live, paused."""
    entry: Mapping[str, Any]
    charter: Signed | None
    """The one in force."""
    observed: Observed = NOTHING_SEEN
    owner_left: str | None = None
    """Who signed as business owner and holds that role no longer."""


def drifts(case: Standing, matrix: Matrix) -> Iterator[Seen]:
    """Every drift of one workload. A planned one has none before it spends; one that is retired is not asked about."""
    if case.status == "planned" and not case.observed.models:
        return
    yield from _owner(case)
    if case.charter is None:
        yield from _no_charter(case)
        return
    yield from _models(case, case.charter, matrix)
    yield from _tier(case, case.charter, matrix)
    yield from _thinking(case, case.charter, matrix)
    yield from _caps(case, case.charter)
    yield from _review(case, case.charter)
    yield from _cell(case, case.charter)


def _no_charter(case: Standing) -> Iterator[Seen]:
    month = _sum(used.month for used in case.observed.models.values() if used is not None)
    if case.status == "paused" and not case.observed.models:
        return
    spends = f", and spent {display(month)} USD this month" if month else ""
    yield _seen(case, "no Charter", f"{case.status} without a Charter in force{spends}",
                "Write and sign a Charter, or pause it: without one nothing stops a runaway. token-console charter new "
                f"{case.slug}", stake=month, evidence={"status": case.status},
                degree=_hundreds(used.lately for used in case.observed.models.values() if used is not None))


def _owner(case: Standing) -> Iterator[Seen]:
    owner = str(case.entry.get("business_owner") or "")
    if not owner.strip():
        said, evidence = "the MBOM names no business owner", {"business owner": "nobody"}
    elif names_nobody(owner):
        said, evidence = f"the business owner {owner[:60]!r} names nobody", {"business owner": owner[:60]}
    elif case.owner_left:
        said = f"{case.owner_left} signed as business owner and no longer holds that role"
        evidence = {"business owner": owner[:60], "signed by": case.owner_left}
    else:
        return
    yield _seen(case, "owner", said,
                "Name a business owner who answers for it, and have the Charter signed by them; or retire it.",
                line="signatures: business_owner" if case.charter else "", evidence=evidence)


def _models(case: Standing, charter: Signed, matrix: Matrix) -> Iterator[Seen]:
    """One drift a model, by whichever of its names it is used and declared."""
    committed = charter.tram.models
    cell = matrix.cells.get((charter.tram.cost_variance, charter.tram.output_variance))
    declared = _declared_models(case.entry)

    def meant(name: str) -> bool:
        return is_permitted(name, committed) and (cell is None or matrix.permits(cell, name) is not False)

    for model, names in _by_model(each for each in {*declared, *case.observed.models} if not meant(each)).items():
        by_charter = is_permitted(names[0], committed)
        by_cell = None if cell is None else matrix.permits(cell, names[0])
        used = _together([case.observed.models[name] for name in names if name in case.observed.models])
        said = list(dict.fromkeys(where for name in names for where in declared.get(name, ())))
        where = [*(["used"] if any(name in case.observed.models for name in names) else []), *said]
        cost = f", {display(used.month)} USD this month" if used is not None else ""
        shown = names[0] if len(names) == 1 else f"{names[0]} (also {', '.join(names[1:3])})"
        against = (f"Charter v{charter.charter.version} commits to {', '.join(committed)}" if not by_charter else
                   f"the cell {_cell_name(charter)} does not permit its tier, {matrix.tier(names[0])}")
        yield _seen(
            case, "model", f"{shown} is {' and '.join(where)}{cost}; {against}",
            f"Take {names[0]} away, or revise the Charter to permit it: token-console charter new {case.slug}",
            subject=model, line=f"tram.models: {', '.join(committed)}",
            stake=used.month if used is not None else None,
            evidence={"from": ", ".join(committed), "to": ", ".join(names), "where": " and ".join(where),
                      "cell permits it": {True: "yes", False: "no", None: "unknown tier"}[by_cell],
                      **({"USD this month": display(used.month), "USD in 7 days": display(used.lately)}
                         if used is not None else {})},
            degree=_hundreds([used.lately] if used is not None else []))


def _by_model(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by the model that they mean; each model's in alphabetical order."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(bare(name), []).append(name)
    return {next((name for name in each if name.casefold() == model), model): each for model, each in found.items()}


def _together(uses: Iterable[Used | None]) -> Used | None:
    """None where no dollars were asked for."""
    known = [use for use in uses if use is not None]
    return Used(sum(use.month for use in known), sum(use.lately for use in known)) if known else None


def _declared_models(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """Where the MBOM entry names each model."""
    found: dict[str, list[str]] = {}
    cascade = entry.get("cascade")
    for where, models in (("declared", entry.get("models")), ("declared as observed", entry.get("models_observed")),
                          ("a step of the cascade", cascade.get("models") if isinstance(cascade, Mapping) else None)):
        for model in models if isinstance(models, list) else ():
            found.setdefault(str(model), []).append(where)
    return found


def _tier(case: Standing, charter: Signed, matrix: Matrix) -> Iterator[Seen]:
    declared = case.entry.get("tier")
    signed = list(dict.fromkeys(tier for model in charter.tram.models if (tier := matrix.tier(model)) is not None))
    if declared and signed and declared not in signed:
        yield _seen(case, "tier",
                    f"the MBOM declares the {declared} tier; the Charter's models are {' and '.join(signed)}",
                    "Correct the entry's tier, or revise the Charter if that is what runs.",
                    line=f"tram.models: {', '.join(charter.tram.models)}",
                    evidence={"from": " and ".join(signed), "to": str(declared)})


def _thinking(case: Standing, charter: Signed, matrix: Matrix) -> Iterator[Seen]:
    cell = matrix.cells.get((charter.tram.cost_variance, charter.tram.output_variance))
    if case.entry.get("thinking") is not True or (charter.tram.thinking and (cell is None or cell.thinking)):
        return
    who = f"the cell {_cell_name(charter)} forbids it" if charter.tram.thinking else "the Charter does not permit it"
    yield _seen(case, "thinking", f"extended thinking is on; {who}",
                "Switch it off, or choose the cell anew with the risk officer and revise the Charter.",
                line=f"tram.thinking: {str(charter.tram.thinking).lower()}", evidence={"from": "off", "to": "on"})


def _caps(case: Standing, charter: Signed) -> Iterator[Seen]:
    for kind, key, signed, seen in (("depth", "depth_cap", charter.tram.depth_cap, case.observed.deepest),
                                    ("fan-out", "fan_out_cap", charter.tram.fan_out_cap, case.observed.widest)):
        declared = case.entry.get(key)
        most = max(declared if isinstance(declared, int) else 0, seen)
        if most > signed:
            how = "seen in its calls" if seen == most else "declared in the MBOM"
            yield _seen(case, kind, f"{kind} {most}, {how}; the Charter permits {signed}",
                        "Cap it in production (a runaway begins like this), or revise the Charter.",
                        line=f"tram.{key}: {signed}",
                        evidence={"from": str(signed), "to": str(most), "declared": _or_unknown(declared),
                                  "seen": str(seen or "unknown")}, degree=most - signed)


def _review(case: Standing, charter: Signed) -> Iterator[Seen]:
    """The Silent Downgrade: the review that runs is weaker than the one that was signed."""
    declared = case.entry.get("review")
    weaker = weakened(declared, charter.review) if isinstance(declared, Mapping) else {}
    if weaker:
        said = ", ".join(f"{name} {signed} → {runs}" for name, (signed, runs, _) in weaker.items())
        signed = charter.review
        yield _seen(case, "review topology", f"Silent Downgrade: the review that runs is weaker than signed: {said}",
                    "Restore the review that was signed, or have the weaker one signed by owner and risk officer.",
                    line=f"review: {signed.what}, {signed.when}, {signed.authority}",
                    evidence={name: f"{signed} → {runs}" for name, (signed, runs, _) in weaker.items()},
                    degree=sum(steps for *_, steps in weaker.values()))


def _cell(case: Standing, charter: Signed) -> Iterator[Seen]:
    declared = case.entry.get("tram")
    if not isinstance(declared, Mapping):
        return
    signed = {"cost_variance": charter.tram.cost_variance, "output_variance": charter.tram.output_variance}
    runs = {name: str(declared.get(name) or value) for name, value in signed.items()}
    if runs != signed:
        told = " x ".join(runs.values())
        yield _seen(case, "TRAM cell", f"the MBOM declares the cell {told}; the Charter's is {_cell_name(charter)}",
                    "Correct the entry, or choose the cell anew with the risk officer and revise the Charter.",
                    line=f"tram: {_cell_name(charter)}", evidence={"from": _cell_name(charter), "to": told})


def _seen(case: Standing, kind: str, summary: str, advice: str, *, subject: str = "", line: str = "",
          stake: MicroUsd | None = None, evidence: Mapping[str, str], degree: int = 0) -> Seen:
    version = case.charter.charter.version if case.charter else None
    return Seen(case.slug, "drift", f"drift: {kind}", summary, subject, advice,
                f"Charter v{version}, {line}" if line and version else None, stake,
                {**evidence, **({"Charter": f"v{version}"} if version else {})}, degree)


def _cell_name(charter: Signed) -> str:
    return f"{charter.tram.cost_variance} x {charter.tram.output_variance}"


def _sum(amounts: Iterable[MicroUsd]) -> MicroUsd | None:
    """None where there is nothing to sum: unknown, not zero."""
    known = list(amounts)
    return sum(known) if known else None


def _hundreds(lately: Iterable[MicroUsd]) -> int:
    """Whole hundreds of dollars within seven days: the degree of what costs money."""
    return sum(lately) // HUNDRED


def _or_unknown(value: object) -> str:
    return "unknown" if value is None else str(value)
