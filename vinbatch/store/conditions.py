"""What a query asks for, as the condition of a SELECT from `record`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from vinbatch.errors import UsageError
from vinbatch.model import Query, Type
from vinbatch.store.writing import utc

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_SHORTEST = 6


def conditions(query: Query, zone: ZoneInfo) -> tuple[str, list[object]]:
    """Our own text, and the values for its question marks. UsageError for too short a VIN."""
    parts: list[str] = []
    values: list[object] = []

    def among(column: str, wanted: tuple[str, ...]) -> None:
        if wanted:
            parts.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values.extend(wanted)

    if query.vins:
        parts.append("(" + " OR ".join(_vin(v.strip().upper(), values) for v in query.vins) + ")")
    if query.batches:
        # A later batch may have taken the record on; what this one did to it stands in its events.
        parts.append(
            "(batch IN (SELECT value FROM json_each(?)) OR vin IN"
            " (SELECT vin FROM event WHERE batch IN (SELECT value FROM json_each(?))))"
        )
        values.extend([json.dumps(query.batches)] * 2)
    # All types are told too where only the state is: the index begins with the type.
    among("type", tuple(t.value for t in query.types or (Type if query.states else ())))
    among("state", tuple(s.value for s in query.states))
    among("structure_no", query.structures)
    if query.held is not None:
        parts.append("held = ?")
        values.append(query.held)
    if query.owed_since is not None:
        parts.append("state = 'declared' AND declared < ?")
        values.append(utc(query.owed_since))
    if query.since is not None:
        parts.append("updated >= ?")
        values.append(midnight(query.since, zone).isoformat())
    if query.until is not None:
        parts.append("updated < ?")
        values.append(midnight(query.until, zone, days=1).isoformat())
    return " AND ".join(parts) or "1", values


def _vin(vin: str, values: list[object]) -> str:
    if len(vin) < _SHORTEST:
        raise UsageError("usage.short", at=vin, n=str(_SHORTEST))
    if len(vin) >= 17:
        values.append(vin)
        return "vin = ?"
    values.extend((vin[-_SHORTEST:], -len(vin), vin))
    return "(substr(vin, -6) = ? AND substr(vin, ?) = ?)"


def midnight(day: date, zone: ZoneInfo, days: int = 0) -> datetime:
    """When a day of this zone begins, or one so many days later. UTC; where the calendar ends, its end."""
    try:
        return datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC)
    except OverflowError:
        return (datetime.min if day.year == 1 else datetime.max).replace(tzinfo=UTC)
