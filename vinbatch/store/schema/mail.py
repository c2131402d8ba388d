"""Mail: letters, their recipients, what was last told of a batch, and what an operator has not been told of.

What was worked before is not mailed: whoever sets a mail server up does not want the history.
"""

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

# Who waits because nothing went out at all, and not because of anything that was said of his letter.
SCHEMA_OUTAGE = "ALTER TABLE mailing ADD COLUMN outage INTEGER NOT NULL DEFAULT 0;"
