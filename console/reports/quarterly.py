"""The transparency report: one page of portfolio, one for each workload that needs attention, every workload, the MBOM.

What each workload planned, spent, produced, learned and is recommended, and what was decided on its Charter.
"""

from __future__ import annotations

from console.cadences.quarterly import DECISIONS, NoteLine, QuarterLine, Quarterly
from console.reports import mbom
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
from console.reports.mbom import MbomRow
from console.wording import counted, dates, day, named, role, roles

MOST_BARS, MOST_NAMED, MOST_REASONS = 5, 6, 2
"""What the one page of portfolio has room for; the pages after it have everything."""
_ATTENTION = (Column("Workload", width=1.5), Column("Owner", width=1.2), Column("Why it needs attention", width=5))
_EVERY = (
    Column("Workload", key="workload", width=2), Column("Owner", key="owner", width=1.5),
    Column("TRAM cell", key="tram_cell"),
    Column("Planned USD", "money", "planned_usd"), Column("Spent USD", "money", "spent_usd"),
    Column("Outcomes", "number", "outcomes"), Column("Of", key="outcome"), Column("Value USD", "money", "value_usd"),
    Column("Alpha-net USD", "money", "alpha_net_usd"), Column("Per dollar", "ratio", "per_dollar"),
    Column("Last review", "day", "last_review"), Column("Decision", key="decision"),
)
_MORE = (
    Column("Name", key="name"), Column("Lead", key="platform_lead"), Column("Status", key="status"),
    Column("Charter", "number", "charter_version"), Column("Charter state", key="charter_state"),
    Column("Half-life", key="half_life"), Column("Half-life ends", "day", "half_life_ends"),
    Column("Review due", "day", "review_due"), Column("Overdue", key="overdue"), Column("Trips", "number", "trips"),
    Column("Open exceptions", "number", "exceptions_open"), Column("Owed", key="owed"),
    Column("Attention", key="attention"), Column("Questions", key="questions"),
)


def document_of(value: Quarterly, rows: tuple[MbomRow, ...] = ()) -> Document:
    """What the Quarterly says, as the report that management gets; `rows`: the MBOM behind it."""
    attention = [line for line in value.lines if line.attention]
    return Document(
        cadence="quarterly", period=value.quarter, title=f"Transparency report · {value.quarter}",
        organisation=value.organisation, covers=f"{dates(value.start, value.end, value.time_zone)}: what was planned, "
        "spent, produced and decided", at=value.at, time_zone=value.time_zone, simulated=value.simulated,
        partial="The quarter still runs: plans are of the part that has gone by." if value.partial else "",
        sections=(
            Section("Portfolio", _portfolio(value, attention)),
            *(Section(f"{line.name} · {line.slug}" if line.name != line.slug else line.slug, _page(value, line),
                      own_page=True) for line in attention),
            Section("Every workload", (Table(_EVERY, tuple(map(_every, value.lines)), "There is no workload."),),
                    own_page=True, wide=True),
            *((mbom.section(rows),) if rows else ()),
        ),
        lines=Table((*_EVERY, *_MORE), tuple((*_every(line), *_more(line)) for line in value.lines)),
    )


def _portfolio(value: Quarterly, attention: list[QuarterLine]) -> tuple[Block, ...]:
    shown = attention[:MOST_NAMED]
    left = len(attention) - len(shown)
    more = (Paragraph(f"And {left:,} more, each on its own page.", "note"),) if left else ()
    return (
        Paragraph(_lead(value, attention), "lead"), *_partly_known(value), _totals(value), *_spend(value),
        Heading("What needs attention"),
        Table(_ATTENTION, tuple((line.slug, line.owner or "nobody", _briefly(line)) for line in shown),
              "Nothing needs a page of its own."), *more,
        Heading("Decisions on Charters"), _decisions(value),
    )


def _briefly(line: QuarterLine) -> str:
    """The first reasons; its own page has them all."""
    left = len(line.attention) - MOST_REASONS
    return "; ".join(line.attention[:MOST_REASONS]) + (f"; and {left} more" if left > 0 else "")


def _lead(value: Quarterly, attention: list[QuarterLine]) -> str:
    total = value.totals
    needs = "needs" if len(attention) == 1 else "need"
    return (f"{counted(len(value.lines), 'workload')}; {len(attention) or 'none'} {needs} attention. "
            f"Reviews: {total.reviewed:,} ended, {total.overdue:,} overdue. Breakers: {total.trips:,} tripped.")


def _partly_known(value: Quarterly) -> tuple[Block, ...]:
    if value.totals.known_workloads == len(value.lines):
        return ()
    of = counted(len(value.lines), "workload")
    return (Paragraph(f"What was earned is known for {value.totals.known_workloads:,} of {of}; nothing is assumed of "
                      "the others."),)


def _totals(value: Quarterly) -> Figures:
    total, count = value.totals, len(value.lines)
    whose = "" if total.known_workloads == count else f"of {total.known_workloads:,} of {counted(count, 'workload')}"
    planned = sum(1 for line in value.lines if line.planned is not None)
    return Figures((
        Figure("Planned", "money", total.planned, "" if planned == count else f"of {planned:,} with a plan"),
        Figure("Spent", "money", total.spent), Figure("Value of outcomes", "money", total.value, whose),
        Figure("Alpha-net", "money", total.alpha_net, whose),
        Figure("Per dollar of inference", "ratio", total.per_dollar, whose),
        Figure("Unattributed", "money", total.unattributed, "claimed by no workload"),
        Figure("Reviews ended", "number", total.reviewed, f"of {counted(count, 'workload')}"),
        Figure("Reviews overdue", "number", total.overdue),
    ))


