"""One workload as a page: who it is, what it spends against its Charter, and what was done to it. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from console import wording
from console.cadences.daily import AlertLine, WorkloadLine
from console.cadences.drill import MEDIAN_OF, DrillLine, seconds_to_stop
from console.cadences.workload import CharterBrief, ModelLine, SwitchLine, WorkloadView
from console.money import MicroUsd, display
from screens.columns import prompts, signs, waste
from screens.columns.column import Cell, Tone
from screens.columns.daily import BREAKER_TONES, STATE_TONES
from screens.columns.daily_strips import SEVERITY_TONES
from screens.columns.page import (
    BLANK,
    WIDE,
    Heading,
    PageLine,
    Times,
    ago,
    beside,
    grid,
    heading,
    labelled,
    line,
    name,
    table,
    wrapped,
)

LABEL = 18


def page(
    view: WorkloadView,
    item: WorkloadLine,
    recent: Sequence[PageLine],
    charts: Sequence[PageLine],
    width: int,
    times: Times,
) -> list[PageLine]:
    """The whole page. `item` is the newest line of it; `recent` and `charts` are the lines of the charts as drawn so
    far: the recent spend, which stands beside the signs where there is room, and the others."""
    money = [heading("MONEY, USD"), *figures(item, width // 2 if width >= WIDE else width)]
    charter = [heading("CHARTER"), *charter_lines(view.charter, width // 2 if width >= WIDE else width, times)]
    blocks = [head(item, view.no_charter_reason, width), alert_lines(view.alerts, width, view.at)]
    if width >= WIDE:
        near = beside(signs.page_block(item, width // 2 - 2), recent, width // 2)
        blocks += [beside(money, charter, width // 2), near, list(charts)]
    else:
        blocks += [money, [*recent, *charts], signs.page_block(item, width), charter]
    blocks += [
        models(view.models, width),
        waste.block(view, width, times),
        prompts.block(view.prompts, width, times),
        switches(view, width),
        drills(view, width, times),
        intents(view, width, times),
        history(view, width, times),
    ]
    return [one for block in blocks if block for one in (*block, BLANK)]


def first(item: WorkloadLine, width: int, failure: str = "") -> list[PageLine]:
    """What the Daily knows already, shown while the rest is being read, or could not be."""
    lines = [*head(item, "", width), BLANK, heading("MONEY, USD"), *figures(item, width), BLANK]
    if not failure:
        return [*lines, line(Cell("loading… its Charter, charts, switches and history", "dim"))]
    return [
        *lines,
        line(Cell("The rest could not be read. What stands above is from the last Daily; r tries again.", "alarm")),
        *wrapped(failure, width),
    ]


def chart_heading(title: str, number: int, count: int) -> PageLine:
    """The title of one chart of several that are shown one at a time."""
    return line(Cell(title, "strong"), Cell(f"  {number}/{count}  [ ] other charts", "dim"))


def head(item: WorkloadLine, no_charter_reason: str, width: int) -> list[PageLine]:
    """Name, slug, state and breaker in words, and why it is not held to a Charter."""
    marks = [word for word, said in (("STALE", item.stale), ("ESTIMATED", item.estimated)) if said]
    lines = [
        line(Cell(name(item.name), "strong"), "  ", Cell(item.slug, "dim")),
        line(
            Cell(item.state.upper(), STATE_TONES.get(item.state, "")),
            Cell(f"  {'  '.join(marks)}" if marks else "", "warn"),
            "  breaker ",
            Cell(item.breaker, BREAKER_TONES.get(item.breaker, "")),
            Cell(" unproven" if item.proven is False else "", "warn"),
            f"  owner {name(item.owner or 'nobody', 20)}  team {name(item.team or 'none', 20)}",
        ),
    ]
    if item.breaker in ("held", "tripped"):
        said = "It was switched off. T shows why and whether spend fell; R resumes it, nothing does by itself."
        lines += wrapped(said, width, indent=0, tone="alarm")
    if no_charter_reason:
        lines += wrapped(
            f"NO CHARTER: {no_charter_reason}. It is watched and never killed automatically.",
            width,
            indent=0,
            tone="warn",
        )
    return lines


def figures(item: WorkloadLine, width: int) -> list[PageLine]:
    """Today, the month against its expectation, and how far the kill is."""
    over = item.kill_threshold is not None and (item.month or 0) >= item.kill_threshold
    pairs: list[tuple[str, str, Tone]] = [
        ("today", display(item.today), ""),
        ("this month", display(item.month), "alarm" if over else ""),
        ("expected month", _known(item.expected_month), ""),
        ("month of expected", _share(item.month, item.expected_month), ""),
        (
            "projected month",
            _pace(item, item.projected_month),
            "warn" if item.kill_threshold and (item.projected_month or 0) > item.kill_threshold else "",
        ),
        ("rate, per hour", _pace(item, item.rate_per_hour), ""),
        ("burn, last hour", "" if item.burn_ratio is None else f"{item.burn_ratio:,.1f}x", ""),
        ("kill threshold", _known(item.kill_threshold), ""),
        ("time to kill", _to_kill(item), "alarm" if (item.seconds_to_kill or 1e9) < 3600 else ""),
        ("worst overshoot", _known(item.overshoot), ""),
    ]
    return grid(pairs, width, label_width=LABEL)


def charter_lines(charter: CharterBrief | None, width: int, times: Times) -> list[PageLine]:
    """The Charter in short: what was promised, by whom, and what is still missing."""
    if charter is None:
        return wrapped("None. Import one with: token-console charter import FILE", width)
    how = "kills automatically" if charter.automatic else "a person decides the kill"
    signed = ", ".join(f"{role.replace('_', ' ')} {name(who, 24)} {times(at)}" for role, who, at in charter.signatures)
    missing = ", ".join(map(wording.role, charter.missing_roles))
    lines = [
        *labelled(
            "version", f"{charter.version}, {charter.state}, {charter.content_hash[:12]}", width, label_width=LABEL
        ),
        *labelled(
            "month, USD",
            f"expected {display(charter.expected)} · stretch x{charter.stretch_multiple:g} · "
            f"runaway x{charter.runaway_multiple:g}",
            width,
            label_width=LABEL,
        ),
        *labelled("kill threshold", f"{display(charter.kill_threshold)} USD, {how}", width, label_width=LABEL),
        *labelled("models", ", ".join(charter.models), width, label_width=LABEL),
    ]
    for at, criterion in enumerate(charter.criteria):
        lines += labelled("kill criteria" if at == 0 else "", criterion, width, label_width=LABEL, most=3)
    lines += labelled("review", charter.review, width, label_width=LABEL, most=3)
    lines += labelled("signed by", signed or "nobody", width, label_width=LABEL)
    if missing:
        lines += labelled("STILL MISSING", missing, width, label_width=LABEL, tone="warn")
    return lines


def alert_lines(alerts: Sequence[AlertLine], width: int, at: datetime) -> list[PageLine]:
    """Open alerts, each a place to stop at."""
    if not alerts:
        return []
    rows = [
        (
            (
                Cell(alert.severity, SEVERITY_TONES.get(alert.severity, "")),
                alert.state,
                alert.kind,
                ago((at - alert.since).total_seconds()),
                f"{marks(alert)}{alert.summary}",
            ),
            alert,
        )
        for alert in alerts
    ]
    columns = (
        Heading("SEVERITY", 8),
        Heading("STATE", 8),
        Heading("RULE", 11),
        Heading("SINCE", 7),
        Heading("WHAT", 0),
    )
    return [heading(f"ALERTS {len(alerts)}"), *table(columns, rows, width)]


def marks(alert: AlertLine) -> str:
    """`(acknowledged)`, `(silenced)`, `(stale)`: what a person or the feed did to an alert, before its summary."""
    said = [
        word
        for word, is_so in (
            ("acknowledged", alert.acknowledged_until),
            ("silenced", alert.silenced_until),
            ("stale", alert.stale),
        )
        if is_so
    ]
    return f"({', '.join(said)}) " if said else ""


def models(rows: Sequence[ModelLine], width: int) -> list[PageLine]:
    """What each model took this month, by class of token."""
    if not rows:
        return [heading("MODELS, THIS MONTH"), *wrapped("No usage this month.", width)]
    wide = width >= 120
    classes = ("UNCACHED", "OUTPUT", "CACHE READ", "CACHE WRITE")[: 4 if wide else 2]
    columns = [
        Heading("MODEL", 0, most=34),
        Heading("MONTH $", 12, True),
        *(Heading(title, 15, True) for title in classes),
        Heading("PRICE", 9),
    ]
    cells = []
    for row in rows:
        tokens = (row.uncached_input, row.output, row.cache_read, row.cache_write)[: len(classes)]
        cells.append(((row.model, display(row.month), *(f"{count:,}" for count in tokens), _price(row)), None))
    return [heading("MODELS, THIS MONTH", "tokens and USD"), *table(columns, cells, width)]


def switches(view: WorkloadView, width: int) -> list[PageLine]:
    """What a kill would switch off, with the identifier beside the name, and who shares it."""
    if not view.switches:
        return [
            heading("SWITCHES"),
            *wrapped("None: nothing can be killed. Add one in the MBOM entry.", width, tone="warn"),
        ]
    lines = [heading("SWITCHES", "what a kill switches off")]
    for switch in view.switches:
        lines += _switch(switch, width)
    for rule in view.usage_rules:
        lines += labelled("usage is its own", rule, width, label_width=LABEL, most=2)
    if view.pushed is not None:
        lines += labelled("told and asked", view.pushed.says, width, label_width=LABEL, most=2)
    return lines


def drills(view: WorkloadView, width: int, times: Times) -> list[PageLine]:
    """The newest drills, how long a stop takes, and whether the Charter's period is kept."""
    if not view.drills and view.drill_every_s is None:
        return []
    every = "" if view.drill_every_s is None else f"the Charter wants one every {view.drill_every_s / 86_400:g} days"
    lines = [heading("DRILLS", every)]
    if view.line.proven is False:
        last = times(view.line.drilled_at) if view.line.drilled_at else "never"
        lines += wrapped(f"UNPROVEN: last drilled {last}. To drill it: press : and type drill", width, tone="warn")
    stop = seconds_to_stop(view.drills)
    if stop is not None:
        said = f"{stop:.1f} s to stop its test target, the median of its last {MEDIAN_OF} there"
        lines += labelled("how fast", said, width, label_width=LABEL)
    rows = [
        ((times(each.at), each.outcome, each.sort, took(each), name(each.by, 14), each.detail), None)
        for each in view.drills
    ]
    columns = (
        Heading("AT", 13),
        Heading("OUTCOME", 8),
        Heading("SORT", 8),
        Heading("SECONDS", 13),
        Heading("BY", 10),
        Heading("WHAT", 0),
    )
    return [*lines, *(table(columns, rows, width) if rows else [])]


