"""Exceptions of one kind, over all workloads: what goes wrong there, how often, and whether it becomes more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from console.cadences.weekly import ExceptionLine, PatternLine
from console.money import MicroUsd

WEEKS = 8
RECENT_WEEKS = 2
RISES, FALLS = 1.5, 0.5
"""A pattern rises from one and a half times its earlier rate on, and falls from half of it on."""

WHAT = {
    "trip: signs": "The breaker killed for several signs of a runaway together. Read the trip sheet, mend the cause, "
                   "and set the Charter's caps by what was seen.",
    "trip: cap": "Spend reached a cap of the Charter and the breaker killed. Either the plan is too small or nobody "
                 "acted on the alerts before it.",
    "trip: by hand": "A person killed the workload. Ask why the Charter's own caps had not done so before.",
    "trip: observed": "The breaker would have killed and the Charter only observes. Decide whether it should enforce.",
    "alert: burn": "Spend ran at a multiple of its plan for hours. Look for a change in traffic or in the prompt; a "
                   "planned one is announced beforehand.",
    "alert: cap": "Spend came up to a cap where a person decides. Raise it by a revision, or make it automatic.",
    "alert: stretch": "The workload is in its stretch scenario. Make the changes that its Charter lists for it, or "
                      "revise what is expected.",
    "alert: runaway": "The workload spends as in its runaway scenario and was not killed. Ask whether its breaker "
                      "should act by itself.",
    "alert: forecast": "The month will end above its kill threshold at this rate. Slow down now, or revise the plan.",
    "alert: month-steps": "The month has used up what was planned for it. Revise the expected scenario, or cut "
                          "traffic.",
    "alert: signs": "A sign of a runaway stood alone, so nothing was killed. Mend what its alert names before a second"
                    " one joins it.",
    "alert: unpriced": "A model that nobody knows the price of is in use. Add a [[prices]] table, or use another.",
    "alert: blind": "Usage data stopped coming while spend was high. Mend the source's feed.",
    "alert: no-charter": "A workload without a Charter spends far above its own past. Write one: without it there is "
                         "no kill switch.",
    "drift: model": "Another model runs, or is declared, than the Charter in force commits to. Take it away, or revise"
                    " the Charter.",
    "drift: tier": "The tier that the MBOM declares is not the one of the Charter's models. Correct the entry, or "
                   "revise the Charter.",
    "drift: thinking": "Extended thinking is on where Charter or TRAM cell forbid it. Switch it off, or choose the "
                       "cell anew.",
    "drift: depth": "Agents go deeper than the Charter permits. Cap them in production, or revise the Charter.",
    "drift: fan-out": "One agent starts more others than the Charter permits. Cap it in production, or revise the "
                      "Charter.",
    "drift: review topology": "Silent Downgrade: the review in production is weaker than the one that was signed. "
                              "Restore it, or have the weaker one signed.",
    "drift: owner": "Nobody answers for the workload. Name a business owner who does, or retire it.",
    "drift: TRAM cell": "The cell that the MBOM declares is not the one of the Charter in force. Correct the entry, or"
                        " revise the Charter.",
    "drift: no Charter": "A workload spends without a Charter in force. Write and sign one, or pause it.",
    "variance: spend": "The month's spend differs from the plan by more than the threshold. Both explanations are "
                       "owed; a plan that no longer holds is revised.",
    "variance: return": "A dollar earned less, or more, than the Charter promised. Both explanations are owed.",
}
"""What a kind means, and what usually mends it."""


def pattern_lines(lines: Sequence[ExceptionLine], began: Iterable[tuple[str, datetime]], weeks: Sequence[datetime],
                  at: datetime) -> tuple[PatternLine, ...]:
    """One for each kind among `lines`: those with open exceptions first, by dollars at stake.

    began: (kind, when) of every time that one began since the first of `weeks`, which are the starts of the weeks.
    """
    by_kind: dict[str, list[ExceptionLine]] = {}
    for line in lines:
        by_kind.setdefault(line.kind, []).append(line)
    times: dict[str, list[datetime]] = {kind: [] for kind in by_kind}
    for kind, when in began:
        if kind in times:
            times[kind].append(when)
    found = [_pattern(kind, each, times[kind], weeks, at) for kind, each in by_kind.items()]
    return tuple(sorted(found, key=lambda one: (not one.open, -(one.stake or 0), -one.open, -one.decided, one.kind)))


def trend(began: Sequence[datetime], weeks: Sequence[datetime], at: datetime) -> str:
    """How often it begins a day in this week and the last one, against the six weeks before.

    new: it never began in those six. rising: at least twice lately, and 1.5 times as often as before. falling: at least
    twice before, and half as often at most. Else steady.
    """
    since = weeks[-RECENT_WEEKS]
    lately = sum(when >= since for when in began)
    before = len(began) - lately
    if not before:
        return "new" if lately else "steady"
    rate = lately / ((at - since) / timedelta(days=1) or 1.0)
    usual = before / ((since - weeks[0]) / timedelta(days=1))
    if lately >= 2 and rate >= RISES * usual:
        return "rising"
    return "falling" if before >= 2 and rate <= FALLS * usual else "steady"


def stake_of(lines: Iterable[ExceptionLine]) -> MicroUsd | None:
    """Dollars at stake of one pattern; None where none of them is known.

    Alerts of one workload look at the same dollars through several windows: of these the most counts, once.
    """
    known = [(line, line.stake) for line in lines if line.stake is not None]
    alerts: dict[str, int] = {}
    for line, stake in known:
        if line.origin == "alert":
            alerts[line.workload] = max(stake, alerts.get(line.workload, stake))
    others = sum(stake for line, stake in known if line.origin != "alert")
    return others + sum(alerts.values()) if known else None


def _pattern(kind: str, lines: Sequence[ExceptionLine], began: Sequence[datetime], weeks: Sequence[datetime],
             at: datetime) -> PatternLine:
    unsettled = [line for line in lines if line.state != "closed"]
    undecided = [line for line in unsettled if line.state == "open"]
    return PatternLine(
        kind=kind, origin=lines[0].origin, what=WHAT.get(kind) or lines[0].advice or lines[0].summary,
        open=len(undecided), decided=len(unsettled) - len(undecided),
        workloads=tuple(sorted({line.workload for line in unsettled})), times=len(began), stake=stake_of(undecided),
        stake_unknown=sum(line.stake is None for line in undecided), weeks=_by_week(began, weeks),
        trend=trend(began, weeks, at),
        escalated=any(line.decision is not None and line.decision.verdict == "escalated" for line in unsettled),
    )


def _by_week(began: Iterable[datetime], weeks: Sequence[datetime]) -> tuple[int, ...]:
    counts = [0] * len(weeks)
    for when in began:
        counts[max(index for index, start in enumerate(weeks) if start <= when)] += 1
    return tuple(counts)
