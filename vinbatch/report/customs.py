"""What customs answered, as results, extracts and tables tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from vinbatch.lifecycle.acts import act_of, closed_to
from vinbatch.lifecycle.changes import no_difference
from vinbatch.lifecycle.missing import NOT_DECLARED, STILL_DRAFT
from vinbatch.lifecycle.refusals import READY, WAITS, since
from vinbatch.lifecycle.verify import TO_VERIFY
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Effect,
    Finding,
    Judged,
    Known,
    Outcome,
    Param,
    Record,
    Reply,
    Severity,
    Standing,
    State,
    Type,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.report.moot import with_moot
from vinbatch.report.since import vin_of
from vinbatch.report.twins import told_apart
from vinbatch.report.waiting import asks_of, numbers_there, with_settled
from vinbatch.ruleset import Ruleset, find_receipt

FAILED = "CUSTOMS-FAILED"
REJECTED = ("CUSTOMS-REJECTED", "CUSTOMS-REJECTED-CHANGE", FAILED)  # codes
OVERDUE = "CUSTOMS-OVERDUE"
CONTRADICTED = "CUSTOMS-CONTRADICTED"
_STALE = "MARK-STALE-NOTE"
_AT_REST = (
    NOT_DECLARED,
    "RECORD-SAME",
    STILL_DRAFT,
    "ROW-ALREADY-DONE",
    TO_VERIFY,
)  # say that there is nothing to do
_SETTLED = (Effect.APPLIED, Effect.OVERRODE)


def reply_words(reply: Reply | None, ruleset: Ruleset) -> str:
    """`120 海关入库 · 2026-03-05 10:22:31 · …`: code, meaning, time and customs' own words."""
    if reply is None:
        return ""
    meaning = _meaning(reply, ruleset)
    by = ruleset.phrase("customs.by_hand", user=reply.user) if reply.user else ""
    info = reply.info if reply.info != meaning else ""
    time = f"“{reply.doubted}”" if reply.doubted else _time(reply.time)
    told = (f"{reply.status} {meaning}".strip(), time, info, by)
    return " · ".join(t for t in told if t)


def _time(digits: str) -> str:
    """`20260305102231500` → `2026-03-05 10:22:31`: customs give the site's time."""
    d = digits
    return f"{d[:4]}-{d[4:6]}-{d[6:8]} {d[8:10]}:{d[10:12]}:{d[12:14]}" if d else ""


def overdue_days(record: Record, now: datetime, ruleset: Ruleset) -> int:
    """For how many days customs has owed an answer, 0 as long as that is not too many (a setting)."""
    since = record.now.since or record.updated
    if record.now.state is not State.DECLARED or since is None:
        return 0
    waited = now - since
    return waited.days if waited > timedelta(days=ruleset.settings.overdue_days) else 0


def last_replies(replies: Iterable[Reply]) -> dict[str, Reply]:
    """VIN → the reply that counts for a batch's declaration: the final one, else the latest progress."""
    found: dict[str, Reply] = {}
    for reply in replies:
        old = found.get(reply.vin)
        final = old is not None and old.effect in _SETTLED
        if reply.effect in _SETTLED or (reply.effect is Effect.PROGRESS and not final):
            if old is not None and reply.effect is Effect.PROGRESS and reply.time < old.time:
                continue
            found[reply.vin] = reply
    return found


def standing_findings(record: Record, row: int, known: Known, ruleset: Ruleset) -> Iterator[Finding]:
    """What a record waits for as it stands, beside its own asks: a mended row, an answer, a person."""
    if record.now.state is State.REJECTED:
        yield _rejected(row, record.now, ruleset)
    days = overdue_days(record, known.now, ruleset)
    if days:
        yield _about(row, record.vin, OVERDUE, {"days": str(days)}, ruleset)
    yield from _contradiction(record.vin, row, known, ruleset)


# By a person: of a declaration that stands, and of one that a later declaration has replaced by now.
_SAID_AGAIN = (Effect.REPEATED, Effect.LATE)


