"""What can go wrong with the database. Each says what happened, to what, and what to do.

StoreError             73
├── DatabaseMissing    78  there is no database yet
├── SchemaTooNew       78  written by a newer program
├── ForeignFile        78  a file that is not ours
├── UnsafeFile         77  others can read it, or it belongs to somebody else
├── JournalFailed      73  the fallback journal cannot be written either
└── CannotStore        73  nothing can be written down at the moment
    ├── DatabaseFull       73  the disk is full
    ├── DatabaseDamaged    73  SQLite says that the file is corrupt
    ├── OutcomeUnknown     73  the disk failed while a change was being kept
    ├── NotWritable        73  owner, mode or a read-only file system stand in the way
    └── DatabaseBusy       73  another process kept it for too long
"""

from __future__ import annotations


class StoreError(Exception):
    """Base. `str(error)` is the whole message."""

    exit_code = 73


class DatabaseMissing(StoreError):
    exit_code = 78


class SchemaTooNew(StoreError):
    exit_code = 78


class ForeignFile(StoreError):
    exit_code = 78


class UnsafeFile(StoreError):
    exit_code = 77


class JournalFailed(StoreError):
    """Nothing may be done that is written down nowhere."""


class CannotStore(StoreError):
    """The database takes no change at the moment: what must not wait for it has to be written down elsewhere."""


class DatabaseFull(CannotStore):
    """Nothing of the change was kept; reading goes on."""


class DatabaseDamaged(CannotStore):
    """Nothing more is written."""


class OutcomeUnknown(CannotStore):
    """The change may have been kept or not: the file was let go of, and whoever asked has to look."""


class NotWritable(CannotStore):
    """Nothing of the change was kept; a person has to mend the file's owner or mode."""


class DatabaseBusy(CannotStore):
    """Nothing of the change was kept; it may be tried again."""
