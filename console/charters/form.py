"""A Charter as a form: its fields in the order of the six elements, and the file with one of them changed.

A change goes into the text that a person wrote, so that comments, spacing and the order of keys stay what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tomlkit

from console.charters import document as form
from console.toml import KeyPath
from console.toml_writing import as_toml, with_value

Kind = str
"""text, prose (may have several lines), choice, flag, whole, number, dollars, texts, table."""
SEVERAL = ";"
"""Parts the texts of a list as a person types them."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One key of the file as a line of the form."""

    path: KeyPath
    label: str
    kind: Kind
    about: str = ""
    """What it takes, for whoever types it."""
    choices: Sequence[str] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FormElement:
    title: str
    path: KeyPath
    """Of its table: what is said of the table as a whole stands under the title."""
    fields: tuple[FormField, ...]


def _of(table: str, *fields: FormField) -> tuple[FormField, ...]:
    return tuple(replace(each, path=(*table.split("."), *each.path)) for each in fields)


def _field(key: str, kind: Kind, label: str = "", about: str = "", choices: Sequence[str] = (),
           optional: bool = False) -> FormField:
    return FormField(tuple(key.split(".")), label or key.replace("_", " "), kind, about, choices, optional)


_HEADER = _of("charter",
    _field("domain", "choice", about="a regulated one needs the risk officer's signature", choices=form.DOMAINS),
    _field("decision", "choice", "decision category", choices=form.DECISIONS),
    _field("promise", "prose", about="what people were promised, where an error erodes trust", optional=True))
_PURPOSE = _of("purpose",
    _field("purpose", "prose", about="two paragraphs that a board member can read"),
    _field("outcome", "text", about="the unit that it produces: claim triaged"),
    _field("outcome_value_usd", "dollars", "value of an outcome", "dollars: 1.20", optional=True),
    _field("baseline", "prose", about="what was done before, what it cost, how long it took"),
    _field("half_life", "choice", "half-life", choices=form.HALF_LIVES),
    _field("half_life_months", "whole", "half-life months", "structural 24 or more, operational 9 to 18, commodity "
           "under 6", optional=True))
_TRAM = _of("tram",
    _field("cost_variance", "choice"), _field("output_variance", "choice"),
    _field("models", "texts", about="what this Charter commits to; several are parted by ;"),
    _field("thinking", "flag", "extended thinking"),
    _field("depth_cap", "whole", "depth cap"), _field("fan_out_cap", "whole", "fan-out cap"))
_EXPECTED = _of("scenarios.expected",
    _field("monthly_usd", "dollars", "expected month", "dollars: 1860"),
    _field("calls_per_month", "whole", "calls a month"),
    _field("tokens_per_call.uncached_input", "number", "tokens a call: input", "uncached input tokens"),
    _field("tokens_per_call.cache_read", "number", "  read from cache", optional=True),
    _field("tokens_per_call.cache_write", "number", "  written to cache", optional=True),
    _field("tokens_per_call.output", "number", "  output"),
    _field("model_shares", "table", "model shares", 'where several answer: { "claude-sonnet-4-6" = 0.7, … }',
           optional=True))
_STRETCH = _of("scenarios.stretch",
    _field("multiple", "number", "stretch, x expected", "two to three"),
    _field("changes", "texts", "  changes on entering", "what is changed in operation; several are parted by ;"))
_RUNAWAY = _of("scenarios.runaway",
    _field("multiple", "number", "runaway, x expected", "ten to twenty"),
    _field("kill_usd", "dollars", "kill threshold", "dollars: 9300; or the multiple, not both", optional=True),
    _field("kill_multiple", "number", "  or x expected", "of the expected month, between stretch and runaway",
           optional=True),
    _field("automatic", "flag", "  kills by itself", "no: the console escalates and a person decides"),
    _field("escalation", "texts", "  escalation", "who is called, in turn; several are parted by ;"),
    _field("mode", "choice", "  mode", "observe writes down what it would have done", form.MODES, optional=True),
    _field("drill_every", "text", "  drilled every", "90d: after so long without a drill it shows as unproven",
           optional=True))
_REVIEW = _of("review",
    _field("who", "text", about="a qualification that a person has or has not"),
    _field("what", "choice", choices=form.REVIEWED),
    _field("sample_share", "number", "sample share", "0.01 to 0.10", optional=True),
    _field("sample_strategy", "text", "sample strategy", optional=True),
    _field("when", "choice", choices=form.WHEN), _field("authority", "choice", choices=form.AUTHORITY),
    _field("accountable", "text", about="the person, by name, who answers for an adverse decision", optional=True))
_TRANSPARENCY = _of("transparency",
    _field("audience", "text"), _field("format", "text"),
    _field("schedule", "text", about="a period that somebody can miss: quarterly"))
