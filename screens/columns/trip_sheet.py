"""The trip sheet as a page: why, what was done to what, whether it worked, what is to come, who may resume. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from console import wording
from console.cadences.trip_sheet import EvidenceRow, StepLine, TripSheet
from console.money import display
from screens.columns.column import Cell, Tone
from screens.columns.daily import BREAKER_TONES
from screens.columns.page import (
    BLANK,
    WIDE,
    Heading,
    PageLine,
    Times,
    ago,
    beside,
    heading,
    labelled,
    line,
    name,
    table,
    verbatim,
    wrapped,
)

LABEL = 17
ENDED = ("done", "partial", "failed", "expired", "rejected", "observed")
"""States of a kill or resume of which nothing more is to come; an unknown one is looked at again."""
_PLAIN: Tone = ""
_GOOD: Tone = "good"
_BAD: Tone = "alarm"
STATE_TONES: dict[str, Tone] = {
    "done": "good",
    "refused": "alarm",
    "failed": "alarm",
    "unknown": "alarm",
    "partial": "warn",
    "expired": "warn",
}


def page(sheet: TripSheet, chart: Sequence[PageLine], width: int, times: Times) -> list[PageLine]:
    """The whole page. `chart` are the lines of the minute chart as it is drawn so far."""
    half = width // 2 if width >= WIDE else width
    narrower = half - 2 if width >= WIDE else width
    left = [*why(sheet, narrower), BLANK, *done(sheet, narrower, times), *stages(sheet, narrower, times)]
    right = [*fell(sheet, half), *chart, BLANK, *authority(sheet, half, times)]
    middle = beside(left, right, half) if width >= WIDE else [*left, BLANK, *right]
    return [
        *head(sheet, width, times),
        BLANK,
        *confirmations(sheet, width, times),
        BLANK,
        *middle,
        BLANK,
        *evidence(sheet, width, times),
    ]


def head(sheet: TripSheet, width: int, times: Times) -> list[PageLine]:
    """Which act of whom on what, in which state, and what to do by hand where its outcome is unknown."""
    lines = [
        line(Cell(name(sheet.name), "strong"), "  ", Cell(sheet.workload, "dim"), Cell(f"  {sheet.intent}", "dim")),
        line(
            Cell(f"{sheet.origin} {sheet.verb}".upper(), "strong"),
            f" by {name(sheet.requested_by, 24)} {times(sheet.at)}  ",
            Cell(sheet.state.replace("_", " ").upper(), STATE_TONES.get(sheet.state, "")),
            "  breaker ",
            Cell(sheet.breaker, BREAKER_TONES.get(sheet.breaker, "")),
        ),
    ]
    if _failed(sheet):
        lines += wrapped(went_wrong(sheet), width, indent=0, tone="alarm")
    if by_hand(sheet):
        said = "Look at the provider's own console, or do it by hand (y copies it):"
        lines += wrapped(said, width, indent=0)
        for command in sheet.manual_command.splitlines():
            lines += verbatim(command, width) if command.startswith("curl ") else wrapped(command, width, tone="strong")
    return lines


def by_hand(sheet: TripSheet) -> str:
    """What a person would do instead, where the kill or resume did not take effect everywhere; empty otherwise."""
    return sheet.manual_command if _failed(sheet) else ""


def _failed(sheet: TripSheet) -> bool:
    return any(step.state in ("unknown", "refused", "failed", "expired") for step in sheet.steps)


def went_wrong(sheet: TripSheet) -> str:
    """What a kill or resume that did not take effect everywhere leaves behind."""
    done = sum(step.state == "done" for step in sheet.steps)
    if any(step.state == "unknown" for step in sheet.steps):
        return "The outcome is UNKNOWN: the request left and no usable answer came."
    if sheet.verb == "kill":
        where = (
            "It did not take effect everywhere: the workload may go on spending."
            if done
            else ("It took no effect: the workload goes on spending.")
        )
    else:
        where = (
            "It did not take effect everywhere: part of the workload is still stopped."
            if done
            else ("It took no effect: the workload is still stopped.")
        )
    return f"{where} Mend what is said below, then press {'K' if sheet.verb == 'kill' else 'R'} again."


def confirmed_at(sheet: TripSheet) -> datetime | None:
    """When the last target was read back as wanted; None while any one was not."""
    whole = bool(sheet.steps) and all(step.confirmed_at is not None for step in sheet.steps)
    return sheet.state_confirmed_at if whole else None


def confirmations(sheet: TripSheet, width: int, times: Times) -> list[PageLine]:
    """A kill's two confirmations, which mean different things, and when its incident closes; the one of a resume."""
    confirmed, stopped, settled = confirmed_at(sheet), sheet.spend_stopped_at, sheet.settled_at
    state = times(confirmed) if confirmed else f"{_not(sheet)}: {not_confirmed(sheet)}"
    first = _when("STATE CONFIRMED", state, bool(confirmed), width)
    if sheet.verb != "kill":
        return first
    return [
        *first,
        *_when(
            "SPEND STOPPED",
            times(stopped) if stopped else f"{_not(sheet)}: {not_stopped(sheet)}",
            bool(stopped),
            width,
        ),
        *_when("STILL UNBILLED", unbilled(sheet, times), bool(settled), width),
    ]


