"""Scans of real repositories into a real registry: kept once, never lost, counted by the provider where it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.cadences.findings.reading import Span, telemetries
from console.cadences.prompt_reading import read_prompts
from console.config import SourceSettings
from console.errors import InputError, NotPermitted, UsageError
from console.operations import registry
from console.operations.desk import Desk
from console.operations.mbom.form import mbom_form
from console.operations.prompts import Scanned, compare_prompts, prompts, retire_prompts, scan_prompts
from console.pricing import PriceBook
from console.prompts.scanning import Bounds
from store import audit
from store.prompts import Kept
from tests.support.desks import ARCHITECT, NOON, VIEWER, open_desk
from tests.support.http_server import Asked, Reply, json_reply, serving
from tests.support.mbom import CLAIMS, CONFIG
from tests.support.repositories import SYSTEM, Commit, git, put, repository

FIRST = Commit({SYSTEM: "one\n"}, "one\n\nEvaluation: passed 0.9")
SECOND = Commit({SYSTEM: "one\ntwo\n"}, "two")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, CONFIG) as made:
        asyncio.run(registry.import_mbom(made, ARCHITECT, text=CLAIMS, name="mbom.toml"))
        made.config = replace(made.config, sources=())
        yield made


async def scanned(desk: Desk, path: Path, bounds: Bounds | None = None) -> Scanned:
    return await scan_prompts(desk, ARCHITECT, path=path, bounds=bounds)


async def test_a_scan_is_kept_and_the_same_scan_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", FIRST, SECOND)
    first, again = await scanned(desk, folder), await scanned(desk, folder)
    assert (first.kept.prompts, first.kept.versions) == (1, 2)
    assert again.kept == Kept(0, 0, 0, 0)
    [line] = await prompts(desk, VIEWER, workload="claims-triage")
    assert line == first.prompts[0]
    assert (line.tokens, line.estimated, line.growth, line.gate) == (3, True, 1, "ungated")
    assert [(one.gate, one.score) for one in line.versions] == [("ungated", ""), ("passed", "0.9")]
    assert [found.kind for found in line.findings] == ["ungated change"]
    with desk.database.read() as tx:
        entries = [entry for entry in audit.entries(tx) if entry.action == "prompts.scanned"]
    assert [json.loads(entry.body)["detail"]["new_versions"] for entry in entries] == [0, 2]


async def test_the_entry_of_the_workload_shows_what_was_scanned(desk: Desk, tmp_path: Path) -> None:
    found = await scanned(desk, repository(tmp_path / "r", FIRST, SECOND))
    assert (await mbom_form(desk, VIEWER, slug="claims-triage")).prompts == found.prompts


async def test_the_detectors_see_what_was_scanned(desk: Desk, tmp_path: Path) -> None:
    await scanned(desk, repository(tmp_path / "r", FIRST, SECOND))
    with desk.database.read() as tx:
        [seen] = telemetries(tx, desk.config, PriceBook(), Span.of(NOON), {}, {})
        assert seen.prompts == read_prompts(tx)
    assert [prompt.path for prompt in seen.prompts] == [SYSTEM]


async def test_history_that_was_rewritten_is_superseded_and_not_lost(desk: Desk, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    kept, lost = put(folder, FIRST, SECOND)
    await scanned(desk, folder)
    put(folder, FIRST, Commit({SYSTEM: "one\nthree\n"}, "three"))
    assert (await scanned(desk, folder)).kept.superseded == 1
    [line] = await prompts(desk, VIEWER)
    assert [(one.subject, one.superseded) for one in line.versions] == [
        ("three", False), ("one", False), ("two", True)]
    assert line.versions[2].commit == lost
    assert line.versions[1].commit == kept


async def test_a_file_that_is_renamed_deleted_or_no_longer_named_stays_one_prompt(desk: Desk, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", FIRST)
    await scanned(desk, folder)
    other = "prompts/claims-triage/other.md"
    renamed = Commit({SYSTEM: None, other: "one\n"})
    put(folder, FIRST, renamed)
    assert (await scanned(desk, folder)).kept == Kept(0, 1, 0, 0)
    put(folder, FIRST, renamed, Commit({other: None}, "Remove it"))
    assert (await scanned(desk, folder)).kept.ended == 1
    [line] = await prompts(desk, VIEWER)
    assert (line.path, len(line.versions), line.tokens) == (other, 2, None)
    assert line.ended.startswith("deleted in")
    put(folder, Commit({"prompts/claims-triage/new.md": "new\n"}))
    await scanned(desk, folder)
    assert {line.path: line.ended[:7] for line in await prompts(desk, VIEWER)} == {
        other: "deleted", "prompts/claims-triage/new.md": ""}


async def test_a_repository_that_is_no_longer_read_is_retired_until_the_next_scan(desk: Desk, tmp_path: Path) -> None:
    found = await scanned(desk, repository(tmp_path / "r", FIRST))
    assert await retire_prompts(desk, ARCHITECT, repository=found.repository) == 1
    assert [line.ended for line in await prompts(desk, VIEWER)] == ["retired by maria"]
    with pytest.raises(UsageError, match="No prompt in use"):
        await retire_prompts(desk, ARCHITECT, repository=found.repository)
    await scanned(desk, tmp_path / "r")
    assert [line.ended for line in await prompts(desk, VIEWER)] == [""]


async def test_working_trees_of_one_repository_are_one(desk: Desk, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", FIRST)
    git(folder, "worktree", "add", "-q", str(tmp_path / "beside"))
    await scanned(desk, folder)
    assert (await scanned(desk, tmp_path / "beside")).kept == Kept(0, 0, 0, 0)
    assert len(await prompts(desk, VIEWER)) == 1


async def test_what_a_bound_leaves_out_now_stays_as_it_was_read_before(desk: Desk, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", FIRST, SECOND)
    await scanned(desk, folder)
    await scanned(desk, folder, Bounds(versions=1))
    [line] = await prompts(desk, VIEWER)
    assert [(one.subject, one.superseded) for one in line.versions] == [("two", False), ("one", False)]


async def test_two_versions_are_compared_as_the_checkout_has_them(desk: Desk, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    one, two = put(folder, FIRST, SECOND)
    await scanned(desk, folder)
    found = await compare_prompts(desk, VIEWER, workload="claims-triage")
    assert (found.before, found.after, found.lines) == (one, two, ("@@ -1 +1,2 @@", " one", "+two"))
    begun = await compare_prompts(desk, VIEWER, workload="claims-triage", after=one[:8])
    assert (begun.before, begun.lines) == ("", ("+one",))
    with pytest.raises(UsageError, match="names no version"):
        await compare_prompts(desk, VIEWER, workload="claims-triage", before="ffff")
    with pytest.raises(UsageError, match="There is no prompt of"):
        await compare_prompts(desk, VIEWER, workload="nobody")
    with pytest.raises(InputError, match="does not have the content"):
        await compare_prompts(desk, VIEWER, workload="claims-triage",
                              checkout=repository(tmp_path / "other", Commit({"x": "y"})))


async def test_who_may_not_scan_is_refused_and_nothing_is_read(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted, match="scan prompts"):
        await scan_prompts(desk, VIEWER, path=tmp_path / "nowhere")
    desk.read_only = True
    with pytest.raises(NotPermitted, match="read-only"):
        await scan_prompts(desk, ARCHITECT, path=tmp_path / "nowhere")


# Counting.


def counted(asked: Asked) -> Reply:
    """Ten tokens for the message, and one for each character of the prompt."""
    body = json.loads(asked.body)
    if body["model"] == "claude-unknown":
        return json_reply({"type": "error", "error": {"type": "not_found_error", "message": "no such model"}}, 404)
    tools = body.get("tools")
    return json_reply({"input_tokens": 10 + len(body.get("system", "")) + (100 * len(tools) if tools else 0)})


def counting(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch, key: str = "sk-ant-api03-counts") -> None:
    monkeypatch.setenv("COUNT_KEY", key)
    source = SourceSettings("anthropic", "anthropic", "env:ADMIN", base_url=url,
                            options={"count_secret": "env:COUNT_KEY"})
    desk.config = replace(desk.config, sources=(source,))


async def test_the_provider_counts_each_content_once(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                     ) -> None:
    folder = repository(tmp_path / "r", FIRST, SECOND, Commit({
        "tools/claims-triage.json": '[{"name": "search", "input_schema": {}}]', "prompts/claims-triage/empty.md": ""}))
    with serving(counted) as server:
        counting(desk, server.url, monkeypatch)
        found = await scanned(desk, folder)
        asked = len(server.asked)
        assert (await scanned(desk, folder)).prompts == found.prompts
        assert len(server.asked) == asked == 4  # the message alone, two versions, the tools; and nothing for nothing
    sizes = {line.path: (line.tokens, line.estimated) for line in found.prompts}
    assert sizes == {SYSTEM: (8, False), "tools/claims-triage.json": (100, False),
                     "prompts/claims-triage/empty.md": (0, False)}
    assert found.prompts[1].growth == 4
    [first, *_] = server.asked
    assert (first.method, first.path, first.headers["x-api-key"]) == (
        "POST", "/v1/messages/count_tokens", "sk-ant-api03-counts")
    assert json.loads(first.body)["model"] == "claude-sonnet-4-6"


@pytest.mark.parametrize(("answer", "said"), [
    (lambda _: json_reply({"error": {"type": "authentication_error"}}, 401), "refused the key"),
    (lambda _: json_reply({}, 503), "the provider failed"),
    (lambda _: json_reply({"input_tokens": "many"}), "without a number"),
    (lambda _: Reply(200, b"<html>"), "not usable as JSON"),
    (lambda _: json_reply({"error": {"type": "invalid_request_error", "message": "too long"}}, 400), "too long"),
], ids=["refused", "failing", "no number", "no JSON", "not accepted"])
async def test_a_provider_that_does_not_count_leaves_estimates_and_a_reason(
        desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[[Asked], Reply], said: str
) -> None:
    folder = repository(tmp_path / "r", FIRST)
    with serving(answer) as server:
        counting(desk, server.url, monkeypatch)
        found = await scanned(desk, folder)
    assert found.prompts[0].estimated
    assert any(said in note for note in found.notes)


async def test_an_admin_key_is_never_sent_to_count(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(counted) as server:
        counting(desk, server.url, monkeypatch, key="sk-ant-admin01-reads")
        found = await scanned(desk, repository(tmp_path / "r", FIRST))
        assert server.asked == []
    assert any("count_secret" in note for note in found.notes)


async def test_a_model_that_the_provider_does_not_know_leaves_the_others_counted(
        desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = "".join(f"[[prompt]]\nworkload = 'claims-triage'\npath = '{name}.md'\nmodel = 'claude-{name}'\n"
                       for name in ("unknown", "known"))
    folder = repository(tmp_path / "r", Commit({"prompts.toml": manifest, "unknown.md": "one", "known.md": "two"}))
    with serving(counted) as server:
        counting(desk, server.url, monkeypatch)
        found = await scanned(desk, folder)
    assert {line.path: line.estimated for line in found.prompts} == {"known.md": False, "unknown.md": True}
    assert any("sizes for claude-unknown are estimates" in note for note in found.notes)


async def test_a_prompt_of_a_workload_without_a_model_is_estimated_and_told(
        desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(counted) as server:
        counting(desk, server.url, monkeypatch)
        found = await scanned(desk, repository(tmp_path / "r", Commit({"prompts/nobody.md": "one"})))
        assert server.asked == []
    assert any("sizes of 1 prompt are estimates: no model is known" in note for note in found.notes)


async def test_without_asking_nothing_is_sent(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(counted) as server:
        counting(desk, server.url, monkeypatch)
        found = await scan_prompts(desk, ARCHITECT, path=repository(tmp_path / "r", FIRST), ask=False)
        assert server.asked == []
    assert found.prompts[0].estimated
