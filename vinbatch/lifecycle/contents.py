"""Whether what a vehicle row says may be declared: the checks that need catalogue and ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vinbatch.checks import across
from vinbatch.checks.meant import act_meant
from vinbatch.lifecycle.acts import FROM_EXTRACT, acts_on, why_no_act
from vinbatch.lifecycle.answers import still_asks, with_answers
from vinbatch.lifecycle.asks import release
from vinbatch.lifecycle.barred import REFUSED
from vinbatch.lifecycle.bench import Bench, Weighed, finding_on
from vinbatch.lifecycle.catalogued import asked_of, what_is_asked
from vinbatch.lifecycle.changes import compared, told_change
from vinbatch.lifecycle.gone import GONE, gone_findings
from vinbatch.lifecycle.identity import reason_alone
from vinbatch.lifecycle.missing import is_idle_draft, still_missing
from vinbatch.lifecycle.older import is_older
from vinbatch.lifecycle.structures import Parameters
from vinbatch.lifecycle.together import asked_together
from vinbatch.lifecycle.unasked import left_alone
from vinbatch.lifecycle.verify import still_to_verify, told_to_verify
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import (
    BARE,
    CALLED_OFF,
    COMMENT,
    MISPLACED,
    NOT_MEANT,
    PARAMETERS,
    UNANSWERING,
    UNKNOWN_ACT,
    VEHICLE,
    Act,
    Entry,
    Finding,
    Severity,
    Standing,
    Type,
    Verdict,
)
from vinbatch.noun import replace

_INCOMPLETE = "STRUCTURE-INCOMPLETE-DRAFT"
_NO_ACT_OPEN = "ACT-UNKNOWN-CLOSED"
_LACKING = ("STRUCTURE-UNKNOWN-DRAFT", _INCOMPLETE)


def weigh_vehicles(bench: Bench, intents: Sequence[Intent]) -> list[Weighed]:
    """Weigh every row; the questions about several rows need all of them and come before release."""
    weighed = asked_together(bench, [_weigh(bench, intent) for intent in intents])
    answered = (told_to_verify(bench.ruleset, with_answers(bench, w)) for w in weighed)
    return [told_change(bench, w) for w in answered]


def _weigh(bench: Bench, intent: Intent) -> Weighed:
    if is_older(intent.findings):
        return Weighed(intent, intent.findings)
    found = _with_open_acts(bench, intent, bench.found.get(intent.row.number, ()))
    if bench.facts.blind:  # without a home these are not the rules that the form was made by
        found = tuple(f for f in found if f.code != GONE)
    unread = _cannot_be_read(intent)
    if (intent.act is not None or unread) and any(f.code in NOT_MEANT for f in found):
        return Weighed(intent, found)
    slips = tuple(f for f in found if f.code in MISPLACED)
    if (intent.act is not None or unread) and slips:  # nor is it asked what other rows have in these cells
        return Weighed(replace(intent, findings=(*intent.findings, *slips)), (*found, *intent.findings))
    if intent.act is None or intent.stopped:
        return _unweighed(bench, intent, found, unread=unread)
    if intent.act in BARE:
        return _bare(bench, intent, found)
    return _with_contents(bench, intent, found, unread=unread)


def _unweighed(bench: Bench, intent: Intent, found: tuple[Finding, ...], *, unread: bool) -> Weighed:
    """A row that is refused already, or asks for nothing: its contents are not looked into.

    What the checks found is told where it is refused anyway, or asks for what cannot be read.
    """
    own = (f for f in intent.findings if not (unread and f.code == "EDIT-WITHOUT-ACT"))
    due = _still_due(bench, intent) if is_idle_draft(intent) else ()
    told = found if intent.stopped or unread else left_alone(bench.ruleset, found)
    return Weighed(intent, (*told, *own, *due))


def _with_contents(bench: Bench, intent: Intent, found: tuple[Finding, ...], *, unread: bool) -> Weighed:
    """A row that files or changes: everything that stands against it, or is to be asked."""
    ruleset, row, values = bench.ruleset, intent.row.number, intent.values
    supply = _supply(bench, intent)
    entry = supply.entry
    taken = entry.values if entry else None
    blocked = {*dict(intent.row.leftovers), *intent.unstated}
    told = [*found, *intent.findings]
    told += across.required_findings(
        ruleset, VEHICLE, row, values, taken, draft=intent.drafting, blocked=blocked
    )
    told += across.limit_findings(ruleset, VEHICLE, row, values)
    told += across.vehicle_findings(ruleset, row, values, bench.now, bench.vins)
    told += supply.findings
    told += _history(bench, intent)
    if not unread:  # 撤消: nobody knows which act is meant
        told += reason_alone(ruleset, intent)
    if not any(f.code == GONE for f in found):
        told += gone_findings(ruleset, intent, entry)
    if entry is not None:
        told += across.pair_findings(ruleset, row, values, entry.values, bench.facts.agreed)
    return compared(bench, replace(supply, findings=tuple(told)))


def _cannot_be_read(intent: Intent) -> bool:
    """Whether a row says what it asks for in words that are none, such as 已核实 where it waits for 是."""
    left = dict(intent.row.leftovers)
    return "action" in left or ("confirmed" in left and intent.verdict is Verdict.HELD)


def _still_due(bench: Bench, intent: Intent) -> tuple[Finding, ...]:
    """What a draft that comes back as it was lacks to be declared: fields of its own, parameters, answers.

    A note each, also where a home saves no draft without: the row asks for nothing that could be refused.
    """
    supply = _supply(bench, replace(intent, act=Act.SAVE)).findings
    lacks = (f for f in supply if f.code in _LACKING)
    open_still = still_to_verify(bench.ruleset, intent, supply)
    due = (*still_missing(bench.ruleset, bench.facts, intent), *lacks)
    return (*(replace(f, severity=Severity.NOTE) for f in due), *open_still)


def _with_open_acts(bench: Bench, intent: Intent, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of a word that is no act the cure names those that this row may ask for, not all that there are."""
    if bench.facts.blind and intent.marked:
        return found
    at = bench.facts.records.get(intent.vin), intent.row.mark, intent.vin
    acts = tuple(act.value for act in acts_on(*at))
    choices = acts or why_no_act(*at)

    def told(f: Finding) -> Finding:
        if f.code == CALLED_OFF:
            return replace(f, params=(("choices", choices),))
        if f.code != UNKNOWN_ACT:
            return f
        meant = ("meant", _meant(bench, intent, f.value, acts))
        if acts:
            return replace(f, params=(("choices", choices), meant))
        return replace(f, code=_NO_ACT_OPEN, params=(("why", choices), meant))

    return tuple(map(told, found))


