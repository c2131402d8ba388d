"""A script of the ledger's tables: what register and overview are made from.

Triggers keep it: whoever writes a record or a batch need not know of it, and what is due is marked in the
transaction that made it so. A batch's number tells its day at the site (`line.day`, YYYYMMDD). The
counts of a batch's verdicts and findings are filled in at its commit, those of older batches when the
overview is next written.
"""

SCHEMA_OVERVIEW = """
CREATE TABLE line (
    batch TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    counted INTEGER NOT NULL DEFAULT 0,
    refusal TEXT NOT NULL DEFAULT '',
    accepted INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    overdue INTEGER NOT NULL DEFAULT 0,
    doubt INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    report TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX line_day ON line(day);
CREATE INDEX line_uncounted ON line(batch) WHERE counted = 0;
CREATE TABLE verdict_count (
    batch TEXT NOT NULL,
    sheet TEXT NOT NULL,
    verdict TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (batch, sheet, verdict)
) WITHOUT ROWID;
CREATE TABLE finding_count (
    batch TEXT NOT NULL,
    code TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (batch, code)
) WITHOUT ROWID;
CREATE TABLE delay (
    batch TEXT NOT NULL,
    receipt TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (batch, receipt)
) WITHOUT ROWID;
CREATE TABLE tally (
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    held INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (type, state, held)
) WITHOUT ROWID;
CREATE TABLE register (
    part INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    name TEXT NOT NULL,
    vehicles INTEGER NOT NULL
);
CREATE TABLE register_due (id INTEGER PRIMARY KEY);
CREATE TABLE page_due (page TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE coming (name TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (name, digest)) WITHOUT ROWID;
CREATE TABLE refreshed (what TEXT PRIMARY KEY, at TEXT NOT NULL, told TEXT NOT NULL) WITHOUT ROWID;

WITH settled AS (
    SELECT guid, vin, state, max(id) FROM reply WHERE effect IN ('applied', 'overrode') GROUP BY guid, vin
), answered AS (
    SELECT package.batch AS batch,
        sum(settled.state = 'accepted') AS accepted, sum(settled.state = 'rejected') AS rejected
    FROM settled JOIN package USING (guid) GROUP BY package.batch
)
INSERT INTO line (batch, day, overdue, accepted, rejected, doubt, result, report)
    SELECT number, substr(number, instr(number, '-') + 1, 8), overdue,
        coalesce(accepted, 0), coalesce(rejected, 0),
        (SELECT count(*) FROM package WHERE package.batch = number AND state = 'doubt'),
        coalesce((SELECT name FROM answer WHERE answer.batch = number ORDER BY id DESC LIMIT 1), ''),
        coalesce((SELECT name FROM written WHERE written.batch = number AND name LIKE '%.html' LIMIT 1), '')
    FROM batch LEFT JOIN answered ON answered.batch = number WHERE committed = 1;
INSERT INTO delay
    SELECT package.batch, receipt, round((julianday(heard) - julianday(taken)) * 86400), count(*)
    FROM reply JOIN package USING (guid) JOIN batch ON number = package.batch WHERE effect = 'applied'
    GROUP BY package.batch, receipt;
INSERT INTO tally SELECT type, state, held, count(*) FROM record GROUP BY type, state, held;
INSERT INTO register_due SELECT id FROM record;
INSERT INTO page_due SELECT DISTINCT substr(day, 1, 6) FROM line;
INSERT INTO page_due VALUES ('index');

CREATE TRIGGER batch_committed AFTER UPDATE OF committed ON batch WHEN NEW.committed BEGIN
    INSERT OR IGNORE INTO line (batch, day)
    VALUES (NEW.number, substr(NEW.number, instr(NEW.number, '-') + 1, 8));
END;
CREATE TRIGGER batch_overdue_told AFTER UPDATE OF overdue ON batch BEGIN
    UPDATE line SET overdue = NEW.overdue WHERE batch = NEW.number;
END;
CREATE TRIGGER answer_told AFTER INSERT ON answer BEGIN
    UPDATE line SET result = NEW.name WHERE batch = NEW.batch;
END;
CREATE TRIGGER report_told AFTER INSERT ON written WHEN NEW.name LIKE '%.html' BEGIN
    UPDATE line SET report = NEW.name WHERE batch = NEW.batch;
END;
CREATE TRIGGER doubt_told AFTER UPDATE OF state ON package WHEN 'doubt' IN (OLD.state, NEW.state) BEGIN
    UPDATE line SET doubt = (SELECT count(*) FROM package WHERE batch = NEW.batch AND state = 'doubt')
    WHERE batch = NEW.batch;
END;
CREATE TRIGGER reply_applied AFTER INSERT ON reply WHEN NEW.effect = 'applied' BEGIN
    UPDATE line SET
        accepted = accepted + (NEW.state = 'accepted'),
        rejected = rejected + (NEW.state = 'rejected')
    WHERE batch = (SELECT batch FROM package WHERE guid = NEW.guid);
    INSERT INTO delay
        SELECT number, NEW.receipt, round((julianday(NEW.heard) - julianday(taken)) * 86400), 1
        FROM batch WHERE number = (SELECT batch FROM package WHERE guid = NEW.guid)
    ON CONFLICT (batch, receipt) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER reply_overrode AFTER INSERT ON reply WHEN NEW.effect = 'overrode' BEGIN
    UPDATE line SET
        accepted = accepted + iif(NEW.state = 'accepted', 1, -1),
        rejected = rejected + iif(NEW.state = 'rejected', 1, -1)
    WHERE batch = (SELECT batch FROM package WHERE guid = NEW.guid);
END;
CREATE TRIGGER line_new AFTER INSERT ON line BEGIN
    INSERT OR IGNORE INTO page_due VALUES (substr(NEW.day, 1, 6)), ('index');
END;
CREATE TRIGGER line_moved AFTER UPDATE ON line BEGIN
    INSERT OR IGNORE INTO page_due VALUES (substr(NEW.day, 1, 6)), ('index');
END;

CREATE TRIGGER record_came AFTER INSERT ON record BEGIN
    INSERT INTO tally VALUES (NEW.type, NEW.state, NEW.held, 1)
    ON CONFLICT (type, state, held) DO UPDATE SET number = number + 1;
    INSERT OR IGNORE INTO register_due VALUES (NEW.id);
END;
CREATE TRIGGER record_moved AFTER UPDATE ON record BEGIN
    UPDATE tally SET number = number - 1 WHERE (type, state, held) = (OLD.type, OLD.state, OLD.held);
    INSERT INTO tally VALUES (NEW.type, NEW.state, NEW.held, 1)
    ON CONFLICT (type, state, held) DO UPDATE SET number = number + 1;
    INSERT OR IGNORE INTO register_due VALUES (NEW.id);
END;
CREATE TRIGGER record_went AFTER DELETE ON record BEGIN
    UPDATE tally SET number = number - 1 WHERE (type, state, held) = (OLD.type, OLD.state, OLD.held);
    INSERT OR IGNORE INTO register_due VALUES (OLD.id);
END;
CREATE TRIGGER entry_came AFTER INSERT ON entry BEGIN
    INSERT OR IGNORE INTO register_due SELECT id FROM record WHERE structure_no = NEW.number;
END;
CREATE TRIGGER shelf_emptied AFTER DELETE ON shelf BEGIN
    INSERT OR IGNORE INTO register_due SELECT id FROM record WHERE structure_no = OLD.number;
END;
"""
