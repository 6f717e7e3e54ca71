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
