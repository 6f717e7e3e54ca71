"""`make detect`: replay every labelled incident and every real tenant at three lags, and print what came of it.

With `--write FILE` the table takes the place of what stands between the two marks in that file.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import datetime
from itertools import repeat
from pathlib import Path

from tests.detection import baselines, tenants
from tests.detection.incidents import Incident, incidents
from tests.detection.scoring import Healthy, Scored, score, score_baseline
from tests.support.recorded_data import data_folder

LAGS = (0, 60, 300)
HEAD = ("| scenario | kill | alert after, minutes | kill after, minutes | dollars burned | signs that killed | |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |")
BEGIN, END = "<!-- the table of make detect -->", "<!-- end of the table -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    args = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print("There is no recorded usage here; TOKEN_CONSOLE_DATA names its folder.", file=sys.stderr)
        return 1
    text = "\n".join(_report(folder))
    print(text)
    if args.write:
        before, _, rest = args.write.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        args.write.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
    return 0


def _report(folder: Path) -> Iterator[str]:
    found = incidents(folder)
    with ProcessPoolExecutor(2) as pool:
        ours = _at_each_lag(pool, score, found)
        bare = _at_each_lag(pool, _without_calls, [one for one in found if one.calls])
        told = _at_each_lag(pool, _announced, [one for one in found if one.label["declared_change"]])
        plain = {name: list(pool.map(score_baseline, found, repeat(0), repeat(rule)))
                 for name, rule in baselines.RULES.items()}
        real = dict(zip(LAGS, pool.map(tenants.replay_all, repeat(folder), LAGS), strict=True))
        harmed = {name: tenants.killed_by(folder, rule) for name, rule in baselines.RULES.items()}
    yield from _incidents(ours)
    yield from _usage_alone(bare)
    yield from _summary(ours, bare, told, real)
    yield from _beside(plain, harmed)
    yield from _halves(ours)


def _at_each_lag(pool: Executor, scored: Callable[[Incident, int], Scored], found: list[Incident]) -> list[Scored]:
    runs = [(one, lag) for one in found for lag in LAGS]
    return list(pool.map(scored, [one for one, _ in runs], [lag for _, lag in runs]))


def _without_calls(incident: Incident, lag_s: int) -> Scored:
    return score(incident, lag_s, calls=False)


def _announced(incident: Incident, lag_s: int) -> Scored:
    return score(incident, lag_s, announced=True)


def _incidents(scored: Sequence[Scored]) -> Iterator[str]:
    yield from ("### Every incident, with call records where there are any", "", *HEAD)
    yield from _lines(scored)


def _usage_alone(scored: Sequence[Scored]) -> Iterator[str]:
    yield from ("### Those that have call records, on usage alone", "", *HEAD)
    yield from _lines(scored)


def _lines(scored: Sequence[Scored]) -> Iterator[str]:
    """One line a scenario; figures at the three lags stand side by side."""
    by_name: dict[str, list[Scored]] = {}
    for one in scored:
        by_name.setdefault(one.incident.name, []).append(one)
    yield from (_line(runs) for runs in by_name.values())
    yield ""


def _line(runs: Sequence[Scored]) -> str:
    incident = runs[0].incident
    faultless = incident.label["class"] != "malignant"
    burned = "–" if faultless else " / ".join(f"{one.burned:,.2f}" for one in runs)
    cells = (incident.name, incident.verdict, " / ".join(_after(one, one.alerted_at) for one in runs),
             " / ".join(_after(one, one.killed_at) for one in runs), burned,
             ", ".join(dict.fromkeys(sign for one in runs for sign in one.signs)) or "–",
             "; ".join(dict.fromkeys(fault for one in runs for fault in _faults(one))) or "right")
    return f"| {' | '.join(cells)} |"


def _faults(one: Scored) -> Iterator[str]:
    if one.false_kills:
        yield f"FALSE KILL of {', '.join(one.false_kills)}"
    if one.missed:
        yield "kill missed"
    if one.unheard:
        yield "no alert in time"


def _after(one: Scored, at: datetime | None) -> str:
    return "–" if at is None else f"{(at - one.incident.onset).total_seconds() / 60:,.0f}"


def _summary(ours: Sequence[Scored], bare: Sequence[Scored], told: Sequence[Scored],
             real: dict[int, Healthy]) -> Iterator[str]:
    yield from ("### In sum", "", "| | lag 0 s | lag 60 s | lag 300 s |", "| --- | ---: | ---: | ---: |")
    yield _row("dollars burned on `runaway_night`, median, with call records",
               (f"{_night(ours, lag):,.2f}" for lag in LAGS))
    yield _row("the same on usage alone", (f"{_night(bare, lag):,.2f}" for lag in LAGS))
    yield _row("false kills in the scenarios (all runs)", (str(sum(len(one.false_kills) for one in (*ours, *bare, *told)
                                                                   if one.lag_s == lag)) for lag in LAGS))
    yield _row("required kills missed, with call records where given",
               (str(sum(one.missed for one in ours if one.lag_s == lag)) for lag in LAGS))
    yield _row("required alerts missed", (str(sum(one.unheard for one in ours if one.lag_s == lag)) for lag in LAGS))
    yield _row(f"real tenants killed, of {real[0].tenants}", (str(len(real[lag].killed)) for lag in LAGS))
    yield _row("alerts on real tenants in a week, all; most of one",
               (f"{real[lag].alerts}; {real[lag].most_alerts}" for lag in LAGS))
    yield ""


def _night(scored: Sequence[Scored], lag: int) -> float:
    return statistics.median(one.burned for one in scored if one.incident.kind == "runaway_night" and one.lag_s == lag)


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _beside(plain: dict[str, list[Scored]], harmed: dict[str, tuple[str, ...]]) -> Iterator[str]:
    yield from ("### Three plain rules, at lag 0 s", "",
                "| rule | `runaway_night`, median dollars | required kills missed | false kills in the scenarios "
                "| real tenants killed |", "| --- | ---: | ---: | ---: | ---: |")
    for name, scored in plain.items():
        yield (f"| {name} | {_night(scored, 0):,.2f} | {sum(one.missed for one in scored)} "
               f"| {sum(len(one.false_kills) for one in scored)} | {len(harmed[name])} |")
    yield ""


def _halves(ours: Sequence[Scored]) -> Iterator[str]:
    names = sorted({one.incident.name for one in ours})
    yield from ("### The two halves of the scenarios, by name", "",
                "| half | required kills missed | false kills | dollars burned where a kill was required, median |",
                "| --- | ---: | ---: | ---: |")
    for half, part in (("first, third, …", set(names[::2])), ("second, fourth, …", set(names[1::2]))):
        mine = [one for one in ours if one.incident.name in part]
        burned = [one.burned for one in mine if one.incident.verdict == "required"]
        yield (f"| {half} | {sum(one.missed for one in mine)} | {sum(len(one.false_kills) for one in mine)} "
               f"| {statistics.median(burned) if burned else 0:,.2f} |")
    yield ""


if __name__ == "__main__":
    sys.exit(main())