def _not(sheet: TripSheet) -> str:
    """`no` where it has ended without, `not yet` while it may still come."""
    return "no" if confirmed_at(sheet) is None and sheet.state in ENDED else "not yet"


def not_confirmed(sheet: TripSheet) -> str:
    """Why the state is not confirmed, counted by outcome."""
    counts = {
        state: sum(step.state == state for step in sheet.steps)
        for state in ("done", "refused", "failed", "unknown", "expired")
    }
    waiting = len(sheet.steps) - sum(counts.values())
    said = [f"{counts['done']} of {len(sheet.steps)} read back as wanted"]
    said += [f"{count} {state}" for state, count in counts.items() if count and state != "done"]
    return ", ".join(said + ([f"{waiting} still being read back"] if waiting else []))


def not_stopped(sheet: TripSheet) -> str:
    """Why spend does not count as stopped."""
    if confirmed_at(sheet) is None:
        return "what was not switched off may spend on" if sheet.state in ENDED else "first the state must be confirmed"
    return "usage must stay away for two freshness periods; running requests may still end, and late data arrive"


def unbilled(sheet: TripSheet, times: Times) -> str:
    """The tail: what arrived after the state was confirmed, and whether more may come."""
    tail = (
        f"{display(sheet.tail)} USD arrived after the confirmation" if sheet.tail is not None else "no tail counted yet"
    )
    return (
        f"{tail}; settled {times(sheet.settled_at)}"
        if sheet.settled_at
        else f"{tail}; more may come until the feed settles"
    )


def why(sheet: TripSheet, width: int) -> list[PageLine]:
    """Rule, figure, Charter line, and how old the data were."""
    return [
        heading("WHY"),
        *(_signs(sheet, width) if sheet.signs else wrapped(sheet.why or sheet.reason, width)),
        *labelled("rule", sheet.rule or "none: a person decided", width, label_width=LABEL),
        *labelled("Charter line", sheet.charter_line or "none", width, label_width=LABEL),
        *labelled(
            "data age",
            "unknown" if sheet.data_age_s is None else f"{ago(sheet.data_age_s)} when it was decided",
            width,
            label_width=LABEL,
        ),
        *(labelled("reason", sheet.reason, width, label_width=LABEL) if sheet.reason != sheet.why else []),
        *(labelled("note", sheet.note, width, label_width=LABEL) if sheet.note else []),
        *(labelled("in the Weekly", _exception(sheet), width, label_width=LABEL) if sheet.exception else []),
    ]


def _exception(sheet: TripSheet) -> str:
    """Which exception of the week it is, and whether somebody still has to decide it."""
    waits = "it waits for a decision (2)" if sheet.exception_state == "open" else sheet.exception_state
    return f"exception {sheet.exception}: {waits}"


def _signs(sheet: TripSheet, width: int) -> list[PageLine]:
    """What it is, then each sign that fired with its figures, and the dollars that the rows below add up to."""
    lines = wrapped(f"It looks like {sheet.means}." if sheet.means else sheet.why, width)
    for sign, says in sheet.signs:
        lines += labelled(sign, says or "lit", width, label_width=LABEL)
    if sheet.decided_on is not None:
        lines += labelled(
            "in dollars", f"{display(sheet.decided_on)}, which the usage rows add up to", width, label_width=LABEL
        )
    return lines


def done(sheet: TripSheet, width: int, times: Times) -> list[PageLine]:
    """Each target: name and identifier, verb, before, wanted, after, and when it was read back."""
    lines = [heading("WHAT WAS DONE TO WHAT", f"{len(sheet.steps)} target{'s' if len(sheet.steps) != 1 else ''}")]
    for step in sheet.steps:
        lines += step_lines(step, width, times)
    return lines


def stages(sheet: TripSheet, width: int, times: Times) -> list[PageLine]:
    """Each stage of the kill: what was taken and why, and what comes if spend runs on, and when."""
    if not sheet.stages:
        return []
    lines = [BLANK, heading("STAGES", "each comes only where spend runs on")]
    for stage in sheet.stages:
        when = f" {times(stage.at)}" if stage.at else ""
        soonest = " at the soonest" if stage.at and stage.intent is None else ""
        lines.append(
            line(
                f"  {stage.stage}  ",
                Cell(stage.state.replace("_", " ").upper(), STATE_TONES.get(stage.state, "")),
                f"{when}{soonest}",
                Cell("  this sheet" if stage.intent == sheet.intent else "", "dim"),
            )
        )
        lines += wrapped(stage.says, width, indent=5, tone="dim", most=3)
    return lines


