"""Tables, indexes, triggers and views against the scripts that make them: who may write the file may rewrite
what guards it, what it counts by, and what its views show.
"""

from __future__ import annotations

import sqlite3

from vinbatch.store.compared import DROPPED, FOREIGN, REWRITTEN, Part
from vinbatch.store.migrating import SCHEMA, statements
from vinbatch.store.schema import SCRIPTS

_ACTING = ("trigger",)  # whatever its name, and on whatever table: it acts whenever we write
_APPLIED = "_sqlite_migrations"  # the list of applied scripts that sqlite-utils keeps


def verify_schema(db: sqlite3.Connection, version: int = SCHEMA) -> Part:
    """Each by its kind and name. What somebody added is told and not counted as wrong, but for triggers."""
    part = Part("schema")
    there, due = _schema(db), _due(version)
    part.count = len(due)
    for name, sql in sorted(due.items()):
        if name not in there:
            part.note(DROPPED, " ".join(name))
        elif there[name] != sql:
            part.note(REWRITTEN, " ".join(name))
    for added in sorted(there.keys() - due.keys()):
        if added[0] in _ACTING:
            part.note(FOREIGN, " ".join(added))
        else:
            part.added.append(" ".join(added))
    return part


def _due(version: int) -> dict[tuple[str, str], str]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in statements("".join(SCRIPTS[:version])):
            db.execute(statement)
        return _schema(db)
    finally:
        db.close()


def _schema(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """(kind, name) → its statement. Blanks do not count."""
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {
        (kind, name): " ".join(f"{table} {sql}".split())
        for kind, name, table, sql in rows
        if kind in _ACTING or not (table.startswith("sqlite_") or table == _APPLIED)
    }
