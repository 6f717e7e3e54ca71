"""The lab as lines: the topics, and of one topic its inputs, results, pins, working and notes. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from console.economics.bench import Bench
from console.economics.filling import EXAMPLE, YOURS
from console.economics.topic import Input, Result, Topic
from console.economics.wording import said
from console.text import clean, pad
from screens.columns.column import Cell, Tone
from screens.columns.lab_pins import compared, words
from screens.columns.page import BLANK, PageLine, heading, line, wrapped

VALUE = 14
"""Cells of a figure."""
ROOMY = 76
"""From this width on the names of inputs and of results have the same room."""
BESIDE = 130
"""From this width on an input's meaning stands beside it, instead of beneath them all."""
CHECKED = "Source checked:"
"""Begins a note on what the playbook's source claims and what follows."""
_ORIGIN = 34


@dataclass(frozen=True, slots=True)
class Dial:
    """What the cursor stops at: an input by its name."""

    topic: str
    name: str


def topics(all_of_them: Iterable[Topic], bench: Bench, *, below: bool) -> list[PageLine]:
    """Each topic on a line, the one that is shown marked. `below`: notes are beneath, and a checked claim is told of.
    """
    shown = bench.topic
    lines = [line(Cell(f"{'>' if each is shown else ' '} {each.name}", "strong" if each is shown else ""))
             for each in all_of_them]
    checked = bench.worked is not None and any(note.startswith(CHECKED) for note in bench.worked.notes)
    return [*lines, BLANK, line(Cell(" claim checked ↓", "warn"))] if checked and below else lines


def question(bench: Bench, width: int) -> PageLine:
    """What the topic answers, and whose figures it began from."""
    asked = f" {bench.topic.name}: {bench.topic.line}"
    whose = f"begun from {bench.workload}" if bench.workload else "w begins from a workload"
    shown = f"  {whose}" if len(asked) + len(whose) + 2 <= width else ""
    return line(Cell(f" {bench.topic.name}: ", "strong"), bench.topic.line, Cell(shown, "dim"))


def page(bench: Bench, selected: str, width: int, *, short: bool, notes: bool) -> list[PageLine]:
    """Inputs, results, pins and working; notes too, where they have no place of their own. `short`: in so few lines
    that results are seen with the inputs."""
    lines = [*_inputs(bench, selected, width, short=short), *_results(bench, width, short=short),
             *compared(bench, width)]
    if bench.worked is not None and bench.worked.working:
        lines += [heading("WORKING"), *(line("  ", each) for each in bench.worked.working), BLANK]
    return [*lines, *noted(bench, width)] if notes else lines


def noted(bench: Bench, width: int) -> list[PageLine]:
    """Where the source's own figures do not follow, and what else there is to know."""
    notes = bench.worked.notes if bench.worked is not None else ()
    checked = [note for note in notes if note.startswith(CHECKED)]
    lines = []
    if checked:
        claims = [note.removeprefix(CHECKED) for note in checked]
        lines = [heading("THE SOURCE, CHECKED"), *_notes(claims, width), BLANK]
    return [*lines, heading("NOTES"), *_notes([note for note in notes if note not in checked], width)]


def _inputs(bench: Bench, selected: str, width: int, *, short: bool) -> list[PageLine]:
    inputs = bench.topic.inputs
    lines = [_input(bench, each, width) for each in inputs]
    if width < BESIDE:
        chosen = next((each for each in inputs if each.name == selected), inputs[0])
        whole = chosen.meaning if short else f"{chosen.meaning} · {bench.inputs.origins[chosen.name]}"
        most = 1 if short else 3  # as many lines whichever is selected, so that nothing else moves
        lines += [*wrapped(whole, width, tone="dim", most=min(2, most)), BLANK, BLANK][:most]
    else:
        lines.append(BLANK)
    return lines


def _input(bench: Bench, each: Input, width: int) -> PageLine:
    value, origin = bench.inputs.values[each.name], bench.inputs.origins[each.name]
    tone: Tone = "strong" if origin == YOURS else ""
    pieces = [Cell("  "), Cell(pad(words(each.name), _room(width, 24))),
              Cell(pad(said(each.kind, value), VALUE, right=True), tone), Cell("  ")]
    quiet = Cell(origin, "dim" if origin.startswith(EXAMPLE) else "")
    if width < BESIDE:
        return line(*pieces, quiet, stop=Dial(bench.topic.name, each.name))
    return line(*pieces, Cell(pad(quiet.text, _ORIGIN), quiet.tone), Cell("  "), Cell(each.meaning, "dim"),
                stop=Dial(bench.topic.name, each.name))


def _room(width: int, narrow: int) -> int:
    """Cells of a name."""
    return 33 if width >= ROOMY else narrow


def _results(bench: Bench, width: int, *, short: bool) -> Iterator[PageLine]:
    if not short:
        yield heading("RESULTS", "space pins them" if not bench.pins else "")
    if bench.worked is None:
        yield from wrapped(bench.complaint, width, tone="alarm")
        return
    for each in bench.worked.results:
        value = pad(said(each.kind, each.value), VALUE, right=True)
        yield line("  ", pad(words(each.name), _room(width, 33)), Cell(value, _tone(each)), "  ",
                   Cell(each.unit, "dim"))
    yield BLANK


def _tone(each: Result) -> Tone:
    return "dim" if each.value is None else "strong"


def _notes(notes: Sequence[str], width: int) -> list[PageLine]:
    lines = []
    for note in notes:
        first, *rest = wrapped(note, width, indent=4, most=12)
        lines += [line("  - ", *first.pieces[1:]), *rest]
    return lines


def as_text(bench: Bench, at: str) -> str:
    """The topic as a text to paste: inputs with where they are from, results, and the command that gives the same."""
    whose = f" of {bench.workload}" if bench.workload else ""
    rows = [f"{bench.topic.name}{whose}, {at}: {bench.topic.line}"]
    rows += [f"  {pad(each.name, 28)}{pad(said(each.kind, bench.inputs.values[each.name]), VALUE, right=True)}  "
             f"{clean(bench.inputs.origins[each.name])}" for each in bench.topic.inputs]
    rows.append("results")
    if bench.worked is None:
        rows.append(f"  {bench.complaint}")
    else:
        rows += [f"  {pad(each.name, 28)}{pad(said(each.kind, each.value), VALUE, right=True)}  {each.unit}".rstrip()
                 for each in bench.worked.results]
    return "\n".join([*rows, bench.command(), ""])
