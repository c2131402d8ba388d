"""What we put into reports/: known as ours by its bytes, also where a kill left it unrecorded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger


class Placing:
    """The digests of what lies there, and of what is on its way."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def ours(self, name: str) -> tuple[str, ...]:
        """What may lie under this name and be ours: what we last put there, and what was on its way."""
        # What is on its way may lie beside its name.
        rows = self._ledger.db.execute(
            "SELECT digest FROM written WHERE name = ? UNION SELECT digest FROM coming", (name,)
        )
        return tuple(digest for (digest,) in rows)

    def announce(self, files: Mapping[str, str]) -> None:
        """Said before files are put, by name and digest: after a crash they are known as ours."""
        with self._ledger.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO coming VALUES (?, ?)", files.items())


def placed(db: sqlite3.Connection, batch: str, files: Mapping[str, str], announced: Iterable[str]) -> None:
    """What was announced under these names lies there, name → digest, within the caller's transaction."""
    db.executemany("DELETE FROM coming WHERE name = ?", [(name,) for name in announced])
    db.executemany(
        "INSERT OR REPLACE INTO written VALUES (?, ?, ?)", [(n, d, batch) for n, d in files.items()]
    )
