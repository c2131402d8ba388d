"""The stored outcome and the records as they stand now → the contents of the result workbook.

Nothing is decided here: first answer, refresh after a receipt and recovery after a crash are this one
function over what the ledger holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from vinbatch.lifecycle.acts import acts_on, closed_to, legal_acts, why_no_act
from vinbatch.model import (
    FOOTER,
    OLDER,
    REFILL,
    STRUCTURE,
    VEHICLE,
    Act,
    FileNames,
    Finding,
    Judged,
    Known,
    Outcome,
    Place,
    Record,
    Reply,
    Severity,
    Verdict,
)
from vinbatch.report.customs import last_replies, reply_words, state_words, with_answers
from vinbatch.report.following import follows
from vinbatch.report.lines import is_open, keeps, lines_of, refilled, says_where_its_line_is, with_lines_told
from vinbatch.report.since import AGAIN, TOLD_SINCE, done_since, still_open, vin_of
from vinbatch.report.summary import for_queries, summary
from vinbatch.report.tones import tones
from vinbatch.report.words import local_time, row_ranges, shown_row
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Cells, Filled, FilledRow, FilledSheet, Issue

_WEIGHT = {Severity.STOP: 0, Severity.ASK: 1, Severity.NOTE: 2}
_UNSAID = "ACT-UNSAID"
_MOST_IN_A_CELL = 12
_NOTHING_TOLD: Mapping[str, str] = {"problems": "", "cures": ""}


def result_workbook(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> Filled:
    """What the result workbook shows. `known` are the records of the batch's VINs as they stand now."""
    outcome = with_answers(outcome, known, ruleset)
    still = still_open(outcome, known, ruleset)
    by_now = with_lines_told(done_since(outcome, still, known, ruleset), known, ruleset)
    answers = last_replies(known.replies)
    found: dict[Place, list[Finding]] = {}
    for f in by_now.findings:
        found.setdefault(f.place, []).append(f)
    toned = tones(outcome, still, ruleset)
    sheets = tuple(
        _sheet(outcome, sheet, found, toned, known, answers, ruleset) for sheet in (VEHICLE, STRUCTURE)
    )
    return Filled(
        sheets=sheets,
        issues=issues(by_now, ruleset),
        summary=summary(outcome, still, known, files, ruleset),
        # Only those: a query that was answered would be asked again whenever the result is dropped.
        queries=outcome.reading.unclear,
        title=f"{ruleset.phrase(f'result.title{for_queries(outcome)}')} {outcome.batch}",
    )


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def _sheet(
    outcome: Outcome,
    sheet: str,
    found: Mapping[Place, Sequence[Finding]],
    toned: Mapping[Place, str],
    known: Known,
    answers: Mapping[str, Reply],
    ruleset: Ruleset,
) -> FilledSheet:
    rows = []
    for judged in sorted((j for j in outcome.rows if j.row.sheet == sheet), key=lambda j: j.row.number):
        findings = sorted(found.get((sheet, judged.row.number), ()), key=lambda f: _WEIGHT[f.severity])
        record = known.records.get(vin_of(judged, ruleset)) if sheet == VEHICLE else None
        lines = lines_of(judged, findings, record, ruleset)
        anew = refilled(judged, findings, ruleset)
        told = {**dict.fromkeys(lines, Severity.ASK.value), **colours(findings, ruleset)}
        rows.append(
            FilledRow(
                number=judged.row.number,
                cells=_shown(judged, findings, anew, ruleset),
                system=_system(outcome, judged, findings, known, answers, ruleset),
                verdict=toned[sheet, judged.row.number],
                colours={**told, **dict.fromkeys(anew, Severity.STOP.value)},
                crossed=lines,
                extra=judged.row.extra,
            )
        )
    # The parameters that a vehicle lacks are written there.
    wanted = sheet == STRUCTURE and any(f.code.startswith("STRUCTURE-") for f in outcome.findings)
    return FilledSheet(sheet, tuple(rows), _headings(outcome, sheet, ruleset), wanted)


