"""What can go wrong with the database. Each says what happened, to what, and what to do.

StoreError             73
├── DatabaseMissing    78  there is no database yet
├── SchemaTooNew       78  written by a newer program
├── ForeignFile        78  a file that is not ours
├── UnsafeFile         77  others can read it, or it belongs to somebody else
├── DatabaseFull       73  the disk is full
└── DatabaseDamaged    73  SQLite says that the file is corrupt
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


class DatabaseFull(StoreError):
    """Nothing of the change was kept; reading goes on."""


class DatabaseDamaged(StoreError):
    """Nothing more is written."""