def took(drill: DrillLine) -> str:
    """Seconds until the write was answered, and until the state was read back; of a dry run to plan, and to read."""
    return " / ".join("?" if each is None else f"{each:.1f}" for each in (drill.requested_s, drill.confirmed_s))


def intents(view: WorkloadView, width: int, times: Times) -> list[PageLine]:
    """Kills and resumes, newest first, each a place to stop at."""
    if not view.intents:
        return []
    rows = [
        (
            (times(one.at), one.verb, one.state.replace("_", " "), one.origin, name(one.requested_by, 14), one.reason),
            one,
        )
        for one in view.intents
    ]
    columns = (
        Heading("AT", 13),
        Heading("VERB", 6),
        Heading("STATE", 17),
        Heading("ORIGIN", 9),
        Heading("BY", 10),
        Heading("REASON", 0),
    )
    return [heading("KILLS AND RESUMES", "enter opens the trip sheet"), *table(columns, rows, width)]


def history(view: WorkloadView, width: int, times: Times) -> list[PageLine]:
    """What changed in its MBOM entry, newest first."""
    if not view.history:
        return []
    rows = [((times(one.at), name(one.by, 14), one.what), None) for one in view.history]
    return [
        heading("HISTORY OF THE MBOM ENTRY"),
        *table((Heading("AT", 13), Heading("BY", 14), Heading("WHAT", 0)), rows, width),
    ]


