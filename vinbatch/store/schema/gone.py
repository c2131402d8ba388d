"""The last revision of each VIN whose record was deleted, and the lowest that may be given after a restore.

A mark names a VIN and a revision. Were a revision given twice, an old result would pass for the present one,
and its old data would be declared without a word.
"""

SCHEMA_GONE = """
CREATE TABLE gone (vin TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE revision_floor (revision INTEGER NOT NULL);
INSERT INTO gone
    SELECT vin, max(json_extract(body, '$.revision')) FROM event
    WHERE vin IN (
        SELECT vin FROM event WHERE vin <> '' AND json_extract(body, '$.kind') IN ('deleted', 'replaced')
    )
    GROUP BY vin HAVING max(json_extract(body, '$.revision')) IS NOT NULL;
CREATE TRIGGER record_gone AFTER DELETE ON record BEGIN
    INSERT INTO gone VALUES (OLD.vin, json_extract(OLD.body, '$.revision'))
    ON CONFLICT (vin) DO UPDATE SET revision = max(revision, excluded.revision);
END;
"""
