"""Batches whose answer a later one has made old: its row was filed, or its draft deleted, elsewhere.

`renewal` are those to be answered anew at the end of the pass; what is counted late marks none. `taken_over`
are rows that came back in a later batch, by their mark, and a refused file that came back by its name.
"""

SCHEMA_RENEWAL = """
CREATE TABLE renewal (batch TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE taken_over (
    batch TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row INTEGER NOT NULL,
    later TEXT NOT NULL,
    PRIMARY KEY (batch, sheet, row)
) WITHOUT ROWID;
CREATE TRIGGER renewal_of_open AFTER DELETE ON open_row
WHEN EXISTS (SELECT 1 FROM line WHERE batch = OLD.batch AND counted = 1) BEGIN
    INSERT OR REPLACE INTO renewal VALUES (OLD.batch);
END;
CREATE TRIGGER renewal_of_draft AFTER UPDATE ON record
WHEN NEW.batch <> OLD.batch AND OLD.state = 'draft' BEGIN
    INSERT OR REPLACE INTO renewal VALUES (OLD.batch);
    INSERT OR REPLACE INTO renewal VALUES (NEW.batch);
END;
CREATE TRIGGER renewal_of_deleted AFTER DELETE ON record BEGIN
    INSERT OR REPLACE INTO renewal VALUES (OLD.batch);
END;
"""
