CREATE TABLE usage_change (
	fetch INTEGER NOT NULL,
	oldest INTEGER NOT NULL,
	PRIMARY KEY (fetch)
) STRICT;
