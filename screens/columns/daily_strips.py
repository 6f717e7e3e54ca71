"""What stands around the Daily's table: totals, notices, the list's own state, 24 hours, alerts. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.cadences.daily import AlertLine, Daily, SourceLine
from console.money import MicroUsd, display
from console.text import clean, display_width, pad
from screens.ages import age, short_age
from screens.columns.bars import bars
from screens.columns.column import Cell, Tone
from screens.columns.page import BLANK, PageLine, Times, line, wrapped

SEVERITIES = ("critical", "error", "warning", "info")
SEVERITY_TONES: dict[str, Tone] = {"critical": "alarm", "error": "alarm", "warning": "warn", "info": ""}
LIVE = ("firing", "no-data")
_DATA_TO = " data to"


@dataclass(frozen=True, slots=True)
class ListState:
    """What a table says about itself."""

    count: int
    total: int
    filter_text: str = ""
    sorted_by: tuple[str, bool] | None = None
    held: bool = False
    paused_since: datetime | None = None


def totals(daily: Daily, width: int) -> PageLine:
    """The organisation's money in one line. Where the line is short, the month is in whole dollars, and what comes last
    is left out whole."""
    full = _totals(daily, 2)
    items = full if sum(map(_cells, full)) + 4 <= width else _totals(daily, 0)
    pieces: list[Cell] = [Cell("USD", "dim")]
    used = 4
    for label, figure, rest, tone in items:
        if used + _cells((label, figure, rest, tone)) > width:
            break
        used += _cells((label, figure, rest, tone))
        pieces += [Cell(f"  {label} ", "dim"), Cell(figure, tone), Cell(rest, "dim")]
    return line(" ", *pieces)


def _totals(daily: Daily, places: int) -> list[tuple[str, str, str, Tone]]:
    """Label, figure, what follows it, tone; the most important first."""
    total = daily.totals
    unclaimed = sum(row.month for row in daily.unattributed)
    gap = billed_gap(daily)
    gaps: list[tuple[str, str, str, Tone]] = [] if gap is None else [("billed gap", gap, "", "")]
    expected = f" of {display(total.expected_month, 0)}" if total.expected_month else ""
    return [
        ("today", display(total.today), "", "strong"),
        ("month", display(total.month, places), expected, "strong"),
        ("projected", display(total.projected_month, 0), "", "strong"),
        ("unclaimed", display(unclaimed), "", "warn" if unclaimed else ""),
        *gaps,
        ("rate", f"{display(total.rate_per_hour)}/h", "", ""),
    ]


def _cells(item: tuple[str, str, str, Tone]) -> int:
    return 3 + sum(map(len, item[:3]))


def sources(daily: Daily, width: int, times: Times) -> list[PageLine]:
    """Up to when each of several sources has told whole, and how late its figures come, as measured, where there is
    room for all; what is not sound first, then the one furthest behind. Of a single source the header says it."""
    if len(daily.sources) < 2:
        return []
    behind = sorted(daily.sources, key=lambda each: (each.state == "ok", each.data_until is not None,
                                                     each.data_until or daily.at))
    found = [(clean(each.name, 24), _freshness(each, times), each.state) for each in behind]
    if len(_DATA_TO) + sum(map(_source_cells, found)) > width:
        found = [(clean(each.name, 24), _freshness(each, times, lag=False), each.state) for each in behind]
    pieces, used = [Cell(_DATA_TO, "dim")], len(_DATA_TO)
    for number, (name, rest, state) in enumerate(found):
        more = f"  and {len(found) - number} more"
        used += _source_cells(found[number])
        if used + (len(more) if number < len(found) - 1 else 0) > width:
            pieces.append(Cell(more, "dim"))
            break
        pieces += [Cell(f"  {name} ", "dim"), Cell(rest, "" if state == "ok" else "warn")]
    return [line(*pieces)]


def _source_cells(source: tuple[str, str, str]) -> int:
    return 3 + display_width(source[0]) + len(source[1])


def _freshness(source: SourceLine, times: Times, *, lag: bool = True) -> str:
    if source.data_until is None:
        return "nothing told yet" if source.state == "ok" else "not read yet"
    late = f", {age(source.lag_s)} late" if lag and source.lag_s is not None else ""
    return f"{times(source.data_until)}{late}{'' if source.state == 'ok' else f', {source.state.upper()}'}"


def billed_gap(daily: Daily) -> str | None:
    """The provider's own cost for the days it has closed, less ours for the same days; None where neither is in."""
    billed, metered = daily.totals.billed_month, daily.totals.metered_same_days
    if billed is None or metered is None:
        return None
    gap = billed - metered
    text = display(gap)
    if not text.strip("-0."):
        return display(0)
    return f"{'+' if gap > 0 else ''}{text}"


def notices(daily: Daily | None, causes: Sequence[str], state: ListState, width: int, times: Times) -> list[PageLine]:
    """What must stay on screen: a pause, what is off, stale sources with what to do and the cause, the console's own
    notices, a filter."""
    said: list[PageLine] = []
    if state.paused_since is not None:
        said.append(
            line(
                Cell(
                    f" PAUSED since {times(state.paused_since)}: the list stands still, collecting goes on. p goes on.",
                    "warn",
                )
            )
        )
    if daily is not None:
        said += [line(Cell(clean(f" ! {alarm}", width), "alarm")) for alarm in daily.alarms]
    said += [line(Cell(clean(f" ! STALE {cause}", width), "warn")) for cause in causes]
    if daily is not None:
        said += [line(Cell(clean(f" ! {notice}", width), "warn")) for notice in daily.notices]
    listed = list_state(state)
    return [*said, line(Cell(clean(f" {listed}", width), "warn"))] if listed else said


