"""One engine or motor number on several vehicles of a workbook: the slip of who copies a cell down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.intent import Intent
from vinbatch.lifecycle.numbers import row_numbers
from vinbatch.model import BARE, State, Verdict

# Code → the field.
NUMBERS = {"ENGINE-TWICE": "engine_no", "MOTOR-TWICE": "motor_no"}


def shared_numbers(intents: Sequence[Intent], key: str) -> Mapping[int, str]:
    """Row that files or changes → the other rows, of other vehicles, with its number in this field.

    Rows that are refused count for others: mended, they come back alone. So do drafts that their row leaves
    as they are: those are still to be declared.
    """
    by_number: dict[str, list[tuple[int, str]]] = {}
    asked: dict[int, tuple[str, str]] = {}
    for intent in intents:
        number = _folded(str(intent.values.get(key) or ""))
        if not number or not (_acts(intent) or _waits(intent)):
            continue
        row = intent.row.number
        vehicle = intent.vin or f"@{row}"  # a VIN that cannot be read is nobody else's
        by_number.setdefault(number, []).append((row, vehicle))
        if _acts(intent) and not intent.stopped:
            asked[row] = number, vehicle
    named = {
        row: row_numbers(other for other, whose in by_number[number] if whose != vehicle)
        for row, (number, vehicle) in asked.items()
    }
    return {row: others for row, others in named.items() if others}


def _folded(text: str) -> str:
    """Case, spaces and the order of several make no other number.

    Parts alone tell nothing: of `EBH/EBG-9917908` the first may be a model that every other vehicle has too.
    """
    return "/".join(sorted("".join(text.split()).casefold().split("/")))


def _acts(intent: Intent) -> bool:
    """Whether the row asks to file or to change, though it may be refused."""
    return intent.act is not None and intent.act not in BARE


def _waits(intent: Intent) -> bool:
    """Whether the row shows a draft and leaves it as it is."""
    if intent.act is not None or intent.verdict not in (Verdict.HELD, Verdict.UNCHANGED):
        return False
    return intent.record is not None and intent.record.now.state is State.DRAFT
