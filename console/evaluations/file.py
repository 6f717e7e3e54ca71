"""A file of recorded answers: a CSV row for each answer, understood whole, or refused with every fault and its line."""

from __future__ import annotations

import csv
import difflib
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping

from console.charters.problem import Problem, refuse
from console.csv_lines import delimiter, numbered
from console.errors import InputError
from console.evaluations.evaluation import Answer, Arm, Evaluation, Kind, mean
from console.evaluations.row import COLUMNS, NEEDED, Row, RowReader
from console.evaluations.rules import arms_of, in_order

FILE_LIMIT = 20 * 1024 * 1024
MOST_ROWS = 200_000


def read(text: str, what: str, kind: Kind) -> Evaluation:
    """The evaluation that a file called `what` records. Raises InputError."""
    rows, problems = _rows(text, what)
    problems += [] if problems else arms_of(rows, kind)
    refuse(problems, what)
    by_arm: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_arm[row.arm][row.case].append(row)
    arms = [Arm(name, {case: _answer(repeats) for case, repeats in cases.items()}) for name, cases in by_arm.items()]
    asked_once = all(len(repeats) == 1 for cases in by_arm.values() for repeats in cases.values())
    return Evaluation(kind, in_order(arms, kind), asked_once and all(row.score in (0, 1) for row in rows), len(rows))


def _answer(repeats: list[Row]) -> Answer:
    if len(repeats) == 1:
        (only,) = repeats
        return Answer(only.score, only.cost, only.input_tokens)
    score = mean(row.score for row in repeats)
    assert score is not None
    return Answer(score, mean(row.cost for row in repeats), mean(row.input_tokens for row in repeats))


def _rows(text: str, what: str) -> tuple[list[Row], list[Problem]]:
    """Every sound row, and every fault of the others. Raises InputError where it is no table of answers."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{what}:{line}: there is a NUL byte; this is not a text file. Save it as CSV in UTF-8.",
                         line=line, remedy="save it as CSV in UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter(text))
    found: list[Row] = []
    problems: list[Problem] = []
    try:
        lines = numbered(reader)
        line, first = next(lines, (1, []))
        columns = _columns(line, first, what)
        rows = RowReader(problems)
        for line, cells in lines:
            if rows.count == MOST_ROWS:
                raise InputError(f"{what}:{line}: there are more than {MOST_ROWS:,} answers. Evaluate a sample of "
                                 "the cases.", line=line, remedy="evaluate a sample of the cases")
            row = rows.read(line, _cells(line, columns, cells, problems))
            found += [row] if row else []
    except csv.Error as error:
        problems.append(Problem("csv", reader.line_num, f"this is not CSV: {error}", "save it as CSV in UTF-8"))
    if not found and not problems:
        raise InputError(f"{what}: there is no answer under the headings. Write one row for each case and arm: "
                         f"{','.join(NEEDED)}.", remedy="write one row for each case and arm")
    return found, problems


def _columns(line: int, first: list[str], what: str) -> list[str]:
    """The headings. Raises InputError: without them no row can be understood."""
    columns = [heading.strip().lower() for heading in first]
    problems = list(_heading_faults(line, columns))
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        problems.append(Problem("heading", line, f"there is no column {missing[0]}",
                                f"the first line names the columns: {','.join(COLUMNS)}; the last three may be left "
                                "out"))
    refuse(problems, what)
    return columns


def _heading_faults(line: int, columns: list[str]) -> Iterator[Problem]:
    for place, name in enumerate(columns, 1):
        if name not in COLUMNS:
            near = difflib.get_close_matches(name[:64], COLUMNS, 1)
            yield Problem("heading", line, f"column {place}: there is no column {name[:60]!r}",
                          (f"did you mean {near[0]}? " if near else "") + f"known are {', '.join(COLUMNS)}")
        elif name in columns[:place - 1]:
            yield Problem("heading", line, f"column {place}: {name} is there twice", "keep one")


def _cells(line: int, columns: list[str], cells: list[str], problems: list[Problem]) -> Mapping[str, str] | None:
    if len(cells) != len(columns):
        problems.append(Problem("cells", line, f"there are {len(cells)} cells for {len(columns)} columns",
                                "put a text that has the separator in it in quotes"))
        return None
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
