"""What customs' return codes mean, from `receipts.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from vinbatch.errors import Faults, RulesError
from vinbatch.layers import Table, Tables
from vinbatch.noun import Noun
from vinbatch.slips import hint

NEGATIVE = "negative"


class Meaning(StrEnum):
    """What an answer does to a declaration: nothing yet, or one of the two final states."""

    PROGRESS = "progress"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ReturnCode(Noun, frozen=True):
    """One return code. The code "negative" stands for every number below zero.

    Without an `opinion` the message failed, and customs need not have judged what was declared.
    """

    code: str
    meaning: Meaning
    zh: str
    en: str
    opinion: bool = True


def compile_receipts(tables: Tables) -> dict[str, ReturnCode]:
    """Code → meaning."""
    codes, faults = {}, Faults()
    for (code,), table in tables.items():
        with faults.kept():
            codes[code] = _code(code, table)
    faults.tell()
    if NEGATIVE not in codes:
        raise RulesError("rule.no_negative", at="rules/receipts.toml", negative=NEGATIVE)
    return codes


def _code(code: str, table: Table) -> ReturnCode:
    if code != NEGATIVE and not code.removeprefix("-").isdecimal():
        raise table.refuse(
            "", "rule.return_code", value=repr(code), negative=NEGATIVE, hint=hint(code, [NEGATIVE])
        )
    with table.together() as told:
        told.only(("meaning", "zh", "en", "opinion"))
        told.need(("meaning", "zh", "en"))
        meaning = Meaning(told.one_of("meaning", tuple(Meaning), Meaning.PROGRESS))
        return ReturnCode(code, meaning, told.text("zh"), told.text("en"), told.flag("opinion", True))


def find_receipt(codes: Mapping[str, ReturnCode], status: str) -> ReturnCode | None:
    """The meaning of a `ReturnStatus`; None for a code that the rules do not know."""
    status = status.strip()
    if status in codes and status != NEGATIVE:
        return codes[status]
    if status.startswith("-") and status[1:].isdecimal():
        return codes[NEGATIVE]
    return None