def _headings(outcome: Outcome, sheet: str, ruleset: Ruleset) -> tuple[str, ...]:
    """Those of columns that we do not know. Where what one holds is still asked about, it says so: the result
    has all columns, and nobody would ask again.
    """
    asks = (f for f in outcome.findings if f.code == "CELL-UNREAD" and is_open(f))
    asked = {dict(f.params)["heading"] for f in asks if f.sheet == sheet}
    return tuple(
        ruleset.phrase("result.heading_unread", heading=ruleset.as_written(text))
        if ruleset.named_column(text) in asked
        else text
        for text in outcome.reading.extra.get(sheet, ())
    )


def shown_cells(judged: Judged, ruleset: Ruleset) -> Cells:
    """The cleaned cells of a row; where nothing was left, what the reading kept of it."""
    row = judged.row
    cells = shown_row(row.sheet, row.values, ruleset)
    if not row.leftovers:
        return cells
    kept = dict(row.leftovers)
    keys = ruleset.index(row.sheet)
    return tuple(kept.get(key) if cell is None else cell for key, cell in zip(keys, cells, strict=True))


def _shown(judged: Judged, findings: Sequence[Finding], anew: Collection[str], ruleset: Ruleset) -> Cells:
    """The cells of a row. A word in 操作 that is asked about stays where no draft keeps the question; a cell
    that is to be filled in `anew` has the token.
    """
    cells, keys = shown_cells(judged, ruleset), ruleset.index(judged.row.sheet)
    if keeps(judged):
        return cells
    words = {keys[f.field]: f.value for f in findings if f.code == _UNSAID and is_open(f)}
    words |= dict.fromkeys((keys[key] for key in anew), REFILL)
    return tuple(words.get(at, cell) for at, cell in enumerate(cells)) if words else cells


def _system(
    outcome: Outcome,
    judged: Judged,
    findings: Sequence[Finding],
    known: Known,
    answers: Mapping[str, Reply],
    ruleset: Ruleset,
) -> dict[str, str]:
    system = {
        "verdict": ruleset.word(f"@verdict.{judged.verdict}"),
        **told_columns(findings, ruleset),
        "mark": str(judged.mark) if judged.mark else "",
        "updated": local_time(outcome.now, ruleset),
    }
    if judged.row.sheet == VEHICLE:
        vin = vin_of(judged, ruleset)
        system.update(record_columns(known.records.get(vin), ruleset))
        total = any(f.code == FOOTER for f in findings)  # no row: nothing may be asked for
        system["acts"] = "" if total else _open_acts(judged, known.records, outcome, ruleset)
        if older := next((f for f in findings if f.code == OLDER), None):
            system["acts"] = ruleset.phrase("result.there", batch=str(dict(older.params)["batch"]))
        if any(f.code in TOLD_SINCE for f in findings):
            system.update(_there(judged, outcome, known, ruleset))
        if judged.verdict is Verdict.DECLARED and vin in answers:
            # To this batch's declaration; the record may have moved on since.
            system["receipt"] = reply_words(answers[vin], ruleset)
    elif judged.verdict is Verdict.STORED:
        system["batch"] = outcome.batch
    return {**system, **_of_whole(findings, ruleset)} if outcome.refused else system


def _of_whole(findings: Sequence[Finding], ruleset: Ruleset) -> Mapping[str, str]:
    """Of a row whose file was refused: nothing is done here, and nothing offered."""
    if findings:
        return {"acts": ""}
    told = {"problems": ruleset.phrase("result.whole"), "cures": ruleset.phrase("result.whole_cure")}
    return {"acts": "", **told}


def record_columns(record: Record | None, ruleset: Ruleset) -> dict[str, str]:
    """The system columns that tell where a record stands."""
    acts = {"acts": act_words(legal_acts(record), ruleset)}
    if record is None:
        return acts
    return {
        **acts,
        "type": ruleset.word(f"@type.{record.now.type}"),
        "state": state_words(record.now, ruleset),
        "batch": record.now.batch,
        "receipt": reply_words(record.now.heard, ruleset),
        "updated": local_time(record.updated, ruleset),
    }


def _there(judged: Judged, outcome: Outcome, known: Known, ruleset: Ruleset) -> dict[str, str]:
    """Of a row that a later batch has dealt with, what changes with what becomes of it there: the answer to
    this one is not made anew for it. What was declared here stays so; of a row that came back, nothing is
    offered here.
    """
    record = known.records.get(vin_of(judged, ruleset))
    how, later = known.since.get(judged.row.place, ("", ""))
    if record is None or record.now.batch == outcome.batch:
        return {"acts": ruleset.phrase("result.there", batch=later)} if how == AGAIN else {}
    told = ruleset.phrase("result.there", batch=later if how == AGAIN else record.now.batch)
    declared = next((d.type for d in outcome.declarations if d.vin == record.vin), "")
    kind = ruleset.word(f"@type.{declared}") if declared else ""
    return {"type": kind, "state": told, "acts": told, "receipt": ""}


