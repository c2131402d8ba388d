"""VINs as commands take them: whole, by their end, or from a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from vinbatch.effects.disk import why
from vinbatch.errors import AccessError, UsageError
from vinbatch.wording import Said

_NAMED = 10  # of what was not found


def names_of(vins: Sequence[str]) -> list[str]:
    """The VINs in capitals, each once; `@FILE` is a text file with one a line. AccessError with the cure."""
    names: list[str] = []
    for vin in vins:
        if not vin.startswith("@"):
            names.append(vin.strip().upper())
            continue
        try:
            names += Path(vin[1:]).read_text("utf-8-sig").upper().split()
        except (OSError, UnicodeDecodeError) as e:
            told = why(e) if isinstance(e, OSError) else Said("why.no_text")
            raise AccessError("usage.vins", at=vin[1:], why=told) from e
    return list(dict.fromkeys(n for n in names if n))


def tell_missed(names: Sequence[str], found: Iterable[str]) -> None:
    """UsageError where nothing that was found has one of these names, or ends with it."""
    lengths = {len(name) for name in names}
    ends = {vin[-length:] for vin in found for length in lengths}
    if missed := [name for name in names if name not in ends]:
        more = "" if len(missed) <= _NAMED else f" … ({len(missed)})"
        raise UsageError("usage.unknown_vins", vins=" ".join(missed[:_NAMED]) + more)
