"""What a vehicle row asks for (semantics section 2), before anyone looks at whether its contents are right.

The answer is an `Intent`: an act that goes on to the checks, or a verdict that already stands.
"""

from __future__ import annotations

from vinbatch.lifecycle.acts import FROM_EXTRACT, act_of, closed_to, legal_acts, open_act, stated_act
from vinbatch.lifecycle.asks import CONFIRMED, YES
from vinbatch.lifecycle.diffs import differences, shown_diff, shown_edits
from vinbatch.lifecycle.marks import row_data, row_values, says_nothing, untouched
from vinbatch.lifecycle.missing import NOT_DECLARED, STILL_DRAFT
from vinbatch.lifecycle.older import left_to_later
from vinbatch.lifecycle.refusals import act_words, declared_before, no_act, no_edit, no_filing, vin_moved
from vinbatch.lifecycle.wanted import Intent, RowCase, leave, note, refuse
from vinbatch.model import (
    BARE,
    DELETING,
    VEHICLE,
    AboutParameters,
    Act,
    Mark,
    Param,
    Record,
    State,
    Type,
    Value,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.ruleset import data_keys


def read_intent(case: RowCase) -> Intent:
    """The intent of one vehicle row. Pure; every sentence of semantics section 2 has its branch below."""
    row = case.row
    if case.later:
        return left_to_later(case)
    values = row_values(case.ruleset, row)
    confirmed = values.get(CONFIRMED) == YES and not case.doubtful
    start = Intent(row, values, confirmed=confirmed)
    empty = _empty(case, start) if says_nothing(case.ruleset, row) else None
    if empty is not None:
        return empty
    if row.mark is None or not row.marked:
        return _unmarked(case, start)
    return _blind(case, start) if case.facts.blind else _marked(case, start, row.mark)


def _empty(case: RowCase, intent: Intent) -> Intent | None:
    """A row without a cell of data asks for nothing, whatever its mark: nobody makes a vehicle of nothing.

    None where it has a record's mark and an act, which may do without cells.
    """
    act = stated_act(intent.values)
    if act is None:
        cleared = intent.row.mark is not None or intent.confirmed
        return leave(note(intent, case.finding("ROW-EMPTY")) if cleared else intent)
    return None if intent.marked else refuse(intent, case.finding("ROW-ACT-ALONE", "action"), act)


def _illegal(case: RowCase, intent: Intent, act: Act) -> Intent:
    record = intent.record or intent.revoked
    if record is None:
        words: dict[str, Param] = {"act": f"@act.{act}", "legal": act_words(legal_acts(None))}
        return refuse(intent, case.finding("ACT-NO-RECORD", "action", **words), act)
    code, params = no_act(record, act, marked=intent.marked)
    return refuse(intent, case.finding(code, "action", **params), act)


# ── rows without a record's mark ─────────────────────────────────────────────────────────────────


def _unmarked(case: RowCase, intent: Intent) -> Intent:
    record = case.facts.records.get(intent.vin)
    act = stated_act(intent.values)
    if record is not None and not record.live:
        intent, record = replace(intent, revoked=record), None
    intent = replace(intent, record=record)
    if act in FROM_EXTRACT:
        told = {"act": f"@act.{act}", "unfound": "" if record else "@unfound.filed"}
        return refuse(intent, case.finding("ACT-NEEDS-EXTRACT", "action", **told), act)
    if record is None and case.facts.blind and act in DELETING:
        return leave(intent, Verdict.DELETED)  # nobody has looked whether there is one
    if record is None:
        wanted = act or Act.DECLARE
        return replace(intent, act=wanted) if wanted in legal_acts(None) else _illegal(case, intent, wanted)
    if act in DELETING:
        return _explicit_act(case, intent, act)
    diff = differences(case.ruleset, record.now.data, row_data(case.ruleset, intent.row))
    # Such a row cannot revoke: it gives no reason for it, whatever the record was to be revoked for.
    diff = tuple(d for d in diff if d.field != "revocation_reason")
    edits = shown_edits(case.ruleset, diff, dict(intent.row.leftovers), ("revocation_reason",))
    if edits:
        return _other_data(case, replace(intent, diff=diff), record, act, edits)
    return _same_data(case, intent, record, act)


def _same_data(case: RowCase, intent: Intent, record: Record, act: Act | None) -> Intent:
    if act is None:
        if _finishes(case, intent, record):
            return replace(intent, act=open_act(record))
        if not record.firm and not record.held:
            intent = note(intent, case.finding(NOT_DECLARED, state=f"@state.{record.now.state}"))
        return leave(_same(case, intent, record), Verdict.HELD if record.held else Verdict.UNCHANGED)
    stands = (
        record.now.state in (State.DECLARED, State.ACCEPTED)
        if act is Act.DECLARE
        else record.now.state is State.DRAFT and not record.held
    )
    if record.now.type is Type.FILING and stands:
        return leave(_same(case, intent, record))
    return _explicit_act(case, intent, act)


def _same(case: RowCase, intent: Intent, record: Record) -> Intent:
    """The row was declared before: where, lest somebody looks for what became of this one."""
    earlier = declared_before(record)
    return note(intent, case.finding(earlier[0], **earlier[1])) if earlier else intent


def _other_data(
    case: RowCase, intent: Intent, record: Record, act: Act | None, edits: tuple[str, ...]
) -> Intent:
    """`edits` are its difference, what cannot be read in it among it."""
    wanted = act or Act.DECLARE
    if not record.firm:
        if intent.diff:
            diff = shown_diff(case.ruleset, intent.diff)
            intent = note(intent, case.finding("RECORD-REPLACED", diff=diff, batch=record.now.batch))
        return replace(intent, act=wanted)
    code, more = no_filing(record, edits)
    return refuse(intent, case.finding(code, **more), wanted)


# ── rows with a record's mark ────────────────────────────────────────────────────────────────────


def _marked(case: RowCase, intent: Intent, mark: Mark) -> Intent:
    record = case.facts.records.get(mark.key)
    intent = _filled(case, replace(intent, record=record), record)
    still = untouched(case.ruleset, intent.row)
    act = stated_act(intent.values)
    if record is None:
        if still and act is None:
            return leave(note(intent, case.finding("RECORD-GONE-NOTE")))
        if intent.vin != mark.key and intent.vin in case.facts.records:  # sorted without the marks
            return refuse(intent, case.finding(vin_moved(intent.vin, "", case.marks), old=mark.key), act)
        return refuse(intent, case.finding("RECORD-GONE", old=mark.key), act)
    if intent.vin != mark.key and (intent.vin or act in BARE):
        return _edited_vin(case, intent, record, act)
    acting = act is not None or not still or _finishes(case, intent, record)
    if mark.revision != record.revision:
        return _stale(case, intent, record, act, acting)
    diff = differences(case.ruleset, record.now.data, _data(case, intent))
    intent = replace(intent, diff=diff)
    if act is not None:
        return _explicit_act(case, intent, act)
    if still:
        if _finishes(case, intent, record):
            return replace(intent, act=open_act(record))
        return _untouched(case, intent, record)
    return _edited_blank(case, intent, record)


def _untouched(case: RowCase, intent: Intent, record: Record) -> Intent:
    if record.held:
        return leave(intent, Verdict.HELD)
    if record.now.state is State.DRAFT:
        act = act_of(record.now.type)
        intent = note(intent, case.finding(STILL_DRAFT, act=f"@act.{act}"))
    return leave(intent)


def _blind(case: RowCase, intent: Intent) -> Intent:
    """Without a ledger a marked row is judged by its fields only (design section 4, check without a home)."""
    act = stated_act(intent.values)
    if act in DELETING:
        return leave(intent, Verdict.DELETED)
    if act is None and untouched(case.ruleset, intent.row):
        return leave(intent)
    unstated = frozenset(data_keys(case.ruleset, VEHICLE)) - frozenset(case.columns)
    return replace(intent, act=act or Act.DECLARE, unstated=unstated)


def _edited_blank(case: RowCase, intent: Intent, record: Record) -> Intent:
    if (act := open_act(record)) is not None:
        return replace(intent, act=act)
    edits = shown_edits(case.ruleset, intent.diff, dict(intent.row.leftovers), ())
    code, params = no_edit(record, edits or shown_diff(case.ruleset, intent.diff))
    return refuse(intent, case.finding(code, **params), None)


def _stale(case: RowCase, intent: Intent, record: Record, act: Act | None, acting: bool) -> Intent:
    diff = differences(case.ruleset, _data(case, intent), record.now.data)
    over = act is None and not diff and _says_no_other(intent, record)
    if not record.now.data.get("revocation_reason"):
        # The reason that the row gives for what it asks: nothing that happened since.
        diff = tuple(d for d in diff if d.field != "revocation_reason")
    since: dict[str, Param] = {
        "batch": record.now.batch,
        "type": f"@type.{record.now.type}",
        "state": f"@state.{record.now.state}",
        "diff": shown_diff(case.ruleset, diff),
    }
    if acting and not over:
        return refuse(intent, case.finding("MARK-STALE", **since), act)
    return leave(note(intent, case.finding("MARK-STALE-NOTE", **since)))


def _says_no_other(intent: Intent, record: Record) -> bool:
    """Of a row of an older result that was mended as the vehicle was declared since: nothing is left."""
    done = record.now.state in (State.DECLARED, State.ACCEPTED)
    return done and not (intent.row.leftovers or intent.confirmed)


def _edited_vin(case: RowCase, intent: Intent, record: Record, act: Act | None) -> Intent:
    """On a filing draft the draft is replaced, unless its VIN stands on another row: rows were sorted."""
    draft = record.now.type is Type.FILING and record.now.state is State.DRAFT
    if not draft or case.elsewhere(record.vin) or act in BARE:
        code = vin_moved(intent.vin, record.vin, case.marks)
        return refuse(intent, case.finding(code, old=record.vin), act)
    if intent.row.mark is not None and intent.row.mark.revision != record.revision:
        return _stale(case, intent, record, act, acting=True)
    wanted = act or (Act.DECLARE if record.held else None)
    if wanted is None:
        return _edited_blank(
            case,
            replace(intent, diff=differences(case.ruleset, record.now.data, _data(case, intent))),
            record,
        )
    if wanted not in legal_acts(None):
        return _illegal(case, intent, wanted)
    taken = case.facts.records.get(intent.vin)
    if taken is not None and taken.live:
        return refuse(intent, case.finding("VIN-TAKEN", old=record.vin, batch=taken.now.batch), wanted)
    noted = note(intent, case.finding("VIN-REPLACED", old=record.vin))
    return replace(noted, record=None, revoked=taken, replaces=record, act=wanted)


def _explicit_act(case: RowCase, intent: Intent, act: Act) -> Intent:
    if act not in legal_acts(intent.record):
        return _illegal(case, intent, act)
    if intent.record is not None and not intent.record.live:
        # A new filing after an accepted revocation: it asks first, like one without a mark.
        return replace(intent, record=None, revoked=intent.record, act=act)
    if act in BARE and intent.marked:
        taken = () if act in DELETING else ("revocation_reason",)
        edits = shown_edits(case.ruleset, intent.diff, dict(intent.row.leftovers), taken)
        if edits:
            intent = note(intent, case.finding("EDIT-IGNORED", "action", diff=edits, act=f"@act.{act}"))
    return replace(intent, act=act)


def _finishes(case: RowCase, intent: Intent, record: Record) -> bool:
    """Whether this row, or that of its parameters, answers what a held row waits for: its act is taken up.

    Where the row was held for something else too it is held on, for that alone. Who answers for parameters
    takes up no act of a department whose vehicles are left to it.
    """
    if not record.held or open_act(record) is None:
        return False
    if intent.confirmed:
        return True
    if closed_to(record, case.source, case.ruleset):
        return False
    number = intent.structure_no
    return number in case.answered_numbers and AboutParameters.of(record.held, number).asked


def _filled(case: RowCase, intent: Intent, record: Record | None) -> Intent:
    """A missing column on a marked row means unchanged."""
    if record is None:
        return intent
    missing = [k for k in data_keys(case.ruleset, VEHICLE) if k not in case.columns]
    if not missing:
        return intent
    values = dict(intent.values)
    values.update({k: record.now.data.get(k) for k in missing})
    fields = case.ruleset.fields(VEHICLE)
    row = replace(intent.row, values=tuple(values[f.key] for f in fields))
    return replace(intent, values=values, row=row)


def _data(case: RowCase, intent: Intent) -> dict[str, Value]:
    return row_data(case.ruleset, intent.row)
