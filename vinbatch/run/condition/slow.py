"""Rows that were refused because a pattern of the home comes to no end with what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from vinbatch.model import STRUCTURE, VEHICLE
from vinbatch.ruleset import Ruleset
from vinbatch.store.ledger import Ledger

_CODE = "PATTERN-SLOW"
_MOST = 20  # batches, the newest: each costs the decoding of its outcome


def slow_patterns(ledger: Ledger, ruleset: Ruleset) -> tuple[tuple[str, str], ...]:
    """Batch and field, while the rows wait and the pattern is the one that refused them.

    Once it is mended, it is the clerk who has something to do.
    """
    return tuple(_found(ledger, ruleset))


def _found(ledger: Ledger, ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    patterns = {
        (f"{f.sheet}.{f.key}", f.pattern) for sheet in (VEHICLE, STRUCTURE) for f in ruleset.fields(sheet)
    }
    for batch in ledger.queries.open_with(_CODE)[-_MOST:]:
        rows, findings = ledger.queries.open_rows(batch), ledger.outcome(batch).findings
        slow = (f for f in findings if f.code == _CODE and (rows is None or f.place in rows))
        found = (dict(f.params) for f in slow)
        for at in dict.fromkeys(str(p["at"]) for p in found if (p["at"], p["pattern"]) in patterns):
            yield batch, at
