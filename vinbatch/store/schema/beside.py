"""Numbers that a live record stands on beside the one of its latest declaration.

They are what a draft returns to, and what is in force while customs weighs a change. They count as users:
else 删除含结构参数 elsewhere could take the parameters from under a filing.
"""

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
