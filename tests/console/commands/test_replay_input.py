"""`replay` on files from outside that are wrong, odd or hostile: taken as far as they tell, or refused by the line."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.support.recordings import (
    COLUMNS,
    HEALTHY,
    HISTORY,
    MODEL,
    ONSET,
    SPOILT,
    Replays,
    at,
    charter,
    night,
    row,
    text,
)

HOSTILE = "\x1b]0;owned\x07[red]\u202eevil\u200b\nTRIP SHEET  forged"
HARMLESS = "\ufffd]0;owned\ufffd[red]\ufffdevil\ufffd\ufffdTRIP SHEET  forged"


@pytest.fixture
def replays(tmp_path: Path) -> Replays:
    return Replays(tmp_path)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (row(0, (10, -1, 0, 0, 5)), "uncached_input_tokens is '-1', not a whole number"),
        (row(0, (10, 1.5, 0, 0, 5)), "uncached_input_tokens is '1.5', not a whole number"),
        (row(0, (10, "1e3", 0, 0, 5)), "uncached_input_tokens is '1e3', not a whole number"),
        (row(0, ("\u0663", 1, 0, 0, 5)), "requests is '\u0663', not a whole number"),
        (row(0, (10, 5, 0, 0, 10**13)), "more than can be true of a minute"),
        (row(0, (10, 5, 0, 0, "9" * 5000)), "more than can be true of a minute"),
        (row(0, (10, None, 5, 5, None)), "neither input nor output is told"),
        (("yesterday", "a", MODEL, *HEALTHY), "'yesterday' is not a time like 2026-11-23T14:05:00Z"),
        (("2026-11-23T14:05:00", "a", MODEL, *HEALTHY), "is not a time like 2026-11-23T14:05:00Z"),
        (("2026-11-23T14:05:30Z", "a", MODEL, *HEALTHY), "is not the start of a minute"),
        (("0001-01-01T00:00:00+05:00", "a", MODEL, *HEALTHY), "is not a time like"),
        (("9999-12-31T23:59:00Z", "a", MODEL, *HEALTHY), "lies outside of this century"),
        (row(0, workload=""), "a workload has a name of 1 to 200 characters"),
        (row(0, workload="w" * 10_000), "a workload has a name of 1 to 200 characters"),
        (row(0, workload="w" * 200_000), "field larger than field limit"),
        (row(-100 * 1440), "days without a row before it; a clock has jumped"),
        (row(100 * 1440), "days without a row before it; a clock has jumped"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_a_row_that_cannot_be_true_is_refused_with_its_line(
    replays: Replays, cells: tuple[object, ...], says: str
) -> None:
    usage = replays.write("usage.csv", text([row(1), row(2), cells, row(3)]))
    code, out, err = replays.run(usage, "--json")
    assert (code, out) == (1, "")
    assert says in err
    assert "usage.csv line " in err
    if "jumped" not in says:
        assert "usage.csv line 4: " in err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "minute_utc, workload, model, uncached_input_tokens, output_tokens missing; the columns are"),
        (text([]), "no usage in it"),
        (text([row(0)[:2]], COLUMNS[:2]), "line 1: model, uncached_input_tokens, output_tokens missing"),
        (text([row(0), row(1)]).encode() + b"\xff\xfe," * 7 + b"\n", "line 4: this is not UTF-8 text"),
        (text([row(0)]).encode("utf-16"), "line 1: this is not UTF-8 text"),
        (b"\x00" * 5000, "missing; the columns are"),
        (b"x" * 1_500_000, "line 1: a line has at most 1,000,000 characters"),
    ],
)
def test_a_file_that_is_no_usage_is_refused(replays: Replays, content: str | bytes, says: str) -> None:
    code, out, err = replays.run(replays.write("usage.csv", content))
    assert (code, out) == (1, "")
    assert says in err


@pytest.mark.parametrize(
    "content", [gzip.compress(text(night()).encode())[:-300], b"no gzip", b"\x1f\x8b\x08" + b"\0" * 40],
    ids=["cut", "none", "empty"],
)
def test_a_gzip_that_is_cut_or_none_is_refused(replays: Replays, content: bytes) -> None:
    code, out, err = replays.run(replays.write("usage.csv.gz", content), "--json")
    assert (code, out) == (1, "")
    assert "usage.csv.gz line " in err
    assert "cannot be read" in err


def test_a_total_past_all_reason_is_refused(replays: Replays) -> None:
    rows = [row(minute, (1, 0, 0, 0, 10**12)) for minute in range(20_000)]
    code, _, err = replays.run(replays.write("usage.csv", text(rows)))
    assert code == 1
    assert "claims-triage has more tokens or dollars in all than anybody can have" in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "Name a file of usage, or give --from-database"),
        (("usage.csv", "--from-database"), 2, "one of the two"),
        (("usage.csv", "--lag", "-1"), 2, "--lag is seconds, from 0"),
        (("usage.csv", "--poll", "0"), 2, "--poll is seconds, from 1"),
        (("usage.csv", "--lag", "soon"), 2, "invalid int value"),
        (("nowhere.csv",), 1, "nowhere.csv cannot be read: No such file or directory"),
        ((".",), 1, "cannot be read: Is a directory"),
        (("usage.csv", "--charter", "nowhere.toml"), 1, "nowhere.toml cannot be read"),
        (
            ("usage.csv", "--charter", "charter.toml", "--charter", "charter.toml"),
            1,
            "there are two Charters for claims-triage",
        ),
        (("usage.csv", "--charter", "usage.csv"), 1, "usage.csv"),
        (("usage.csv", "--charter", "half.toml"), 1, "scenarios"),
        (("usage.csv", "--calls", "usage.csv"), 1, "line 1: not a call record (no JSON object from column 1 on)"),
        (("usage.csv", "--changes", "charter.toml"), 1, "charter is not known; write [[change]] tables"),
    ],
)
def test_a_wrong_question_is_answered_with_what_to_write(
    replays: Replays, arguments: tuple[str, ...], code: int, says: str
) -> None:
    replays.write("usage.csv", text([row(0)]))
    replays.write("charter.toml", charter())
    replays.write("half.toml", '[charter]\nworkload = "claims-triage"\nversion = 1\n')
    done, out, err = replays.run(*arguments)
    assert (done, out) == (code, "")
    assert says in err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("from = 2026-11-16T12:00:00Z", "a change names its workload"),
        ('workload = "a"', "from and until are times"),
        ('workload = "a"\nfrom = 2026-11-16', "from and until are times"),
        ('workload = "a"\nfrom = "0001-01-01T00:00:00+05:00"', "from and until are times"),
        ('workload = "a"\nfrom = 2026-11-16T12:00:00Z\nuntil = 2026-11-16T11:00:00Z', "until is the later one"),
        ('workload = "a"\nfrom = 2026-11-16T12:00:00Z\nmultiple = nan', "multiple must be an ordinary number"),
        ('workload = "a"\nfrom = 2026-11-16T12:00:00Z\nmultiple = -3', "multiple is a number above 0"),
        ('workload = "a"\nfrom = 2026-11-16T12:00:00Z\nmodels = "claude"', "models is a list of names"),
        ('workload = "a"\nfrom = 2026-11-16T12:00:00Z\nto = 2026-11-17T12:00:00Z', "to is not known"),
    ],
)
def test_a_change_that_cannot_be_believed_is_refused_with_its_line(replays: Replays, change: str, says: str) -> None:
    usage = replays.write("usage.csv", text([row(0)]))
    code, _, err = replays.run(usage, "--changes", replays.write("changes.toml", f"\n[[change]]\n{change}\n"))
    assert code == 1
    assert says in err
    assert re.search("changes.toml,? line [0-9]", err)


def test_a_change_at_the_end_of_the_calendar_is_taken(replays: Replays) -> None:
    change = '[[change]]\nworkload = "claims-triage"\nfrom = 9999-12-31T00:00:00Z\n'
    assert replays.of_night("--changes", replays.write("changes.toml", change))["kill_at"] is not None


def test_rows_that_stand_twice_count_once_and_are_noted(replays: Replays) -> None:
    once = replays.of_night()
    code, out, err = replays.run(
        replays.write("twice.csv", text(night() + night()[:50])), "--charter", "charter.toml", "--json"
    )
    assert code == 0
    assert json.loads(out)["workloads"] == [once]
    assert "Note: 50 rows stand twice and were counted once." in err


def test_of_two_rows_that_differ_the_later_one_stands_and_it_is_noted(replays: Replays) -> None:
    restated = [row(HISTORY + minute, SPOILT) for minute in range(30)]
    healthy = [row(minute) for minute in range(HISTORY + 30)]
    assert replays.of_night(rows=[*night(), *healthy[HISTORY:]])["kill_at"] is None
    assert replays.of_night(rows=[*healthy, *restated]) == replays.of_night()
    _, _, err = replays.run("night.csv")
    assert "Note:" not in err
    replays.write("restated.csv", text([*healthy, *restated]))
    assert "Note: 30 rows state a minute anew; the later one was taken." in replays.run("restated.csv")[2]


def test_gaps_are_silence_and_nothing_is_killed_for_them(replays: Replays) -> None:
    gaps = [row(minute) for minute in range(3 * HISTORY) if minute % 7 and not 900 < minute < 1900]
    assert replays.of_night(rows=gaps)["kill_at"] is None


UNCACHED = (10, 6000, 0, 0, 4800)


@pytest.mark.parametrize(
    ("lost", "healthy"),
    [("cache_read_tokens", HEALTHY), ("cache_write_tokens", HEALTHY), ("requests", HEALTHY),
     ("uncached_input_tokens", UNCACHED), ("output_tokens", UNCACHED)],
)
def test_a_count_that_is_told_now_and_then_is_unknown_and_kills_nobody(
    replays: Replays, lost: str, healthy: tuple[int, ...]
) -> None:
    """A burst like any work of its week but forty times as much, of which four rows in five lack one count."""
    place, days, burst = COLUMNS.index(lost), 4 * 1440, 12
    rows = [row(minute, healthy) for minute in range(days)]
    rows += [row(days + minute, tuple(40 * count for count in healthy)) for minute in range(burst)]
    assert replays.of_night(rows=rows)["kill_at"] is None
    lacking = [(*cells[:place], None, *cells[place + 1:]) if minute >= days and minute % 5 else cells
               for minute, cells in enumerate(rows)]
    assert replays.of_night(rows=lacking)["kill_at"] is None
    assert f"Note: claims-triage tells {lost} in some rows only" in replays.run("night.csv")[2]


def test_columns_that_are_not_there_are_unknown_and_kill_nobody(replays: Replays) -> None:
    columns = [name for name in COLUMNS if not name.startswith("cache")]
    rows = [(*cells[:5], cells[7]) for cells in night()]
    assert replays.of_night(rows=rows, columns=columns)["kill_at"] is None


def test_a_workload_that_appears_late_is_judged_from_its_first_minute(replays: Replays) -> None:
    others = [row(minute, workload="other") for minute in range(3 * HISTORY)]
    late = [row(2 * HISTORY + minute) for minute in range(600)]
    found = replays.of_night(rows=[*others, *late])
    assert (found["kill_at"], found["alert_at"]) == (None, None)


def test_a_month_that_starts_within_the_file_starts_at_nothing(replays: Replays) -> None:
    """$122 a day, and a cap of $400 a month: three days of each month stay below it, the six together do not."""
    november_ends = [
        (f"2026-{month:02}-{day:02}T{minute // 60:02}:{minute % 60:02}:00Z", "claims-triage", MODEL, *HEALTHY)
        for month, day in ((11, 28), (11, 29), (11, 30), (12, 1), (12, 2), (12, 3))
        for minute in range(1440)
    ]
    draft = charter().replace("kill_multiple = 5", 'kill_usd = "400"')
    found = replays.of_night(draft=draft, rows=november_ends)
    assert float(found["usd_end"]) > 400
    assert found["kill_at"] is None


def test_a_charter_for_a_workload_without_usage_is_noted(replays: Replays) -> None:
    replays.of_night()
    code, _, err = replays.run("night.csv", "--charter", replays.write("other.toml", charter("quiet-one")))
    assert code == 0
    assert "Note: there is no usage of quiet-one, whose Charter was given." in err


CALL = {
    "ts": at(HISTORY),
    "workload": "claims-triage",
    "session": "s",
    "caller": "main",
    "parent": None,
    "depth": 0,
    "model": MODEL,
    "uncached_input_tokens": 200_000,
    "cache_read_tokens": 0,
    "cache_write_tokens": 50_000,
    "output_tokens": 1000,
    "tools": [{"tool": "lookup", "args": "63662e"}],
}


@pytest.mark.parametrize("lost", ["session", "caller", "cache_read_tokens", "model", "depth", "parent", "tools"])
def test_calls_that_lack_a_part_are_no_sign_of_what_needs_it(replays: Replays, lost: str) -> None:
    """Ten callers with six cached calls each: whatever is not told makes no two of them one, and none of them cold."""
    calls = [
        {
            **CALL,
            "session": f"s{number // 6}",
            "caller": f"c{number // 6}",
            "cache_read_tokens": 200_000,
            "uncached_input_tokens": 5000,
        }
        for number in range(60)
    ]
    lines = "".join(json.dumps({name: value for name, value in each.items() if name != lost}) + "\n" for each in calls)
    found = replays.of_night(
        "--calls", replays.write("calls.jsonl", lines), rows=[row(minute) for minute in range(HISTORY + 60)]
    )
    assert found["kill_at"] is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ts": None}, "line 2: not a call record"),
        ({"ts": "0001-01-01T00:00:00+05:00"}, "line 2: not a call record"),
        ({"workload": 7}, "a name is not a text"),
        ({"output_tokens": -1}, "output_tokens is not a whole number"),
        ({"output_tokens": 1.5}, "output_tokens is not a whole number"),
        ({"depth": True}, "depth is not a whole number"),
        ({"session": "s" * 10_000}, "a name is not a text of at most 1,000 characters"),
        ({"tools": "lookup"}, "line 2: not a call record"),
        ({"tools": [{}]}, "'tool' is missing"),
    ],
)
def test_a_call_that_cannot_be_true_is_refused_with_its_line(
    replays: Replays, changed: dict[str, object], says: str
) -> None:
    usage = replays.write("usage.csv", text([row(0)]))
    calls = replays.write("calls.jsonl", json.dumps(CALL) + "\n" + json.dumps({**CALL, **changed}) + "\n")
    code, out, err = replays.run(usage, "--calls", calls)
    assert (code, out) == (1, "")
    assert says in err
    assert "calls.jsonl line 2" in err


@pytest.mark.parametrize("line", [
    "[]", "null", "{", '"a"', pytest.param("[" * 100_000, id="nested a hundred thousand deep"), "\ufeff{}", "NaN"])
def test_a_line_that_is_no_call_is_refused(replays: Replays, line: str) -> None:
    usage = replays.write("usage.csv", text([row(0)]))
    code, _, err = replays.run(usage, "--calls", replays.write("calls.jsonl", "\n" + line))
    assert code == 1
    assert "calls.jsonl line 2: not a call record" in err


def test_hostile_names_are_printed_harmlessly_also_on_the_trip_sheet(replays: Replays) -> None:
    named = [*night(), *(row(minute, workload=HOSTILE, model=HOSTILE) for minute in range(60))]
    usage = replays.write("usage.csv", text(named))
    calls = [{**CALL, "tools": [{"tool": HOSTILE, "args": "1"}], "uncached_input_tokens": 100_000} for _ in range(60)]
    told = replays.write("calls.jsonl", "".join(json.dumps(each) + "\n" for each in calls))
    given = replays.write("charter.toml", charter())
    code, out, err = replays.run(usage, "--charter", given, "--calls", told, "--explain")
    assert code == 0
    assert HARMLESS in out
    assert HARMLESS in err, "the note on the model that has no price"
    shown = [line for line in (out + err).splitlines() if "forged" in line]
    assert not any(line.startswith("TRIP SHEET  forged") for line in shown)
    assert not set("\x1b\x07\u202e\u200b") & set(out + err)
    assert (out + err).isascii() or set(out + err) - set(map(chr, range(128))) <= {"\ufffd"}


def test_hostile_names_stay_what_they_are_in_the_document(replays: Replays) -> None:
    usage = replays.write("usage.csv", text([row(0, workload=HOSTILE), row(1, workload="w" * 200)]))
    code, out, _ = replays.run(usage, "--json")
    assert code == 0
    assert out.isascii()
    assert {each["workload"] for each in json.loads(out)["workloads"]} == {HOSTILE, "w" * 200}


def test_the_runaway_of_these_tests_begins_where_they_say() -> None:
    assert at(HISTORY) == f"{ONSET:%Y-%m-%dT%H:%M:%SZ}"