_CRITERION = (
    _field("kind", "choice", choices=form.CRITERION_KINDS),
    _field("metric", "text", about="month_usd, day_usd, spend_usd, or a measure by name"),
    _field("above", "number", about="dollars where the metric ends in _usd", optional=True),
    _field("below", "number", optional=True),
    _field("window", "text", about="day, month, quarter, or a length such as 10m, 7d"),
    _field("action", "choice", choices=form.ACTIONS),
    _field("automatic", "flag", about="only a pause that the console measures itself", optional=True),
    _field("measured_by", "text", "measured by", "who or what measures it, where the console does not", optional=True))
_ASKED = {"tier": "output is the product", "thinking": "dearer human review", "long_context": "cannot be chunked",
          "tools": "data vary by query", "agents": "truly parallel"}
_FIVE = _of("five_tests", *(each for test, label in _ASKED.items() for each in (
    _field(test, "flag", label, optional=True),
    _field(f"{test}_because", "text", "  because", "why it holds, or why not, in one sentence", optional=True))))
_SIGNS = _of("signs",
    _field("observe", "texts", about="signs that are told of and never killed for; parted by ;", optional=True),
    _field("veto", "text", about="how long a kill by signs waits: 5m", optional=True),
    _field("burst_usd", "dollars", "burst", "dollars that are meant within the burst window", optional=True),
    _field("burst_window", "text", "burst window", optional=True))


def elements(data: Mapping[str, Any], rows: Sequence[str] = (), columns: Sequence[str] = ()) -> Iterator[FormElement]:
    """The form of what a file says. `rows` and `columns` are those of the organisation's matrix."""
    axes: dict[KeyPath, Sequence[str]] = {("tram", "cost_variance"): rows, ("tram", "output_variance"): columns}
    tram = tuple(replace(each, choices=axes.get(each.path, each.choices)) for each in _TRAM)
    yield FormElement("HEADER", ("charter",), _HEADER)
    yield FormElement("1 PURPOSE AND ALPHA POSITION", ("purpose",), _PURPOSE)
    yield FormElement("2 TARGET TRAM CELL", ("tram",), tram)
    yield FormElement("3 THREE SCENARIOS", ("scenarios",), (*_EXPECTED, *_STRETCH, *_RUNAWAY))
    yield FormElement("4 REVIEW TOPOLOGY", ("review",), _REVIEW)
    yield FormElement("5 KILL CRITERIA", ("kill_criteria",), tuple(_criteria(data)))
    yield FormElement("6 TRANSPARENCY CADENCE", ("transparency",), _TRANSPARENCY)
    yield FormElement("FIVE TESTS OF A FRONTIER MODEL", ("five_tests",), _FIVE)
    yield FormElement("SIGNS THAT MAY KILL SOONER", ("signs",), _SIGNS)


def _criteria(data: Mapping[str, Any]) -> Iterator[FormField]:
    stated = data.get("kill_criteria")
    for number, criterion in enumerate(stated if isinstance(stated, list) else ()):
        dollars = isinstance(criterion, dict) and str(criterion.get("metric", "")).endswith("_usd")
        for each in _CRITERION:
            kind = "dollars" if dollars and each.kind == "number" else each.kind
            first = each.path == ("kind",)
            yield replace(each, path=("kill_criteria", number, *each.path), kind=kind,
                          label=f"{number + 1} {each.label}" if first else f"  {each.label}")


def typed(value: object) -> str:
    """A value as a person types it: `yes`, `a; b`, `1860`; several lines with `\\n` between them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) and SEVERAL not in item for item in value):
        return f"{SEVERAL} ".join(value)
    if isinstance(value, str):
        return value.strip().replace("\n", "\\n")
    return as_toml(value)


def meant(text: str, kind: Kind) -> Any:
    """What a person means by a text. What it cannot be stays the text itself: the rules then say what is wrong."""
    stated = text.strip()
    if kind == "flag":
        return {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}.get(
            stated.lower(), stated)
    if kind == "texts" and not stated.startswith("["):
        return [part.strip() for part in stated.split(SEVERAL) if part.strip()]
    if kind in ("whole", "number"):
        stated = stated.replace(",", "")
    if kind == "dollars":
        return stated.replace(",", "").removeprefix("$").strip()
    if kind in ("texts", "whole", "number", "table"):
        return _value(stated)
    return stated.replace("\\n", "\n")


def changed(text: str, path: KeyPath, value: Any) -> str:
    """The file with another value in a field; nothing at all takes the key away. Raises InputError."""
    return with_value(text, path, None if value in ("", []) else value)


def _value(text: str) -> Any:
    try:
        return tomlkit.value(text).unwrap()
    except (ValueError, tomlkit.exceptions.ParseError):
        return text


