"""The tables of the ledger, script by script as they came (`migrating` applies those that a ledger lacks).

Field values are JSON in `record.body` and `entry.body`: a new field of the rules needs no migration. The
other columns exist to be searched by. docs/ledger.md tells what each is for. A script that a ledger may have
is never edited: a change is a script of its own, at the end of `SCRIPTS`.
"""

from __future__ import annotations

from vinbatch.store.schema.doubted import SCHEMA_DOUBTED
from vinbatch.store.schema.entry import SCHEMA_ENTRY
from vinbatch.store.schema.follows import SCHEMA_FOLLOWS
from vinbatch.store.schema.forgotten import SCHEMA_FORGOTTEN
from vinbatch.store.schema.gone import SCHEMA_GONE
from vinbatch.store.schema.open import SCHEMA_OPEN
from vinbatch.store.schema.overview import SCHEMA_OVERVIEW
from vinbatch.store.schema.renewal import SCHEMA_RENEWAL

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

# Mail: letters, their recipients, what was last told of a batch, and what an operator has not been told of.
# What was worked before is not mailed: whoever sets a mail server up does not want the history.
SCHEMA_MAIL = """
CREATE TABLE mail (
    id INTEGER PRIMARY KEY,
    message TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    subject TEXT NOT NULL,
    queued TEXT NOT NULL,
    letter BLOB
);
CREATE INDEX mail_batch ON mail(batch);
CREATE TABLE mailing (
    mail INTEGER NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    doubt INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL,
    reply TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (mail, address)
) WITHOUT ROWID;
CREATE INDEX mailing_open ON mailing(due) WHERE state IN ('queued', 'sending');
CREATE INDEX mailing_refused ON mailing(due) WHERE state = 'refused';
CREATE TABLE thread (
    batch TEXT PRIMARY KEY,
    told TEXT NOT NULL,
    at TEXT NOT NULL,
    letters INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE trouble (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    about TEXT NOT NULL,
    at TEXT NOT NULL
);
UPDATE batch SET mail_due = 0;
CREATE INDEX batch_mail ON batch(number) WHERE mail_due > 0;
"""

# Batches whose after_batch has not been run yet, and for which version of their answer.
SCHEMA_AFTER = """
CREATE TABLE after_batch (batch TEXT PRIMARY KEY, answer INTEGER NOT NULL) WITHOUT ROWID;
"""

# For people and programs that read the ledger with SQL, as Datasette does: plain columns, no blobs.
SCHEMA_VIEWS = """
CREATE VIEW vehicles AS SELECT
    vin, type, state, held, batch, department, structure_no,
    json_extract(body, '$.now.data.ccc_no') AS ccc_no,
    json_extract(body, '$.now.data.production_date') AS production_date,
    json_extract(body, '$.now.data.colour') AS colour,
    nullif(declared, '') AS waiting_since,
    json_extract(body, '$.now.heard.status') AS answer_code,
    json_extract(body, '$.now.heard.info') AS answer,
    updated,
    json_extract(body, '$.revision') AS revision,
    json_extract(body, '$.now.data') AS data,
    json_extract(body, '$.accepted.data') AS accepted_data
FROM record;
CREATE VIEW batches AS SELECT
    number AS batch, taken, source_name AS file, source_digest AS file_sha256,
    department, owner, user, saved_by,
    committed AS worked, refused,
    (SELECT count(*) FROM package WHERE package.batch = batch.number) AS packages,
    (SELECT coalesce(sum(vehicles), 0) FROM package WHERE package.batch = batch.number) AS vehicles_sent,
    (SELECT count(*) FROM answer WHERE answer.batch = batch.number) AS answers,
    (SELECT name FROM answer WHERE answer.batch = batch.number ORDER BY id DESC LIMIT 1) AS result,
    (SELECT written FROM answer WHERE answer.batch = batch.number ORDER BY id DESC LIMIT 1) AS answered
FROM batch;
CREATE VIEW packages AS SELECT
    guid, batch, type, name, vehicles, state, nullif(published, '') AS published, reason, digest AS sha256
FROM package;
CREATE VIEW history AS SELECT
    id, json_extract(body, '$.time') AS time, vin, batch, json_extract(body, '$.kind') AS kind,
    json_extract(body, '$.type') AS type, json_extract(body, '$.state') AS state,
    json_extract(body, '$.revision') AS revision, json_extract(body, '$.sheet') AS sheet,
    nullif(json_extract(body, '$.row'), 0) AS row, json_extract(body, '$.cell') AS cell,
    json_extract(body, '$.diff') AS diff, json_extract(body, '$.guid') AS guid,
    json_extract(body, '$.info') AS info, hash
FROM event;
CREATE VIEW customs_answers AS SELECT
    reply.id, heard, reply.vin, package.batch, package.type, reply.guid, package.name AS package,
    status AS code, reply.state, time, info, effect, nullif(user, '') AS by_hand_of, receipt AS receipt_sha256
FROM reply LEFT JOIN package ON package.guid = reply.guid;
CREATE VIEW catalogue_latest AS SELECT
    entry.number AS structure_no, entry.revision, entry.batch, entry.updated,
    coalesce(usage.live, 0) AS vehicles, coalesce(usage.firm, 0) AS vehicles_declared,
    json_extract(body, '$.values.brand_zh') AS brand, json_extract(body, '$.values.model') AS model,
    json_extract(body, '$.values') AS data
FROM shelf JOIN entry ON entry.number = shelf.number AND entry.generation = shelf.generation
    AND entry.revision = shelf.revision
LEFT JOIN usage ON usage.number = shelf.number;
"""