def _meant(bench: Bench, intent: Intent, word: str, acts: Collection[str]) -> str:
    """What a word in 操作 may stand for, and how that is done where this row may not ask for it."""
    act = act_meant(word, bench.ruleset)
    if not act or act in acts:
        return act and f"@meant.act|{act}"
    if not intent.marked and act in FROM_EXTRACT:
        return f"@meant.act_query|{act}"
    new = not intent.marked and intent.vin not in bench.facts.records
    return f"@meant.act_row|{act}" if new else f"@meant.act_closed|{act}"


def _bare(bench: Bench, intent: Intent, found: tuple[Finding, ...]) -> Weighed:
    """撤销 and the deletions look at act, mark and reason only, 撤销 also at comments. No draft can be held
    for what is asked of those: unless it is confirmed the row is refused, since neither can be taken back.
    """
    revokes = intent.act is Act.REVOKE
    looks = ("CELL-MASKED", "ROW-STRUCK") if revokes else ("CELL-MASKED",)  # of whose row it is
    told = [
        f
        for f in found
        if f.field in ("action", "revocation_reason")
        or (f.field == "vin" and f.code in looks)
        or f.code == UNANSWERING
        or (f.code == COMMENT and (revokes or dict(f.params)["at"] == "@vehicle.action"))
    ]
    told += [*intent.findings, *_department(bench, intent)]
    wrong = any(f.field == "revocation_reason" and f.severity is Severity.STOP for f in found)
    if revokes and not intent.values.get("revocation_reason") and not wrong:
        told.append(finding_on(bench.ruleset, intent, "REVOCATION-REASON-MISSING", "revocation_reason"))
    asked = release(bench.ruleset, told, intent.values, lambda _ask: intent.confirmed)
    left = (replace(f, severity=Severity.STOP) if f.severity is Severity.ASK else f for f in asked.findings)
    return Weighed(intent, tuple(left), released=asked.released)