def step_lines(step: StepLine, width: int, times: Times) -> list[PageLine]:
    """One target of a kill or resume, as trip sheet and dialogs show it."""
    tone = STATE_TONES.get(step.state, "")
    shown = f"before {step.before or '?'} · wanted {step.wanted} · after {step.after or 'not read back'}"
    when = f", confirmed {times(step.confirmed_at)}" if step.confirmed_at else ""
    lines = [
        line(
            "  ",
            Cell(step.state.upper(), tone),
            f"  {step.verb} {step.switch} ",
            Cell(name(step.target_name, 32), "strong"),
        ),
        *(wrapped(name(step.target), width, indent=4, tone="dim", most=2) if step.target != step.target_name else []),
        *wrapped(f"{shown}{when}", width, indent=4),
    ]
    if step.error:
        lines += wrapped(step.error, width, indent=4, tone="alarm", most=3)
    if step.shared_with:
        lines += wrapped(
            f"SHARED with {', '.join(step.shared_with)}, which this touches too", width, indent=4, tone="warn"
        )
    return lines


def fell(sheet: TripSheet, width: int) -> list[PageLine]:
    """The rate before and after, and the verdict in a word: a kill should bring it down, a resume back."""
    before, after = sheet.rate_before, sheet.rate_after
    if after is None or before is None:
        verdict, tone = "not known yet: the minutes after it are not in", _PLAIN
    elif sheet.verb != "kill":
        verdict, tone = ("yes", _PLAIN) if after else ("not yet", _PLAIN)
    elif after == 0:
        verdict, tone = "yes, to nothing", _GOOD
    elif after < before:
        verdict, tone = f"yes, by {(before - after) * 100 // before} %", _GOOD
    else:
        verdict, tone = "NO", _BAD
    return [
        heading("DID SPEND FALL?" if sheet.verb == "kill" else "DOES IT SPEND AGAIN?"),
        *wrapped(verdict, width, tone=tone),
        *labelled("before, USD/h", display(before), width, label_width=LABEL),
        *labelled("after, USD/h", "not in yet" if after is None else display(after), width, label_width=LABEL),
    ]


def authority(sheet: TripSheet, width: int, times: Times) -> list[PageLine]:
    """Who must authorise the resume, and who has."""
    who = " or ".join(wording.role(role) for role in sheet.resume_roles)
    second = "; a second person must approve" if sheet.two_person else ""
    lines = [heading("WHO MAY RESUME"), *wrapped(f"{who}, with a reason{second}. Nothing resumes by itself.", width)]
    for person, role, at in sheet.approvals:
        lines += labelled(
            "approved", f"{name(person, 24)} as {role.replace('_', ' ')} {times(at)}", width, label_width=LABEL
        )
    return lines


def evidence(sheet: TripSheet, width: int, times: Times) -> list[PageLine]:
    """The usage rows that add up to the figure, and their total."""
    if not sheet.rows:
        return [heading("USAGE ROWS"), *wrapped("None were kept: it was decided without usage data.", width)]
    columns = [
        Heading("FROM", 13),
        Heading("COST $", 12, True),
        Heading("MODEL", 18),
        Heading("KEY", 0, most=72),
        Heading("UNCACHED", 12, True),
        Heading("OUTPUT", 12, True),
        Heading("CACHE READ", 12, True),
        Heading("CACHE WRITE", 12, True),
        Heading("PRICE", 9),
    ]
    rows: list[tuple[tuple[Cell | str, ...], None]] = [(_evidence(row, times), None) for row in sheet.rows]
    if sheet.rows_left_out:
        rest = sheet.rows_total - sum(row.cost for row in sheet.rows)
        rows.append((("", display(rest, 4), f"{sheet.rows_left_out:,} cheaper rows"), None))
    rows.append(
        (
            ("TOTAL", Cell(display(sheet.rows_total, 4), "strong"), f"{len(sheet.rows) + sheet.rows_left_out:,} rows"),
            None,
        )
    )
    if sheet.decided_on is not None and sheet.decided_on != sheet.rows_total:
        late = display(sheet.rows_total - sheet.decided_on, 4)
        rows.append((("", display(sheet.decided_on, 4), "when decided"), None))
        rows.append((("", late, "arrived late"), None))
    now = "As the provider states them now: late data may have raised them since it was decided."
    return [
        heading("USAGE ROWS THAT ADD UP TO THE FIGURE", "USD"),
        *table(columns, rows, width),
        *wrapped(now, width, tone="dim"),
    ]


def _evidence(row: EvidenceRow, times: Times) -> tuple[str, ...]:
    return (
        times(row.bucket),
        display(row.cost, 4),
        row.model,
        row.identity.removeprefix("api_key_id "),
        f"{row.uncached_input:,}",
        f"{row.output:,}",
        f"{row.cache_read:,}",
        f"{row.cache_write:,}",
        "estimated" if row.estimated else "",
    )


def _when(label: str, text: str, reached: bool, width: int) -> list[PageLine]:
    """One confirmation: its name in full letters, then the time or `not yet: …`."""
    rows = wrapped(text, width, indent=LABEL + 2, tone="good" if reached else "warn")
    return [line("  ", Cell(f"{label:<{LABEL}}", "strong"), *rows[0].pieces[1:]), *rows[1:]]