# How many passes began to judge a batch: more than one where a pass died over it.
SCHEMA_TRIES = "ALTER TABLE batch ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"

# By which program and rules the answer of a batch could not be made; "" where it was.
SCHEMA_UNTOLD = """
ALTER TABLE batch ADD COLUMN untold TEXT NOT NULL DEFAULT '';
CREATE INDEX batch_untold ON batch(number) WHERE untold <> '';
"""

# Numbers that a live record stands on beside the one of its latest declaration: what a draft returns to, and
# what is in force while customs weighs a change. They count as users: else 删除含结构参数 elsewhere could
# take the parameters from under a filing.
SCHEMA_BESIDE = """
CREATE TABLE beside (
    number TEXT NOT NULL,
    vin TEXT NOT NULL,
    certificate TEXT NOT NULL,
    PRIMARY KEY (number, vin)
) WITHOUT ROWID;
CREATE INDEX beside_vin ON beside(vin);
CREATE TRIGGER beside_inserted AFTER INSERT ON beside BEGIN
    INSERT INTO usage VALUES (NEW.number, 1, 1)
    ON CONFLICT (number) DO UPDATE SET live = live + 1, firm = firm + 1;
END;
CREATE TRIGGER beside_deleted AFTER DELETE ON beside BEGIN
    UPDATE usage SET live = live - 1, firm = firm - 1 WHERE number = OLD.number;
END;
INSERT OR IGNORE INTO beside
    SELECT number, vin, certificate FROM (
        SELECT json_extract(body, '$.before.data.structure_no') AS number, vin, structure_no,
            substr(coalesce(json_extract(body, '$.before.data.ccc_no'), ''), 1, 16) AS certificate
        FROM record WHERE live AND NOT (
            json_extract(body, '$.before.type') = 'revocation'
            AND json_extract(body, '$.before.state') = 'accepted'
        )
        UNION ALL
        SELECT json_extract(body, '$.accepted.data.structure_no'), vin, structure_no,
            substr(coalesce(json_extract(body, '$.accepted.data.ccc_no'), ''), 1, 16)
        FROM record WHERE live AND (type <> 'filing' OR state = 'accepted')
    ) WHERE number <> '' AND number <> structure_no;
"""

# Who waits because nothing went out at all, and not because of anything that was said of his letter.
SCHEMA_OUTAGE = "ALTER TABLE mailing ADD COLUMN outage INTEGER NOT NULL DEFAULT 0;"

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
)
