CREATE TABLE planned_change (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	kind TEXT NOT NULL,
	starts_at INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	multiple REAL NOT NULL,
	models TEXT NOT NULL,
	reason TEXT NOT NULL,
	announced_by TEXT NOT NULL,
	announced_at INTEGER NOT NULL,
	withdrawn_by TEXT,
	withdrawn_at INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT ck_planned_change_ranges CHECK (starts_at BETWEEN 0 AND 32503680000000000 AND ends_at BETWEEN 0 AND 32503680000000000 AND announced_at BETWEEN 0 AND 32503680000000000 AND withdrawn_at BETWEEN 0 AND 32503680000000000),
	CONSTRAINT ck_planned_change_order CHECK (starts_at < ends_at)
) STRICT;
