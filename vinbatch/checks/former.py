"""Forms of other rules: what their headings meant, and whether their rows were edited since."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vinbatch.checks.cells import carried, original
from vinbatch.model import (
    FORM_MAJOR,
    FORM_MINOR,
    FORM_VERSION,
    NOT_DATA,
    REFILL,
    Finding,
    Raw,
    Row,
    Sheet,
)
from vinbatch.ruleset import Ruleset, digest_read, digest_told, fold, show_decimal

# In the hidden sheet of a form: the columns that tell what each of its headings means.
_KEYS, _TEXTS = "keys", "headings"
SYSTEM = "column."  # before the key of a column that the program fills in
_MOST_HEADINGS = 400
Former = Mapping[str, str]  # folded heading → key, in the order of the form


def former_headings(hidden: Sheet | None, token: str) -> Former:
    """What the headings of a form meant when it was made: fields may have other headings now.

    Nothing of a form of before it told so, nor of a sheet that came without.
    """
    titles = [original(cell) for cell in hidden.rows[0]] if hidden and hidden.rows else []
    wanted = f"{_KEYS}.{token}", f"{_TEXTS}.{token}"
    if hidden is None or not set(wanted) <= set(titles):
        return {}
    at = [titles.index(title) for title in wanted]
    told = (
        [original(row[i]) if i < len(row) else "" for i in at] for row in hidden.rows[1 : _MOST_HEADINGS + 1]
    )
    return {fold(text): key for key, text in told if key and text}


def form_findings(hidden: Sheet | None, ruleset: Ruleset) -> tuple[Finding, ...]:
    """The hidden sheet tells which form this is; without it the headings speak for themselves."""
    if hidden is None:
        return ()
    told = {original(row[0]): original(row[1]) for row in hidden.rows[:3] if len(row) > 1}
    match = re.fullmatch(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?", told.get("form", ""))
    if match is None:
        return ()
    major, minor = int(match[1]), int(match[2] or 0)
    if major != FORM_MAJOR:
        return (ruleset.finding("FORM-VERSION", version=match[0], current=FORM_VERSION),)
    if minor < FORM_MINOR or told.get("rules") != ruleset.form_digest:
        return (ruleset.finding("FORM-OLD"),)
    return ()


def unedited(sheet: Sheet, former: Former, rows: Sequence[Row], ruleset: Ruleset) -> frozenset[int]:
    """The numbers of the rows that today's rules give another digest, though nobody edited a cell of theirs.

    The digest of their mark is made of the fields of the form, in its order, and of the cells as they stand.
    By today's rules a field may be gone, have another key, another place, or another word for a value.
    """
    if not former:
        return frozenset()
    changed = [r for r in rows if r.mark is not None and digest_read(ruleset, r) != r.mark.digest]
    if not changed:
        return frozenset()
    places = {fold(original(cell)): i for i, cell in reversed([*enumerate(sheet.rows[0])])}
    columns = [
        (key, places[text])
        for text, key in former.items()
        if text in places and key not in NOT_DATA and not key.startswith(SYSTEM)
    ]

    def says(row: Row) -> str:
        cells, left = sheet.rows[row.number - 1], dict(row.leftovers)
        told = ((key, _shown(cells[i])) for key, i in columns if i < len(cells))
        # Merged, or in two columns: the cell says what it said, and yet nobody can know what is meant.
        return digest_told((key, REFILL if left.get(key) == REFILL else text) for key, text in told)

    return frozenset(r.number for r in changed if r.mark is not None and says(r) == r.mark.digest)


def _shown(raw: Raw) -> str:
    """A cell that we filled in, as the digest has it."""
    return show_decimal(raw) if isinstance(raw, float) else carried(raw)
