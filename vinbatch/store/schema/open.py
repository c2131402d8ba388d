"""A script of the ledger's tables: the rows that wait for something, and how many of them a person must mend.

`kind`: `refused`, `held`, `rejected` (by customs), or `watch`: the row asked for nothing, and its vehicle
waits for customs, or was rejected. `name` is its VIN or structure number; of a file that was refused as a
whole, which has no sheet and row, its department and stem. What moves a record on closes what earlier
batches had open.
"""

SCHEMA_OPEN = """
CREATE TABLE open_row (
    batch TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    mark TEXT NOT NULL DEFAULT ''
);
CREATE INDEX open_row_batch ON open_row(batch);
CREATE INDEX open_row_name ON open_row(name);
CREATE INDEX open_row_mark ON open_row(mark) WHERE mark <> '';
ALTER TABLE line ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
CREATE INDEX record_to_mend ON record(department) WHERE held = 1 OR state = 'rejected';

CREATE TRIGGER row_opened AFTER INSERT ON open_row WHEN NEW.kind <> 'watch' BEGIN
    UPDATE line SET open = open + 1 WHERE batch = NEW.batch;
END;
CREATE TRIGGER row_closed AFTER DELETE ON open_row WHEN OLD.kind <> 'watch' BEGIN
    UPDATE line SET open = open - 1 WHERE batch = OLD.batch;
END;
CREATE TRIGGER open_vehicle_came AFTER INSERT ON record BEGIN
    DELETE FROM open_row WHERE name = NEW.vin AND sheet = 'vehicle';
END;
CREATE TRIGGER open_vehicle_moved AFTER UPDATE ON record WHEN NEW.batch <> OLD.batch BEGIN
    DELETE FROM open_row WHERE name = NEW.vin AND sheet = 'vehicle' AND batch <> NEW.batch;
END;
CREATE TRIGGER open_vehicle_went AFTER DELETE ON record BEGIN
    DELETE FROM open_row WHERE name = OLD.vin AND sheet = 'vehicle' AND kind <> 'refused';
END;
CREATE TRIGGER open_vehicle_rejected AFTER UPDATE ON record
WHEN NEW.state = 'rejected' AND OLD.state <> 'rejected' BEGIN
    INSERT INTO open_row (batch, sheet, row, kind, name)
    VALUES (NEW.batch, 'vehicle', 0, 'rejected', NEW.vin);
END;
CREATE TRIGGER open_vehicle_overridden AFTER UPDATE ON record
WHEN OLD.state = 'rejected' AND NEW.state <> 'rejected' BEGIN
    DELETE FROM open_row WHERE name = NEW.vin AND sheet = 'vehicle' AND kind = 'rejected';
END;
CREATE TRIGGER open_entry_came AFTER INSERT ON entry BEGIN
    DELETE FROM open_row WHERE name = NEW.number AND sheet = 'structure';
END;

INSERT INTO open_row (batch, sheet, row, kind, name)
    SELECT batch, 'vehicle', 0, 'rejected', vin FROM record WHERE state = 'rejected';
UPDATE line SET counted = 0;
"""
