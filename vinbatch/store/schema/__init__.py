"""The tables of the ledger, script by script as they came (`migrating` applies those that a ledger lacks).

Field values are JSON in `record.body` and `entry.body`: a new field of the rules needs no migration. The
other columns exist to be searched by. docs/ledger.md tells what each is for. A script that a ledger may have
is never edited: a change is a script of its own, at the end of `SCRIPTS`.
"""

from __future__ import annotations

from vinbatch.store.schema.beside import SCHEMA_BESIDE
from vinbatch.store.schema.doubted import SCHEMA_DOUBTED
from vinbatch.store.schema.entry import SCHEMA_ENTRY
from vinbatch.store.schema.follows import SCHEMA_FOLLOWS
from vinbatch.store.schema.forgotten import SCHEMA_FORGOTTEN
from vinbatch.store.schema.gone import SCHEMA_GONE
from vinbatch.store.schema.mail import SCHEMA_MAIL, SCHEMA_OUTAGE
from vinbatch.store.schema.older import SCHEMA_OLDER
from vinbatch.store.schema.open import SCHEMA_OPEN
from vinbatch.store.schema.overview import SCHEMA_OVERVIEW
from vinbatch.store.schema.renewal import SCHEMA_RENEWAL
from vinbatch.store.schema.views import SCHEMA_VIEWS

SCHEMA_1 = """
CREATE TABLE batch (
    number TEXT PRIMARY KEY,
    claim TEXT NOT NULL UNIQUE,
    taken TEXT NOT NULL,
    department TEXT NOT NULL,
    owner TEXT NOT NULL,
    user TEXT NOT NULL,
    saved_by TEXT NOT NULL DEFAULT '',
    source_name TEXT NOT NULL,
    source_digest TEXT NOT NULL,
    committed INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    outcome BLOB,
    answer_due INTEGER NOT NULL DEFAULT 0,
    mail_due INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX batch_digest ON batch(source_digest);
CREATE INDEX batch_open ON batch(number) WHERE committed = 0;
CREATE INDEX batch_answer ON batch(number) WHERE answer_due = 1;

CREATE TABLE counter (day TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    vin TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    batch TEXT NOT NULL,
    structure_no TEXT NOT NULL,
    certificate TEXT NOT NULL,
    live INTEGER NOT NULL,
    firm INTEGER NOT NULL,
    held INTEGER NOT NULL,
    department TEXT NOT NULL,
    updated TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX record_tail ON record(substr(vin, -6));
CREATE INDEX record_structure ON record(structure_no, live);
CREATE INDEX record_batch ON record(batch);
CREATE INDEX record_place ON record(type, state, updated);
CREATE INDEX record_updated ON record(updated);

CREATE TABLE usage (number TEXT PRIMARY KEY, live INTEGER NOT NULL, firm INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER record_inserted AFTER INSERT ON record WHEN NEW.live BEGIN
    INSERT INTO usage VALUES (NEW.structure_no, 1, NEW.firm)
    ON CONFLICT (number) DO UPDATE SET live = live + 1, firm = firm + NEW.firm;
END;
CREATE TRIGGER record_deleted AFTER DELETE ON record WHEN OLD.live BEGIN
    UPDATE usage SET live = live - 1, firm = firm - OLD.firm WHERE number = OLD.structure_no;
END;
CREATE TRIGGER record_updated_old AFTER UPDATE ON record WHEN OLD.live BEGIN
    UPDATE usage SET live = live - 1, firm = firm - OLD.firm WHERE number = OLD.structure_no;
END;
CREATE TRIGGER record_updated_new AFTER UPDATE ON record WHEN NEW.live BEGIN
    INSERT INTO usage VALUES (NEW.structure_no, 1, NEW.firm)
    ON CONFLICT (number) DO UPDATE SET live = live + 1, firm = firm + NEW.firm;
END;

CREATE TABLE entry (
    number TEXT NOT NULL,
    generation INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    batch TEXT NOT NULL,
    updated TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (number, generation, revision)
) WITHOUT ROWID;
CREATE TABLE shelf (
    number TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    revision INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE agreed (wmi TEXT NOT NULL, country TEXT NOT NULL, PRIMARY KEY (wmi, country)) WITHOUT ROWID;

CREATE TABLE package (
    guid TEXT PRIMARY KEY,
    batch TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    vehicles INTEGER NOT NULL,
    state TEXT NOT NULL,
    boot TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    published TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX package_batch ON package(batch);
CREATE INDEX package_open ON package(guid) WHERE state <> 'published';

CREATE TABLE written (name TEXT PRIMARY KEY, digest TEXT NOT NULL, batch TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX written_batch ON written(batch);

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    vin TEXT NOT NULL,
    batch TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX event_vin ON event(vin) WHERE vin <> '';
CREATE INDEX event_batch ON event(batch);
CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;
CREATE TRIGGER event_stands BEFORE UPDATE ON event BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;
"""

