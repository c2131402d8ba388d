"""Old and new, value by value."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vinbatch.model import NOT_DATA, VEHICLE, Diff, Value
from vinbatch.noun import replace
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


def shown_edits(
    ruleset: Ruleset, diff: tuple[Diff, ...], leftovers: Mapping[str, str], taken: Collection[str]
) -> tuple[str, ...]:
    """`shown_diff` of what was typed into a row beside the fields that are `taken`; () for nothing.

    A cell that cannot be read, one of the `leftovers`, is shown as it stands. It is no edit where it stands
    as it was stored: its field is of another kind now.
    """
    edits = (d for d in diff if d.field not in taken and leftovers.get(d.field) != str(d.old))
    read = tuple(replace(d, new=leftovers.get(d.field, d.new)) for d in edits)
    known = {*taken, *NOT_DATA, *(d.field for d in diff)}
    unread = tuple(Diff(key, None, text) for key, text in leftovers.items() if key not in known)
    return shown_diff(ruleset, (*read, *unread)) if read or unread else ()


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
    return tuple(shown) or ("@twice.same",)
