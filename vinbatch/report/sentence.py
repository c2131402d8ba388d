"""The sentences on top of a result: what happened, which rows to mend, what to do next.

Each line claims what its own facts say and no more: declared is not accepted, saved is not declared, and only
where nothing is open does the last one say that there is nothing left to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.structures import WAITED_BY_OTHERS, WAITED_FOR
from vinbatch.model import (
    OLDER,
    STRUCTURE,
    VEHICLE,
    FileNames,
    Finding,
    Known,
    Outcome,
    State,
    Verdict,
)
from vinbatch.report.customs import states_of
from vinbatch.report.drafts import deleted_sets, drafts, dropped_rows, undeclared, undeclared_rows
from vinbatch.report.following import followers, left_behind
from vinbatch.report.passed_over import answered, hidden, unread
from vinbatch.report.rows import (
    contradicted_rows,
    failed_rows,
    overdue_rows,
    ready_rows,
    refused_rows,
    rejected_rows,
    unasked_rows,
    waiting_rows,
)
from vinbatch.report.since import (
    AGAIN,
    FILE,
    LEADER_AGAIN,
    file_gone,
    lines_since,
    settled,
    superseded,
    what_since,
)
from vinbatch.report.waiting import settled_rows
from vinbatch.report.words import conditions, joint, listed, row_ranges
from vinbatch.ruleset import Ruleset

# Where a refused row is mended in its workbook → what is said of it.
_MENDED = {
    "cell": "result.todo_refused",
    "row": "result.todo_twice",
    "delete": "result.todo_delete",
    "act": "result.todo_act",
}
_MOST_NUMBERS = 5  # named of those that vehicles wait for
_DONE = (Verdict.DECLARED, Verdict.SAVED, Verdict.DELETED, Verdict.STORED)


def sentence(
    outcome: Outcome, still: Outcome, known: Known, files: FileNames, ruleset: Ruleset
) -> tuple[str, str]:
    """The sentences, a line each, and their tone: "good", "mend" or "refused".

    `still` is what is `still_open` of it; `files.result` names the workbook to mend, "" where the reader has
    it before him.
    """
    if outcome.refusal is not None:
        return _refused(outcome, outcome.refusal, known, ruleset)
    mend, see = to_mend(still, ruleset), to_see_to(still, files, ruleset)
    idle = not (_did(outcome, files) or mend or see)
    older = _older(still, ruleset)
    counts = ruleset.phrase("result.idle" if idle else "result.counts", counts=_counts(outcome, ruleset))
    lines = [*older, counts]
    lines += mend
    if mend:
        here = "result.mend" if outcome.rows else "result.mend_query"
        there = "result.mend_named" if outcome.rows else "result.mend_named_query"
        lines.append(ruleset.phrase(there if files.result else here, name=files.result))
    lines += see[len(older) :]
    lines += [*lines_since(outcome, still, known, ruleset), *left(still, known, files, ruleset)]
    if not (mend or see):
        lines = [*superseded(outcome, still, known, ruleset), *lines]
        lines += end(still, known, files, ruleset) if settled(outcome, still, known, ruleset) else []
    return "\n".join(lines), "mend" if mend or see else "good"


def _refused(outcome: Outcome, why: Finding, known: Known, ruleset: Ruleset) -> tuple[str, str]:
    """Of a file as a whole: why, and what to do; or where it came again."""
    told = ruleset.tell(why)
    reason, cure = told.what.rstrip("。."), told.cure.rstrip("。.")
    if file_gone(outcome, known):
        done = ruleset.word(what_since(known, FILE, ruleset))
        if outcome.rows:
            return ruleset.phrase("result.refused_since", reason=reason, done=done), "good"
        return ruleset.phrase("result.refused_since_name", reason=reason, done=done, cure=cure), "good"
    lines = [ruleset.phrase("result.refused", reason=reason, cure=cure), *unread(outcome, ruleset)]
    return "\n".join(lines), "refused"


def _did(outcome: Outcome, files: FileNames) -> bool:
    """Whether something was done or looked up: a held row is saved the first time."""
    stored = outcome.records or outcome.entries or files.extracts
    return bool(stored) or any(j.verdict in _DONE for j in outcome.rows)


def to_mend(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """What to do in the result workbook, a line each: rows to mend, to confirm, to complete; of an outcome
    `with_answers`.
    """
    told = _refusals(outcome, ruleset, _MENDED)
    told += _held(outcome, ruleset)
    told += _following(outcome, ruleset)
    told += _rows(VEHICLE, ready_rows(outcome), "result.todo_ready", ruleset)
    own, others = rejected_rows(outcome)
    failed = failed_rows(outcome)
    told += _rows(VEHICLE, [r for r in own if r not in failed], "result.todo_rejected", ruleset)
    told += _rows(VEHICLE, [r for r in others if r not in failed], "result.todo_rejected_other", ruleset)
    told += _rows(VEHICLE, failed, "result.todo_failed", ruleset)
    unclear = [one.number for one in outcome.reading.unclear]
    told += _rows("query", unclear, "result.todo_query", ruleset)
    for draft in drafts(outcome, ruleset):
        if draft.lacks:
            lacks = draft.lacks if draft.act else "sets"
            told += _rows(draft.sheet, draft.rows, f"result.draft_{lacks}", ruleset, act=draft.act)
    return told


def to_see_to(outcome: Outcome, files: FileNames, ruleset: Ruleset) -> list[str]:
    """What is not mended here, a line each: rows of an older result, rows not read, outdated rows, answers
    that customs owes or contradicts, packages unsent.
    """
    elsewhere = {
        "query": "result.todo_query_anew",
        "form": "result.todo_form",
        "department": "result.todo_department",
        "nowhere": "result.todo_other",
    }
    told = [*_older(outcome, ruleset), *unread(outcome, ruleset)]
    told += _refusals(outcome, ruleset, elsewhere)
    late = overdue_rows(outcome)
    if late:
        days = ruleset.settings.overdue_days
        told.append(ruleset.phrase("result.overdue", n=len(late), days=days))
    told += _rows(VEHICLE, waiting_rows(outcome), "result.waits", ruleset)
    told += _rows(VEHICLE, contradicted_rows(outcome), "result.contradicted", ruleset)
    if files.unsent:
        told.append(ruleset.phrase("result.unsent", names=joint(ruleset).join(files.unsent)))
    return told


def _older(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """That this is an older result, and where its rows wait: who reads on would mend them here."""
    rows_of: dict[tuple[str, str], list[int]] = {}
    for f in outcome.findings:
        if f.code == OLDER:
            rows_of.setdefault((str(dict(f.params)["batch"]), f.sheet), []).append(f.row)
    return [
        line
        for (batch, sheet), rows in rows_of.items()
        for line in _rows(sheet, rows, "result.older", ruleset, batch=batch)
    ]


def left(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> list[str]:
    """What to know that asks for no work now, a line each: hidden rows, drafts, queries, customs."""
    states = states_of(outcome, known.replies)
    told = answered(outcome, ruleset)
    told += hidden(outcome, ruleset)
    for draft in drafts(outcome, ruleset):
        if not draft.lacks:
            told += _rows(draft.sheet, draft.rows, "result.draft", ruleset, act=draft.act)
    for (act, lacks), rows in undeclared(outcome).items():
        phrase = f"result.undeclared_{lacks}" if lacks else "result.undeclared"
        told += _rows(VEHICLE, rows, phrase, ruleset, act=act)
    told += _rows(VEHICLE, dropped_rows(outcome), "result.dropped", ruleset)
    told += _rows(
        VEHICLE, refused_rows(outcome, VEHICLE, ruleset).get("done", ()), "result.in_force", ruleset
    )
    told += _waited(outcome, ruleset)
    gone = deleted_sets(outcome, ruleset)
    if gone:
        told.append(ruleset.phrase("result.sets_gone", n=gone))
    told += _queried(outcome, files, ruleset) + _customs(outcome, states, known, files, ruleset)
    return told + _rows(VEHICLE, unasked_rows(outcome, known, ruleset), "result.waits_other", ruleset)


def _waited(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """How many held vehicles of other workbooks waited for parameters that this one has answered for."""
    told = []
    for code, phrase in ((WAITED_FOR, "result.waited"), (WAITED_BY_OTHERS, "result.waited_others")):
        found = [dict(f.params) for f in outcome.findings if f.code == code]
        if found:
            numbers = list(dict.fromkeys(str(f["number"]) for f in found))
            names = listed(numbers[:_MOST_NUMBERS], ruleset) + ("…" if numbers[_MOST_NUMBERS:] else "")
            whose = listed(dict.fromkeys(str(f.get("department", "")) for f in found), ruleset)
            n = sum(int(str(f["count"])) for f in found)
            told.append(ruleset.phrase(phrase, n=n, numbers=names, departments=whose))
    return told


def _queried(outcome: Outcome, files: FileNames, ruleset: Ruleset) -> list[str]:
    """What the sheet 查询 found. It is empty in a result: what found nothing is told by its conditions."""
    told, asked = [], outcome.reading.queries
    if files.extracts and files.found:
        names = files.extracts if len(files.extracts) < 4 else (files.extracts[0], "…", files.extracts[-1])
        name = joint(ruleset).join(names)
        code = "result.found_more" if files.more else "result.found"
        told.append(ruleset.phrase(code, n=files.found, name=name))
    elif files.extracts:
        told.append(ruleset.phrase("result.found_none", conditions=conditions(asked, ruleset)))
    missed = [query for query in asked if query.row in files.missed]
    if files.found and missed:
        told.append(ruleset.phrase("result.missed", conditions=conditions(missed, ruleset)))
    return told


def _customs(
    outcome: Outcome, states: Mapping[State, int], known: Known, files: FileNames, ruleset: Ruleset
) -> list[str]:
    """How far customs is with what was declared, in one line; none where nothing was, or nothing is sent."""
    waiting = states.get(State.DECLARED, 0)
    overdue = len(overdue_rows(outcome))
    counts = {
        "accepted": states.get(State.ACCEPTED, 0),
        "rejected": states.get(State.REJECTED, 0),
        "waiting": waiting - overdue,
    }
    heard = [key for key, n in counts.items() if n]
    if not heard or (files.unsent and waiting == sum(states.values())):
        return []
    if len(heard) == 1 and not overdue and not counts["rejected"]:
        types = Counter(ruleset.word(f"@type.{d.type}") for d in outcome.declarations)
        told = joint(ruleset).join(ruleset.phrase("result.of_type", type=t, n=n) for t, n in types.items())
        return [ruleset.phrase(f"result.customs_{heard[0]}", told=told)]
    told = joint(ruleset).join(ruleset.phrase(f"subject.{key}", n=counts[key]) for key in heard)
    lines = [ruleset.phrase("result.customs", told=told)]
    again = sum(known.since.get((VEHICLE, d.row), ("", ""))[0] == AGAIN for d in outcome.declarations)
    mended = counts["rejected"] - len(rejected_rows(outcome)[0]) - again
    if mended > 0:
        lines.append(ruleset.phrase("result.rejected_since", n=mended))
    return lines


def end(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> list[str]:
    """Where nobody has to mend or see to anything: the line that there is nothing left to do, for ever or
    until customs answers; none where the reader may want to go on.
    """
    if files.extracts or drafts(outcome, ruleset) or undeclared_rows(outcome) or not _did(outcome, files):
        return []
    if _waited(outcome, ruleset) or answered(outcome, ruleset):
        return []
    waiting = states_of(outcome, known.replies)[State.DECLARED] or unasked_rows(outcome, known, ruleset)
    return [ruleset.phrase("result.done_now" if waiting else "result.done")]


def headline(outcome: Outcome, ruleset: Ruleset) -> str:
    """One line for a list of workbooks: the counts, or why the file was refused."""
    if outcome.refusal is None:
        return _counts(outcome, ruleset)
    return ruleset.phrase("result.refused_short", reason=ruleset.tell(outcome.refusal).what)


def _counts(outcome: Outcome, ruleset: Ruleset) -> str:
    """`车辆 198 行已申报、2 行未通过`: the rows by verdict, and the queries."""
    parts: list[str] = []
    for sheet in (VEHICLE, STRUCTURE):
        numbers = Counter(j.verdict for j in outcome.rows if j.row.sheet == sheet)
        if sheet == STRUCTURE:
            # Parameters that were merely looked at are no news beside the vehicles that use them.
            numbers = Counter({v: n for v, n in numbers.items() if v is not Verdict.UNCHANGED or not parts})
        for i, verdict in enumerate(v for v in Verdict if numbers[v]):
            phrase = "result.count" if i else f"result.count_{sheet}"
            word = ruleset.word(f"@verdict.{verdict}").lower()  # within a sentence
            parts.append(ruleset.phrase(phrase, n=numbers[verdict], verdict=word))
    unclear = len(outcome.reading.unclear)
    asked = len(outcome.reading.queries) + unclear
    if asked:
        parts.append(ruleset.phrase("result.count_query", n=asked))
    if unclear:
        parts.append(ruleset.phrase("result.count_unclear", n=unclear))
    return joint(ruleset).join(parts) or ruleset.phrase("result.no_rows")


def _refusals(outcome: Outcome, ruleset: Ruleset, phrases: Mapping[str, str]) -> list[str]:
    """Rows that were refused, by where they are mended; not those that follow others, or wait for customs."""
    told = []
    follow = {*followers(outcome), *waiting_rows(outcome), *ready_rows(outcome)}
    for sheet in (STRUCTURE, VEHICLE):
        found = refused_rows(outcome, sheet, ruleset)
        for where, phrase in phrases.items():
            rows = [row for row in found.get(where, ()) if sheet == STRUCTURE or row not in follow]
            told += _rows(sheet, rows, phrase, ruleset)
    return told


def _held(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """Rows to be verified, but for those that follow their parameters."""
    told, follow = [], set(followers(outcome))
    for sheet in (STRUCTURE, VEHICLE):
        rows = [j.row.number for j in outcome.rows if j.row.sheet == sheet and j.verdict is Verdict.HELD]
        rows = [row for row in rows if sheet == STRUCTURE or row not in follow]
        on = settled_rows(outcome) if sheet == VEHICLE else set()
        told += _rows(sheet, [row for row in rows if row not in on], "result.todo_held", ruleset)
        told += _rows(sheet, [row for row in rows if row in on], "result.todo_settled", ruleset)
    return told


def _following(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """How many rows need nothing but their parameters, and which were left behind when these were done."""
    behind = left_behind(outcome)
    again = {f.row for f in outcome.findings if f.sheet == VEHICLE and f.moot.startswith(LEADER_AGAIN)}
    since = {"todo_follow_again": again, "todo_follow_since": set(behind) - again}
    told = [
        line
        for phrase, rows in since.items()
        for line in _rows(VEHICLE, sorted(rows & set(behind)), f"result.{phrase}", ruleset)
    ]
    n, sheet = len(followers(outcome)) - len(behind), ruleset.word(f"@sheet.{VEHICLE}")
    return [*told, ruleset.phrase("result.todo_follow", sheet=sheet, n=n)] if n else told


def _rows(sheet: str, rows: Sequence[int], phrase: str, ruleset: Ruleset, **words: str) -> list[str]:
    """A line about these rows; none for none."""
    if not rows:
        return []
    name = ruleset.word(f"@sheet.{sheet}")
    return [ruleset.phrase(phrase, sheet=name, rows=row_ranges(rows, ruleset), **words)]
