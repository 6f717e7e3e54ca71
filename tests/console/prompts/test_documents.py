"""A version is stored without loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from console.prompts.documents import document_of, version_of
from console.prompts.version import Gate, Place, Version

NAME = st.text(min_size=1, max_size=20)
TEXT, COUNT = st.text(max_size=20), st.none() | st.integers(0, 2**40)
VERSIONS = st.builds(
    Version, commit=TEXT, path=NAME, author=TEXT,
    at=st.integers(0, 2**35).map(lambda at: datetime.fromtimestamp(at, UTC)), subject=TEXT, blob=NAME,
    before=st.none() | NAME, bytes=st.integers(0, 2**40), tokens=COUNT,
    added=COUNT, removed=COUNT, unread=TEXT, gate=st.none() | st.builds(Gate, TEXT, TEXT, TEXT), canary=TEXT,
    rollback=TEXT, reviewed_by=TEXT, cut=st.booleans(), superseded=st.booleans(),
    places=st.lists(st.builds(Place, st.integers(1), st.integers(1), TEXT, TEXT), max_size=3).map(tuple),
    changed_line=COUNT, limit_line=COUNT)


@given(VERSIONS)
def test_what_was_stored_is_what_it_was(version: Version) -> None:
    stored = json.loads(json.dumps(document_of(version)))
    assert version_of(version.commit, stored, superseded=version.superseded) == version
