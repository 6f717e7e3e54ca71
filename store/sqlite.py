"""The one SQLite of this process. Two copies in one process would drop each other's file locks.

Where a ready-made build exists it carries a library without the WAL-reset defect; elsewhere Python's own serves.
"""

from __future__ import annotations

try:
    from pysqlite3 import dbapi2 as sqlite3
except ImportError:
    import sqlite3

__all__ = ["sqlite3"]
