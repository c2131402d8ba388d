"""The batches whose after_batch is due: marked with the answer, forgotten when the program has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinbatch.noun import Noun

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger


class Due(Noun, frozen=True):
    """A batch, and the answer that was written last."""

    batch: str
    answer: int


class Hooks:
    """The marks of batches whose after_batch is due."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def due(self) -> tuple[Due, ...]:
        """All that are due, the oldest answer first."""
        rows = self._ledger.db.execute("SELECT batch, answer FROM after_batch ORDER BY answer").fetchall()
        return tuple(Due(batch, answer) for batch, answer in rows)

    def report(self, batch: str) -> str:
        """The name under which the batch's report lies in reports/, "" for none."""
        row = self._ledger.db.execute("SELECT report FROM line WHERE batch = ?", (batch,)).fetchone()
        return str(row[0]) if row else ""

    def ran(self, due: Due) -> None:
        """The program has ended. Where the batch was answered again meanwhile, it stays due."""
        with self._ledger.transaction() as db:
            db.execute("DELETE FROM after_batch WHERE batch = ? AND answer = ?", (due.batch, due.answer))
