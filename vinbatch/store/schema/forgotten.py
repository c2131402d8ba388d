"""Packages that a restored ledger does not know, and their vehicles: refused until a person has decided."""

SCHEMA_FORGOTTEN = """
CREATE TABLE forgotten (
    guid TEXT PRIMARY KEY,
    batch TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    vehicles INTEGER NOT NULL,
    made TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    settled TEXT NOT NULL DEFAULT '',
    user TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX forgotten_open ON forgotten(batch) WHERE state = 'open';
CREATE TABLE forgotten_vin (vin TEXT NOT NULL, guid TEXT NOT NULL, PRIMARY KEY (vin, guid)) WITHOUT ROWID;
CREATE INDEX forgotten_guid ON forgotten_vin(guid);
"""
