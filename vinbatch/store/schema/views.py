"""For people and programs that read the ledger with SQL, as Datasette does: plain columns, no blobs."""

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