def _spend(value: Quarterly) -> tuple[Block, ...]:
    most = sorted(value.lines, key=lambda line: (-(line.spent or 0), line.slug))[:MOST_BARS]
    if not most:
        return ()
    title = "Spent against planned" + (f", the {MOST_BARS} largest" if len(value.lines) > MOST_BARS else "")
    return (Chart(title, tuple(line.slug for line in most), (
        Series("Spent", tuple(line.spent for line in most)), Series("Planned", tuple(line.planned for line in most)))),)


def _decisions(value: Quarterly) -> Items:
    by = {kind: [line.slug for line in value.lines if line.decision is not None and line.decision.kind == kind]
          for kind in DECISIONS}
    waiting = [line.slug for line in value.lines if line.decision is None]
    return Items((*(_decided(f"{kind.capitalize()} ({DECISIONS[kind]})", slugs) for kind, slugs in by.items()),
                  _decided("Not decided yet", waiting)))


def _decided(what: str, slugs: list[str]) -> str:
    return f"{what}: {len(slugs):,}, {named(slugs, 4)}" if slugs else f"{what}: none"


def _page(value: Quarterly, line: QuarterLine) -> tuple[Block, ...]:
    zone = value.time_zone
    found: list[Block] = [
        Paragraph(_header(line, zone), "note"),
        Figures((
            Figure("Planned", "money", _planned(line)),
            Figure("Spent", "money", line.spent), Figure("Alpha-net", "money", line.alpha_net),
            Figure("Per dollar of inference", "ratio", line.per_dollar),
            Figure("Produced", "number", line.outcomes, line.outcome), Figure("Value of outcomes", "money", line.value),
            Figure("Trips", "number", line.trips, "of its breaker"),
            Figure("Open exceptions", "number", line.exceptions_open),
        )),
        Heading("Why it needs attention"), Items(line.attention),
    ]
    if any(line.months):
        found.append(Chart("Spent by month", value.month_names[:len(line.months)], (Series("Spent", line.months),)))
    if line.questions:
        found += [Heading("What the quarter asks of its Charter"), Items(line.questions)]
    found += _notes("Learned", line.learned, zone, "Nothing was written down.")
    owed = f" Still owed by {roles(line.owed)}." if line.owed else ""
    found += _notes("Recommended jointly", line.recommended, zone, f"Nothing was recommended.{owed}")
    if line.recommended and owed:
        found.append(Paragraph(owed.strip()))
    found += _decision(line, zone)
    return tuple(found)


def _header(line: QuarterLine, zone: str) -> str:
    charter = f"Charter version {line.charter_version} ({line.charter_state})" if line.charter_version else "No Charter"
    parts = [f"Owner {line.owner or 'nobody'}", f"platform lead {line.platform_lead or 'nobody'}", line.status, charter]
    if line.cell:
        parts.append(f"TRAM cell {line.cell}")
    if line.half_life:
        ends = f", {'over since' if line.half_life_over else 'until'} {day(line.half_life_ends, zone)}" \
            if line.half_life_ends else ""
        parts.append(f"{line.half_life} alpha{ends}")
    reviewed = f"last review {day(line.last_review, zone)}" if line.last_review else "never reviewed"
    return " · ".join([*parts, f"{reviewed}, overdue" if line.overdue else reviewed])


def _notes(heading: str, notes: tuple[NoteLine, ...], zone: str, none: str) -> list[Block]:
    quotes: list[Block] = [Quote(note.text, _by(note, zone)) for note in notes]
    return [Heading(heading), *(quotes or [Paragraph(none)])]


def _decision(line: QuarterLine, zone: str) -> list[Block]:
    if line.decision is None:
        return [Heading("Decision"), Paragraph("Not decided yet.")]
    draft = f" The draft is version {line.draft_version}." if line.draft_version else ""
    what = f"{line.decision.kind}: {DECISIONS.get(line.decision.kind, '')}.{draft}"
    return [Heading("Decision"), Paragraph(what.capitalize()), Quote(line.decision.text, _by(line.decision, zone))]


def _by(note: NoteLine, zone: str) -> str:
    return f"{note.by}, {role(note.role)}, {day(note.at, zone)}"


def _planned(line: QuarterLine) -> Value:
    return "no Charter" if line.planned is None and line.charter_version is None else line.planned


def _every(line: QuarterLine) -> tuple[Value, ...]:
    return (line.slug, line.owner or "nobody", line.cell, _planned(line), line.spent, line.outcomes, line.outcome,
            line.value, line.alpha_net, line.per_dollar, line.last_review or "never",
            line.decision.kind if line.decision else "")


def _more(line: QuarterLine) -> tuple[Value, ...]:
    return (line.name, line.platform_lead or "", line.status, line.charter_version, line.charter_state, line.half_life,
            line.half_life_ends, line.review_due, "yes" if line.overdue else "no", line.trips, line.exceptions_open,
            " ".join(line.owed), "; ".join(line.attention), "; ".join(line.questions))
