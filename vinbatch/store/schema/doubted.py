"""What stood in a receipt where a time is due, and was none to go by: the answer counts without it."""

SCHEMA_DOUBTED = """
ALTER TABLE reply ADD COLUMN doubted TEXT NOT NULL DEFAULT '';
DROP VIEW customs_answers;
CREATE VIEW customs_answers AS SELECT
    reply.id, heard, reply.vin, package.batch, package.type, reply.guid, package.name AS package,
    status AS code, reply.state, time, info, effect, nullif(user, '') AS by_hand_of,
    receipt AS receipt_sha256, nullif(doubted, '') AS doubted_time
FROM reply LEFT JOIN package ON package.guid = reply.guid;
"""
