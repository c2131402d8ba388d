"""One engine or motor number on several vehicles of a workbook: the slip of who copies a cell down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.row_numbers import row_numbers
from vinbatch.lifecycle.wanted import Intent

# Code → the field.
NUMBERS = {"ENGINE-TWICE": "engine_no", "MOTOR-TWICE": "motor_no"}


def shared_numbers(intents: Sequence[Intent], key: str) -> Mapping[int, str]:
    """Row that files or changes → the other rows, of other vehicles, with its number in this field.

    Rows that are refused count for others: mended, they come back alone. So do drafts that their row leaves
    as they are: those are still to be declared. What is declared already counts for rows that take its number
    over: of one that keeps what it was accepted with there was a time to ask.
    """
    by_number: dict[str, list[tuple[int, str, bool]]] = {}
    asked: dict[int, tuple[str, str, bool]] = {}
    for intent in intents:
        number = folded(str(intent.values.get(key) or ""))
        if not number or not intent.counts:
            continue
        row = intent.row.number
        vehicle = intent.vin or f"@{row}"  # a VIN that cannot be read is nobody else's
        by_number.setdefault(number, []).append((row, vehicle, intent.at_rest))
        if intent.with_contents and not intent.stopped:
            asked[row] = number, vehicle, number != folded(intent.accepted_with(key))
    named = {
        row: row_numbers(
            other for other, whose, at_rest in by_number[number] if whose != vehicle and (new or not at_rest)
        )
        for row, (number, vehicle, new) in asked.items()
    }
    return {row: others for row, others in named.items() if others}


def folded(text: str) -> str:
    """A number as it is compared: case, spaces and the order of several make no other one.

    Parts alone tell nothing: of `EBH/EBG-9917908` the first may be a model that every other vehicle has too.
    """
    return "/".join(sorted("".join(text.split()).casefold().split("/")))