def contradicting(replies: Iterable[Reply]) -> tuple[Reply, Reply] | None:
    """The answer that counts and the one that contradicts it, of all replies to one vehicle in their order.

    None where nobody has to ask customs: a person has recorded an answer since, or customs has accepted a
    later declaration.
    """
    settled: dict[str, Reply] = {}
    found: tuple[Reply, Reply] | None = None
    for reply in replies:
        by_person = reply.user and reply.effect in _SAID_AGAIN and reply.state is not State.DECLARED
        if reply.effect is Effect.REFUSED and reply.guid in settled:
            found = (settled[reply.guid], reply)
        elif reply.effect in _SETTLED or by_person:
            settled[reply.guid] = reply
            same = found is not None and found[1].guid == reply.guid
            found = None if same or reply.state is State.ACCEPTED else found
    return found


def _contradiction(vin: str, row: int, known: Known, ruleset: Ruleset) -> Iterator[Finding]:
    found = contradicting(known.contradicted.get(vin, ()))
    if found:
        states: dict[str, Param] = {
            "before": f"@state.{found[0].state}",
            "after": f"@state.{found[1].state}",
        }
        yield _about(row, vin, CONTRADICTED, states, ruleset)


def with_answers(outcome: Outcome, known: Known, ruleset: Ruleset) -> Outcome:
    """The outcome with findings for what its rows wait for, and for what customs answered to them."""
    turned_away = _turned_away(outcome, known.records, ruleset)
    before = with_settled(_after_waiting(outcome, known, ruleset), outcome, known, ruleset)
    busy = {(VEHICLE, row) for row in turned_away}
    before = tuple(f for f in before if f.place not in busy or f.code not in _AT_REST)
    since_then = _since_then(outcome, known, turned_away, ruleset)
    findings = told_apart((*before, *since_then), outcome, known, ruleset)
    return replace(outcome, findings=with_moot(findings, ruleset))


def _since_then(
    outcome: Outcome, known: Known, turned_away: Collection[int], ruleset: Ruleset
) -> Iterator[Finding]:
    """What the vehicles of its rows wait for as they stand, and customs' answers to what was declared here.

    A row tells where its vehicle stands if that is its own doing, or is to be seen to in it; any row tells of
    a contradiction.
    """
    asks = {f.place for f in outcome.findings if f.severity is Severity.ASK}
    of_parameters = {row for sheet, row in asks if sheet == STRUCTURE}
    there = numbers_there(outcome, ruleset)
    replies: dict[str, list[Reply]] = {}
    for reply in known.replies:
        replies.setdefault(reply.vin, []).append(reply)
    for judged in (j for j in outcome.rows if j.row.sheet == VEHICLE):
        row, vin = judged.row.number, vin_of(judged, ruleset)
        record = known.records.get(vin)
        if record is None:
            continue
        declared = judged.verdict is Verdict.DECLARED and record.now.batch == outcome.batch
        held_unasked = judged.verdict is Verdict.HELD and (VEHICLE, row) not in asks
        if declared or held_unasked or row in turned_away:
            yield from asks_of(record, row, known, there, of_parameters, ruleset, moved=False)
            yield from standing_findings(record, row, known, ruleset)
        else:
            yield from _contradiction(vin, row, known, ruleset)
        if judged.verdict is Verdict.DECLARED:
            yield from _late(row, replies.get(vin, ()), ruleset)
            yield from _doubted(row, replies.get(vin, ()), ruleset)


def _turned_away(outcome: Outcome, records: Mapping[str, Record], ruleset: Ruleset) -> set[int]:
    """Rows for which nothing was done because their vehicle stood as they say, and customs rejected it.

    Not those that show old data, nor another department's: mended there, they would be refused.
    """
    stale = {f.row for f in outcome.findings if f.code == _STALE and f.sheet == VEHICLE}
    found = set()
    for j in outcome.rows:
        if j.row.sheet == VEHICLE and j.verdict is Verdict.UNCHANGED and j.row.number not in stale:
            record = records.get(vin_of(j, ruleset))
            rejected = record is not None and record.now.state is State.REJECTED
            if record is not None and rejected and not closed_to(record, outcome.reading.source, ruleset):
                found.add(j.row.number)
    return found


