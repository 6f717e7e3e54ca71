"""The Daily's table as data: every workload by urgency, then what nobody has claimed. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from console.cadences.daily import Daily, UnattributedLine, WorkloadLine
from console.clock import month_bounds
from console.money import MICRO, MicroUsd, display
from screens.ages import left, short_age
from screens.columns import signs
from screens.columns.bars import spark
from screens.columns.column import Cell, Column, Tone

DailyLine = WorkloadLine | UnattributedLine

STATE_TONES: dict[str, Tone] = {
    "tripped": "alarm",
    "held": "alarm",
    "runaway": "alarm",
    "stretch": "warn",
    "paused": "dim",
    "ok": "",
}
BREAKER_TONES: dict[str, Tone] = {
    "tripped": "alarm",
    "held": "alarm",
    "disarmed": "warn",
    "probation": "warn",
    "no Charter": "dim",
    "no switch": "warn",
    "observe": "dim",
}
_RANKS = {"tripped": 0, "held": 0, "runaway": 1, "stretch": 2, "ok": 4, "paused": 5}
_WITH_ALERTS = 3
MONTH_S = 32 * 86_400
PACES = ("projected_month", "rate_per_hour")
"""Fields that may be unknown where the month is known."""
HOT, WARM = 2.0, 1.2
"""Burn ratios from which the cell is dressed; the figure says the same."""


def lines(daily: Daily) -> list[DailyLine]:
    """The rows in order of urgency: held or tripped, runaway, stretch, alerting, then by burn; the unclaimed last."""
    return [*sorted(daily.workloads, key=urgency), *sorted(daily.unattributed, key=lambda line: -line.month)]


def urgency(line: WorkloadLine) -> tuple[int, float, int, str]:
    """Sorts the most urgent first."""
    rank = _RANKS.get(line.state, _WITH_ALERTS)
    if line.breaker in ("tripped", "held"):
        rank = 0
    if line.alerts:
        rank = min(rank, _WITH_ALERTS)
    return rank, -(line.burn_ratio or 0.0), -(line.month or 0), line.slug


def identity(line: DailyLine) -> str:
    """What a row is, whatever it says at the moment."""
    if isinstance(line, WorkloadLine):
        return line.slug
    return "\x00".join(
        ["unattributed", line.source, *(f"{key}={value}" for key, value in sorted(line.identity.items()))]
    )


def words(line: DailyLine) -> str:
    """What a filter looks in."""
    if isinstance(line, WorkloadLine):
        return " ".join(filter(None, (line.slug, line.name, line.owner, line.team, line.state, line.breaker)))
    return " ".join(("unclaimed unattributed", line.source, line.name, *line.models))


def group(line: DailyLine) -> int:
    """What nobody has claimed stays at the end, however the table is sorted."""
    return 0 if isinstance(line, WorkloadLine) else 1


def columns(now: Callable[[], datetime]) -> tuple[Column[DailyLine], ...]:
    """The columns; `now` gives the instant that ages are counted to."""
    return (
        Column(
            "WORKLOAD", 16, _workload, most=32, about="What the MBOM calls it; ? marks usage that nobody has claimed."
        ),
        Column(
            "STATE",
            9,
            _state,
            about="What the Charter says of its pace: ok, stretch, runaway; tripped, held or paused where it stands; "
            "stale where its data are old; alert where an error or worse fires all the same.",
        ),
        Column(
            "BURN",
            5,
            _burn,
            2,
            right=True,
            descending=True,
            about="Last hour's spend over what the Charter expects of that hour: 1.0x is on plan.",
        ),
        Column(
            "TODAY $",
            9,
            lambda line: _money(line.today, line, 8),
            3,
            right=True,
            descending=True,
            about="Spend since midnight where the organisation is; ~ where some of it is priced by an estimate.",
        ),
        Column(
            "MONTH $",
            9,
            lambda line: _money(line.month, line, 9),
            1,
            right=True,
            descending=True,
            about="Spend since the first of the month, UTC.",
        ),
        Column("%PLAN", 5, _plan, 4, right=True, descending=True, about="The month so far, of the expected month."),
        Column(
            "EXPECTED $",
            10,
            _amount("expected_month"),
            10,
            right=True,
            descending=True,
            about="The month that the signed Charter expects.",
        ),
        Column(
            "PROJECTED $",
            11,
            _amount("projected_month"),
            6,
            right=True,
            descending=True,
            about="The month at its end, at the pace of the last three days.",
        ),
        Column(
            "KILL AT $",
            10,
            _amount("kill_threshold"),
            7,
            right=True,
            descending=True,
            about="The month's spend at which the breaker trips.",
        ),
        Column(
            "KILL IN",
            7,
            lambda line: _time_left(line, now()),
            4,
            right=True,
            about="Time until then at the present rate; blank where that is after the end of the month.",
        ),
        Column(
            "SIGNS",
            5,
            _signs,
            6,
            right=True,
            descending=True,
            about="How near the signs of a runaway that kill together are: the share of the least lit of those nearest "
            "to it; LIT is a kill. Blank where nothing was judged.",
        ),
        Column(
            "RATE $/h",
            9,
            _amount("rate_per_hour"),
            8,
            right=True,
            descending=True,
            about="The newest quarter of an hour that is in, as an hour.",
        ),
        Column(
            "BREAKER",
            10,
            _breaker,
            5,
            about="Whether spend would be stopped: armed does, observe and no Charter do not. unproven: armed, and not "
            "drilled within the Charter's time.",
        ),
        Column("ALERTS", 6, _alerts, 9, right=True, descending=True, about="Alerts that fire."),
        Column("AGE", 4, lambda line: _age(line, now()), 6, right=True, about="Since its last usage."),
        Column("24 HOURS", 24, _hours, 11, about="Spend by hour, the newest at the right; each row has its own scale."),
        Column("OWNER", 14, _owner, 8, most=22, about="The business owner."),
        Column("NAME", 16, _name, 13, most=30, about="What people call it."),
    )


def _workload(line: DailyLine) -> Cell:
    if isinstance(line, WorkloadLine):
        return Cell(line.slug, "strong", line.slug)
    return Cell(f"? {line.name}", "warn", line.name)


def _state(line: DailyLine) -> Cell:
    if isinstance(line, UnattributedLine):
        return Cell("unclaimed", "warn", 9)
    tone = STATE_TONES.get(line.state, "")
    rank = _RANKS.get(line.state, _WITH_ALERTS)
    if line.state == "ok" and line.stale:
        return Cell("stale", "warn", rank)
    if line.state == "ok" and line.worst in ("critical", "error"):
        return Cell("! alert", "alarm", _WITH_ALERTS)
    return Cell(f"! {line.state}" if tone == "alarm" else line.state, tone, rank)


def _burn(line: DailyLine) -> Cell:
    ratio = line.burn_ratio if isinstance(line, WorkloadLine) else None
    if ratio is None:
        return Cell("")
    tone: Tone = "alarm" if ratio >= HOT else "warn" if ratio >= WARM else ""
    return Cell(f"{ratio:.1f}x" if ratio < 99.95 else f"{min(ratio, 9_999):.0f}x", tone, ratio)


def _money(amount: MicroUsd | None, line: DailyLine, width: int) -> Cell:
    mark = "~" if isinstance(line, WorkloadLine) and line.estimated else ""
    return Cell(mark + fitted(amount, width - len(mark)), "", amount)


def fitted(amount: MicroUsd | None, width: int) -> str:
    """Dollars and cents; whole dollars, then millions where that is what fits: a figure is never cut."""
    ways = (display(amount), *briefer(amount))
    return next((said for said in ways if len(said) <= width), ways[-1])


def briefer(amount: MicroUsd | None) -> tuple[str, str]:
    """Whole dollars, and millions: what dollars and cents are in a narrow column."""
    return display(amount, 0), "?" if amount is None else f"{display(amount // MICRO)}M"


def _amount(name: str) -> Callable[[DailyLine], Cell]:
    """A cell of one amount that only workloads have: blank where there is none, unknown where it is a pace that nobody
    can tell yet."""

    def value(line: DailyLine) -> Cell:
        amount = getattr(line, name, None)
        if amount is None and not (name in PACES and isinstance(line, WorkloadLine) and line.month is not None):
            return Cell("")
        return Cell(fitted(amount, 10), "", amount)

    return value


def _plan(line: DailyLine) -> Cell:
    if not isinstance(line, WorkloadLine) or not line.expected_month or line.month is None:
        return Cell("")
    percent = line.month * 100 // line.expected_month
    tone: Tone = "alarm" if percent >= 250 else "warn" if percent > 100 else ""
    return Cell(f"{percent:,}", tone, percent)


def _time_left(line: DailyLine, now: datetime) -> Cell:
    if isinstance(line, UnattributedLine) or line.breaker in ("held", "tripped"):
        return Cell("")  # nothing is left to trip
    seconds = line.seconds_to_kill
    if seconds is None or now + timedelta(seconds=min(seconds, MONTH_S)) >= month_bounds(now)[1]:
        return Cell("")
    tone: Tone = "alarm" if seconds < 3600 else "warn" if seconds < 86_400 else ""
    return Cell(left(seconds), tone, seconds)


def _signs(line: DailyLine) -> Cell:
    return signs.nearest(line) if isinstance(line, WorkloadLine) else Cell("")


def _breaker(line: DailyLine) -> Cell:
    if isinstance(line, UnattributedLine):
        return Cell("none", "dim", "~")
    if line.proven is False and line.breaker == "armed":
        return Cell("unproven", "warn", line.breaker)
    return Cell(line.breaker, BREAKER_TONES.get(line.breaker, ""), line.breaker)


def _alerts(line: DailyLine) -> Cell:
    count = line.alerts if isinstance(line, WorkloadLine) else 0
    return Cell(str(count), "warn", count) if count else Cell("", "", 0)


def _age(line: DailyLine, now: datetime) -> Cell:
    if line.last_usage_at is None:
        return Cell("")
    seconds = (now - line.last_usage_at).total_seconds()
    return Cell(short_age(seconds), "", seconds)


def _hours(line: DailyLine) -> Cell:
    return Cell(spark(line.hours), "dim") if isinstance(line, WorkloadLine) else Cell("")


def _owner(line: DailyLine) -> Cell:
    if isinstance(line, UnattributedLine):
        return Cell("nobody", "warn")
    return Cell(line.owner, "", line.owner) if line.owner else Cell("nobody", "warn")


def _name(line: DailyLine) -> Cell:
    if isinstance(line, UnattributedLine):
        return Cell(models(line.models), "dim", models(line.models))
    return Cell(line.name, "", line.name)


def models(names: Sequence[str]) -> str:
    """The models of usage that nobody has claimed."""
    return ", ".join(names)


def _no_time() -> datetime:
    """For those who ask what the columns are and have no row to show."""
    return datetime.min


MEANINGS = tuple((column.title, column.about) for column in columns(_no_time))
