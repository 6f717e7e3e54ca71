"""A file of outcomes as a spreadsheet saves it: commas, semicolons or tabs, a BOM or none, columns in any order."""

from __future__ import annotations

import csv
import difflib
import io

from console.cadences.month.outcome_rows import COLUMNS, Cells
from console.charters.problem import Problem, refuse
from console.csv_lines import delimiter, numbered
from console.errors import InputError

MOST_ROWS = 100_000

SYNONYMS = {
    "slug": "workload", "workload_slug": "workload", "month": "period", "day": "period", "date": "period",
    "start": "from", "starts": "from", "start_date": "from", "from_date": "from", "end": "to", "ends": "to",
    "end_date": "to", "to_date": "to", "until": "to", "count": "outcomes", "quantity": "outcomes", "units": "outcomes",
    "value": "value_usd", "outcome_value": "value_usd", "baseline": "baseline_usd",
    "baseline_value_usd": "baseline_usd", "review": "review_usd", "review_cost": "review_usd",
    "review_cost_usd": "review_usd", "rework": "rework_usd", "rework_cost": "rework_usd",
    "rework_cost_usd": "rework_usd", "ref": "reference", "notes": "note",
    "comment": "note",
}
"""Other names that a heading may have, in lower case with _ for what is between words."""


def rows(text: str, what: str) -> list[Cells]:
    """Every row of a file called `what` with something in it. Raises InputError with every fault of its form."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{what}:{line}: there is a NUL byte; this is not a text file. Save it as CSV in UTF-8.",
                         line=line, remedy="save it as CSV in UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter(text))
    lines = numbered(reader)
    problems: list[Problem] = []
    found: list[Cells] = []
    try:
        line, first = next(lines, (1, []))
        columns = headings(line, first, problems)
        refuse(problems, what)
        for line, cells in lines:
            if len(found) == MOST_ROWS:
                raise InputError(f"{what}:{line}: there are more than {MOST_ROWS:,} rows. Split the file.", line=line)
            if len(cells) < len(columns) or any(cells[len(columns):]):
                problems.append(Problem("cells", line, f"there are {len(cells)} cells for {len(columns)} columns",
                                        "put a text that has the separator in it in quotes"))
            else:
                found.append(cells_of(line, columns, cells))
    except csv.Error as error:
        problems.append(Problem("csv", reader.line_num, f"this is not CSV: {error}", "save it as CSV in UTF-8"))
    refuse(problems, what)
    if not found:
        raise InputError(f"{what}: there is no row under the headings. The first line names the columns: "
                         f"{', '.join(COLUMNS)}.")
    return found


def headings(line: int | None, first: list[str], problems: list[Problem]) -> list[str]:
    """The columns by their own names; faults are added to `problems`."""
    columns: list[str] = []
    while first and not first[-1].strip():
        first = first[:-1]  # a spreadsheet keeps columns that were emptied
    for place, heading in enumerate(first, 1):
        plain = "_".join(heading.strip().lower().replace("-", " ").replace("_", " ").split())
        name = SYNONYMS.get(plain, plain)
        if name not in COLUMNS:
            near = difflib.get_close_matches(name[:64], COLUMNS, 1)
            remedy = f"did you mean {near[0]}? " if near else ""
            problems.append(Problem("heading", line, f"column {place}: there is no column {heading.strip()[:60]!r}",
                                    f"{remedy}known are {', '.join(COLUMNS)}"))
        elif name in columns:
            problems.append(Problem("heading", line, f"column {place}: {name} is there twice", "keep one"))
        columns.append(name)
    if "workload" not in columns:
        problems.append(Problem("heading", line, "there is no column workload", f"known are {', '.join(COLUMNS)}"))
    if "period" not in columns and not {"from", "to"} <= set(columns):
        problems.append(Problem("heading", line, "there is no column period, and not both from and to",
                                "add period, such as 2026-10 or 2026-10-14"))
    return columns


def cells_of(line: int, columns: list[str], cells: list[str]) -> Cells:
    """A row without its empty cells."""
    held = {name: (place, cell.strip()) for place, (name, cell) in enumerate(zip(columns, cells, strict=False), 1)}
    return Cells(line, {name: cell for name, (_, cell) in held.items() if cell},
                 {name: place for name, (place, _) in held.items()})
