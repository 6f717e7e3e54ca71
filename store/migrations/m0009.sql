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
