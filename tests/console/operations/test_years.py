"""What is said of a year: written, signed for its exact text, and predictions judged with evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.cadences.annual import StatementLine
from console.cadences.year.reading import ALTERED
from console.errors import ConsoleError, InputError, NotPermitted, UsageError
from console.operations import years
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import audit
from tests.support.desks import ARCHITECT, FINANCE, LEAD, NOON, OWNER, RISK, VIEWER, open_desk, person

TEXT = "The operating model held.\n\nTwo kills were false; both had no planned change announced."
ON_CALL = person("otto", "on_call")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


async def written(desk: Desk, text: str = TEXT, year: str = "2026") -> StatementLine:
    """On top of what is there."""
    there = (await years.annual(desk, VIEWER, year=year)).statement
    return await years.write_statement(desk, ARCHITECT, year=year, text=text,
                                       base_hash=there.content_hash if there else "")


async def stands(desk: Desk) -> StatementLine | None:
    return (await years.annual(desk, VIEWER)).statement


def entries(desk: Desk) -> list[tuple[str, str, dict[str, Any]]]:
    with desk.database.read() as tx:
        return [(entry.action, entry.object, json.loads(entry.body)["detail"])
                for entry in reversed(audit.entries(tx))]


async def test_a_text_is_signed_for_its_exact_content(desk: Desk) -> None:
    text = await written(desk)
    assert text.content_hash == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (text.by, text.at, text.signed_by) == ("maria", NOON, None)
    signed = await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=text.content_hash)
    assert (signed.signed_by, signed.signed_role, signed.signed_at) == ("maria", "token_architect", NOON)
    assert await stands(desk) == signed
    assert [(action, about, detail["content_hash"]) for action, about, detail in entries(desk)] == [
        ("annual.written", "year:2026", text.content_hash), ("annual.signed", "year:2026", text.content_hash)]


async def test_a_signature_on_what_was_changed_meanwhile_is_refused(desk: Desk) -> None:
    first = await written(desk)
    second = await written(desk, TEXT + " One was not.")
    with pytest.raises(InputError, match="was changed by maria") as refused:
        await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=first.content_hash)
    assert second.content_hash in str(refused.value)
    found = await stands(desk)
    assert found is not None
    assert found.signed_by is None


@pytest.mark.parametrize("base", ["", "0" * 64])
async def test_a_text_that_was_not_made_from_the_newest_one_is_refused(desk: Desk, base: str) -> None:
    theirs = await written(desk)
    with pytest.raises(InputError, match=f"maria wrote of 2026 on 2026-11-23T12.*--content {theirs.content_hash}"):
        await years.write_statement(desk, ARCHITECT, year="2026", text="Mine.", base_hash=base)
    assert await stands(desk) == theirs
    mine = await years.write_statement(desk, ARCHITECT, year="2026", text="Mine.", base_hash=theirs.content_hash)
    assert await stands(desk) == mine


async def test_a_text_made_from_one_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="Nothing is written of 2026"):
        await years.write_statement(desk, ARCHITECT, year="2026", text="Mine.", base_hash="0" * 64)


async def test_a_new_text_needs_a_new_signature_and_the_same_one_does_not(desk: Desk) -> None:
    signed = await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=(await written(desk)).content_hash)
    assert await written(desk, f"\r\n{TEXT}\r\n".replace("\n\n", "\r\n\r\n")) == signed
    changed = await written(desk, "Something else.")
    assert (await stands(desk), changed.signed_by) == (changed, None)


async def test_a_text_is_signed_once(desk: Desk) -> None:
    content = (await written(desk)).content_hash
    await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=content)
    with pytest.raises(UsageError, match=r"maria signed the text of 2026 on 2026-11-23T12:00:00Z already"):
        await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=content)


async def test_a_text_that_was_altered_in_the_database_is_not_signed(desk: Desk) -> None:
    content = (await written(desk)).content_hash
    with desk.database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE annual_statement SET text = 'All is well.'")
    with pytest.raises(InputError, match="stored with other content"):
        await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=content)


@pytest.mark.parametrize(("year", "text", "said"), [
    ("2026", " \n ", "A statement needs words"), ("2026", "x" * 40_001, "40,000 characters at most"),
    ("2027", TEXT, "2027 has not begun: it starts on 2027-01-01"), ("26", TEXT, "is no year. Write it like 2026"),
    ("2026", "lone \ud800", "characters that are not text"),
])
async def test_a_text_that_cannot_be_is_answered_with_why(desk: Desk, year: str, text: str, said: str) -> None:
    with pytest.raises(ConsoleError, match=said):
        await written(desk, text, year)
    assert entries(desk) == []


async def test_nothing_is_signed_that_is_not_written(desk: Desk) -> None:
    with pytest.raises(UsageError, match="Nothing is written of 2026 yet: token-console annual write FILE"):
        await years.sign_statement(desk, ARCHITECT, year="2026", content_hash="0" * 64)


async def test_a_prediction_is_judged_with_evidence(desk: Desk) -> None:
    for verdict in ("holding", "falsified"):
        await years.judge_prediction(desk, ARCHITECT, number=3, verdict=verdict, evidence="The EU's rule of May.")
    third = (await years.annual(desk, VIEWER)).predictions[2]
    assert (third.verdict, [each[1:] for each in third.evidence]) == (
        "falsified", [("maria", "falsified", "The EU's rule of May."), ("maria", "holding", "The EU's rule of May.")])
    assert entries(desk)[0] == ("prediction.judged", "prediction:3",
                                {"verdict": "holding", "evidence": "The EU's rule of May."})


@pytest.mark.parametrize(("number", "verdict", "evidence", "said"), [
    (4, "open", "x", "There is no prediction 4; they are numbered 1 to 3"),
    (0, "open", "x", "There is no prediction 0"),
    (1, "true", "x", "There is no verdict 'true'; it is one of: open, holding, falsified"),
    (1, "open", "  ", "Evidence needs words"),
])
async def test_a_verdict_that_cannot_be_is_answered_with_why(
        desk: Desk, number: int, verdict: str, evidence: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await years.judge_prediction(desk, ARCHITECT, number=number, verdict=verdict, evidence=evidence)
    assert entries(desk) == []


@pytest.mark.parametrize("actor", [VIEWER, ON_CALL, OWNER, LEAD, FINANCE, RISK])
async def test_only_the_token_architect_writes_signs_and_judges(desk: Desk, actor: Actor) -> None:
    content = (await written(desk)).content_hash
    for refused in (years.write_statement(desk, actor, year="2026", text="Mine."),
                    years.sign_statement(desk, actor, year="2026", content_hash=content),
                    years.judge_prediction(desk, actor, number=1, verdict="open", evidence="x")):
        with pytest.raises(NotPermitted):
            await refused
    assert [action for action, _, _ in entries(desk)] == ["annual.written", *["attempt.refused"] * 3]


async def test_a_console_that_only_looks_writes_nothing_of_a_year(desk: Desk) -> None:
    desk.read_only = True
    with pytest.raises(NotPermitted, match="read-only"):
        await written(desk)


async def test_the_present_year_is_shown_where_none_is_named(desk: Desk) -> None:
    desk.config = replace(desk.config, fiscal_year_month=10)
    assert (await years.annual(desk, VIEWER)).year == "2027"
    found = await years.annual(desk, VIEWER, at=datetime(2026, 9, 30, tzinfo=UTC))
    assert (found.year, found.partial, found.start) == ("2026", True, datetime(2025, 10, 1, tzinfo=UTC))


async def test_a_text_that_was_altered_in_the_database_is_shown_neither_nor_as_signed(desk: Desk) -> None:
    text = await written(desk)
    await years.sign_statement(desk, ARCHITECT, year="2026", content_hash=text.content_hash)
    with desk.database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE annual_statement SET text = 'All was well.'")
    found = await stands(desk)
    assert found is not None
    assert (found.text, found.signed_by, found.signed_at) == (ALTERED, None, None)