def _after_waiting(outcome: Outcome, known: Known, ruleset: Ruleset) -> tuple[Finding, ...]:
    """The findings; those of rows that came while their vehicle waited for customs say what is so now."""
    if not any(f.code in WAITS for f in outcome.findings):
        return outcome.findings
    rows = {j.row.number: j for j in outcome.rows if j.row.sheet == VEHICLE}
    return tuple(
        _as_of_now(f, rows.get(f.row), known, ruleset) if f.code in WAITS else f for f in outcome.findings
    )


def _as_of_now(f: Finding, judged: Judged | None, known: Known, ruleset: Ruleset) -> Finding:
    """What one of them has become: that the row may be done now, or what stands against it by now."""
    record = known.records.get(vin_of(judged, ruleset)) if judged else None
    if judged is None or record is None:
        return f
    marked = judged.mark is not None and judged.mark.revision > 0
    now = since(f.code, dict(f.params), record, judged.act, marked=marked)
    if now is not None and now[0] == READY:
        now = no_difference(ruleset, record, judged, known.entries) or now
    if now is None:
        return f
    code, params = now
    return ruleset.finding(code, sheet=f.sheet, row=f.row, field=f.field, value=f.value, **params)


def _late(row: int, replies: Sequence[Reply], ruleset: Ruleset) -> Iterator[Finding]:
    """Answers to what was superseded: they changed nothing, and somebody may ask for them."""
    for reply in replies:
        if reply.effect is Effect.LATE:
            words: dict[str, Param] = {"code": reply.status, "words": reply.info or _meaning(reply, ruleset)}
            yield _about(row, reply.vin, "CUSTOMS-LATE", words, ruleset)


def _doubted(row: int, replies: Sequence[Reply], ruleset: Ruleset) -> Iterator[Finding]:
    """The last answer whose time was none to go by: whoever looks after the gateway has to know."""
    for reply in [r for r in replies if r.doubted][-1:]:
        said: dict[str, Param] = {"code": reply.status, "time": reply.doubted}
        yield _about(row, reply.vin, "CUSTOMS-TIME", said, ruleset)


def _about(row: int, vin: str, code: str, params: Mapping[str, Param], ruleset: Ruleset) -> Finding:
    return ruleset.finding(code, sheet=VEHICLE, row=row, field="vin", value=vin, **params)


def _rejected(row: int, standing: Standing, ruleset: Ruleset) -> Finding:
    reply = standing.heard
    code = reply.status if reply else ""
    words = (reply.info or _meaning(reply, ruleset)) if reply else ""
    vin = str(standing.data.get("vin") or "")
    said: dict[str, Param] = {"code": code, "words": words}
    known = find_receipt(ruleset.receipts, code)
    judged = known is None or known.opinion
    if judged and standing.type is Type.FILING:
        return _about(row, vin, "CUSTOMS-REJECTED", said, ruleset)
    said["act"] = f"@act.{act_of(standing.type)}"
    if not judged:
        return _about(row, vin, FAILED, said, ruleset)
    return _about(row, vin, "CUSTOMS-REJECTED-CHANGE", said, ruleset)


def state_words(standing: Standing, ruleset: Ruleset) -> str:
    """Where a declaration stands; a vehicle whose revocation customs accepted is revoked, not accepted."""
    if (standing.type, standing.state) == (Type.REVOCATION, State.ACCEPTED):
        return ruleset.phrase("overview.revoked")
    return ruleset.word(f"@state.{standing.state}")


def _meaning(reply: Reply, ruleset: Ruleset) -> str:
    code = find_receipt(ruleset.receipts, reply.status)
    if code is None:
        return ""
    return code.zh if ruleset.settings.language == "zh" else code.en


def states_of(outcome: Outcome, replies: Sequence[Reply]) -> Counter[State]:
    """The declarations of a batch by what customs answered to them; those that wait are DECLARED."""
    last = last_replies(replies)
    return Counter(last[d.vin].state if d.vin in last else State.DECLARED for d in outcome.declarations)
