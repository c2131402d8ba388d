"""The register's files: which records each holds, which are due, and what lies in reports/ under their names.

A file holds the records of so many consecutive ids. A record keeps its id for life: so a file changes only
where one of its own vehicles does, and only its own records are read for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from vinbatch.model import Record, RegisterPart
from vinbatch.noun import Noun
from vinbatch.store.codec import record_from
from vinbatch.store.placing import placed
from vinbatch.store.writing import utc

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

_COLUMNS = "register"  # what stands in the table of refreshes for the columns of these files


class Placed(Noun, frozen=True):
    """A file of the register as it lies in reports/ now."""

    part: int
    name: str
    digest: str
    vehicles: int


class Register:
    """The register of a ledger, in files of `size` records; the first is number 1."""

    def __init__(self, ledger: Ledger, size: int) -> None:
        self._ledger = ledger
        self._db = ledger.db
        self._size = size

    def due(self, columns: str, now: datetime) -> tuple[int, ...]:
        """The numbers of the files in which something changed, newest first.

        All where the size changed, or `columns`, which stands for the fields by which the files are made. A
        ledger that does not say is taken to have today's: to write all anew takes hundreds of passes.
        """
        resized = self._db.execute("SELECT 1 FROM register WHERE size <> ?", (self._size,)).fetchone()
        known = self._db.execute("SELECT told FROM refreshed WHERE what = ?", (_COLUMNS,)).fetchone()
        if resized or known != (columns,):
            with self._ledger.transaction() as db:
                if resized or known:
                    db.execute("INSERT OR IGNORE INTO register_due SELECT id FROM record")
                if resized:
                    db.execute("DELETE FROM register")
                db.execute(
                    "INSERT OR REPLACE INTO refreshed VALUES (?, ?, ?)",
                    (_COLUMNS, utc(now), columns),
                )
        rows = self._db.execute(
            "SELECT DISTINCT (id - 1) / ? + 1 FROM register_due ORDER BY 1 DESC", (self._size,)
        )
        return tuple(part for (part,) in rows)

    def records(self, part: int) -> list[Record]:
        """The records of a file, in the order in which they were first declared or saved."""
        rows = self._db.execute(
            "SELECT body FROM record WHERE id BETWEEN ? AND ? ORDER BY id", self._ids(part)
        )
        return [record_from(body) for (body,) in rows]

    def placed(self, one: Placed, gone: tuple[str, ...]) -> None:
        """It lies there and tells everything again; copies under the names `gone` were taken away."""
        with self._ledger.transaction() as db:
            placed(db, "", {one.name: one.digest}, [file_name(one.part)])
            db.executemany("DELETE FROM written WHERE name = ?", [(name,) for name in gone])
            db.execute(
                "INSERT OR REPLACE INTO register VALUES (?, ?, ?, ?)",
                (one.part, self._size, one.name, one.vehicles),
            )
            db.execute("DELETE FROM register_due WHERE id BETWEEN ? AND ?", self._ids(one.part))

    def parts(self) -> tuple[RegisterPart, ...]:
        """The files as they lie, the first one first."""
        rows = self._db.execute("SELECT part, name, vehicles FROM register ORDER BY part")
        return tuple(RegisterPart(part, name, n, name != file_name(part)) for part, name, n in rows)

    def _ids(self, part: int) -> tuple[int, int]:
        return (part - 1) * self._size + 1, part * self._size


def file_name(part: int) -> str:
    """`register.xlsx`, `register_2.xlsx` …; `register-2.xlsx` is what lies beside one that is held open."""
    return f"register_{part}.xlsx" if part > 1 else "register.xlsx"
