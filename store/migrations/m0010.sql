CREATE TABLE call_day (
	day INTEGER NOT NULL,
	workload TEXT NOT NULL,
	form INTEGER NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (day, workload)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE call_day_stale (
	day INTEGER NOT NULL,
	series INTEGER NOT NULL,
	changes INTEGER NOT NULL,
	PRIMARY KEY (day, series)
)
 WITHOUT ROWID,
 STRICT;

INSERT INTO call_day_stale (day, series, changes)
SELECT DISTINCT at / 86400000000 * 86400, series, 1 FROM call;

CREATE TABLE evaluation (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	kind TEXT NOT NULL,
	at INTEGER NOT NULL,
	file TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	summary TEXT NOT NULL,
	answers TEXT NOT NULL,
	recorded_by TEXT NOT NULL,
	recorded_at INTEGER NOT NULL,
	withdrawn_by TEXT,
	withdrawn_at INTEGER,
	withdrawn_why TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_evaluation_kind CHECK (kind IN ('retrieval', 'thinking', 'tier')),
	CONSTRAINT ck_evaluation_ranges CHECK (at BETWEEN 0 AND 32503680000000000 AND recorded_at BETWEEN 0 AND 32503680000000000 AND withdrawn_at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE INDEX ix_evaluation_workload ON evaluation (workload, at);
