"""Whether what a vehicle row says may be declared: the checks that need catalogue and ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from vinbatch.checks import across
from vinbatch.lifecycle.acts import acts_on, why_no_act
from vinbatch.lifecycle.asks import release
from vinbatch.lifecycle.diffs import differences, shown_diff
from vinbatch.lifecycle.engines import NUMBERS, shared_numbers
from vinbatch.lifecycle.gone import GONE, gone_findings
from vinbatch.lifecycle.identity import another_vehicle, reason_alone
from vinbatch.lifecycle.intent import Intent
from vinbatch.lifecycle.marks import row_data
from vinbatch.lifecycle.missing import still_missing
from vinbatch.lifecycle.structures import Parameters, entry_findings
from vinbatch.model import (
    BARE,
    STRUCTURE,
    VEHICLE,
    Act,
    Diff,
    Entry,
    Facts,
    Finding,
    Judged,
    Param,
    Record,
    Severity,
    Standing,
    State,
    Type,
    Value,
    structure_of,
)
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset import Ruleset


class Weighed(Noun, frozen=True):
    """An intent after its contents were checked."""

    intent: Intent
    findings: tuple[Finding, ...]
    entry: Entry | None = None
    entry_row: int = 0
    open_asks: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    change: tuple[Diff, ...] = field(default=())  # of a change: against the data in force

    @property
    def stopped(self) -> bool:
        """Whether the row is refused."""
        return any(f.severity is Severity.STOP for f in self.findings)

    @property
    def certificate(self) -> str:
        """The CCC certificate without its version."""
        return str(self.intent.values.get("ccc_no") or "")[:16]


class Bench(Noun, frozen=True):
    """Everything vehicle rows are weighed by."""

    ruleset: Ruleset
    facts: Facts
    now: datetime
    department: str | None  # None: a command, which belongs to none
    found: Mapping[int, tuple[Finding, ...]]
    sheet_entries: Mapping[str, Parameters]  # by number: the structure row of the workbook
    vins: Collection[str] = ()  # of all vehicle rows of the workbook


def finding_on(ruleset: Ruleset, intent: Intent, code: str, key: str = "vin", **params: Param) -> Finding:
    """A finding about a cell of the intent's row."""
    value = intent.values.get(key)
    shown = ruleset.shown(ruleset.field(VEHICLE, key), value) if value is not None else ""
    return ruleset.finding(code, sheet=VEHICLE, row=intent.row.number, field=key, value=shown, **params)


def weigh_vehicles(bench: Bench, intents: Sequence[Intent]) -> list[Weighed]:
    """Weigh every row; the questions about several rows need all of them and come before release."""
    raw = _engines(bench, [_weigh(bench, intent) for intent in intents])
    return [_told(bench, _release(bench, w)) for w in _certificates(bench, raw)]


def _weigh(bench: Bench, intent: Intent) -> Weighed:
    found = _with_open_acts(bench, intent, bench.found.get(intent.row.number, ()))
    if bench.facts.blind:  # without a home these are not the rules that the form was made by
        found = tuple(f for f in found if f.code != GONE)
    if intent.act is None or intent.stopped:
        # What the checks found is told where the row is refused anyway, or asks for what cannot be read.
        unread = "action" in dict(intent.row.leftovers)
        own = (f for f in intent.findings if not (unread and f.code == "EDIT-WITHOUT-ACT"))
        due = still_missing(bench.ruleset, bench.facts, intent)
        return Weighed(intent, (*(found if intent.stopped or unread else ()), *own, *due))
    if intent.act in BARE:
        return _bare(bench, intent, found)
    supply = _supply(bench, intent)
    entry = supply.entry
    told = (
        *found,
        *intent.findings,
        *across.required_findings(
            bench.ruleset,
            VEHICLE,
            intent.row.number,
            intent.values,
            entry.values if entry else None,
            draft=intent.drafting,
            blocked={*dict(intent.row.leftovers), *intent.unstated},
        ),
        *across.limit_findings(bench.ruleset, VEHICLE, intent.row.number, intent.values),
        *across.vehicle_findings(bench.ruleset, intent.row.number, intent.values, bench.now, bench.vins),
        *supply.findings,
        *_history(bench, intent),
        *reason_alone(bench.ruleset, intent),
        *(() if any(f.code == GONE for f in found) else gone_findings(bench.ruleset, intent, entry)),
    )
    if entry is not None:
        pair = intent.values, entry.values, bench.facts.agreed
        told = (*told, *across.pair_findings(bench.ruleset, intent.row.number, *pair))
    return _compared(bench, replace(supply, findings=told))


