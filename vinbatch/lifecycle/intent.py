"""What a vehicle row asks for (semantics section 2), before anyone looks at whether its contents are right.

The answer is an `Intent`: an act that goes on to the checks, or a verdict that already stands.
"""

from __future__ import annotations

from vinbatch.lifecycle.acts import FROM_EXTRACT, act_of, legal_acts, open_act, stated_act
from vinbatch.lifecycle.asks import CONFIRMED, YES
from vinbatch.lifecycle.diffs import differences, shown_diff, shown_edits
from vinbatch.lifecycle.marks import row_data, row_values, says_nothing, untouched
from vinbatch.lifecycle.refusals import act_words, declared_before, no_act, no_edit, no_filing, vin_moved
from vinbatch.lifecycle.wanted import Asking, Intent, note, refuse, stand
from vinbatch.model import (
    BARE,
    DELETING,
    VEHICLE,
    AboutParameters,
    Act,
    Param,
    Record,
    State,
    Type,
    Value,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.ruleset import data_keys


def read_intent(asking: Asking) -> Intent:
    """The intent of one vehicle row. Pure; every sentence of semantics section 2 has its branch below."""
    row = asking.row
    values = row_values(asking.ruleset, row)
    confirmed = values.get(CONFIRMED) == YES and not asking.doubtful
    start = Intent(row, values, confirmed=confirmed)
    empty = _empty(asking, start) if says_nothing(asking.ruleset, row) else None
    if empty is not None:
        return empty
    if row.marked and asking.facts.blind:
        return _blind(asking, start)
    if row.marked:
        return _marked(asking, start)
    return _unmarked(asking, start)


def _empty(asking: Asking, intent: Intent) -> Intent | None:
    """A row without a cell of data asks for nothing, whatever its mark: nobody makes a vehicle of nothing.

    None where it has a record's mark and an act, which may do without cells.
    """
    act = stated_act(intent.values)
    if act is None:
        cleared = intent.row.mark is not None or intent.confirmed
        return stand(note(intent, asking.finding("ROW-EMPTY")) if cleared else intent)
    return None if intent.marked else refuse(intent, asking.finding("ROW-ACT-ALONE", "action"), act)


def _illegal(asking: Asking, intent: Intent, act: Act) -> Intent:
    record = intent.record or intent.revoked
    if record is None:
        words: dict[str, Param] = {"act": f"@act.{act}", "legal": act_words(legal_acts(None))}
        return refuse(intent, asking.finding("ACT-NO-RECORD", "action", **words), act)
    code, told = no_act(record, act, marked=intent.marked)
    return refuse(intent, asking.finding(code, "action", **told), act)


# ── rows without a record's mark ─────────────────────────────────────────────────────────────────


def _unmarked(asking: Asking, intent: Intent) -> Intent:
    record = asking.facts.records.get(intent.vin)
    act = stated_act(intent.values)
    if record is not None and not record.live:
        intent, record = replace(intent, revoked=record), None
    intent = replace(intent, record=record)
    if act in FROM_EXTRACT:
        return refuse(intent, asking.finding("ACT-NEEDS-EXTRACT", "action", act=f"@act.{act}"), act)
    if record is None and asking.facts.blind and act in DELETING:
        return stand(intent, Verdict.DELETED)  # nobody has looked whether there is one
    if record is None:
        wanted = act or Act.DECLARE
        return replace(intent, act=wanted) if wanted in legal_acts(None) else _illegal(asking, intent, wanted)
    if act in DELETING:
        return _explicit_act(asking, intent, act)
    diff = differences(asking.ruleset, record.now.data, row_data(asking.ruleset, intent.row))
    # Such a row cannot revoke: it gives no reason for it, whatever the record was to be revoked for.
    diff = tuple(d for d in diff if d.field != "revocation_reason")
    told = shown_edits(asking.ruleset, diff, dict(intent.row.leftovers), ("revocation_reason",))
    if told:
        return _other_data(asking, replace(intent, diff=diff), record, act, told)
    return _same_data(asking, intent, record, act)


def _same_data(asking: Asking, intent: Intent, record: Record, act: Act | None) -> Intent:
    filing = record.now.type is Type.FILING
    if act is None:
        if _finishes(asking, intent, record):
            return replace(intent, act=open_act(record))
        if filing and record.now.state in (State.DRAFT, State.REJECTED) and not record.held:
            intent = note(intent, asking.finding("RECORD-NOT-DECLARED", state=f"@state.{record.now.state}"))
        return stand(_same(asking, intent, record), Verdict.HELD if record.held else Verdict.UNCHANGED)
    stands = (
        record.now.state in (State.DECLARED, State.ACCEPTED)
        if act is Act.DECLARE
        else record.now.state is State.DRAFT and not record.held
    )
    if filing and stands:
        return stand(_same(asking, intent, record))
    return _explicit_act(asking, intent, act)


def _same(asking: Asking, intent: Intent, record: Record) -> Intent:
    """The row was declared before: where, lest somebody looks for what became of this one."""
    told = declared_before(record)
    return note(intent, asking.finding(told[0], **told[1])) if told else intent


def _other_data(
    asking: Asking, intent: Intent, record: Record, act: Act | None, told: tuple[str, ...]
) -> Intent:
    """`told` is its difference, what cannot be read in it among it."""
    wanted = act or Act.DECLARE
    if record.now.type is Type.FILING and record.now.state in (State.DRAFT, State.REJECTED):
        if intent.diff:
            diff = shown_diff(asking.ruleset, intent.diff)
            intent = note(intent, asking.finding("RECORD-REPLACED", diff=diff, batch=record.now.batch))
        return replace(intent, act=wanted)
    code, more = no_filing(record, told)
    return refuse(intent, asking.finding(code, **more), wanted)


# ── rows with a record's mark ────────────────────────────────────────────────────────────────────


def _marked(asking: Asking, intent: Intent) -> Intent:
    mark = intent.row.mark
    if mark is None:  # pragma: no cover - the caller looked
        return intent
    record = asking.facts.records.get(mark.key)
    intent = _filled(asking, replace(intent, record=record), record)
    still = untouched(asking.ruleset, intent.row)
    act = stated_act(intent.values)
    if record is None:
        if still and act is None:
            return stand(note(intent, asking.finding("RECORD-GONE-NOTE")))
        if intent.vin != mark.key and intent.vin in asking.facts.records:  # sorted without the marks
            return refuse(intent, asking.finding(vin_moved(intent.vin, "", asking.marks), old=mark.key), act)
        return refuse(intent, asking.finding("RECORD-GONE", old=mark.key), act)
    if intent.vin != mark.key and (intent.vin or act in BARE):
        return _edited_vin(asking, intent, record, act)
    acting = act is not None or not still or _finishes(asking, intent, record)
    if mark.revision != record.revision:
        return _stale(asking, intent, record, act, acting)
    diff = differences(asking.ruleset, record.now.data, _data(asking, intent))
    intent = replace(intent, diff=diff)
    if act is not None:
        return _explicit_act(asking, intent, act)
    if still:
        if _finishes(asking, intent, record):
            return replace(intent, act=open_act(record))
        return _untouched(asking, intent, record)
    return _edited_blank(asking, intent, record)


def _untouched(asking: Asking, intent: Intent, record: Record) -> Intent:
    if record.held:
        return stand(intent, Verdict.HELD)
    if record.now.state is State.DRAFT:
        act = act_of(record.now.type)
        intent = note(intent, asking.finding("RECORD-STILL-DRAFT", act=f"@act.{act}"))
    return stand(intent)


def _blind(asking: Asking, intent: Intent) -> Intent:
    """Without a ledger a marked row is judged by its fields only (design section 4, check without a home)."""
    act = stated_act(intent.values)
    if act in DELETING:
        return stand(intent, Verdict.DELETED)
    if act is None and untouched(asking.ruleset, intent.row):
        return stand(intent)
    unstated = frozenset(data_keys(asking.ruleset, VEHICLE)) - frozenset(asking.columns)
    return replace(intent, act=act or Act.DECLARE, unstated=unstated)


def _edited_blank(asking: Asking, intent: Intent, record: Record) -> Intent:
    if (act := open_act(record)) is not None:
        return replace(intent, act=act)
    code, told = no_edit(record, shown_diff(asking.ruleset, intent.diff))
    return refuse(intent, asking.finding(code, **told), None)


def _stale(asking: Asking, intent: Intent, record: Record, act: Act | None, acting: bool) -> Intent:
    diff = differences(asking.ruleset, _data(asking, intent), record.now.data)
    if not record.now.data.get("revocation_reason"):
        # The reason that the row gives for what it asks: nothing that happened since.
        diff = tuple(d for d in diff if d.field != "revocation_reason")
    since: dict[str, Param] = {
        "batch": record.now.batch,
        "type": f"@type.{record.now.type}",
        "state": f"@state.{record.now.state}",
        "diff": shown_diff(asking.ruleset, diff),
    }
    if acting:
        return refuse(intent, asking.finding("MARK-STALE", **since), act)
    return stand(note(intent, asking.finding("MARK-STALE-NOTE", **since)))


def _edited_vin(asking: Asking, intent: Intent, record: Record, act: Act | None) -> Intent:
    """On a filing draft the draft is replaced, unless its VIN stands on another row: rows were sorted."""
    draft = record.now.type is Type.FILING and record.now.state is State.DRAFT
    if not draft or asking.elsewhere(record.vin) or act in BARE:
        code = vin_moved(intent.vin, record.vin, asking.marks)
        return refuse(intent, asking.finding(code, old=record.vin), act)
    if intent.row.mark is not None and intent.row.mark.revision != record.revision:
        return _stale(asking, intent, record, act, acting=True)
    wanted = act or (Act.DECLARE if record.held else None)
    if wanted is None:
        return _edited_blank(
            asking,
            replace(intent, diff=differences(asking.ruleset, record.now.data, _data(asking, intent))),
            record,
        )
    if wanted not in legal_acts(None):
        return _illegal(asking, intent, wanted)
    taken = asking.facts.records.get(intent.vin)
    if taken is not None and taken.live:
        return refuse(intent, asking.finding("VIN-TAKEN", old=record.vin, batch=taken.now.batch), wanted)
    told = note(intent, asking.finding("VIN-REPLACED", old=record.vin))
    return replace(told, record=None, revoked=taken, replaces=record, act=wanted)


def _explicit_act(asking: Asking, intent: Intent, act: Act) -> Intent:
    if act not in legal_acts(intent.record):
        return _illegal(asking, intent, act)
    if intent.record is not None and not intent.record.live:
        # A new filing after an accepted revocation: it asks first, like one without a mark.
        return replace(intent, record=None, revoked=intent.record, act=act)
    if act in BARE and intent.marked:
        taken = () if act in DELETING else ("revocation_reason",)
        told = shown_edits(asking.ruleset, intent.diff, dict(intent.row.leftovers), taken)
        if told:
            intent = note(intent, asking.finding("EDIT-IGNORED", "action", diff=told, act=f"@act.{act}"))
    return replace(intent, act=act)


def _finishes(asking: Asking, intent: Intent, record: Record) -> bool:
    """Whether this row, or that of its parameters, answers what a held row waits for: its act is taken up.

    Where the row was held for something else too it is held on, for that alone.
    """
    if not record.held or open_act(record) is None:
        return False
    if intent.confirmed:
        return True
    number = str(intent.values.get("structure_no") or "")
    return number in asking.answered_numbers and AboutParameters.of(record.held, number).asked


def _filled(asking: Asking, intent: Intent, record: Record | None) -> Intent:
    """A missing column on a marked row means unchanged."""
    if record is None:
        return intent
    missing = [k for k in data_keys(asking.ruleset, VEHICLE) if k not in asking.columns]
    if not missing:
        return intent
    values = dict(intent.values)
    values.update({k: record.now.data.get(k) for k in missing})
    fields = asking.ruleset.fields(VEHICLE)
    row = replace(intent.row, values=tuple(values[f.key] for f in fields))
    return replace(intent, values=values, row=row)


def _data(asking: Asking, intent: Intent) -> dict[str, Value]:
    return row_data(asking.ruleset, intent.row)
