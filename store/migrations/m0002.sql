CREATE TABLE audit_checkpoint (
	number INTEGER NOT NULL,
	at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	closes INTEGER,
	body TEXT NOT NULL,
	hash TEXT NOT NULL,
	signature TEXT NOT NULL,
	PRIMARY KEY (number)
) STRICT;

CREATE TABLE audit_anchor (
	place TEXT NOT NULL,
	number INTEGER NOT NULL,
	at INTEGER,
	error TEXT,
	PRIMARY KEY (place)
) STRICT;

CREATE TABLE secret_place (
	id INTEGER NOT NULL,
	reference TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	origin TEXT NOT NULL,
	confirmed_by TEXT,
	at INTEGER NOT NULL,
	PRIMARY KEY (id)
) STRICT;

DROP TRIGGER audit_entry_no_delete;

CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE closes >= OLD.seq) BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;

CREATE TRIGGER audit_entry_no_insert BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;

CREATE TRIGGER audit_checkpoint_no_insert BEFORE INSERT ON audit_checkpoint WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;

CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;

CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;
