CREATE TABLE charter_note (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	version INTEGER NOT NULL,
	content_hash TEXT NOT NULL,
	kind TEXT NOT NULL,
	role TEXT NOT NULL,
	said_by TEXT NOT NULL,
	said_at INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_charter_note_kind CHECK (kind IN ('submission', 'comment', 'refusal', 'retirement')),
	CONSTRAINT ck_charter_note_ranges CHECK (said_at BETWEEN 0 AND 32503680000000000 AND version >= 0)
) STRICT;
