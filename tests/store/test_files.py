"""Where the database may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import files
from store.database import Database
from store.errors import ForeignFile, StoreError, UnsafeFile
from store.files import removed_on_failure

MOUNTS = r"""
/dev/vda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /home/maria/local tmpfs rw 0 0
//nas/share /mnt/team\040share cifs rw 0 0
me@host: /mnt/far fuse.sshfs rw 0 0
bucket /mnt/bucket fuse.mount-s3 rw 0 0
shared /mnt/shared virtiofs rw 0 0
overlay /srv/layer fuse.fuse-overlayfs rw 0 0
""".lstrip()


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(MOUNTS)
    monkeypatch.setattr(files, "MOUNTS", table)


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize(("path", "kind"), [
    ("/home/maria/console.db", "nfs4"), ("/mnt/team share/console.db", "cifs"), ("/mnt/far/console.db", "fuse.sshfs"),
    ("/mnt/bucket/console.db", "fuse.mount-s3"), ("/mnt/shared/console.db", "virtiofs"),
])
def test_network_file_systems_are_refused_before_anything_is_made(path: str, kind: str) -> None:
    with pytest.raises(ForeignFile, match=f"network file system \\({kind}\\)"):
        files.prepare(Path(path))


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize("path", ["/var/lib/console.db", "/home/maria/local/console.db", "/homestead/console.db",
                                  "/srv/layer/console.db"])
def test_local_file_systems_are_told_apart_from_them(path: str) -> None:
    assert files.file_system(Path(path)) in {"ext4", "tmpfs", "fuse.fuse-overlayfs"}
    files.refuse_network(Path(path))


def test_only_sqlite_urls_are_understood() -> None:
    with pytest.raises(ForeignFile, match="use sqlite:///PATH") as refused:
        Database.open("postgresql://user:secret@host/console")
    assert "secret" not in str(refused.value)


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(ForeignFile, match="is not a file"):
        Database.open(f"sqlite:///{tmp_path}")


def test_somebody_elses_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    monkeypatch.setattr("os.getuid", lambda: 65_534)
    with pytest.raises(UnsafeFile, match="belongs to another user") as refused:
        Database.open(f"sqlite:///{tmp_path / 'console.db'}")
    assert refused.value.exit_code == 77


def test_a_creation_that_fails_is_not_in_the_way_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    files.prepare(path)
    with pytest.raises(ZeroDivisionError), removed_on_failure(path):
        raise ZeroDivisionError
    Database.create(f"sqlite:///{path}").close()


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be created"):
        Database.create(f"sqlite:///{tmp_path / 'file' / 'console.db'}")
