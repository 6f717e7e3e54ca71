CREATE TABLE charter_exception (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	origin TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	last_seen_at INTEGER NOT NULL,
	times INTEGER NOT NULL,
	reopened_at INTEGER,
	reopened_why TEXT NOT NULL,
	closed_at INTEGER,
	closed_why TEXT NOT NULL,
	summary TEXT NOT NULL,
	advice TEXT NOT NULL,
	charter_line TEXT,
	stake_microusd INTEGER,
	degree INTEGER NOT NULL,
	evidence TEXT NOT NULL,
	alert INTEGER,
	intent TEXT,
	decision INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT ck_charter_exception_origin CHECK (origin IN ('trip', 'alert', 'drift', 'finding', 'variance')),
	CONSTRAINT ck_charter_exception_state CHECK (state IN ('open', 'decided', 'closed')),
	CONSTRAINT ck_charter_exception_ranges CHECK (opened_at BETWEEN 0 AND 32503680000000000 AND last_seen_at BETWEEN 0 AND 32503680000000000 AND reopened_at BETWEEN 0 AND 32503680000000000 AND closed_at BETWEEN 0 AND 32503680000000000 AND times >= 0 AND degree >= 0)
)
 STRICT;

CREATE INDEX ix_exception_alert ON charter_exception (alert);

CREATE INDEX ix_exception_intent ON charter_exception (intent);

CREATE INDEX ix_exception_key ON charter_exception (workload, kind, subject);

CREATE INDEX ix_exception_state ON charter_exception (state);

CREATE TABLE exception_decision (
	id INTEGER NOT NULL,
	exception INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	rationale TEXT NOT NULL,
	role TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	decided_at INTEGER NOT NULL,
	ends_at INTEGER,
	batch TEXT,
	degree INTEGER NOT NULL,
	undone_at INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(exception) REFERENCES charter_exception (id),
	CONSTRAINT ck_exception_decision_verdict CHECK (verdict IN ('revision', 'time-bounded', 'dismissed', 'escalated')),
	CONSTRAINT ck_exception_decision_ranges CHECK (decided_at BETWEEN 0 AND 32503680000000000 AND ends_at BETWEEN 0 AND 32503680000000000 AND undone_at BETWEEN 0 AND 32503680000000000),
	CONSTRAINT ck_exception_decision_order CHECK (decided_at <= ends_at)
)
 STRICT;

CREATE INDEX ix_decision_exception ON exception_decision (exception);

