"""Catalogue entries in a table of rows.

Without row numbers, what is longer than a quarter of a page goes to a page of its own: of three bytes that
the entries took, two were empty.
"""

SCHEMA_ENTRY = """
CREATE TABLE entry_row (
    number TEXT NOT NULL,
    generation INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    batch TEXT NOT NULL,
    updated TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (number, generation, revision)
);
INSERT INTO entry_row SELECT * FROM entry ORDER BY updated, batch, number, generation, revision;
DROP VIEW catalogue_latest;
DROP TABLE entry;
ALTER TABLE entry_row RENAME TO entry;
CREATE TRIGGER entry_came AFTER INSERT ON entry BEGIN
    INSERT OR IGNORE INTO register_due SELECT id FROM record WHERE structure_no = NEW.number;
END;
CREATE TRIGGER open_entry_came AFTER INSERT ON entry BEGIN
    DELETE FROM open_row WHERE name = NEW.number AND sheet = 'structure';
END;
CREATE VIEW catalogue_latest AS SELECT
    entry.number AS structure_no, entry.revision, entry.batch, entry.updated,
    coalesce(usage.live, 0) AS vehicles, coalesce(usage.firm, 0) AS vehicles_declared,
    json_extract(body, '$.values.brand_zh') AS brand, json_extract(body, '$.values.model') AS model,
    json_extract(body, '$.values') AS data
FROM shelf JOIN entry ON entry.number = shelf.number AND entry.generation = shelf.generation
    AND entry.revision = shelf.revision
LEFT JOIN usage ON usage.number = shelf.number;
"""
