"""A scan of real repositories: versions, sizes, gates and marks, and everything that a repository may hold besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InputError
from console.prompts.findings import PromptFinding, findings
from console.prompts.git import LARGEST_FILE
from console.prompts.scanning import Bounds, Scan, measured, scan
from console.prompts.version import Prompt
from tests.support.desks import NOON
from tests.support.repositories import BEGUN, SYSTEM, Commit, git, put, repository

ENTRIES = {"claims-triage": {"slug": "claims-triage", "models": ["claude-sonnet-4-6"]}}
LONG = "Rule: be careful with everything.\n" * 1600


def scanned(folder: Path, *commits: Commit, bounds: Bounds | None = None) -> Scan:
    return scan(repository(folder, *commits), ENTRIES, NOON, bounds)


def only(found: Scan) -> Prompt:
    [prompt] = found.prompts
    return prompt


def kinds(prompt: Prompt) -> list[tuple[str, int]]:
    return [(each.kind, each.line) for each in findings([prompt])]


def test_every_commit_that_touched_a_prompt_is_a_version(tmp_path: Path) -> None:
    prompt = only(scanned(
        tmp_path / "r", Commit({SYSTEM: "one\n"}, "Begin", "Ann"), Commit({"other.txt": "x"}, "Something else"),
        Commit({SYSTEM: "one\ntwo\n"}, "Go on", "Bo")))
    new, old = prompt.versions
    assert (new.author, new.subject, new.bytes, new.added, new.removed) == ("Bo", "Go on", 8, 1, 0)
    assert (old.author, old.subject, old.before, old.added, old.removed) == ("Ann", "Begin", None, 1, 0)
    assert f"{new.at:%Y-%m-%d}" == "2026-09-03"
    assert (prompt.size(old), prompt.size(new), prompt.growth(new), prompt.growth(old)) == (2, 3, 1, None)
    assert (prompt.workload, prompt.kind, prompt.model) == ("claims-triage", "system prompt", "claude-sonnet-4-6")


def test_versions_follow_a_file_through_renames_from_anywhere(tmp_path: Path) -> None:
    text = "a line that is long enough to be known again\n" * 20
    found = scanned(
        tmp_path / "r", Commit({"old/place.txt": text}), Commit({"old/place.txt": text + "more\n"}),
        Commit({"old/place.txt": None, "prompts/claims-triage/draft.md": text + "more\n"}),
        Commit({"prompts/claims-triage/draft.md": None, SYSTEM: text + "more\nand more\n"}))
    prompt = only(found)
    assert [one.path for one in prompt.versions] == [
        SYSTEM, "prompts/claims-triage/draft.md", "old/place.txt", "old/place.txt"]
    assert [(one.added, one.removed) for one in prompt.versions] == [(1, 0), (0, 0), (1, 0), (20, 0)]
    assert prompt.versions[0].before == prompt.versions[1].blob


def test_a_new_file_under_a_name_that_was_renamed_away_begins_anew(tmp_path: Path) -> None:
    text, other = "a line that is long enough to be known again\n" * 20, "prompts/claims-triage/other.md"
    found = scanned(tmp_path / "r", Commit({SYSTEM: text}), Commit({SYSTEM: None, other: text}),
                    Commit({SYSTEM: "something else\n"}))
    assert {prompt.path: len(prompt.versions) for prompt in found.prompts} == {SYSTEM: 1, other: 2}


def test_branches_and_their_merge_are_read_in_an_order_that_is_true(tmp_path: Path) -> None:
    prompt = only(scanned(
        tmp_path / "r", Commit({SYSTEM: "1\n2\n3\n4\n5\n"}, "base"),
        Commit({SYSTEM: "0\n1\n2\n3\n4\n5\n"}, "side", parents=[0]),
        Commit({SYSTEM: "1\n2\n3\n4\n5\n6\n"}, "main", parents=[0]),
        Commit({SYSTEM: "0\n1\n2\n3\n4\n5\n6\n"}, "merge", parents=[2, 1])))
    assert {one.subject for one in prompt.versions[1:3]} == {"side", "main"}
    assert [prompt.versions[0].subject, prompt.versions[-1].subject] == ["merge", "base"]
    assert prompt.versions[0].before is not None


@pytest.mark.parametrize("ours", [1, 2])
def test_of_two_branches_versions_the_one_that_a_merge_took_is_the_present_one(tmp_path: Path, ours: int) -> None:
    other = "prompts/claims-triage/other.md"
    branches = {1: Commit({SYSTEM: "ours\n"}, parents=[0]), 2: Commit({SYSTEM: "ours\n"}, parents=[0])}
    branches[3 - ours] = Commit({SYSTEM: "theirs\n", other: "y\n"}, parents=[0])
    found = scanned(tmp_path / "r", Commit({SYSTEM: "a\n", other: "x\n"}), branches[1], branches[2],
                    Commit({other: "y\n"}, parents=[ours, 3 - ours]),
                    Commit({"evals/claims-triage.json": '{"passed": true}'}))
    present = next(prompt.present for prompt in found.prompts if prompt.path == SYSTEM)
    assert present is not None
    assert present.bytes == len("ours\n")
    assert present.gate is not None


def test_a_deleted_prompt_keeps_its_versions_and_is_out_of_use(tmp_path: Path) -> None:
    prompt = only(scanned(tmp_path / "r", Commit({SYSTEM: "{now}\n"}), Commit({SYSTEM: None, "x": "x"}, "Remove it")))
    assert prompt.ended.startswith("deleted in ")
    assert prompt.ended_at is not None
    assert len(prompt.versions) == 1
    assert prompt.present is None
    assert findings([prompt]) == ()


def test_a_gate_is_a_trailer_or_the_result_file_of_the_time(tmp_path: Path) -> None:
    result = "evaluations/claims-triage.json"
    prompt = only(scanned(
        tmp_path / "r",
        Commit({SYSTEM: "1\n"}, "one\n\nEvaluation: passed 0.93"),
        Commit({SYSTEM: "2\n"}, "two"),
        Commit({result: '{"passed": false, "score": 0.4}'}, "Result"),
        Commit({SYSTEM: "3\n", result: '{"result": "passed", "score": 0.95}'}, "three"),
        Commit({SYSTEM: "4\n"}, "four\n\nEvaluation: not yet")))
    gates = [one.gate and (one.gate.result, one.gate.score) for one in prompt.versions]
    assert gates == [None, ("passed", "0.95"), ("failed", "0.4"), ("passed", "0.93")]
    assert prompt.versions[1].gate is not None
    assert prompt.versions[1].gate.source == f"{result} of {prompt.versions[1].commit[:12]}"


def test_a_result_file_that_says_nothing_is_told_and_gates_nothing(tmp_path: Path) -> None:
    found = scanned(tmp_path / "r", Commit({SYSTEM: "1\n", "evals/claims-triage.json": "[]"}))
    assert only(found).versions[0].gate is None
    assert any("holds no result" in note for note in found.notes)


def test_a_change_after_the_last_gate_is_a_finding_on_its_first_line(tmp_path: Path) -> None:
    prompt = only(scanned(
        tmp_path / "r", Commit({SYSTEM: "a\nb\nc\n"}, "one\n\nEvaluation: passed"), Commit({SYSTEM: "a\nB\nc\n"}),
        Commit({SYSTEM: "a\nB\nC\n"})))
    [found] = findings([prompt])
    assert (found.kind, found.path, found.line) == ("ungated change", SYSTEM, 2)
    assert "2 versions since" in found.summary


def test_what_never_passed_is_not_said_to_lack_a_result(tmp_path: Path) -> None:
    failed = Commit({SYSTEM: "a\n"}, "one\n\nEvaluation: failed 0.5")
    [stayed] = findings([only(scanned(tmp_path / "stayed", failed))])
    [changed] = findings([only(scanned(tmp_path / "changed", failed, Commit({SYSTEM: "b\n"})))])
    assert "failed the evaluation" in stayed.summary
    assert "changed after an evaluation that failed" in changed.summary
    assert "no evaluation that passed for 1 version" in stayed.evidence
    assert "no evaluation that passed for 2 versions" in changed.evidence


def test_what_went_back_to_a_version_that_passed_has_passed(tmp_path: Path) -> None:
    prompt = only(scanned(
        tmp_path / "r", Commit({SYSTEM: "a\n"}, "one\n\nEvaluation: passed"), Commit({SYSTEM: "b\n"}),
        Commit({SYSTEM: "a\n"})))
    assert prompt.versions[0].rollback == f"back to {prompt.versions[2].commit[:12]}"
    assert findings([prompt]) == ()


def test_a_revert_a_canary_and_a_review_are_marks(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    first, second = put(folder, Commit({SYSTEM: "a\n"}), Commit({SYSTEM: "b\n"}, "Two\n\nCanary: 5 %\n"))
    put(folder, Commit({SYSTEM: "a\n"}), Commit({SYSTEM: "b\n"}, "Two\n\nCanary: 5 %\n"),
        Commit({SYSTEM: "c\n"}, f'Revert "Two"\n\nThis reverts commit {second}.\n'),
        Commit({SYSTEM: "d\n"}, "Four\n\nRollback: to last week's\nReviewed-by: Bo\n"))
    new, reverted, canary, _ = only(scan(folder, ENTRIES, NOON)).versions
    assert (new.rollback, new.reviewed_by) == ("to last week's", "Bo")
    assert reverted.rollback == f"takes {second[:12]} back"
    assert canary.canary == "5 %"
    assert first != second


def test_the_time_in_a_cached_prefix_is_found_with_line_and_column(tmp_path: Path) -> None:
    prompt = only(scanned(tmp_path / "r", Commit({SYSTEM: "You help.\nToday is {{ now }}.\n"},
                                                 "x\n\nEvaluation: passed")))
    [found] = findings([prompt])
    assert (found.kind, found.line, found.column) == ("variable content", 2, 10)
    assert found.evidence[0].startswith(f"{SYSTEM}:2:10 ")


@pytest.mark.parametrize(("says", "lines"), [
    ('cached_prefix = "none"', []), ('cached_until = "END"', [1]), ('constant = ["now"]', [4]),
    ('cached_until = "NOWHERE"', [1, 4])])
def test_the_manifest_says_what_is_cached_and_constant(tmp_path: Path, says: str, lines: list[int]) -> None:
    manifest = f'[[prompt]]\nworkload = "claims-triage"\npath = "p.md"\n{says}\n'
    found = scanned(tmp_path / "r", Commit({"prompts.toml": manifest, "p.md": "{now}\n\n-- END --\n{date}\n"},
                                           "x\n\nEvaluation: passed"))
    assert [each.line for each in findings(found.prompts)] == lines
    assert any("NOWHERE" in note for note in found.notes) is ("NOWHERE" in says)


def test_a_workload_that_caches_nothing_has_no_cached_prefix(tmp_path: Path) -> None:
    entries = {"claims-triage": {**ENTRIES["claims-triage"], "caching": False}}
    folder = repository(tmp_path / "r", Commit({SYSTEM: "{now}\n"}, "x\n\nEvaluation: passed"))
    assert findings(scan(folder, entries, NOON).prompts) == ()


def test_growth_since_the_last_evaluation_is_a_finding(tmp_path: Path) -> None:
    prompt = only(scanned(tmp_path / "r", Commit({SYSTEM: "a\n"}, "one\n\nEvaluation: passed"),
                          Commit({SYSTEM: "a\n" + "b\n" * 1000}, "two\n\nEvaluation: failed 0.2")))
    assert kinds(prompt) == [("growth", 2), ("ungated change", 2)]


def test_what_else_lies_there_is_told_and_left(tmp_path: Path) -> None:
    folder = "prompts/claims-triage"
    found = scanned(tmp_path / "r", Commit(
        {f"{folder}/binary.md": b"\0\1", f"{folder}/huge.md": "x" * (LARGEST_FILE + 1), f"{folder}/empty.md": "",
         f"{folder}/bad.md": b"ok\nbad \xff {now}\n", "prompts/nobody/system.md": "x"},
        "x\n\nEvaluation: passed", links={f"{folder}/link.md": "/etc/passwd"},
        submodules={f"{folder}/sub.md": "1" * 40}))
    by_name = {prompt.path.rpartition("/")[2]: prompt for prompt in found.prompts}
    assert sorted(by_name) == ["bad.md", "binary.md", "empty.md", "huge.md", "system.md"]
    sizes = {name: prompt.size(prompt.versions[0]) for name, prompt in by_name.items()}
    assert sizes == {"bad.md": 5, "binary.md": None, "empty.md": 0, "huge.md": None, "system.md": 1}
    told = " ".join(found.notes)
    assert "link.md is a symbolic link" in told
    assert "sub.md is a submodule" in told
    assert "binary.md was not read: binary" in told
    assert "huge.md was not read: more than 2 MiB" in told
    assert "bad.md, line 2: byte 0xff is not UTF-8" in told
    assert "the MBOM does not know nobody" in told
    assert [(each.path, each.line) for each in findings(found.prompts)] == [(f"{folder}/bad.md", 2)]


def test_a_shallow_clone_says_that_its_history_is_cut_and_blames_nobody(tmp_path: Path) -> None:
    repository(tmp_path / "whole", Commit({SYSTEM: "a\n"}, "one\n\nEvaluation: passed"),
               Commit({"x": "1"}, "of something else\n\nEvaluation: failed"))
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{tmp_path / 'whole'}", "cut")
    found = scan(tmp_path / "cut", ENTRIES, NOON)
    [version] = only(found).versions
    assert (version.cut, version.author, version.gate) == (True, "", None)
    assert any("git fetch --unshallow" in note for note in found.notes)
    assert findings(found.prompts) == ()


def test_of_thousands_of_versions_the_newest_are_kept_and_the_rest_is_told(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", *(Commit({SYSTEM: f"{number}\n"}) for number in range(1200)))
    found = scan(folder, ENTRIES, NOON)
    assert len(only(found).versions) == 1000
    assert any("200 older versions left out" in note for note in found.notes)
    since = only(scan(folder, ENTRIES, NOON, Bounds(since=NOON)))
    assert min(one.at for one in since.versions) >= NOON > BEGUN


def test_a_bound_never_cuts_off_the_version_that_was_evaluated(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", Commit({SYSTEM: "0\n"}), Commit({SYSTEM: "1\n"}, "one\n\nEvaluation: passed"),
                        *(Commit({SYSTEM: f"{number}\n"}) for number in range(2, 9)))
    for bounds in (Bounds(versions=2), Bounds(since=NOON)):
        prompt = only(scan(folder, ENTRIES, NOON, bounds))
        assert [one.gate is not None for one in prompt.versions] == [False] * 7 + [True]
        assert "7 versions since" in findings([prompt])[0].summary


@pytest.mark.parametrize(("commits", "said"), [
    ((), "has no commit yet"), ((Commit({"x": "1"}),), "no prompt by convention"),
    ((Commit({"prompts.toml": '[[prompt]]\nworkload = "a"\npath = "none.md"\n'}),), "no file is as prompts.toml says"),
    ((Commit({"prompts.toml": "[[prompt]]\n"}),), "prompts.toml, line 1"),
    ((Commit({}, links={"prompts.toml": "/etc/passwd"}),), "is a symbolic link, and is not followed"),
])
def test_where_there_is_nothing_to_read_it_says_what_to_do(tmp_path: Path, commits: tuple[Commit, ...], said: str
                                                           ) -> None:
    with pytest.raises(InputError, match=said):
        scanned(tmp_path / "r", *commits)


def test_what_is_no_checkout_is_refused_in_plain_words(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare")
    (tmp_path / "file").write_text("x")
    (tmp_path / "plain").mkdir()
    for name, said in (("bare", "is a bare repository"), ("file", "is not a folder"), ("none", "is not a folder"),
                       ("plain", "is not in a git checkout")):
        with pytest.raises(InputError, match=said):
            scan(tmp_path / name, ENTRIES, NOON)


def test_of_two_patterns_of_one_workload_the_first_counts_and_another_workload_has_its_own(tmp_path: Path) -> None:
    manifest = "".join(f"[[prompt]]\nworkload = '{workload}'\npath = '{path}'\nkind = '{kind}'\n"
                       for workload, path, kind in (("a", "p.json", "tool descriptions"),
                                                    ("a", "*.json", "system prompt"),
                                                    ("b", "*.json", "system prompt")))
    found = scanned(tmp_path / "r", Commit({"prompts.toml": manifest, "p.json": "[]"}))
    assert [(each.workload, each.kind) for each in found.prompts] == [
        ("a", "tool descriptions"), ("b", "system prompt")]
    assert any("does not know a (prompts.toml, line 1) and b (prompts.toml, line 9)" in note for note in found.notes)


def test_a_manifest_that_is_not_committed_is_told(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", Commit({SYSTEM: "a\n"}))
    (folder / "prompts.toml").write_text("")
    assert any("is not committed" in note for note in scan(folder, ENTRIES, NOON).notes)


def test_a_large_prompt_is_found_where_it_passes_the_limit(tmp_path: Path) -> None:
    found = scanned(tmp_path / "r", Commit({SYSTEM: LONG}, "x\n\nEvaluation: passed"))
    prompt = measured(found.checkout, only(found), {})
    [size] = findings([prompt])
    assert isinstance(size, PromptFinding)
    assert (size.kind, size.line) == ("size", 52_500 // 34 + 1)
    counted = measured(found.checkout, only(found), {prompt.versions[0].blob: 14_999})
    assert findings([counted]) == ()