def _switch(switch: SwitchLine, width: int) -> list[PageLine]:
    state = switch.last_state or "state unknown"
    if switch.stage > 1:
        state += f" · stage {switch.stage}, where spend runs on"
    lines = labelled(
        switch.kind, f"{name(switch.target_name)} ({name(switch.target)}) · {state}", width, label_width=LABEL, most=3
    )
    if switch.shared_with:
        lines += labelled(
            "", f"SHARED with {', '.join(switch.shared_with)}", width, label_width=LABEL, tone="warn", most=3
        )
    return lines


def _price(row: ModelLine) -> str:
    return "estimated" if row.estimated else ""


def _pace(item: WorkloadLine, amount: MicroUsd | None) -> str:
    """A pace that nobody can tell yet is unknown; where nothing is known at all, the rest of the page says so."""
    return _known(amount) if item.month is None else display(amount)


def _known(amount: MicroUsd | None) -> str:
    return "" if amount is None else display(amount)


def _share(amount: MicroUsd | None, whole: MicroUsd | None) -> str:
    return "" if amount is None or not whole else f"{amount * 100 // whole} %"


def _to_kill(item: WorkloadLine) -> str:
    if item.breaker in ("held", "tripped"):
        return "stopped"
    if item.seconds_to_kill is None:
        return ""
    return "reached" if item.seconds_to_kill <= 0 else ago(timedelta(seconds=item.seconds_to_kill).total_seconds())
