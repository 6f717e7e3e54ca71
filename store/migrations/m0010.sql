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

CREATE TABLE prompt (
	id INTEGER NOT NULL,
	repository TEXT NOT NULL,
	workload TEXT NOT NULL,
	path TEXT NOT NULL,
	kind TEXT NOT NULL,
	model TEXT,
	cached TEXT NOT NULL,
	checkout TEXT NOT NULL,
	scanned_at INTEGER NOT NULL,
	ended TEXT NOT NULL,
	ended_at INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT uq_prompt_key UNIQUE (repository, workload, path),
	CONSTRAINT ck_prompt_kind CHECK (kind IN ('system prompt', 'tool descriptions', 'source list')),
	CONSTRAINT ck_prompt_ranges CHECK (scanned_at BETWEEN 0 AND 32503680000000000 AND ended_at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE TABLE prompt_version (
	prompt INTEGER NOT NULL,
	revision TEXT NOT NULL,
	position INTEGER NOT NULL,
	looked_at INTEGER NOT NULL,
	superseded_at INTEGER,
	document TEXT NOT NULL,
	PRIMARY KEY (prompt, revision),
	FOREIGN KEY(prompt) REFERENCES prompt (id),
	CONSTRAINT ck_prompt_version_ranges CHECK (superseded_at BETWEEN 0 AND 32503680000000000 AND looked_at IN (0, 1) AND position >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE prompt_count (
	model TEXT NOT NULL,
	kind TEXT NOT NULL,
	blob TEXT NOT NULL,
	tokens INTEGER NOT NULL,
	counted_at INTEGER NOT NULL,
	PRIMARY KEY (model, kind, blob),
	CONSTRAINT ck_prompt_count_ranges CHECK (counted_at BETWEEN 0 AND 32503680000000000 AND tokens >= 0)
)
 WITHOUT ROWID,
 STRICT;
