"""The database as a file: where it may lie, who may read it, and whose it is (operations 4.3)."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import DatabaseMissing, ForeignFile, UnsafeFile

APPLICATION_ID = 0x546F6B43
"""`TokC`, in the SQLite header."""

SUFFIXES = ("", "-wal", "-shm", "-journal")
"""Of the files that are one database together."""

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "beegfs", "ceph", "coda", "gfs2", "gpfs",
                     "lustre", "ncpfs", "ocfs2", "prl_fs", "vboxsf", "virtiofs"})
"""Where another machine, or the host of this one, may change the file."""
USER_SPACE = "fuse."
"""How the kernel names what a program serves (sshfs, s3fs, rclone), beside this one local layer."""
LOCAL_LAYER = "fuse.fuse-overlayfs"
MOUNTS = Path("/proc/self/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")
"""How the kernel writes spaces and the like in a mount point."""


def path_of(url: str) -> Path:
    """The file of a `sqlite:///` URL. Raises ForeignFile for another kind of database."""
    prefix = "sqlite:///"
    if not url.startswith(prefix):
        raise ForeignFile(f"{url.split(':', 1)[0]} databases are not supported by this version; use sqlite:///PATH.")
    return Path(url.removeprefix(prefix)).absolute()


def prepare(path: Path) -> None:
    """Make an empty file that only its owner can read. Raises UnsafeFile where something is there already."""
    refuse_network(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as error:
        raise UnsafeFile(f"{path} exists already and is not overwritten.") from error


@contextmanager
def removed_on_failure(path: Path) -> Iterator[None]:
    """Leave nothing half-made behind: without its schema the file would be in the way of the next attempt."""
    try:
        yield
    except BaseException:
        for suffix in (*SUFFIXES, ".lock"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        raise


def inspect(path: Path) -> None:
    """Refuse a missing file, one that others can read, somebody else's, or one on a network file system."""
    try:
        seen = path.stat()
    except FileNotFoundError as error:
        raise DatabaseMissing(f"There is no database at {path}. Make one with: token-console init") from error
    if not stat.S_ISREG(seen.st_mode):
        raise ForeignFile(f"{path} is not a file.")
    if seen.st_uid != os.getuid():
        raise UnsafeFile(f"{path} belongs to another user (uid {seen.st_uid}); run the console as that user.")
    if seen.st_mode & 0o077:
        raise UnsafeFile(f"{path} can be read by other users. Mend it with: chmod 600 {path}")
    refuse_network(path)


def refuse_network(path: Path) -> None:
    """Raise ForeignFile where the path lies on a file system that is shared, or served by a program (DB-10)."""
    kind = file_system(path)
    if kind in NETWORK or (kind.startswith(USER_SPACE) and kind != LOCAL_LAYER):
        raise ForeignFile(f"{path} lies on a network file system ({kind}), where SQLite's locks cannot be relied on. "
                          "Move it to a disk of this machine; consoles elsewhere then reach it over ssh.")


def file_system(path: Path) -> str:
    """The type of the file system that holds `path`, by the longest mount point; empty where it cannot be told."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return ""
    real = str(path.resolve())
    holding = ""
    kind = ""
    for _, point, mounted, *_ in (line.split() for line in lines):
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), point)
        if (real + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(holding):
            holding, kind = point, mounted  # of two mounts on one point, the later one is seen
    return kind
