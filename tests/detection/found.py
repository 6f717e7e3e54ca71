"""The detectors that live on call records, held against the labels: which workloads are found, for how many dollars.

A case is a file of usage, of call records, or both. A label names a workload and an anti-pattern, and tells what it
cost minute by minute. Nothing of a label is read by a detector.

`python -m tests.detection.found` prints the table of `docs/findings.md`; with `--write FILE` it takes the place of what
stands between the two marks in that file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from console.antipatterns import eternal_conversation, recursive_sub_agent, ungoverned_tool
from console.antipatterns.finding import Finding
from console.operations.findings_in_files import Files, findings
from tests.detection.incidents import Incident, incidents
from tests.support.recorded_data import data_folder

NAMES = (recursive_sub_agent.NAME, eternal_conversation.NAME, ungoverned_tool.NAME)
LABELLED = {"runaway_night": recursive_sub_agent.NAME, "eternal_conversation": eternal_conversation.NAME,
            "tool_loop": ungoverned_tool.NAME}
"""What a scenario's target is to be found for, where call records tell of it."""
BEGIN, END = "<!-- the table of found -->", "<!-- end of that table -->"
STUCK_RUNS = ("2b65859dae1b", "5e0015e4917f", "b514a5e8cfff", "dd7695e817b5")
"""Of the recorded loops, the runs that make a call twice in a row or more than three times."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is looked at, and what is to be found in it."""

    name: str
    usage: Path | None
    calls: tuple[Path, ...]
    wanted: frozenset[tuple[str, str]] = frozenset()
    """(workload, anti-pattern)."""
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a case, by the detectors of call records."""

    case: Case
    found: tuple[Finding, ...]

    @property
    def right(self) -> set[tuple[str, str]]:
        return {(each.workload, each.detector) for each in self.found} & self.case.wanted

    @property
    def false(self) -> set[tuple[str, str]]:
        return {(each.workload, each.detector) for each in self.found} - self.case.wanted

    @property
    def dollars(self) -> tuple[float, float] | None:
        """(estimated, labelled) of the incident, over the time that the finding is of; None: there is no such pair."""
        if self.case.incident is None or len(self.found) != 1 or self.found[0].excess is None:
            return None
        labelled = self.case.incident.burned(self.found[0].end) - self.case.incident.burned(self.found[0].start)
        return self.found[0].excess / 1e6, labelled


def cases_of_calls(folder: Path) -> list[Case]:
    """Call records alone."""
    found = [Case(f"{one.name}, call records", None, (one.calls,), _wanted(one), one)
             for one in incidents(folder) if one.calls is not None]
    loops = frozenset({("bench-miniswe", ungoverned_tool.NAME)})
    return [*found, Case("bench_loops", None, (folder / "bench_loops_calls.jsonl.gz",), loops),
            Case("coding_sessions", None, (folder / "coding_sessions_calls.jsonl.gz",))]


def cases_of_usage(folder: Path) -> list[Case]:
    """Usage alone, where of the three only a recursion can be told; and usage beside call records."""
    found = list[Case]()
    for one in incidents(folder):
        recursion = frozenset(each for each in _wanted(one) if each[1] == recursive_sub_agent.NAME)
        found.append(Case(f"{one.name}, usage", one.usage, (), recursion, one))
        if one.calls is not None:
            found.append(Case(f"{one.name}, usage and call records", one.usage, (one.calls,), _wanted(one), one))
    real = ("servegen", "azure2023_code", "mooncake_conversation", "coding_sessions")
    return [*found, *(Case(name, folder / f"{name}_minute.csv.gz", ()) for name in real)]


def look(case: Case) -> Looked:
    """Every workload of a case, at the prices of the labels."""
    whole = findings(Files(case.usage, case.calls, price_as="claude-sonnet-4-5"), "recorded")
    assert whole.failed == ()
    return Looked(case, tuple(line.finding for line in whole.lines if line.finding.detector in NAMES))


def table(looked: Sequence[Looked]) -> Iterator[str]:
    """Precision and recall by detector, then the dollars of each incident."""
    yield from ("| detector | found rightly | found wrongly | missed | precision | recall |",
                "| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in NAMES:
        right, false, missed = (sum(each[1] == name for one in some for each in one) for some in (
            [one.right for one in looked], [one.false for one in looked],
            [one.case.wanted - one.right for one in looked]))
        yield (f"| {name} | {right} | {false} | {missed} | {_share(right, right + false)} | "
               f"{_share(right, right + missed)} |")
    yield from ("", "| what was looked at | found | estimated | labelled | off by |",
                "| --- | --- | ---: | ---: | ---: |")
    for one in looked:
        if one.dollars is not None:
            ours, labelled = one.dollars
            yield (f"| {one.case.name} | {one.found[0].detector} | {ours:,.2f} | {labelled:,.2f} | "
                   f"{(ours - labelled) / labelled:+.1%} |")
    quiet = [one.case.name for one in looked if not one.case.wanted and not one.found]
    kinds = sorted({name.partition(",")[0].partition(".")[0] for name in quiet})
    yield from ("", fill(f"Nothing is labelled, and nothing was found, in {len(quiet)} other looks: at "
                         f"{', '.join(kinds)}.", 120))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    args = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print("There is no recorded usage here; TOKEN_CONSOLE_DATA names its folder.", file=sys.stderr)
        return 1
    text = "\n".join(table([look(case) for case in (*cases_of_calls(folder), *cases_of_usage(folder))]))
    print(text)
    if args.write:
        before, _, rest = args.write.read_text().partition(BEGIN)
        args.write.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")
    return 0


def runs(found: Iterable[Finding]) -> list[str]:
    """The runs that findings name."""
    return sorted(value.partition(" / ")[0] for each in found for row in each.rows for name, value in row
                  if name == "run")


def _wanted(incident: Incident) -> frozenset[tuple[str, str]]:
    name = LABELLED.get(incident.kind)
    return frozenset() if name is None else frozenset({(incident.target, name)})


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


if __name__ == "__main__":
    sys.exit(main())