def _open_acts(judged: Judged, records: Mapping[str, Record], outcome: Outcome, ruleset: Ruleset) -> str:
    """What may be asked for on this row as it stands: on an outdated one nothing, on a new one no change, and
    nothing on the vehicle of another department where the home refuses that.
    """
    vin, mark = vin_of(judged, ruleset), judged.mark
    record = records.get(vin)
    acts = acts_on(record, mark, vin)
    if not acts:
        return ruleset.word(why_no_act(record, mark, vin))
    if record is not None and closed_to(record, outcome.reading.source, ruleset):
        return acts_elsewhere(record, ruleset)
    return act_words(acts, ruleset)


def acts_elsewhere(record: Record, ruleset: Ruleset) -> str:
    """That nothing may be asked for here, and who may."""
    return ruleset.phrase("result.acts_elsewhere", department=record.filed_by)


def act_words(acts: Sequence[Act], ruleset: Ruleset) -> str:
    """Legal acts as people read them: in any language with the word that the column 操作 takes."""
    if not acts:
        return ruleset.word("@act.none")
    return " / ".join(ruleset.word(f"@act.{a}") for a in acts)


def told_columns(findings: Sequence[Finding], ruleset: Ruleset) -> Mapping[str, str]:
    """问题说明 and 修改建议 of a row: several problems are numbered, each cure has the numbers of its own."""
    if not findings:
        return _NOTHING_TOLD
    if len(findings) > _MOST_IN_A_CELL:  # what the next workbook is read for is not cut off
        findings = sorted(findings, key=lambda f: not says_where_its_line_is(f))
    told = [ruleset.tell(f) for f in findings]
    problems = list(dict.fromkeys(t.what for t in told))
    cures: dict[str, list[int]] = {}
    for t in told:
        number = problems.index(t.what) + 1
        if t.cure and number <= _MOST_IN_A_CELL:
            cures.setdefault(t.cure, []).append(number)
    if len(problems) == 1:
        return {"problems": problems[0], "cures": "\n".join(cures)}
    lines = [f"{i}. {text}" for i, text in enumerate(problems[:_MOST_IN_A_CELL], start=1)]
    if len(problems) > _MOST_IN_A_CELL:
        lines.append(ruleset.phrase("result.more_problems", n=len(problems) - _MOST_IN_A_CELL))
    cured = [f"{row_ranges(numbers, ruleset)}. {text}" for text, numbers in cures.items()]
    return {"problems": "\n".join(lines), "cures": "\n".join(cured)}


def colours(findings: Sequence[Finding], ruleset: Ruleset) -> dict[str, str]:
    """The worst finding of each cell; `findings` come worst first."""
    colours: dict[str, str] = {}
    for f in findings:
        for key in ruleset.cells(f):
            colours.setdefault(key, f.severity.value)
    return colours


# ── the list of findings ─────────────────────────────────────────────────────────────────────────


def issues(outcome: Outcome, ruleset: Ruleset) -> tuple[Issue, ...]:
    """The lines of 问题清单, in the order of the workbook, rows that follow their parameters last."""
    order = {"": 0, VEHICLE: 1, STRUCTURE: 2}

    def place(f: Finding) -> tuple[bool, int, int, int, int]:
        column = ruleset.index(f.sheet).get(f.field, 0) if f.sheet in ruleset.sheets else 0
        return follows(f), order.get(f.sheet, 3), f.row, _WEIGHT[f.severity], column

    return tuple(issue(f, ruleset) for f in sorted(outcome.findings, key=place))


def issue(f: Finding, ruleset: Ruleset) -> Issue:
    """A finding as a line of 问题清单."""
    told = ruleset.tell(f)
    severity = f.severity.value
    cells = ruleset.cells(f)
    link = f.linked if follows(f) else 0
    return Issue(f.sheet, f.row, cells, f.code, severity, f.released, told.what, told.cure, f.value, link)
