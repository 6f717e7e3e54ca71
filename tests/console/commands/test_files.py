"""Files that are written whole: never over one that is there, whatever the file system can do."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from console.commands.files import write_whole
from console.errors import CannotWrite


@pytest.fixture
def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system as on a memory stick."""
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)


@pytest.mark.usefixtures("without_links")
def test_without_links_a_file_that_is_there_is_kept_too(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.md", b"new")
    with pytest.raises(CannotWrite, match="exists already; nothing was written"):
        write_whole(tmp_path / "a.md", b"newer")
    write_whole(tmp_path / "b.md", b"forced", force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.md": b"new", "b.md": b"forced"}