def list_state(state: ListState) -> str:
    """`filter: claims  2 of 14 · sorted by BURN`; empty where the list is as it comes."""
    parts = []
    if state.filter_text:
        parts.append(f"filter: {state.filter_text}  {state.count} of {state.total}")
    if state.sorted_by is not None:
        parts.append(f"sorted by {state.sorted_by[0]} {'▼' if state.sorted_by[1] else '▲'}")
    if state.held:
        parts.append("order held while you move")
    return " · ".join(parts)


def day(daily: Daily, width: int, height: int, zone: Callable[[datetime], datetime]) -> list[PageLine]:
    """24 hours of spend as upright bars, the newest at the right. One or two lines, or a chart with an axis."""
    hours = daily.hours[-24:]
    if not any(hours):
        return [line(Cell(" 24 h  nothing was spent", "dim"))]
    top = max(hours)
    first = daily.at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=len(hours) - 1)
    peak = zone(first + timedelta(hours=hours.index(top)))
    says = [f" 24 h  this hour {display(hours[-1])}", f" $/h   top {display(top)} {peak:%H}h"]
    label = max(map(len, says)) + 2
    cells = max(1, min(6, (width - label - 1) // len(hours)))
    if height <= 2:
        drawn = bars(hours, max(1, height), cells=cells)
        return [line(Cell(pad(says[row], label), "dim"), Cell(drawn[row], "bar")) for row in range(len(drawn))]
    return _chart(hours, top, first, cells, height, zone)


def _chart(
    hours: Sequence[int], top: MicroUsd, first: datetime, cells: int, height: int, zone: Callable[[datetime], datetime]
) -> list[PageLine]:
    rows = height - 2
    axis = max(len(display(top)), 4) + 2
    scale = {0: display(top), rows // 2: display(top * (rows - rows // 2) // rows)}
    said = [line(Cell(f" SPEND BY HOUR, USD, last {len(hours)} h", "strong"))]
    for row, drawn in enumerate(bars(hours, rows, cells=cells)):
        said.append(line(Cell(pad(scale.get(row, ""), axis, right=True) + " ", "dim"), Cell(drawn, "bar")))
    marks = [" " * cells] * len(hours)
    for index in range(0, len(hours), 3):
        marks[index] = pad(f"{zone(first + timedelta(hours=index)):%H}", cells)
    return [*said, line(Cell(" " * (axis + 1) + "".join(marks), "dim"))]


def live_alerts(daily: Daily) -> list[AlertLine]:
    """The alerts that fire: those that nobody has taken first, then the worst, then the newest."""
    return sorted((alert for alert in daily.alerts if alert.state in LIVE), key=urgency)


def urgency(alert: AlertLine) -> tuple[int, bool, int, float]:
    """Sorts what calls for somebody first: firing before pending before resolved, what nobody has taken, the worst, the
    newest."""
    age = 0 if alert.state in LIVE else 1 if alert.state == "pending" else 2
    return age, bool(_taken(alert)), _severity_rank(alert), -alert.since.timestamp()


def alert_strip(daily: Daily, width: int, height: int) -> list[PageLine]:
    """The worst alerts, a line each; a counter where there is one line only and more than one alert."""
    firing = live_alerts(daily)
    if not firing:
        pending = sum(alert.state == "pending" for alert in daily.alerts)
        return [line(Cell(f" ALERTS none fires{f', {pending} pending' if pending else ''}", "dim"))]
    head = f" ALERTS {len(firing)} "
    rows = []
    for at, alert in enumerate(firing[:height]):
        start = head if at == 0 else " " * len(head)
        rows.append(_alert_line(alert, daily.at, start, width))
    return rows


def _alert_line(alert: AlertLine, at: datetime, start: str, width: int) -> PageLine:
    marks = (
        f"{alert.severity} {clean(alert.workload, 24)} {short_age((at - alert.since).total_seconds())}{_taken(alert)} "
    )
    room = width - len(start) - display_width(marks)
    return line(
        Cell(start, "strong"),
        Cell(marks, SEVERITY_TONES.get(alert.severity, "")),
        Cell(clean(alert.summary, max(0, room))),
    )


def alert_panel(daily: Daily, width: int, height: int) -> list[PageLine]:
    """The alerts beside the table: each with its words, what to do, and the Charter line."""
    firing = live_alerts(daily)
    rows: list[PageLine] = [line(Cell(f"ALERTS {len(firing)}" if firing else "ALERTS none fires", "strong"))]
    for alert in firing:
        block = _alert_block(alert, daily.at, width)
        if len(rows) + len(block) > height:
            rows.append(line(Cell("a shows the others", "dim")))
            break
        rows += block
    return rows


def _alert_block(alert: AlertLine, at: datetime, width: int) -> list[PageLine]:
    since = short_age((at - alert.since).total_seconds())
    head = line(
        Cell(f"{alert.severity} ", SEVERITY_TONES.get(alert.severity, "")),
        Cell(clean(alert.workload, 30), "strong"),
        Cell(f"  {clean(alert.kind, 24)} {since}{_taken(alert)}", "dim"),
    )
    return [
        BLANK,
        head,
        *wrapped(alert.summary, width, most=3),
        *(wrapped(alert.advice, width, tone="dim", most=2) if alert.advice else []),
    ]


def _taken(alert: AlertLine) -> str:
    """Whether somebody has it, in a word."""
    return (" acknowledged" if alert.acknowledged_by else "") + (" silenced" if alert.silenced_by else "")


def _severity_rank(alert: AlertLine) -> int:
    return SEVERITIES.index(alert.severity) if alert.severity in SEVERITIES else len(SEVERITIES)
