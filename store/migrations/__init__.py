"""Steps from one schema to the next, one module each: `m0002` leads from 1 to 2, with Alembic's operations.

`PRAGMA user_version` alone says where a file stands, inside the same transaction as the step, so the two cannot differ.
"""
