"""What a receipt does (semantics section 6): idempotent, monotonic, and never to another declaration.

The final state of a declaration comes from the first final answer; what says the same again is history, what
says otherwise is refused, and a person settles it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from vinbatch.model import (
    FINAL,
    Effect,
    Finding,
    Heard,
    Param,
    Receipt,
    Record,
    RecordChange,
    Reply,
    Return,
    Sent,
    Standing,
    State,
    Type,
    moment_of,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset, find_receipt

# How far ahead of our clock customs' may be: beyond time zones, one of the two is wrong.
_AHEAD = timedelta(days=1)
_MEANING = {"progress": State.DECLARED, "accepted": State.ACCEPTED, "rejected": State.REJECTED}


class Hearing(Noun, frozen=True):
    """A receipt with everything that is known of the vehicles it speaks for.

    `sent` is the whole package, `earlier` are the replies to those vehicles so far, of whatever package, in
    the order in which they came. `user` and `override` are of the command that recorded an answer by hand;
    only an override settles a contradiction.
    """

    ruleset: Ruleset
    receipt: Receipt
    sent: Sent | None
    records: Mapping[str, Record]
    earlier: Sequence[Reply]
    now: datetime
    user: str = ""
    override: bool = False

    def problem(self, code: str, value: str = "", **params: Param) -> Finding:
        """What cannot be used of the receipt, and why."""
        return self.ruleset.finding(code, sheet="", row=0, field="", value=value, **params)


def hear(hearing: Hearing) -> Heard:
    """The records to write, the replies to keep, and the problems. Hearing it twice does nothing twice."""
    sent, receipt = hearing.sent, hearing.receipt
    if sent is None:
        return Heard(problems=(hearing.problem("RECEIPT-UNKNOWN-GUID", receipt.guid),))
    heard_before = {(r.vin, r.receipt) for r in hearing.earlier}
    answers, problems = _answers(hearing, sent)
    replies: list[Reply] = []
    changes: list[RecordChange] = []
    for vin, answer in answers.items():
        reply, change = _one(hearing, sent, vin, answer)
        if reply.effect is Effect.REFUSED:
            problems.append(_contradiction(hearing, sent, reply))
        if (vin, receipt.digest) in heard_before:
            continue
        replies.append(reply)
        if change is not None:
            changes.append(change)
    accepted = {c.vin for c in changes if c.record and c.record.now.state is State.ACCEPTED}
    return Heard(tuple(changes), tuple(replies), tuple(problems), _agreed(sent, accepted))


def _answers(hearing: Hearing, sent: Sent) -> tuple[dict[str, Return], list[Finding]]:
    """The answer to each vehicle of the package, and what cannot be used."""
    said, problems = _said_of_each(hearing, sent)
    chosen: dict[str, Return] = {}
    for vin, answers in said.items():
        final = [a for a in answers if _state(hearing, a) in FINAL]
        if len({_state(hearing, a) for a in final}) > 1:
            problems.append(hearing.problem("RECEIPT-BOTH", vin))
        else:
            chosen[vin] = max(final or answers, key=lambda a: a.time)
    return chosen, problems


def _said_of_each(hearing: Hearing, sent: Sent) -> tuple[dict[str, list[Return]], list[Finding]]:
    """All answers to each vehicle of the package, and those with an unknown code or of a foreign vehicle."""
    ours = [d.vin for d in sent.declarations]
    said: dict[str, list[Return]] = {}
    problems: list[Finding] = []
    for answer in (_timed(hearing, answer) for answer in hearing.receipt.returns):
        if find_receipt(hearing.ruleset.receipts, answer.status) is None:
            vin = answer.vin or "@receipt.whole"
            code = "RECEIPT-UNKNOWN-CODE" if answer.status else "RECEIPT-NO-STATUS"
            problems.append(hearing.problem(code, answer.status, vin=vin))
        elif answer.vin and answer.vin not in ours:
            problems.append(hearing.problem("RECEIPT-FOREIGN-VIN", answer.vin, batch=sent.batch))
        else:
            for vin in [answer.vin] if answer.vin else ours:
                said.setdefault(vin, []).append(answer)
    return said, problems


def _timed(hearing: Hearing, answer: Return) -> Return:
    """Without a time that lies ahead: it would be the last word on everything that customs says later."""
    zone = hearing.ruleset.settings.zone
    if answer.time and moment_of(answer.time).replace(tzinfo=zone) - hearing.now > _AHEAD:
        return replace(answer, time="", doubted=answer.time)
    return answer


def _state(hearing: Hearing, answer: Return) -> State:
    code = find_receipt(hearing.ruleset.receipts, answer.status)
    return _MEANING[code.meaning] if code else State.DECLARED


def _one(hearing: Hearing, sent: Sent, vin: str, answer: Return) -> tuple[Reply, RecordChange | None]:
    """The reply to one vehicle with its effect, and the record after it where that changes."""
    record, state = hearing.records.get(vin), _state(hearing, answer)
    digest = hearing.receipt.digest
    said = Reply(sent.guid, vin, answer.status, state, answer.time, answer.info, digest)
    reply = replace(said, user=hearing.user, doubted=answer.doubted)
    if record is None or not _stands(record, sent):
        return replace(reply, effect=_beneath(hearing, record, reply)), None
    old = record.now.state
    if state not in FINAL:
        reply = replace(reply, effect=Effect.PROGRESS)
        newer = record.now.heard is None or reply.time >= record.now.heard.time
        told = replace(record.now, heard=reply)
        return reply, _change(record, told, hearing.now) if old is State.DECLARED and newer else None
    if old is State.DECLARED:
        return reply, _settled(record, reply, hearing)
    if old is state:
        return replace(reply, effect=Effect.REPEATED), None
    if not hearing.override:
        return replace(reply, effect=Effect.REFUSED), None
    reply = replace(reply, effect=Effect.OVERRODE)
    return reply, _settled(record, reply, hearing)


def _stands(record: Record, sent: Sent) -> bool:
    """Whether the record's latest declaration is the one of this package: one per type and batch."""
    now = record.now
    return (now.batch, now.type) == (sent.batch, sent.type) and now.state is not State.DRAFT