CREATE TABLE exception_sighting (
	id INTEGER NOT NULL,
	exception INTEGER NOT NULL,
	at INTEGER NOT NULL,
	what TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(exception) REFERENCES charter_exception (id),
	CONSTRAINT ck_exception_sighting_what CHECK (what IN ('opened', 'again', 'reopened')),
	CONSTRAINT ck_exception_sighting_ranges CHECK (at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE INDEX ix_sighting_at ON exception_sighting (at);

CREATE INDEX ix_sighting_exception ON exception_sighting (exception);

CREATE TABLE outcome (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	starts_at INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	reference TEXT NOT NULL,
	outcomes TEXT,
	value_microusd INTEGER,
	baseline_microusd INTEGER,
	review_microusd INTEGER,
	rework_microusd INTEGER,
	note TEXT NOT NULL,
	origin TEXT NOT NULL,
	entered_by TEXT NOT NULL,
	entered_at INTEGER NOT NULL,
	withdrawn_by TEXT,
	withdrawn_at INTEGER,
	withdrawn_why TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_outcome_ranges CHECK (starts_at BETWEEN 0 AND 32503680000000000 AND ends_at BETWEEN 0 AND 32503680000000000 AND entered_at BETWEEN 0 AND 32503680000000000 AND withdrawn_at BETWEEN 0 AND 32503680000000000 AND review_microusd >= 0 AND rework_microusd >= 0),
	CONSTRAINT ck_outcome_order CHECK (starts_at < ends_at)
)
 STRICT;

CREATE INDEX ix_outcome_starts ON outcome (starts_at);

CREATE INDEX ix_outcome_workload ON outcome (workload, starts_at);

CREATE TABLE explanation (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	month TEXT NOT NULL,
	role TEXT NOT NULL,
	text TEXT NOT NULL,
	about TEXT NOT NULL,
	written_by TEXT NOT NULL,
	written_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_explanation_role CHECK (role IN ('business_owner', 'platform_lead')),
	CONSTRAINT ck_explanation_ranges CHECK (written_at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE INDEX ix_explanation_month ON explanation (month, workload);

CREATE TABLE saving (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	exception INTEGER,
	what TEXT NOT NULL,
	promised_microusd INTEGER NOT NULL,
	applied_at INTEGER NOT NULL,
	declared_by TEXT NOT NULL,
	declared_at INTEGER NOT NULL,
	withdrawn_by TEXT,
	withdrawn_at INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT ck_saving_ranges CHECK (applied_at BETWEEN 0 AND 32503680000000000 AND declared_at BETWEEN 0 AND 32503680000000000 AND withdrawn_at BETWEEN 0 AND 32503680000000000 AND promised_microusd >= 0)
)
 STRICT;

CREATE INDEX ix_saving_workload ON saving (workload);

CREATE TABLE quarter_note (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	quarter TEXT NOT NULL,
	kind TEXT NOT NULL,
	text TEXT NOT NULL,
	charter_version INTEGER,
	draft_version INTEGER,
	role TEXT NOT NULL,
	said_by TEXT NOT NULL,
	said_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_quarter_note_kind CHECK (kind IN ('learned', 'recommended', 'reaffirm', 'revise', 'retire')),
	CONSTRAINT ck_quarter_note_ranges CHECK (said_at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE INDEX ix_quarter_note ON quarter_note (quarter, workload);

CREATE TABLE annual_statement (
	id INTEGER NOT NULL,
	year TEXT NOT NULL,
	text TEXT NOT NULL,
	content_hash TEXT NOT NULL,
	written_by TEXT NOT NULL,
	written_at INTEGER NOT NULL,
	signed_by TEXT,
	signed_role TEXT,
	signed_at INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT ck_annual_statement_ranges CHECK (written_at BETWEEN 0 AND 32503680000000000 AND signed_at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE INDEX ix_annual_statement ON annual_statement (year);

CREATE TABLE prediction_note (
	id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	evidence TEXT NOT NULL,
	said_by TEXT NOT NULL,
	said_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_prediction_note_verdict CHECK (verdict IN ('open', 'holding', 'falsified')),
	CONSTRAINT ck_prediction_note_ranges CHECK (said_at BETWEEN 0 AND 32503680000000000 AND number >= 0)
)
 STRICT;

CREATE TABLE usage_month (
	month INTEGER NOT NULL,
	series INTEGER NOT NULL,
	uncached_input INTEGER NOT NULL,
	cache_write_5m INTEGER NOT NULL,
	cache_write_1h INTEGER NOT NULL,
	cache_read INTEGER NOT NULL,
	output INTEGER NOT NULL,
	web_searches INTEGER NOT NULL,
	requests INTEGER,
	cost_microusd INTEGER NOT NULL,
	estimated_microusd INTEGER NOT NULL,
	PRIMARY KEY (month, series)
)
 WITHOUT ROWID,
 STRICT;

INSERT INTO usage_month (month, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, output, web_searches, requests, cost_microusd, estimated_microusd)
SELECT CAST(strftime('%s', day, 'unixepoch', 'start of month') AS INTEGER), series, SUM(uncached_input), SUM(cache_write_5m), SUM(cache_write_1h), SUM(cache_read), SUM(output), SUM(web_searches), SUM(requests), SUM(cost_microusd), SUM(estimated_microusd)
FROM usage_day GROUP BY 1, 2;
