"""The hidden cell of a row that says what it was when we wrote it."""

from __future__ import annotations

import re

from vinbatch.checks.cells import original
from vinbatch.model import Finding, Mark, Raw
from vinbatch.ruleset import Ruleset

# A refused row whose VIN could not be read has a mark without a key.
_MARK = re.compile(r"(.{0,80})@([0-9]{1,15}):([0-9a-f]{12})(?::([0-9a-f]{12}))?")


def read_mark(token: str, number: int, raw: Raw, ruleset: Ruleset) -> tuple[Mark | None, tuple[Finding, ...]]:
    """The mark of this row, if it has one; a text that is none is told."""
    text = "" if raw is None else original(raw).strip()
    match = _MARK.fullmatch(text)
    if match is not None:
        return Mark(match[1], int(match[2]), match[3], match[4] or ""), ()
    if not text:
        return None, ()
    return None, (ruleset.finding("MARK-BROKEN", sheet=token, row=number, value=text),)
