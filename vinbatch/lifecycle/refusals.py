"""Why a record as it stands does not let a row do what it asks for, or has it done: a code, and its params.

While customs owes an answer there is nothing to choose from, and nothing to mend: the row waits. Once customs
has answered, the same row is told what may be done now (`since`); it is decided anew when it comes again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.acts import FROM_EXTRACT, legal_acts, open_act
from vinbatch.model import DELETING, Act, Param, Record, State, Type

_Told = tuple[str, dict[str, Param]]
WAITS = ("ACT-WAITS", "EDIT-WAITS", "RECORD-WAITS")
READY = "CUSTOMS-ANSWERED"


def act_words(acts: Sequence[Act]) -> tuple[str, ...]:
    """The acts as words for a finding's text."""
    return tuple(f"@act.{a}" for a in acts)


def no_act(record: Record, act: Act, *, marked: bool) -> _Told:
    """The row asks for an act outside the table; `marked` says that it carries the record's mark."""
    legal = legal_acts(record)
    asked: dict[str, Param] = {"act": f"@act.{act}"}
    if not legal:
        return "ACT-WAITS", {**asked, **_declared(record)}
    extract = not marked and not FROM_EXTRACT.isdisjoint(legal)
    stands = {**_stands(record), "where": "@where.extract" if extract else "@where.here"}
    if act in DELETING and Act.REVOKE in legal:
        return "DELETE-NO-DRAFT", stands
    if act in DELETING and (record.now.type, record.now.state) == (Type.FILING, State.REJECTED):
        return "DELETE-REJECTED", {}
    return "ACT-ILLEGAL", {**asked, **stands, "legal": act_words(legal)}


def no_edit(record: Record, diff: Param) -> _Told:
    """The row carries the record's mark, says something else, and asks for nothing."""
    legal = legal_acts(record)
    if not legal:
        return "EDIT-WAITS", {**_declared(record), "diff": diff}
    return "EDIT-WITHOUT-ACT", {**_stands(record), "diff": diff, "legal": act_words(legal)}


def no_filing(record: Record, diff: Param) -> _Told:
    """The row without a mark files what is on record with other data."""
    legal = legal_acts(record)
    if not legal:
        return "RECORD-WAITS", {**_declared(record), "diff": diff}
    return "RECORD-DIFFERS", {
        **_stands(record),
        "diff": diff,
        "batch": record.now.batch,
        "legal": act_words(legal),
    }


def declared_before(record: Record) -> _Told | None:
    """The row without a mark says what is on record: nothing new, unless that is still to be declared."""
    stands = record.now.state in (State.DECLARED, State.ACCEPTED)
    return ("RECORD-SAME", _declared(record)) if stands else None


def vin_moved(vin: str, old: str, marks: Mapping[str, bool]) -> str:
    """The code for a row whose VIN is not that of its mark, `old`; `marks` are those of its sheet.

    Where its VIN is that of another row's mark, rows were sorted without theirs: no cell of it can be
    trusted, and to type the old VIN back would give one vehicle the data of another.
    """
    if vin and marks.get(old):
        return "MARK-COPIED"
    return "MARK-SORTED" if vin in marks else "MARK-OTHER-VIN"


def since(
    code: str, params: Mapping[str, Param], record: Record, act: Act | None, *, marked: bool
) -> _Told | None:
    """What one of `WAITS` has become once customs answered; None while the record waits, or has moved on."""
    if record.now.state is State.DECLARED or record.now.batch != params["batch"]:
        return None
    if code == "ACT-WAITS" and act is not None:
        ready, otherwise = act in legal_acts(record), no_act(record, act, marked=marked)
    elif code == "EDIT-WAITS":
        ready, otherwise = open_act(record) is not None, no_edit(record, params["diff"])
    else:
        ready = (record.now.type, record.now.state) == (Type.FILING, State.REJECTED)
        otherwise = no_filing(record, params["diff"])
    return (READY, _stands(record)) if ready else otherwise


def _declared(record: Record) -> dict[str, Param]:
    return {"type": f"@type.{record.now.type}", "batch": record.now.batch}


def _stands(record: Record) -> dict[str, Param]:
    return {"type": f"@type.{record.now.type}", "state": f"@state.{record.now.state}"}
