CREATE TABLE disarm_request (
	id INTEGER NOT NULL,
	workload TEXT,
	ends_at INTEGER NOT NULL,
	reason TEXT NOT NULL,
	requested_by TEXT NOT NULL,
	requested_at INTEGER NOT NULL,
	grant_until INTEGER NOT NULL,
	content_hash TEXT NOT NULL,
	state TEXT NOT NULL,
	decided_by TEXT,
	decided_at INTEGER,
	disarm INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(disarm) REFERENCES disarm (id)
) STRICT;

CREATE TABLE review (
	id INTEGER NOT NULL,
	intent TEXT NOT NULL,
	workload TEXT NOT NULL,
	opened_by TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	reason TEXT NOT NULL,
	due_at INTEGER NOT NULL,
	closed_by TEXT,
	closed_at INTEGER,
	finding TEXT,
	PRIMARY KEY (id)
) STRICT;
