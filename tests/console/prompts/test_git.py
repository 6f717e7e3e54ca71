"""git is asked for objects, and runs nothing that a repository asks for."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from console.errors import InputError
from console.prompts.checkout import open_checkout
from console.prompts.diff import unified
from console.prompts.git import Blobs, Git, GitRefusedError
from console.prompts.scanning import scan
from tests.support.desks import NOON
from tests.support.repositories import SYSTEM, Commit, git, put, repository


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", Commit({SYSTEM: "a\n", ".gitattributes": "*.md diff=evil filter=evil\n"}),
                        Commit({SYSTEM: "b\n"}, "two\n\nEvaluation: passed"))
    ran = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.command", "diff.evil.textconv",
                "filter.evil.smudge", "filter.evil.clean", "gpg.program", "core.sshCommand", "core.editor"):
        git(folder, "config", key, str(script))
    git(folder, "config", "log.showSignature", "true")
    git(folder, "config", "core.hooksPath", str(tmp_path))
    found = scan(folder, {}, NOON)
    assert len(found.prompts[0].versions) == 2
    new, old = found.prompts[0].versions
    assert unified(found.checkout, old.blob, new.blob) == ("@@ -1 +1 @@", "-a", "+b")
    assert not ran.exists()


def test_what_a_partial_clone_lacks_is_not_fetched(tmp_path: Path) -> None:
    source = repository(tmp_path / "whole", Commit({SYSTEM: "a\n"}), Commit({SYSTEM: "b\n"}))
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{source}", "partial")
    with pytest.raises(InputError, match="partial clone"):
        scan(tmp_path / "partial", {}, NOON)


def test_a_password_in_the_address_is_not_kept(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", Commit({SYSTEM: "a\n"}))
    git(folder, "remote", "add", "origin", "https://ann:hunter2@git.example.com:8443/shop.git?token=x")
    assert open_checkout(folder).repository == "https://git.example.com:8443/shop.git"


def test_an_answer_is_bounded_and_an_error_is_told_in_its_words(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", Commit({SYSTEM: "a\n" * 5000}))
    with pytest.raises(InputError, match="told more than"):
        Git(folder).ask("cat-file", "blob", f"HEAD:{SYSTEM}", limit=100)
    with pytest.raises(GitRefusedError, match="could not read this: Needed a single revision"):
        Git(folder).ask("rev-parse", "--verify", "nothere")


def test_a_damaged_repository_is_told_in_gits_words(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", Commit({SYSTEM: "a\n"}), Commit({SYSTEM: "b\n"}))
    git(folder, "repack", "-adq")
    [pack] = (folder / ".git/objects/pack").glob("*.pack")
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes()[:40])
    with pytest.raises(InputError, match=r"has no commit yet|git could not read this"):
        scan(folder, {}, NOON)


def test_commits_that_history_lost_are_gone(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    kept, lost = put(folder, Commit({SYSTEM: "a\n"}), Commit({SYSTEM: "b\n"}))
    put(folder, Commit({SYSTEM: "a\n"}), Commit({SYSTEM: "c\n"}, "Another one"))
    assert open_checkout(folder).gone({kept, lost, "0" * 40}) == {lost, "0" * 40}


def test_a_content_that_ends_early_is_not_taken_for_the_whole() -> None:
    with pytest.raises(EOFError):
        Blobs(BytesIO(), BytesIO(b"1a2b blob 10\nhel")).read("1a2b")
    assert Blobs(BytesIO(), BytesIO(b"1a2b blob 3\nhel\n")).read("1a2b") == b"hel"