# Customs' answers, when a record was declared, and every version of an answer that lay in reports/.
SCHEMA_2 = """
CREATE TABLE reply (
    id INTEGER PRIMARY KEY,
    guid TEXT NOT NULL,
    vin TEXT NOT NULL,
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    time TEXT NOT NULL,
    info TEXT NOT NULL,
    receipt TEXT NOT NULL,
    effect TEXT NOT NULL,
    user TEXT NOT NULL,
    heard TEXT NOT NULL,
    UNIQUE (guid, vin, receipt)
);
CREATE INDEX reply_vin ON reply(vin);
CREATE TABLE receipt (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    guid TEXT NOT NULL,
    heard TEXT NOT NULL,
    reasons TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    batch TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    written TEXT NOT NULL
);
CREATE INDEX answer_batch ON answer(batch);
ALTER TABLE batch ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN declared TEXT NOT NULL DEFAULT '';
UPDATE record SET declared = coalesce((SELECT taken FROM batch WHERE number = record.batch), updated)
    WHERE state = 'declared';
CREATE INDEX batch_overdue ON batch(number) WHERE overdue > 0;
CREATE INDEX record_waiting ON record(declared) WHERE state = 'declared';
"""

# Batches whose after_batch has not been run yet, and for which version of their answer.
SCHEMA_AFTER = """
CREATE TABLE after_batch (batch TEXT PRIMARY KEY, answer INTEGER NOT NULL) WITHOUT ROWID;
"""

# How many passes began to judge a batch: more than one where a pass died over it.
SCHEMA_TRIES = "ALTER TABLE batch ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"

# By which program and rules the answer of a batch could not be made; "" where it was.
SCHEMA_UNTOLD = """
ALTER TABLE batch ADD COLUMN untold TEXT NOT NULL DEFAULT '';
CREATE INDEX batch_untold ON batch(number) WHERE untold <> '';
"""

# An answer that contradicts another, repeats it or comes late moves no record; the register tells of it.
SCHEMA_ODD = """
CREATE TRIGGER reply_odd AFTER INSERT ON reply WHEN NEW.effect IN ('refused', 'repeated', 'late') BEGIN
    INSERT OR IGNORE INTO register_due SELECT id FROM record WHERE vin = NEW.vin;
END;
INSERT OR IGNORE INTO register_due
    SELECT id FROM record WHERE vin IN (SELECT vin FROM reply WHERE effect = 'refused');
"""

SCRIPTS = (
    SCHEMA_1,
    SCHEMA_2,
    SCHEMA_MAIL,
    SCHEMA_AFTER,
    SCHEMA_VIEWS,
    SCHEMA_OVERVIEW,
    SCHEMA_TRIES,
    SCHEMA_UNTOLD,
    SCHEMA_BESIDE,
    SCHEMA_FORGOTTEN,
    SCHEMA_OPEN,
    SCHEMA_RENEWAL,
    SCHEMA_ENTRY,
    SCHEMA_OUTAGE,
    SCHEMA_ODD,
    SCHEMA_GONE,
    SCHEMA_DOUBTED,
    SCHEMA_FOLLOWS,
    SCHEMA_OLDER,
)
