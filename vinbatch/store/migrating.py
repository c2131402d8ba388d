"""How an older ledger becomes a current one: every script that it lacks, in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from vinbatch.errors import AccessError
from vinbatch.store.schema import SCRIPTS
from vinbatch.store.writing import only_writer

if TYPE_CHECKING:
    from sqlite_utils.db import Database

# Kept in the database as user_version, which is cheap to ask.
SCHEMA = len(SCRIPTS)


def version_of(db: sqlite3.Connection) -> int:
    """The schema that this ledger has; 0 for an empty file."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def refuse_newer(db: sqlite3.Connection, path: Path) -> None:
    """AccessError where a newer vinbatch wrote this ledger."""
    version = version_of(db)
    if version > SCHEMA:
        raise AccessError("ledger.newer", at=str(path), theirs=str(version), ours=str(SCHEMA))


def migrate(db: sqlite3.Connection) -> None:
    """Bring the ledger up to date, all or nothing: who looks meanwhile sees it as it was.

    Of several who open it at once the first migrates, the others wait for him. sqlite-utils keeps the list of
    what was applied, and when. It imports pandas where that is installed: so it is asked only when a
    migration is due.
    """
    if version_of(db) >= SCHEMA:
        return
    from sqlite_utils import Database, Migrations

    migrations = Migrations("vinbatch")

    for number, script in enumerate(SCRIPTS, start=1):

        def step(database: Database, number: int = number, script: str = script) -> None:
            for statement in statements(script):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")

        migrations(name=f"schema_{number}")(step)
    with only_writer(db):
        if version_of(db) < SCHEMA:
            migrations.apply(Database(db))


def statements(script: str) -> list[str]:
    """The statements of a script one by one: `executescript` would commit the migration's transaction."""
    found, text = [], ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            found.append(text.strip())
            text = ""
    return found