def _supply(bench: Bench, intent: Intent) -> Weighed:
    """With the parameters of the row's number: from its structure row, else from the catalogue."""
    number = intent.structure_no
    if not number:
        return Weighed(intent, ())
    params = bench.sheet_entries.get(number)
    if params is not None and not params.past:
        return Weighed(intent, _of_their_row(bench, intent, params), params.entry, params.row.number)
    entry = bench.facts.entries.get(number)
    if entry is not None:
        return Weighed(intent, _catalogue(bench, intent, entry), entry)
    code = "STRUCTURE-UNKNOWN-DRAFT" if intent.drafting else "STRUCTURE-UNKNOWN"
    code = "STRUCTURE-NOT-LOOKED-UP" if bench.facts.blind else code
    return Weighed(intent, (finding_on(bench.ruleset, intent, code, "structure_no", number=number),))


def _of_their_row(bench: Bench, intent: Intent, params: Parameters) -> tuple[Finding, ...]:
    """What the row of the parameters has the vehicles wait for: each leads to it."""
    ruleset, key, number = bench.ruleset, "structure_no", params.number
    link = f"@link.structure|{params.row.number}"
    told: list[Finding] = []
    if params.stopped:
        told.append(finding_on(ruleset, intent, "STRUCTURE-REFUSED", key, link=link))
    elif params.open_asks or still_asks(bench, intent, number):
        how = "@verify.row" if params.open_asks else "@verify.catalogue"  # that row says nothing of it
        told.append(finding_on(ruleset, intent, PARAMETERS, key, link=link, how=how))
    if any(f.code == "FIELD-REQUIRED-DRAFT" for f in params.findings):
        told.append(finding_on(ruleset, intent, _INCOMPLETE, key, number=number, link=link))
    return tuple(told)


def _catalogue(bench: Bench, intent: Intent, entry: Entry) -> tuple[Finding, ...]:
    """An entry that was learnt with open asks, or from a draft, is asked about again at each use."""
    asked = asked_of(bench.ruleset, entry)
    where = {"number": entry.number, "link": f"@link.catalogue|{entry.revision}"}
    if any(f.severity is Severity.STOP for f in asked.findings):
        code = _INCOMPLETE if intent.drafting else "STRUCTURE-INCOMPLETE"
        return (finding_on(bench.ruleset, intent, code, "structure_no", **where),)
    if asked.open_asks or still_asks(bench, intent, entry.number):
        how = {"link": what_is_asked(asked) or where["link"], "how": "@verify.catalogue"}
        return (finding_on(bench.ruleset, intent, PARAMETERS, "structure_no", **how),)
    if asked.released:
        return (finding_on(bench.ruleset, intent, "STRUCTURE-CONFIRMED", "structure_no", **where),)
    return ()


def _history(bench: Bench, intent: Intent) -> tuple[Finding, ...]:
    told: list[Finding] = list(_department(bench, intent))
    if (revocation := _revocation(intent)) is not None:
        standing, date = revocation
        reason = str(standing.data.get("revocation_reason") or "–")
        told.append(
            finding_on(bench.ruleset, intent, "VIN-REVOKED", date=date, reason=reason, drop="@drop.draft")
        )
    return tuple(told)


def _revocation(intent: Intent) -> tuple[Standing, str] | None:
    """The accepted revocation that a new filing follows, and its date; its draft is asked about again."""
    if intent.revoked is not None:
        return intent.revoked.now, intent.revoked.revoked or "–"
    record = intent.record
    before = record.before if record is not None and record.now.type is Type.FILING else None
    if record is None or before is None or before.type is not Type.REVOCATION:
        return None
    return before, record.revoked or "–"


def _department(bench: Bench, intent: Intent) -> tuple[Finding, ...]:
    record = intent.record or intent.replaces
    if record is None or bench.department in (None, record.department):
        return ()
    refuse = bench.ruleset.settings.foreign_department == "refuse"
    code = REFUSED if refuse else "DEPARTMENT-OTHER"
    return (finding_on(bench.ruleset, intent, code, department=record.filed_by),)
