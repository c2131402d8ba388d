"""One thing that `doctor` looked at."""

from __future__ import annotations

from vinbatch.effects.program import MAY_BE_WELL
from vinbatch.errors import VinbatchError
from vinbatch.noun import Noun

OK, NOTE, BAD = "ok", "note", "bad"
# What the next run makes or mends by itself, as after every upgrade; what may be no fault at all.
_NO_FAULT = ("ledger.none", "ledger.older", MAY_BE_WELL)


class Found(Noun, frozen=True):
    """One thing looked at: how it is, and what to do where it is not well."""

    level: str
    what: str
    cure: str = ""
    exit_code: int = 0


def failed(e: VinbatchError, lang: str) -> Found:
    """A failure with its cure."""
    told = e.told(lang)
    level = NOTE if e.key in _NO_FAULT else BAD
    return Found(level, told.message, told.cure, e.exit_code)