def _with_open_acts(bench: Bench, intent: Intent, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of a word that is no act the cure names those that this row may ask for, not all that there are."""
    if bench.facts.blind and intent.own:
        return found
    at = bench.facts.records.get(intent.vin), intent.row.mark, intent.vin
    acts: Param = tuple(act.value for act in acts_on(*at)) or why_no_act(*at)
    return tuple(
        replace(f, params=(("choices", acts),)) if (f.code, f.field) == ("CHOICE-UNKNOWN", "action") else f
        for f in found
    )


def _bare(bench: Bench, intent: Intent, found: tuple[Finding, ...]) -> Weighed:
    """撤销 and the deletions look at act, mark and reason only."""
    told = [f for f in found if f.field in ("action", "revocation_reason")]
    told += [*intent.findings, *_department(bench, intent)]
    wrong = any(f.field == "revocation_reason" and f.severity is Severity.STOP for f in found)
    if intent.act is Act.REVOKE and not intent.values.get("revocation_reason") and not wrong:
        told.append(finding_on(bench.ruleset, intent, "REVOCATION-REASON-MISSING", "revocation_reason"))
    return Weighed(intent, tuple(told))


def _supply(bench: Bench, intent: Intent) -> Weighed:
    """With the parameters of the row's number: from its structure row, else from the catalogue."""
    number = intent.values.get("structure_no")
    if not isinstance(number, str) or not number:
        return Weighed(intent, ())
    key = "structure_no"
    params = bench.sheet_entries.get(number)
    if params is not None and not params.seen:
        told: list[Finding] = []
        link = f"@link.structure|{params.row.number}"
        if params.stopped:
            told.append(finding_on(bench.ruleset, intent, "STRUCTURE-REFUSED", key, link=link))
        elif params.open_asks:
            told.append(finding_on(bench.ruleset, intent, "STRUCTURE-ASK", key, link=link, how="@verify.row"))
        return Weighed(intent, tuple(told), params.entry, params.row.number)
    entry = bench.facts.entries.get(number)
    if entry is None:
        code = "STRUCTURE-UNKNOWN-DRAFT" if intent.drafting else "STRUCTURE-UNKNOWN"
        code = "STRUCTURE-NOT-LOOKED-UP" if bench.facts.blind else code
        return Weighed(intent, (finding_on(bench.ruleset, intent, code, key, number=number),))
    return Weighed(intent, _catalogue(bench, intent, entry), entry)


def _catalogue(bench: Bench, intent: Intent, entry: Entry) -> tuple[Finding, ...]:
    """An entry that was learnt with open asks, or from a draft, is asked about again at each use."""
    judged = entry_findings(bench.ruleset, 0, entry.values, draft=False)
    where = {"number": entry.number, "link": f"@link.catalogue|{entry.revision}"}
    if any(f.severity is Severity.STOP for f in judged):
        code = "STRUCTURE-INCOMPLETE-DRAFT" if intent.drafting else "STRUCTURE-INCOMPLETE"
        return (finding_on(bench.ruleset, intent, code, "structure_no", **where),)
    asked = release(bench.ruleset, judged, entry.values, lambda ask: ask in entry.confirmed)
    if asked.open_asks:
        how = {"link": where["link"], "how": "@verify.catalogue"}
        return (finding_on(bench.ruleset, intent, "STRUCTURE-ASK", "structure_no", **how),)
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
    code = "DEPARTMENT-REFUSED" if refuse else "DEPARTMENT-OTHER"
    return (finding_on(bench.ruleset, intent, code, department=record.department or "inbox"),)


def _compared(bench: Bench, weighed: Weighed) -> Weighed:
    """A change is compared with the data in force, parameters included; without a difference it is none."""
    intent = weighed.intent
    record = intent.record
    if record is None or intent.act not in (Act.CHANGE, Act.SAVE_CHANGE) or record.accepted is None:
        return weighed
    force = record.accepted  # a filing or a change: neither has a reason for a revocation
    mine = {k: v for k, v in row_data(bench.ruleset, intent.row).items() if k != "revocation_reason"}
    diff = differences(bench.ruleset, force.data, mine)
    asks = another_vehicle(bench.ruleset, intent, diff)
    diff += _parameters_diff(bench, force, weighed.entry)
    if not diff and intent.act is Act.CHANGE:
        code, told = _nothing_new(record)
        finding = finding_on(bench.ruleset, intent, code, "action", **told)
        return replace(weighed, findings=(*weighed.findings, finding))
    return replace(weighed, change=diff, findings=(*weighed.findings, *asks))


def _nothing_new(record: Record) -> tuple[str, dict[str, Param]]:
    """Of a change that says what is in force."""
    if record.now.type is Type.CHANGE and record.now.state is State.ACCEPTED:
        return "CHANGE-IN-FORCE", {"batch": record.now.batch}
    return "CHANGE-WITHOUT-DIFFERENCE", {}


def no_difference(
    ruleset: Ruleset, record: Record, judged: Judged, entries: Mapping[str, Entry]
) -> tuple[str, dict[str, Param]] | None:
    """Why a change that waited for customs would be refused now; `entries` are what the catalogue has."""
    force = record.accepted
    if judged.act is not Act.CHANGE or force is None or judged.row.leftovers:
        return None
    latest = entries.get(structure_of(force))
    if latest is not None and latest.revision != force.structure_revision:
        return None
    mine = {**row_data(ruleset, judged.row), "revocation_reason": None}
    return None if differences(ruleset, force.data, mine) else _nothing_new(record)


def _told(bench: Bench, weighed: Weighed) -> Weighed:
    """With what a change says: of a draft, and of one that is held, nobody has declared it yet."""
    if not weighed.change or weighed.stopped:
        return weighed
    draft, held = weighed.intent.drafting, weighed.open_asks
    code = "CHANGE-NOT-DECLARED" if draft else "CHANGE-HELD" if held else "CHANGE-DIFFERENCES"
    diff = shown_diff(bench.ruleset, weighed.change)
    finding = finding_on(bench.ruleset, weighed.intent, code, "action", diff=diff)
    return replace(weighed, findings=(*weighed.findings, finding))


def _parameters_diff(bench: Bench, force: Standing, entry: Entry | None) -> tuple[Diff, ...]:
    if entry is None or force.structure_revision is None:
        return ()
    number = structure_of(force)
    old = former_entry(bench.facts, number, force.structure_revision)
    if old is None:
        return ()
    diff = differences(bench.ruleset, old.values, entry.values, STRUCTURE)
    return tuple(d for d in diff if d.field != "structure_no")  # the vehicle has said so


def former_entry(facts: Facts, number: str, revision: int) -> Entry | None:
    """A revision of a catalogue entry, the latest or a former one."""
    latest = facts.entries.get(number)
    if latest is not None and latest.revision == revision:
        return latest
    return facts.former.get((number, revision))


def _engines(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """One engine or motor number, several vehicles: ask on each, naming the others."""
    for code, key in NUMBERS.items():
        shared = shared_numbers([w.intent for w in weighed], key)
        for i, w in enumerate(weighed if shared else ()):
            if rows := shared.get(w.intent.row.number):
                ask = finding_on(bench.ruleset, w.intent, code, key, rows=rows)
                weighed[i] = replace(w, findings=(*w.findings, ask))
    return weighed


def _certificates(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """One number, two certificates: ask where it differs from the first on record, else in the sheet."""
    first: dict[str, str] = {}
    out = []
    for w in weighed:
        number = w.intent.values.get("structure_no")
        acting = w.intent.act is not None and w.intent.act not in BARE and not w.stopped
        if not acting or not isinstance(number, str) or not number or not w.certificate:
            out.append(w)
            continue
        users = bench.facts.users.get(number)
        known = users.certificate if users and users.certificate_vin != w.intent.vin else ""
        base = known or first.setdefault(number, w.certificate)
        if base != w.certificate:
            ask = finding_on(
                bench.ruleset, w.intent, "CCC-TWO-CERTIFICATES", "ccc_no", number=number, other=base
            )
            w = replace(w, findings=(*w.findings, ask))
        out.append(w)
    return out


def _release(bench: Bench, weighed: Weighed) -> Weighed:
    """On a marked row a confirmation answers only the asks for which it was held; else all of them.

    What was confirmed of its draft before stays so, or two asks would take turns for ever.
    """
    intent = weighed.intent
    if intent.act is None or intent.act in BARE:
        return weighed
    values: dict[str, Value] = dict(intent.values)
    asked = release(bench.ruleset, weighed.findings, values, _answered(intent))
    return replace(weighed, findings=asked.findings, open_asks=asked.open_asks, released=asked.released)


def _answered(intent: Intent) -> Callable[[str], bool]:
    """Whether an ask of this row has its answer."""
    if intent.confirmed and not intent.own:
        return lambda _ask: True
    draft = intent.record or intent.replaces
    if draft is None:
        return lambda _ask: False
    answered = (*draft.confirmed, *(draft.held if intent.confirmed else ()))
    return lambda ask: ask in answered
