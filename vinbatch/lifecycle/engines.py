"""One engine number on several vehicles of a workbook: the slip of who copies a cell down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.intent import Intent
from vinbatch.lifecycle.numbers import row_numbers
from vinbatch.model import BARE, State, Verdict

ENGINE = "engine_no"


def shared_engines(intents: Sequence[Intent]) -> Mapping[int, str]:
    """Row that files or changes → the other rows, of other vehicles, with its engine number, to be named.

    Rows that are refused count for others: mended, they come back alone. So do drafts that their row leaves
    as they are: those are still to be declared.
    """
    by_engine: dict[str, list[tuple[int, str]]] = {}
    asked: dict[int, tuple[str, str]] = {}
    for intent in intents:
        engine = "".join(str(intent.values.get(ENGINE) or "").split()).casefold()
        if not engine or not (_acts(intent) or _waits(intent)):
            continue
        number = intent.row.number
        vehicle = intent.vin or f"@{number}"  # a VIN that cannot be read is nobody else's
        by_engine.setdefault(engine, []).append((number, vehicle))
        if _acts(intent) and not intent.stopped:
            asked[number] = engine, vehicle
    named = {
        number: row_numbers(other for other, whose in by_engine[engine] if whose != vehicle)
        for number, (engine, vehicle) in asked.items()
    }
    return {number: others for number, others in named.items() if others}


def _acts(intent: Intent) -> bool:
    """Whether the row asks to file or to change, though it may be refused."""
    return intent.act is not None and intent.act not in BARE


def _waits(intent: Intent) -> bool:
    """Whether the row shows a draft and leaves it as it is."""
    if intent.act is not None or intent.verdict not in (Verdict.HELD, Verdict.UNCHANGED):
        return False
    return intent.record is not None and intent.record.now.state is State.DRAFT
