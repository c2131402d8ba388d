"""What ends a forgotten package: a person says that customs has it, or that it has not.

Where customs has it, the workbook that it was made from is worked again out of the archive, as of its own
time and under its own batch number, but for the rows of other vehicles. What comes out must be the
declarations of the package, vehicle by vehicle; they are bound to its guid, and no package is made. Then what
customs answered meanwhile is heard. The workbook, and not the declaration: that has the template of whoever
gave it another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from vinbatch import flow
from vinbatch.effects import disk, litter, mounted, received, traces
from vinbatch.errors import AccessError, UsageError
from vinbatch.lifecycle.asks import CONFIRMED, YES
from vinbatch.model import (
    DOUBT,
    VEHICLE,
    Facts,
    Forgotten,
    Outcome,
    Package,
    Reading,
    Receipt,
    Rulebook,
    Severity,
    Source,
    Type,
)
from vinbatch.noun import Noun, replace
from vinbatch.numbering import in_order
from vinbatch.paths import files_below
from vinbatch.ruleset import Ruleset
from vinbatch.run.as_then import as_then
from vinbatch.run.judging.judge import Dropped, keys_of, parse_all
from vinbatch.run.keeping import RESTORED, taken_away
from vinbatch.run.receipts import ENDING, Arrived, HeardFile
from vinbatch.run.steps import Steps
from vinbatch.store.forgotten import REGAINED, VOID, Decision
from vinbatch.store.ledger import Ledger

_MOST_NAMED = 3


class Lost(Noun, frozen=True):
    """The forgotten packages of one batch, which was committed as one; each with its manifest."""

    packages: tuple[Forgotten, ...]
    manifests: tuple[Mapping[str, Any], ...]

    @property
    def declared(self) -> frozenset[tuple[Type, str]]:
        """Every declaration: type and VIN."""
        return frozenset((Type(m["type"]), str(v["vin"])) for m in self.manifests for v in m["vehicles"])

    @property
    def source(self) -> Source:
        """The workbook that they were made from."""
        told = self.manifests[0]
        origin = told["source"]
        digest = str(told["digests"]["source"])
        return Source(origin["file"], digest, origin["department"], origin["owner"], origin["user"])


def void(steps: Steps, one: Forgotten, user: str, reason: str, now: datetime) -> None:
    """Customs has it not: its vehicles are free. UsageError where outbox or receipts say otherwise."""
    # Where the share of the outbox is gone, nobody can tell what lies there.
    mounted.check_outbox(steps.home)
    with disk.reaching(steps.home.outbox):
        lying = [p for p in files_below(steps.home.outbox, litter.FOLDERS) if p.name == one.name]
    if lying:
        raise UsageError("forgotten.lying", at=one.guid, place=str(lying[0]))
    if steps.ledger.replies.waiting(one.guid) or next(_answers(steps, {one.guid}, proven(steps)), None):
        raise UsageError("forgotten.answered", at=one.guid)
    steps.ledger.forgotten.settle([one], VOID, Decision(user, reason, "void"), now)


def regain(steps: Steps, one: Forgotten, user: str, reason: str, *, sent: bool) -> tuple[HeardFile, ...]:
    """The batch as it was, and what customs answered to it. UsageError where it cannot be had."""
    now = steps.machine.clock.now()
    lost = _lost(steps, one)
    outcome = _replayed(steps, lost)
    made = [_package(p, lost) for p in lost.packages]
    decision = Decision(user, reason, "sent" if sent else "send")
    with steps.ledger.transaction():
        steps.ledger.readmit(lost.source, one.batch, one.made)
        steps.ledger.commit([(outcome, made)], steps.law)
        if sent:
            steps.ledger.packages.regained(one.guid, now)
        # A person spoke of one: whether the others of its batch went out is not known by that.
        others = [p for p in lost.packages if p.guid != one.guid]
        for other in others:
            steps.ledger.packages.doubt(other.guid, RESTORED, now)
        steps.ledger.forgotten.settle([one], REGAINED, decision, now)
        steps.ledger.forgotten.settle(others, REGAINED, replace(decision, how=DOUBT), now)
    return hear_archived(steps, {p.guid for p in lost.packages})


def hear_archived(steps: Steps, guids: set[str]) -> tuple[HeardFile, ...]:
    """Every archived receipt for these packages; what was heard already does nothing twice."""
    hall = steps.hall()
    now = steps.machine.clock.now()
    return tuple(hall.hear(came, now) for came, _ in _answers(steps, guids, proven(steps)))


def hear_again(steps: Steps) -> tuple[HeardFile, ...]:
    """After a restore: the archived receipts for packages that the ledger knows, which it has not heard.

    Those of which nobody knows that customs sent them are set aside, for forgotten packages too.
    """
    hall = steps.hall()
    now, known, sent = steps.machine.clock.now(), steps.ledger.replies.names(), steps.ledger.packages.guids()
    true = proven(steps)
    received.tag(steps.archive, true, tuple)
    lost = {one.guid for one in steps.ledger.forgotten.open()}
    heard = []
    for one, guid in _answers(steps, sent | lost):
        steps.machine.beat()
        if one.digest not in true:
            heard.append(hall.doubt(one, guid, now))
        elif guid in sent and one.digest not in known:
            heard.append(hall.hear(one, now))
    with disk.reaching(steps.home.own):
        steps.home.hear_again.unlink()
    return tuple(heard)


def _lost(steps: Steps, one: Forgotten) -> Lost:
    """Older ones with the same vehicles come first: what they did is what this one was decided on."""
    everything = steps.ledger.forgotten.open()
    packages = tuple(p for p in everything if p.batch == one.batch)
    vins = {vin for p in packages for vin in steps.ledger.forgotten.vins(p.guid)}
    for other in everything:
        earlier = (other.made, in_order(other.batch)) < (one.made, in_order(one.batch))
        if earlier and vins.intersection(steps.ledger.forgotten.vins(other.guid)):
            raise UsageError("forgotten.earlier", at=one.guid, other=other.guid)
    told = tuple(traces.manifest_of(steps.archive.get(p.digest)) for p in packages)
    return Lost(packages, told)


def _package(one: Forgotten, lost: Lost) -> Package:
    vins = tuple(vin for kind, vin in sorted(lost.declared) if kind is one.type)
    return Package(one.name, one.guid, one.type, one.batch, b"", one.digest, vins)


def _replayed(steps: Steps, lost: Lost) -> Outcome:
    """What was decided then; UsageError where the rules, the catalogue or the records of today say otherwise.

    Whatever was asked was answered then, and what drafts there were was there: the package is the proof.
    """
    rulebook, ruleset = steps.machine.rulebook, steps.machine.ruleset
    made, batch = lost.packages[0].made, lost.packages[0].batch
    for reading, facts in _tries(steps, lost, ruleset):
        outcome = flow.decide(reading, facts, rulebook, batch, made)
        if _declared(outcome) == lost.declared:
            break
    else:
        raise UsageError("forgotten.differs", at=lost.packages[0].guid, why=_why(outcome, lost, ruleset))
    if why := _unlike(outcome, lost, rulebook, ruleset):
        raise UsageError("forgotten.differs", at=lost.packages[0].guid, why=why)
    return outcome


def _tries(steps: Steps, lost: Lost, ruleset: Ruleset) -> Iterator[tuple[Reading, Facts]]:
    """As it came; with every question answered; and without the drafts that it stood on."""
    reading = _kept(_read(steps, lost.source), lost, ruleset)
    facts = _facts(steps, reading, lost)
    yield reading, facts
    yield (confirmed := _confirmed(reading, ruleset)), facts
    yield as_then(confirmed, facts, {vin: kind for kind, vin in lost.declared}, ruleset)


def _declared(outcome: Outcome) -> frozenset[tuple[Type, str]]:
    return frozenset((d.type, d.vin) for d in outcome.declarations)


def _read(steps: Steps, source: Source) -> Reading:
    if not steps.archive.has(source.digest):
        raise UsageError("forgotten.source", at=source.name, digest=source.digest)
    data = steps.archive.get(source.digest)
    parsed = parse_all(steps.hands.workers(), [Dropped(source, data, len(data))], steps.machine.ruleset)
    (reading,) = flow.check(parsed, steps.machine.rulebook)
    return reading


def _kept(reading: Reading, lost: Lost, ruleset: Ruleset) -> Reading:
    """Without the rows of other vehicles: they were no declarations, and may have been worked again since."""
    index, vins = ruleset.index(VEHICLE)["vin"], {vin for _, vin in lost.declared}
    rows = tuple(r for r in reading.rows if r.sheet != VEHICLE or r.values[index] in vins)
    there = {r.place for r in rows}
    found = tuple(f for f in reading.findings if not f.row or f.place in there)
    return replace(reading, rows=rows, findings=found, queries=(), unclear=())


def _confirmed(reading: Reading, ruleset: Ruleset) -> Reading:
    at = ruleset.index(VEHICLE)[CONFIRMED]
    rows = tuple(
        replace(r, values=(*r.values[:at], YES, *r.values[at + 1 :])) if r.sheet == VEHICLE else r
        for r in reading.rows
    )
    return replace(reading, rows=rows)


def _facts(steps: Steps, reading: Reading, lost: Lost) -> Facts:
    """As the ledger has them, but for what these packages themselves hold back.

    Without the floor of the restore: the results that people have of this batch carry its own revisions.
    """
    keys = keys_of([reading], steps.machine.ruleset)
    facts = steps.ledger.facts(sorted(keys.vins), sorted(keys.numbers), [])
    guids = {p.guid for p in lost.packages}
    held = {v: p for v, p in facts.forgotten.items() if p.guid not in guids}
    return replace(facts, forgotten=held, floor=0)


def _why(outcome: Outcome, lost: Lost, ruleset: Ruleset) -> str:
    """The first vehicles that would not be declared today, and what stands against each."""
    index = ruleset.index(VEHICLE)["vin"]
    missing = {vin for _, vin in lost.declared - _declared(outcome)}
    rows = {j.row.number: str(j.row.values[index]) for j in outcome.rows if j.row.sheet == VEHICLE}
    told = [
        f"{rows[f.row]}: {ruleset.tell(f).what}"
        for f in outcome.findings
        if f.sheet == VEHICLE and rows.get(f.row) in missing and f.severity is not Severity.NOTE
    ]
    return "; ".join(told[:_MOST_NAMED]) or ", ".join(sorted(missing)[:_MOST_NAMED])


def _unlike(outcome: Outcome, lost: Lost, rulebook: Rulebook, ruleset: Ruleset) -> str:
    """What customs was told otherwise of the same vehicles: by parameters that were revised after the backup.

    The XML is the proof. Where the rules are others since, and so may be what they make of the same values,
    it is only seen whether the catalogue has come to the revisions of then.
    """
    made = {p.type: traces.manifest_of(p.data) for p in flow.render(outcome, rulebook)}
    for then in lost.manifests:
        now, told = made[Type(then["type"])], then["digests"]
        if told["xml"] == now["digests"]["xml"]:
            continue
        was, is_now = ({v["vin"]: _revision(v) for v in m["vehicles"]} for m in (then, now))
        if older := sorted({(was[vin], is_now[vin]) for vin in was if was[vin] > is_now[vin]}):
            return "; ".join(_older(*pair, ruleset) for pair in older[:_MOST_NAMED])
        if told.get("rules") == ruleset.digest:
            return "declaration.xml"
    return ""


def _revision(vehicle: Mapping[str, Any]) -> tuple[str, int]:
    """Number and revision of its parameters, as a manifest tells them."""
    told = vehicle.get("structure") or {}
    revision = told.get("revision")
    return str(told.get("number")), revision if isinstance(revision, int) else 0


def _older(was: tuple[str, int], is_now: tuple[str, int], ruleset: Ruleset) -> str:
    """`BMW-G30 第2版 → BMW-G30 第1版`."""
    return " → ".join(f"{name} {ruleset.phrase('cli.revision', n=n)}" for name, n in (was, is_now))


def proven(steps: Steps) -> frozenset[str]:
    """The digests of what came as answers of customs: by their tags; of before there were any by the ledgers.

    One that a restore took away, and that is damaged or of another version, knows nothing.
    """
    found = received.tagged(steps.archive).union(steps.ledger.replies.names())
    for path in taken_away(steps.home):
        with suppress(AccessError), Ledger.read_only(path) as ledger:
            found = found.union(ledger.replies.names())
    return found


def _answers(
    steps: Steps, guids: Collection[str], only: Collection[str] | None = None
) -> Iterator[tuple[Arrived, str]]:
    """The archived receipts for these packages, each with its guid: from before the restore, and since.

    `only` are the digests that are looked at. In the order in which they came into the archive: of two that
    contradict each other the first holds.
    """
    names = steps.ledger.replies.names()
    for digest, data in _receipts_in(steps, only):
        receipt = flow.receive(data, steps.machine.rulebook)
        if isinstance(receipt, Receipt) and receipt.guid in guids:
            came = Arrived(names.get(digest, f"{digest[:12]}{ENDING}"), digest, data, len(data))
            yield came, receipt.guid


def _receipts_in(steps: Steps, only: Collection[str] | None) -> Iterator[tuple[str, bytes]]:
    """Whatever in the archive may be a receipt, oldest first: all but packages and workbooks."""
    most = steps.home.settings.limits.file_megabytes * 2**20
    found = [
        (steps.archive.path(digest).stat().st_mtime_ns, digest)
        for digest in steps.archive.small(most, b"PK")
        if only is None or digest in only
    ]
    for _, digest in sorted(found):
        with suppress(AccessError):  # damaged: no package is, which restore has seen to
            yield digest, steps.archive.get(digest)


def decided(steps: Steps, one: Forgotten, how: str, user: str, reason: str) -> Sequence[HeardFile]:
    """What a person said of it, done."""
    if how == VOID:
        void(steps, one, user, reason, steps.machine.clock.now())
        return ()
    return regain(steps, one, user, reason, sent=how == "sent")
