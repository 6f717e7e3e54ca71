CREATE TABLE call (
	series INTEGER NOT NULL,
	at INTEGER NOT NULL,
	identity BLOB NOT NULL,
	rank INTEGER NOT NULL,
	uncached_input INTEGER,
	cache_write_5m INTEGER,
	cache_write_1h INTEGER,
	cache_read INTEGER,
	output INTEGER,
	web_searches INTEGER,
	cost_microusd INTEGER NOT NULL,
	estimated INTEGER NOT NULL,
	session TEXT NOT NULL,
	action TEXT NOT NULL,
	caller TEXT NOT NULL,
	parent TEXT,
	depth INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	total INTEGER NOT NULL,
	tools TEXT,
	PRIMARY KEY (series, at, identity)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ix_call_key ON call (at / 3600000000, identity);

CREATE INDEX ix_call_total ON call (session) WHERE total = 1;

CREATE TABLE pushed_series (
	series INTEGER NOT NULL,
	provider TEXT NOT NULL,
	covered_by TEXT,
	covered_from INTEGER NOT NULL,
	covered_until INTEGER NOT NULL,
	PRIMARY KEY (series),
	CONSTRAINT fk_pushed_series FOREIGN KEY(series) REFERENCES series (id)
)
 STRICT;

CREATE TABLE pushed_minute (
	series INTEGER NOT NULL,
	bucket INTEGER NOT NULL,
	uncached_input INTEGER NOT NULL,
	cache_write_5m INTEGER NOT NULL,
	cache_write_1h INTEGER NOT NULL,
	cache_read INTEGER NOT NULL,
	output INTEGER NOT NULL,
	web_searches INTEGER NOT NULL,
	requests INTEGER NOT NULL,
	cost_microusd INTEGER NOT NULL,
	estimated INTEGER NOT NULL,
	PRIMARY KEY (series, bucket)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE new_intent (
	id TEXT NOT NULL,
	workload TEXT NOT NULL,
	verb TEXT NOT NULL,
	origin TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	requested_by TEXT NOT NULL,
	requested_at INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,
	plan_hash TEXT NOT NULL,
	evidence TEXT NOT NULL,
	reverses TEXT,
	escalates TEXT,
	finished_at INTEGER,
	spend_stopped_at INTEGER,
	settled_at INTEGER,
	tail_microusd INTEGER,
	note TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT ck_intent_verb CHECK (verb IN ('kill', 'resume', 'drill')),
	CONSTRAINT ck_intent_origin CHECK (origin IN ('automatic', 'manual', 'drill')),
	CONSTRAINT ck_intent_state CHECK (state IN ('awaiting_approval', 'approved', 'executing', 'verifying', 'done', 'partial', 'failed', 'unknown', 'expired', 'rejected', 'observed')),
	CONSTRAINT ck_intent_ranges CHECK (requested_at BETWEEN 0 AND 32503680000000000 AND valid_until BETWEEN 0 AND 32503680000000000 AND finished_at BETWEEN 0 AND 32503680000000000 AND spend_stopped_at BETWEEN 0 AND 32503680000000000 AND settled_at BETWEEN 0 AND 32503680000000000),
	CONSTRAINT ck_intent_order CHECK (requested_at <= valid_until)
)
 STRICT;

CREATE TABLE new_step (
	id INTEGER NOT NULL,
	intent TEXT NOT NULL,
	position INTEGER NOT NULL,
	switch TEXT NOT NULL,
	source TEXT,
	target TEXT NOT NULL,
	verb TEXT NOT NULL,
	wanted TEXT NOT NULL,
	stage INTEGER NOT NULL,
	"before" TEXT,
	"after" TEXT,
	state TEXT NOT NULL,
	idempotency_key TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	fencing INTEGER,
	claimed_by TEXT,
	claimed_at INTEGER,
	requested_at INTEGER,
	confirmed_at INTEGER,
	error TEXT,
	PRIMARY KEY (id),
	CONSTRAINT uq_step_intent_position UNIQUE (intent, position),
	CONSTRAINT uq_step_idempotency_key UNIQUE (idempotency_key),
	FOREIGN KEY(intent) REFERENCES intent (id),
	CONSTRAINT ck_step_verb CHECK (verb IN ('disable', 'enable')),
	CONSTRAINT ck_step_state CHECK (state IN ('planned', 'executing', 'verifying', 'done', 'refused', 'failed', 'unknown', 'expired')),
	CONSTRAINT ck_step_ranges CHECK (claimed_at BETWEEN 0 AND 32503680000000000 AND requested_at BETWEEN 0 AND 32503680000000000 AND confirmed_at BETWEEN 0 AND 32503680000000000 AND position >= 0 AND attempt >= 0 AND fencing >= 0 AND stage >= 0)
)
 STRICT;

CREATE TABLE drill (
	id INTEGER NOT NULL,
	workload TEXT NOT NULL,
	at INTEGER NOT NULL,
	drilled_by TEXT NOT NULL,
	sort TEXT NOT NULL,
	target TEXT NOT NULL,
	requested_s REAL,
	confirmed_s REAL,
	outcome TEXT NOT NULL,
	detail TEXT NOT NULL,
	intent TEXT,
	PRIMARY KEY (id),
	FOREIGN KEY(intent) REFERENCES intent (id),
	CONSTRAINT ck_drill_sort CHECK (sort IN ('target', 'dry run')),
	CONSTRAINT ck_drill_outcome CHECK (outcome IN ('passed', 'failed', 'unknown')),
	CONSTRAINT ck_drill_ranges CHECK (at BETWEEN 0 AND 32503680000000000)
)
 STRICT;

CREATE INDEX ix_drill_workload ON drill (workload, at);
