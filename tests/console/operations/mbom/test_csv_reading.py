"""The MBOM out to a spreadsheet and back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from console.errors import InputError
from console.operations import registry
from console.operations.desk import Desk
from store import registry as store
from tests.support.desks import ARCHITECT, open_desk
from tests.support.mbom import SUPPORT, WHOLE


def stored(desk: Desk) -> list[dict[str, object]]:
    with desk.database.read() as tx:
        return [dict(row.entry) for row in store.workloads(tx)]


@pytest.mark.parametrize("name", ["Claims triage", "=HYPERLINK(1)", "'quoted", "-1", "a, b; c=d", "\u5ba2"])
async def test_a_spreadsheet_comes_back_and_what_it_does_not_hold_stays(tmp_path: Path, name: str) -> None:
    with open_desk(tmp_path) as desk:
        text = (WHOLE + SUPPORT).replace("Claims triage", name).replace(
            '["claude-sonnet-4-6"]\narch', '["claude-sonnet-4-6", "a; b"]\narch')
        await registry.import_mbom(desk, ARCHITECT, text=text, name="mbom.toml")
        before = stored(desk)
        sheet = await registry.export_mbom(desk, ARCHITECT, form="csv")
        done = await registry.import_mbom(desk, ARCHITECT, text=sheet, name="mbom.csv")
        assert (done.changed, done.unchanged) == ((), 2)
        await registry.import_mbom(desk, ARCHITECT, text=sheet.replace("P. Lead", "Q. Lead"), name="mbom.csv")
        assert stored(desk) == [{**before[0], "platform_lead": "Q. Lead"}, before[1]]


@pytest.mark.parametrize("sign", [";", "\t"])
async def test_a_sheet_of_a_country_with_decimal_commas_comes_in_too(tmp_path: Path, sign: str) -> None:
    with open_desk(tmp_path) as desk:
        await registry.import_mbom(desk, ARCHITECT, text=WHOLE + SUPPORT, name="mbom.toml")
        rows = csv.reader(io.StringIO(await registry.export_mbom(desk, ARCHITECT, form="csv")))
        other = io.StringIO()
        csv.writer(other, delimiter=sign).writerows(rows)
        done = await registry.import_mbom(desk, ARCHITECT, text="\ufeff" + other.getvalue(), name="mbom.csv")
        assert (done.changed, done.unchanged) == ((), 2)


@pytest.mark.parametrize(("sheet", "expected"), [
    ("slug,name,status\na,A,planned\nb,B,alive\n", "m.csv:3: [[workload]] 2 status = 'alive' is not one of"),
    ("slug,name,teem\n", "m.csv:1: there is no column 'teem'; known are slug, name, team"),
    ("name\nA\n", "m.csv:1: slug is missing"),
    ("", "m.csv:1: slug is missing"),
    ("slug,name\na,A,B\n", "m.csv:2: there are 3 cells for 2 columns"),
    ("slug,name,depth_cap\na,A,two\n", "depth_cap = 'two' is not a whole number"),
    ("slug,name,usage\na,A,all\n", "m.csv:2: usage has 'all'; write source=anthropic"),
    ("slug,name,models\na,A,[3\n", "m.csv:2: models is no list"),
    ("slug,name\na,\ufffdA\n", "m.csv:2: name had a hidden character that CSV does not carry"),
    ('slug,name\na,"A\n', "save it as CSV with commas"),
])
async def test_a_bad_sheet_is_refused_whole_with_its_line(tmp_path: Path, sheet: str, expected: str) -> None:
    with open_desk(tmp_path) as desk:
        with pytest.raises(InputError) as said:
            await registry.import_mbom(desk, ARCHITECT, text=sheet, name="m.csv")
        assert expected in str(said.value)
        assert stored(desk) == []
