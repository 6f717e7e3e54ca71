"""The Monthly as a document: what a dollar of inference earned, against what the Charters promised."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from console.cadences.monthly import EXPLAINED_BY, GapLine, MonthLine, Monthly, SavingLine
from console.figures import change, percent
from console.reports.document import (
    Block,
    Chart,
    Column,
    Document,
    Figure,
    Figures,
    Heading,
    Items,
    Paragraph,
    Quote,
    Section,
    Series,
    Table,
    Value,
)
from console.wording import counted, day, role, roles

MOST_BARS = 12
_RETURN = (
    Column("Workload", key="workload", width=2), Column("Outcomes", "number", "outcomes"), Column("Of", key="outcome"),
    Column("Value USD", "money", "value_usd"), Column("Baseline USD", "money", "baseline_usd"),
    Column("Inference USD", "money", "inference_usd"), Column("Review USD", "money", "review_usd"),
    Column("Rework USD", "money", "rework_usd"), Column("Alpha-net USD", "money", "alpha_net_usd"),
    Column("Per dollar", "ratio", "per_dollar"),
)
_PLAN = (
    Column("Workload", key="workload", width=2), Column("Owner", key="owner", width=1.5),
    Column("Planned USD", "money", "planned_usd"), Column("Inference USD", "money", "inference_usd"),
    Column("Spend variance", "change", "spend_variance"),
    Column("Planned per dollar", "ratio", "planned_per_dollar"), Column("Per dollar", "ratio", "per_dollar"),
    Column("Return variance", "change", "return_variance"), Column("State", key="state"),
    Column("Explanation owed by", key="owed", width=1.5),
)
_GAPS = (Column("Source"), Column("Days", "number"), Column("Billed USD", "money"), Column("Metered USD", "money"),
         Column("Gap USD", "money"), Column("Of billed", "change"), Column("Class"), Column("It says", width=4))
_SAVINGS = (Column("Workload", width=1.5), Column("What", width=3), Column("Since", "day"),
            Column("Promised a month USD", "money"), Column("Realised USD", "money"),
            Column("How it was measured", width=3))
_MISSING = (Column("Workload", width=1.5), Column("Not known", width=4))
_LINES = (
    Column("Workload", key="workload"), Column("Name", key="name"), Column("Owner", key="owner"),
    Column("Lead", key="platform_lead"), Column("Charter", "number", "charter_version"), *_RETURN[1:],
    Column("Planned", "money", "planned_usd"), Column("Planned Alpha-net", "money", "planned_alpha_net_usd"),
    Column("Planned per dollar", "ratio", "planned_per_dollar"),
    Column("Spend variance", "change", "spend_variance"), Column("Return variance", "change", "return_variance"),
    Column("State", key="state"), Column("Owed", key="owed"), Column("Not known", key="not_known"),
    Column("Exceptions", "number", "exceptions"), Column("Trips", "number", "trips"),
    Column("Estimated", key="estimated"), Column("Remarks", key="remarks"),
)


def document_of(value: Monthly) -> Document:
    """What the Monthly says, as a report."""
    month = datetime.strptime(value.month, "%Y-%m")
    return Document(
        cadence="monthly", period=value.month, title=f"Monthly report · {month:%B %Y}",
        organisation=value.organisation, covers="What a dollar of inference earned, against what the Charters promised",
        at=value.at, time_zone=value.time_zone, simulated=value.simulated, data_until=value.data_until,
        partial="The month still runs: plans are of the part that has gone by." if value.partial else "",
        sections=(
            Section("The month", (Paragraph(_lead(value), "lead"), *_unknown_return(value), _totals(value),
                                  *_spend(value), Paragraph(_formula(value), "note"))),
            Section("Variances to explain", _variances(value)),
            Section("Metered against billed", (Table(_GAPS, tuple(map(_gap, value.gaps)),
                                                     "No source has closed a day of the month."),)),
            Section("Savings promised, and realised", (Table(_SAVINGS, tuple(map(_saving, value.savings)),
                                                             "No saving was declared."),)),
            Section("What is not known", (Table(_MISSING, tuple(
                (line.slug, ", ".join(line.missing)) for line in value.lines if line.missing),
                "Everything that the return is made of is known."),)),
            Section("Return by workload", (Table(_RETURN, tuple(map(_return, value.lines)), "There is no workload."),),
                    wide=True),
            Section("Plan by workload", (Table(_PLAN, tuple(map(_plan, value.lines)), "There is no workload."),),
                    wide=True),
        ),
        lines=Table(_LINES, tuple(map(_line, value.lines))),
    )


def _lead(value: Monthly) -> str:
    open_ = counted(value.totals.open, "variance")
    waits = "waits" if value.totals.open == 1 else "wait"
    return (f"{counted(len(value.lines), 'workload')}; {open_} above {percent(value.threshold, 0)} {waits} for an "
            "explanation.")


def _unknown_return(value: Monthly) -> tuple[Block, ...]:
    total = value.totals
    if total.alpha_net is not None or not value.lines:
        return ()
    of = counted(len(value.lines), "workload")
    return (Paragraph(f"Alpha-net is known for {total.known_workloads:,} of {of}; the total is not known until the "
                      "others have theirs."),)


def _totals(value: Monthly) -> Figures:
    total, count = value.totals, len(value.lines)
    whose = "" if total.known_workloads == count else f"of {total.known_workloads:,} of {counted(count, 'workload')}"
    known: tuple[Figure, ...] = ()
    if total.alpha_net is None and total.known_workloads:
        known = (Figure("Alpha-net where known", "money", total.known_alpha_net, whose),)
    return Figures((
        Figure("Inference", "money", total.inference), Figure("Planned", "money", total.planned),
        Figure("Value of outcomes", "money", total.value), Figure("Alpha-net", "money", total.alpha_net), *known,
        Figure("Per dollar of inference", "ratio", total.per_dollar, whose),
        Figure("Open variances", "number", total.open),
        Figure("Unattributed", "money", total.unattributed, "claimed by no workload"),
        Figure("Savings promised", "money", total.promised, "a month"),
        Figure("Savings realised", "money", total.realised),
    ))


def _spend(value: Monthly) -> tuple[Block, ...]:
    most = sorted(value.lines, key=lambda line: (-(line.inference or 0), line.slug))[:MOST_BARS]
    if not most:
        return ()
    title = "Inference against plan" + (f", the {MOST_BARS} largest" if len(value.lines) > MOST_BARS else "")
    return (Chart(title, tuple(line.slug for line in most), (
        Series("Inference", tuple(line.inference for line in most)),
        Series("Planned", tuple(line.planned for line in most)))),)


def _formula(value: Monthly) -> str:
    return ("Alpha-net = value of the outcomes - baseline value - inference - review cost - rework cost, all of the "
            f"month in UTC, as providers bill. A variance above {percent(value.threshold, 0)} of spend or of return "
            f"needs an explanation by {roles(EXPLAINED_BY)}.")


def _variances(value: Monthly) -> tuple[Block, ...]:
    found: list[Block] = []
    for line in value.lines:
        if not line.over:
            continue
        found += [Heading(f"{line.slug} · {line.name}"), Items(_variance(line))]
        found += [Quote(each.text, f"{each.by}, {role(each.role)}, {day(each.at, value.time_zone)}")
                  for each in line.explanations]
    return tuple(found) or (Paragraph("No variance is above the threshold."),)


def _variance(line: MonthLine) -> tuple[str, ...]:
    said = [f"Spend variance {_in_words(line.spend_variance)}, return variance "
            f"{_in_words(line.return_variance)}: {line.state}."]
    if line.owed:
        said.append(f"An explanation is owed by {roles(line.owed)}.")
    if line.exceptions:
        said.append(f"Exceptions of the month: {', '.join(map(str, line.exceptions))}.")
    if line.trips:
        said.append(f"{counted(len(line.trips), 'kill')} in the month.")
    said += line.remarks
    return tuple(said)


def _in_words(share: Decimal | None) -> str:
    return "not known" if share is None else change(share)


def _return(line: MonthLine) -> tuple[Value, ...]:
    return (line.slug, line.outcomes, line.outcome, line.value, line.baseline, line.inference, line.review, line.rework,
            line.alpha_net, _per_dollar(line))


def _per_dollar(line: MonthLine) -> Value:
    return "nothing spent" if line.per_dollar is None and line.inference == 0 else line.per_dollar


def _plan(line: MonthLine) -> tuple[Value, ...]:
    def promised(figure: Value, otherwise: str = "") -> Value:
        """What the Charter promises is not unknown where there is no Charter."""
        return otherwise if figure is None and line.charter_version is None else figure

    return (line.slug, line.owner or "nobody", promised(line.planned, "no Charter"), line.inference,
            promised(line.spend_variance), promised(line.planned_per_dollar), _per_dollar(line),
            promised(line.return_variance), line.state, roles(line.owed))


def _line(line: MonthLine) -> tuple[Value, ...]:
    return (line.slug, line.name, line.owner or "", line.platform_lead or "", line.charter_version, *_return(line)[1:],
            line.planned, line.planned_alpha_net, line.planned_per_dollar, line.spend_variance, line.return_variance,
            line.state, " ".join(line.owed), "; ".join(line.missing), len(line.exceptions), len(line.trips),
            "yes" if line.estimated else "no", " ".join(line.remarks))


def _gap(gap: GapLine) -> tuple[Value, ...]:
    return gap.source, gap.days, gap.billed, gap.metered, gap.gap, gap.share, gap.kind, gap.says


def _saving(saving: SavingLine) -> tuple[Value, ...]:
    return saving.workload, saving.what, saving.applied_at, saving.promised, saving.realised, saving.basis