def _beneath(hearing: Hearing, record: Record | None, reply: Reply) -> Effect:
    """What comes of an answer to a declaration that is not the record's standing. It moves nothing.

    Late is what a later declaration has made so. A draft goes nowhere: until it is declared customs speaks of
    what stands beneath it, and a contradiction needs a person. Where the draft was deleted nothing is left
    for him to settle, and his word is history.
    """
    last = _last_settled(hearing, reply.vin)
    declared = record is not None and record.now.state is not State.DRAFT
    if declared or last is None or last.guid != reply.guid:
        return Effect.LATE
    if reply.state not in FINAL:
        return Effect.PROGRESS
    if last.state is reply.state:
        return Effect.REPEATED
    return Effect.LATE if record is None and hearing.override else Effect.REFUSED


def _last_settled(hearing: Hearing, vin: str) -> Reply | None:
    """The reply that gave the vehicle its latest final state."""
    settled = (r for r in reversed(hearing.earlier) if r.effect in (Effect.APPLIED, Effect.OVERRODE))
    return next((r for r in settled if r.vin == vin and r.state in FINAL), None)


def _settled(record: Record, reply: Reply, hearing: Hearing) -> RecordChange:
    """The declaration reaches its final state; a rejected change or revocation leaves what is in force."""
    now = replace(record.now, state=reply.state, heard=reply)
    after = _after(record, now, hearing.now)
    if reply.state is State.ACCEPTED and now.type is Type.REVOCATION:
        after = replace(after, revoked=_date(reply, hearing))
    elif reply.state is State.ACCEPTED:
        after = replace(after, accepted=now, previous=record.in_force, revoked="")
    elif record.now.state is State.ACCEPTED:  # overridden: what was in force before is so again
        if now.type is Type.REVOCATION:
            after = replace(after, revoked="")
        else:
            after = replace(after, accepted=record.previous, previous=None)
    return RecordChange(record.vin, record.version, reply.state.value, after)


def _change(record: Record, now: Standing, moment: datetime) -> RecordChange:
    return RecordChange(record.vin, record.version, "progress", _after(record, now, moment))


def _after(record: Record, now: Standing, moment: datetime) -> Record:
    return replace(record, version=record.version + 1, now=now, updated=moment)


def _date(reply: Reply, hearing: Hearing) -> str:
    """The day of an accepted revocation: customs' own, else that of the receipt's arrival at the site."""
    if reply.time:
        return moment_of(reply.time).date().isoformat()
    return hearing.now.astimezone(hearing.ruleset.settings.zone).strftime("%Y-%m-%d")


def _contradiction(hearing: Hearing, sent: Sent, reply: Reply) -> Finding:
    """Why it is not used: against what stands, or, where a person settles that, for the draft on it."""
    record, last = hearing.records.get(reply.vin), _last_settled(hearing, reply.vin)
    if record is not None and hearing.override:
        return hearing.problem("RECEIPT-UNDER-DRAFT", reply.vin, type=f"@type.{record.now.type}")
    stands = record.now.state if record is not None and _stands(record, sent) else last and last.state
    return hearing.problem(
        "RECEIPT-CONTRADICTS", reply.vin, before=f"@state.{stands}", after=f"@state.{reply.state}"
    )


def _agreed(sent: Sent, accepted: set[str]) -> tuple[tuple[str, str], ...]:
    """(WMI, country) pairs that customs accepted: from then on a note (domain section 3)."""
    pairs = [
        (d.vin[:3], str(d.entry.values.get("country") or ""))
        for d in sent.declarations
        if d.vin in accepted and d.entry is not None and d.type is not Type.REVOCATION
    ]
    return tuple(dict.fromkeys(p for p in pairs if p[1]))
