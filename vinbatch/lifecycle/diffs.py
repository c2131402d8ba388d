"""Old and new, value by value."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.model import NOT_DATA, VEHICLE, Diff, Value
from vinbatch.ruleset import Ruleset

# Long differences drown the sentence that they belong to; the whole diff is in the event.
_MOST_TOLD = 8


def differences(
    ruleset: Ruleset, old: Mapping[str, Value], new: Mapping[str, Value], sheet: str = VEHICLE
) -> tuple[Diff, ...]:
    """What differs, in column order; an empty cell and a missing key are the same."""
    known = [f.key for f in ruleset.fields(sheet)]
    gone = sorted(set(old) - set(known))  # a field that the rules no longer have
    return tuple(
        Diff(key, old.get(key), new.get(key), sheet)
        for key in (*known, *gone)
        if old.get(key) != new.get(key) and key not in NOT_DATA
    )


def shown_diff(ruleset: Ruleset, diff: tuple[Diff, ...]) -> tuple[str, ...]:
    """For a finding's text: `@vehicle.colour|白 → 黑`, the heading being a word of the rules."""
    shown = []
    for d in diff[:_MOST_TOLD]:
        known = d.field in ruleset.index(d.sheet)
        field = ruleset.field(d.sheet, d.field) if known else None
        old, new = (
            "–" if v is None else (ruleset.shown(field, v) if field else str(v)) for v in (d.old, d.new)
        )
        shown.append(f"@{d.sheet}.{d.field}|{old} → {new}")
    if len(diff) > _MOST_TOLD:
        shown.append(f"… +{len(diff) - _MOST_TOLD}")
    return tuple(shown) or ("–",)
