"""Rows that a later batch has dealt with: nobody is asked for them again, and they say where they went."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from vinbatch.lifecycle.diffs import differences, shown_diff
from vinbatch.lifecycle.marks import row_data
from vinbatch.lifecycle.missing import DRAFT, NOT_DECLARED, STILL_DRAFT
from vinbatch.lifecycle.verify import TO_VERIFY
from vinbatch.model import (
    DELETING,
    FOOTER,
    LIST_ANSWERED,
    MISPLACED,
    NAMED_BY,
    STRUCTURE,
    UNREAD,
    VEHICLE,
    Act,
    Diff,
    Finding,
    Judged,
    Known,
    Outcome,
    Param,
    Place,
    Record,
    Severity,
    State,
    Type,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.report.drafts import undeclared_rows
from vinbatch.report.words import row_ranges
from vinbatch.ruleset import Ruleset

DONE_SINCE = "ROW-DONE-SINCE"
DIFFERS_SINCE = "ROW-DIFFERS-SINCE"
EDITED_SINCE = "ROW-DONE-EDITED"
TOLD_SINCE = (DONE_SINCE, DIFFERS_SINCE, EDITED_SINCE)
LEADER_AGAIN = "@moot.again|"
FILE = ("", 0)  # the place of a file that was refused as a whole
_OPEN = (Verdict.REFUSED, Verdict.HELD, Verdict.SAVED)
_LEFT_TO_DO = (
    NOT_DECLARED,
    STILL_DRAFT,
    TO_VERIFY,
    "CHANGE-NOT-DECLARED",
    "CHANGE-HELD",
    "STRUCTURE-UNUSED",
)  # notes; and those of drafts
AGAIN = "again"  # in `Known.since`: the row came back, and its result there tells what became of it
_THERE = (AGAIN, Verdict.HELD)  # what waits for a person in the later batch
_NO_CONTENT = (AGAIN, "dropped", "replaced")  # what became of rows whose content was not at issue
_REFUSED = "STRUCTURE-REFUSED"
_MOST = 4  # lines about them: more would drown what is to be done
_Told = Mapping[Place, tuple[str, ...]]


def rows_gone(outcome: Outcome, known: Known, ruleset: Ruleset) -> frozenset[Place]:
    """The rows that were refused, held, saved or left as drafts here, and dealt with since; and those that
    customs rejected and that came again.
    """
    gone = {
        j.row.place
        for j in outcome.rows
        if _taken_over(j, known) or _rejected_again(j, outcome, known, ruleset)
    }
    gone |= _footers(outcome) if known.latest else set()
    written = {change.vin for change in outcome.records}
    undeclared = set(undeclared_rows(outcome))
    for j in outcome.rows:
        if j.row.sheet != VEHICLE or not (j.verdict in _OPEN or j.row.number in undeclared):
            continue
        vin = vin_of(j, ruleset)
        record = known.records.get(vin)
        if record is None:
            moved_on = j.verdict is not Verdict.REFUSED  # what was on record is deleted
        else:
            moved_on = record.now.batch != outcome.batch and (vin in written or _later(record, outcome))
        if moved_on:
            gone.add((VEHICLE, j.row.number))
    return frozenset(gone)


def rows_moved(outcome: Outcome, known: Known, ruleset: Ruleset) -> frozenset[Place]:
    """The rows that were declared here, and on whose vehicles a later batch has acted since."""
    declared = (j for j in outcome.rows if j.row.sheet == VEHICLE and j.verdict is Verdict.DECLARED)
    records = ((j.row.number, known.records.get(vin_of(j, ruleset))) for j in declared)
    return frozenset((VEHICLE, n) for n, r in records if r is not None and r.now.batch != outcome.batch)


def file_gone(outcome: Outcome, known: Known) -> bool:
    """Whether a file that was refused as a whole came again since."""
    return outcome.refused and known.open is not None and FILE not in known.open


def still_open(outcome: Outcome, known: Known, ruleset: Ruleset) -> Outcome:
    """Without the rows that are gone."""
    gone = rows_gone(outcome, known, ruleset)
    if outcome.unread and known.open is not None and all(sheet for sheet, _ in known.open):
        # The file came again: the answer to that one says what became of its sheets.
        outcome = replace(outcome, findings=tuple(f for f in outcome.findings if f.code != UNREAD))
    if not gone:
        return outcome
    # Who dropped its rows again has read what it said of the list.
    told = (f for f in outcome.findings if f.code != LIST_ANSWERED)
    left = (f for f in told if f.place not in gone)
    return replace(
        outcome,
        rows=tuple(j for j in outcome.rows if j.row.place not in gone),
        findings=tuple(_with_leader_again(f, gone, known) for f in left),
    )


def _with_leader_again(f: Finding, gone: Collection[Place], known: Known) -> Finding:
    """Of a row that follows that of its parameters: where these came back and are still to be seen to."""
    leader = (STRUCTURE, f.linked)
    kind, later = known.since.get(leader, ("", ""))
    again = f.linked and f.sheet == VEHICLE and leader in gone and kind == AGAIN
    return replace(f, moot=f"{LEADER_AGAIN}{later}") if again else f


def done_since(outcome: Outcome, still: Outcome, known: Known, ruleset: Ruleset) -> Outcome:
    """With nothing to do in the rows that are not `still` open: a note says what became of them instead.

    So of those declared that a later batch has acted on: nothing else says why they are out of date. Both
    name what differs there.
    """
    gone, moved = _gone(outcome, still), rows_moved(outcome, known, ruleset)
    if not gone and not moved:
        return outcome
    kept = [f for f in outcome.findings if f.place not in gone or _still_true(f)]
    kept = [_without_leader(f, gone, known) for f in kept]
    unlike, edited = _changed(outcome, gone | moved, known, ruleset)
    whats = _what(outcome, known, gone | moved, ruleset)
    for sheet, row in sorted(gone | moved):
        key = NAMED_BY[sheet]
        done, diff = whats[sheet, row], {**unlike, **edited}.get((sheet, row))
        params: dict[str, Param] = {"done": done, "diff": diff} if diff else {"done": done}
        code = DIFFERS_SINCE if (sheet, row) in unlike else EDITED_SINCE if diff else DONE_SINCE
        kept.append(ruleset.finding(code, sheet=sheet, row=row, field=key, value="", **params))
    return replace(outcome, findings=tuple(kept))


def _without_leader(f: Finding, gone: Collection[Place], known: Known) -> Finding:
    """Of a row that was refused for that of its parameters: where these were mended elsewhere since, theirs
    only stands in its way. One that came back and was refused again is still to be mended.
    """
    leader = (STRUCTURE, f.linked)
    mended = f.code == _REFUSED and leader in gone and known.since.get(leader, (AGAIN, ""))[0] != AGAIN
    return replace(f, moot="@moot.parameters") if mended else _with_leader_again(f, gone, known)


def what_since(known: Known, place: Place, ruleset: Ruleset) -> str:
    """What became of a row that is gone, and in which batch, as a word of the rules."""
    kind, batch = known.since.get(place, ("", ""))
    return f"@since.{kind}|{batch}" if kind in ruleset.words["since"] else "@since.elsewhere"


def _footers(outcome: Outcome) -> set[Place]:
    """Rows that are none: who deleted them, as they say, brings none of them back."""
    return {f.place for f in outcome.findings if f.code == FOOTER}


def _what(outcome: Outcome, known: Known, places: Collection[Place], ruleset: Ruleset) -> dict[Place, str]:
    """What became of these rows; of a declaration also of which kind it was, where that stands."""
    became = {place: what_since(known, place, ruleset) for place in places}
    if known.latest:
        became |= dict.fromkeys(_footers(outcome) & became.keys(), f"@since.over|{known.latest}")
    for j in outcome.rows if became else ():
        place = j.row.place
        kind, batch = known.since.get(place, ("", ""))
        is_declared = kind == "declared" and j.row.sheet == VEHICLE and place in became
        record = known.records.get(vin_of(j, ruleset)) if is_declared else None
        if record is not None and record.now.batch == batch and record.now.type is not Type.FILING:
            became[place] = f"@since.{record.now.type}|{batch}"
    return became


def lines_since(outcome: Outcome, still: Outcome, known: Known, ruleset: Ruleset) -> Iterator[str]:
    """Which rows later batches have dealt with, a line for each of these; one for all where they are many."""
    gone = _gone(outcome, still)
    unlike, edited = _changed(outcome, gone, known, ruleset)
    whats = _what(outcome, known, gone, ruleset)
    rows_of: dict[tuple[str, str, str], list[int]] = {}
    for place in sorted(gone):
        done = whats[place]
        again = done.startswith(f"@since.{AGAIN}|")
        how = "_differs" if place in unlike else "_edited" if place in edited else "_again" if again else ""
        rows_of.setdefault((f"result.since{how}", place[0], done), []).append(place[1])
    if len(rows_of) > _MOST:
        rows_of, few = {}, rows_of
        for (phrase, sheet, _), rows in few.items():
            where = "@since.again_elsewhere" if phrase == "result.since_again" else "@since.elsewhere"
            rows_of.setdefault((phrase, sheet, where), []).extend(rows)
    for (phrase, sheet, done), rows in rows_of.items():
        name, shown = ruleset.word(f"@sheet.{sheet}"), row_ranges(sorted(rows), ruleset)
        yield ruleset.phrase(phrase, sheet=name, rows=shown, done=ruleset.word(done))


def settled(outcome: Outcome, still: Outcome, known: Known, ruleset: Ruleset) -> bool:
    """Whether the rows that are gone were done as they say: not where one came back, or is held, whose
    result there tells, nor where another content stands, also in place of a draft.
    """
    gone = _gone(outcome, still)
    again = any(known.since.get(place, ("", ""))[0] in _THERE for place in gone - _footers(outcome))
    return not (again or any(_changed(outcome, gone, known, ruleset)))


def superseded(outcome: Outcome, still: Outcome, known: Known, ruleset: Ruleset) -> list[str]:
    """Of a workbook in which nothing is left to mend, since later ones took its rows over: the last one."""
    if not known.latest or not _gone(outcome, still):
        return []
    done = "" if settled(outcome, still, known, ruleset) else "_open"
    return [ruleset.phrase(f"result.superseded{done}", batch=known.latest)]


def vin_of(judged: Judged, ruleset: Ruleset) -> str:
    """The VIN of a vehicle row, "" where it has none."""
    vin = judged.row.values[ruleset.index(VEHICLE)["vin"]]
    return vin if isinstance(vin, str) else ""


def _gone(outcome: Outcome, still: Outcome) -> set[Place]:
    before, after = ({j.row.place for j in o.rows} for o in (outcome, still))
    return before - after


def _changed(
    outcome: Outcome, places: Collection[Place], known: Known, ruleset: Ruleset
) -> tuple[_Told, _Told]:
    """Of the rows in these places those whose vehicle stands otherwise than they say, with the difference.

    First the refused ones, from the record to the row: what was not done. Then those that were drafts or
    declared, from the row to the record: it is what was done since. What was wrong in a row, asked about, or
    empty, is none: that was to be mended.
    """
    refused: dict[Place, tuple[str, ...]] = {}
    edited: dict[Place, tuple[str, ...]] = {}
    for j, record, diff in _elsewhere(outcome, places, known, ruleset):
        place = j.row.place
        if j.verdict is not Verdict.REFUSED:
            if diff and j.act is not Act.REVOKE and j.act not in DELETING:
                edited[place] = shown_diff(ruleset, tuple(replace(d, old=d.new, new=d.old) for d in diff))
        elif j.act is Act.REVOKE and record.now.type is not Type.REVOCATION:
            now, wanted = (ruleset.word(f"@type.{t}") for t in (record.now.type, Type.REVOCATION))
            refused[place] = (f"@column.type|{now} → {wanted}",)
        elif diff:
            refused[place] = shown_diff(ruleset, diff)
    return refused, edited


def _elsewhere(
    outcome: Outcome, places: Collection[Place], known: Known, ruleset: Ruleset
) -> Iterator[tuple[Judged, Record, tuple[Diff, ...]]]:
    """The vehicle rows in these places whose content another batch may have changed, with their records; and
    what differs from these, but for what is empty in the row or was to be mended.
    """
    wrong: dict[Place, set[str]] = {}
    for f in outcome.findings if places else ():
        if f.severity is not Severity.NOTE and f.place in places:
            # Of cells that stand beside their columns nobody knows which are the vehicle's.
            every = ruleset.index(f.sheet) if f.code in MISPLACED else ruleset.cells(f)
            wrong.setdefault(f.place, set()).update(every)
    for j in outcome.rows if places else ():
        place = j.row.place
        record = known.records.get(vin_of(j, ruleset)) if place[0] == VEHICLE and place in places else None
        if record is not None and known.since.get(place, ("", ""))[0] not in _NO_CONTENT:
            data = row_data(ruleset, j.row)
            diff = differences(ruleset, record.now.data, data)
            known_right = data.keys() - wrong.get(place, ())
            yield j, record, tuple(d for d in diff if d.field in known_right)


def _still_true(f: Finding) -> bool:
    """Whether it is told of a row that is gone: nothing that asks, nor what sends its reader to a stop that
    went with the row.
    """
    return f.severity is Severity.NOTE and not (f.moot or _asks(f.code))


def _asks(code: str) -> bool:
    return code in _LEFT_TO_DO or code.endswith(DRAFT)


def _taken_over(judged: Judged, known: Known) -> bool:
    """The row came back mended, maybe under another VIN: the ledger knows it by its mark."""
    waits = judged.verdict in (Verdict.REFUSED, Verdict.HELD)
    return waits and known.open is not None and judged.row.place not in known.open


def _rejected_again(judged: Judged, outcome: Outcome, known: Known, ruleset: Ruleset) -> bool:
    """Customs rejected what was declared here, or what an earlier batch had declared as this row says, and a
    later batch has the row that is to be mended.
    """
    place = judged.row.place
    here = judged.verdict is Verdict.DECLARED
    if not (here or judged.verdict is Verdict.UNCHANGED) or known.since.get(place, ("", ""))[0] != AGAIN:
        return False
    record = known.records.get(vin_of(judged, ruleset)) if place[0] == VEHICLE else None
    if record is None or record.now.state is not State.REJECTED:
        return False
    return record.now.batch == outcome.batch if here else not _later(record, outcome)


def _later(record: Record, outcome: Outcome) -> bool:
    return record.now.since is not None and record.now.since > outcome.now
