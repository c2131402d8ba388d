"""What a refused row says where it waits: a row of an older result says another thing."""

SCHEMA_OLDER = """
ALTER TABLE open_row ADD COLUMN says TEXT NOT NULL DEFAULT '';
UPDATE open_row SET says = substr(mark, -12) WHERE mark <> '';
"""
