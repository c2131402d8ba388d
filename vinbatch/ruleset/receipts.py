"""What customs' return codes mean, from `receipts.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from vinbatch.errors import RulesError
from vinbatch.layers import Tables
from vinbatch.noun import Noun

NEGATIVE = "negative"


class Meaning(StrEnum):
    """What an answer does to a declaration: nothing yet, or one of the two final states."""

    PROGRESS = "progress"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ReturnCode(Noun, frozen=True):
    """One return code. The code "negative" stands for every number below zero."""

    code: str
    meaning: Meaning
    zh: str
    en: str


def compile_receipts(tables: Tables) -> dict[str, ReturnCode]:
    """Code → meaning."""
    codes = {}
    for (code,), table in tables.items():
        table.only(("meaning", "zh", "en"))
        table.need(("meaning", "zh", "en"))
        if code != NEGATIVE and not code.removeprefix("-").isdecimal():
            raise table.refuse("", f"{code!r} is neither a number nor {NEGATIVE}", 'such as ["120"]')
        meaning = Meaning(table.one_of("meaning", tuple(Meaning)))
        codes[code] = ReturnCode(code, meaning, table.text("zh"), table.text("en"))
    if NEGATIVE not in codes:
        raise RulesError(
            f"rules/receipts.toml: there is no [{NEGATIVE}]", "negative codes are errors: add it"
        )
    return codes


def find_receipt(codes: Mapping[str, ReturnCode], status: str) -> ReturnCode | None:
    """The meaning of a `ReturnStatus`; None for a code that the rules do not know."""
    status = status.strip()
    if status in codes and status != NEGATIVE:
        return codes[status]
    if status.startswith("-") and status[1:].isdecimal():
        return codes[NEGATIVE]
    return None
