"""Which records a command is about: looked up under the lock, and of those that it cannot act on, why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vinbatch.errors import UsageError
from vinbatch.lifecycle.catalogued import settled
from vinbatch.lifecycle.refusals import no_act
from vinbatch.model import (
    AboutParameters,
    Act,
    Entry,
    Finding,
    Query,
    Record,
    Rulebook,
    State,
    Type,
    Verdict,
    structure_of,
)
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.store.ledger import Ledger


class Left(Noun, frozen=True):
    """A VIN that the command leaves as it is: the verdict, and why."""

    vin: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()


class Chosen(Noun, frozen=True):
    """The records that a command is about, and the VINs that it cannot act on."""

    records: tuple[Record, ...]
    left: tuple[Left, ...] = ()


Choose = Callable[[Ledger], Chosen]


def by_vin(names: Sequence[str], rulebook: Rulebook) -> Choose:
    """The records of these VINs, whole or by their end; an end that fits several is refused."""

    def choose(ledger: Ledger) -> Chosen:
        found: dict[str, Record] = {}
        left: list[Left] = []
        for name in names:
            record = _the_one(ledger, name, rulebook)
            if record is None:
                unknown = compile_rules(rulebook).finding("VIN-NO-RECORD")
                left.append(Left(name, Verdict.REFUSED, (unknown,)))
            else:
                found[record.vin] = record
        return Chosen(tuple(found.values()), tuple(left))

    return choose


def _the_one(ledger: Ledger, name: str, rulebook: Rulebook) -> Record | None:
    zone = compile_rules(rulebook).settings.zone
    found = list(ledger.queries.records(Query(vins=(name,)), zone))
    if len(found) > 1:
        vins = ", ".join(r.vin for r in found[:5])
        raise UsageError("usage.several", at=name, n=str(len(found)), vins=vins)
    return found[0] if found else None


def of_batch(batch: str, rulebook: Rulebook) -> Choose:
    """The vehicles of a batch: of its rows, wherever their records have gone since."""

    def choose(ledger: Ledger) -> Chosen:
        outcome = ledger.outcome(batch)
        vins = [c.vin for c in outcome.records if c.record is not None]
        zone = compile_rules(rulebook).settings.zone
        now = ledger.records(vins)
        records = {v: now[v] for v in vins if v in now}
        records |= {r.vin: r for r in ledger.queries.records(Query(batches=(batch,)), zone)}
        return Chosen(tuple(records.values()))

    return choose


def every_draft(rulebook: Rulebook) -> Choose:
    """All filing drafts."""

    def choose(ledger: Ledger) -> Chosen:
        query = Query(types=(Type.FILING,), states=(State.DRAFT,))
        return Chosen(tuple(ledger.queries.records(query, compile_rules(rulebook).settings.zone)))

    return choose


def only_drafts(choose: Choose, rulebook: Rulebook, *, named: bool, confirm: bool) -> Choose:
    """Bulk declare takes filing drafts only (official manual); held ones only with a confirmation.

    `named` vehicles that are none are told; of a batch or of all they are simply not meant.
    """

    def drafts(ledger: Ledger) -> Chosen:
        ruleset = compile_rules(rulebook)
        chosen = choose(ledger)
        taken, left = [], list(chosen.left)
        asks = ledger.queries.asks(chosen.records)
        entries = ledger.entries(sorted({structure_of(r.now) for r in chosen.records if r.held}))
        for record in chosen.records:
            if (record.now.type, record.now.state) != (Type.FILING, State.DRAFT):
                left += [Left(record.vin, Verdict.REFUSED, (_no_draft(record, ruleset),))] if named else []
            elif record.held and not confirm and not _answered(record, entries, ruleset):
                left.append(Left(record.vin, Verdict.HELD, asks.get(record.vin, ())))
            else:
                taken.append(record)
        return Chosen(tuple(taken), tuple(left))

    return drafts


def _answered(record: Record, entries: Mapping[str, Entry], ruleset: Ruleset) -> bool:
    """Whether a held draft waited for its parameters alone, and they were confirmed or mended since."""
    number = structure_of(record.now)
    alone = all(AboutParameters.of([ask], number).asked for ask in record.held)
    return alone and settled(ruleset, record, entries.get(number))


def _no_draft(record: Record, ruleset: Ruleset) -> Finding:
    code, told = no_act(record, Act.DECLARE, marked=True)
    return ruleset.finding(code, sheet="", row=0, field="", value="", **told)
