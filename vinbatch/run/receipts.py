"""Receipts of a pass: each is heard, committed, and set aside with its reason where it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from vinbatch import flow
from vinbatch.effects import mounted, reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.names import kind
from vinbatch.model import Effect, Finding, Heard, Receipt, Reply, Rulebook, Sent
from vinbatch.noun import Noun, replace
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.isolating import isolating_bugs
from vinbatch.store.forgotten import OPEN, VOID
from vinbatch.store.ledger import Ledger
from vinbatch.store.replies import Came

ENDING = ".xml"
WAITS = "RECEIPT-FORGOTTEN"
_PACKAGES = 8  # of which it is kept what was declared: a gateway may bring answers to a few in turn


class Arrived(Noun, frozen=True):
    """A receipt's file. `data` None: too large to be looked at. `override` settles a contradiction.

    `suspect`: it was left over by an earlier pass, which may have died of it.
    """

    name: str
    digest: str
    data: bytes | None
    size: int = 0
    user: str = ""
    override: bool = False
    suspect: bool = False


class HeardFile(Noun, frozen=True):
    """What became of a receipt: its replies, its problems, and under which name it was set aside."""

    name: str
    batch: str = ""
    replies: tuple[Reply, ...] = ()
    problems: tuple[Finding, ...] = ()
    set_aside: str = ""
    failed: bool = False


@dataclass
class Hall:
    """Where receipts are heard: the home with its ledger and archive open, under the lock."""

    home: Home
    ledger: Ledger
    archive: Archive
    rulebook: Rulebook
    _last: dict[str, Sent | None] = field(default_factory=dict)

    @property
    def ruleset(self) -> Ruleset:
        """The compiled rules."""
        return compile_rules(self.rulebook)

    def hear(self, arrived: Arrived, now: datetime) -> HeardFile:
        """One receipt. A bug of ours sets it aside: nothing of it is lost, and the next one is heard."""
        (done,) = isolating_bugs(
            [arrived],
            lambda some: [self._hear(one, now) for one in some],
            lambda one: self._failed(one, now),
            lambda one: one.name,
        )
        return done

    def doubt(self, arrived: Arrived, guid: str, now: datetime) -> HeardFile:
        """One of which nobody knows that customs sent it: for a person; the ledger hears nothing of it."""
        problem = self.ruleset.finding("RECEIPT-UNPROVEN", value=guid)
        return self._unheard(arrived, problem, now)

    def _hear(self, arrived: Arrived, now: datetime) -> HeardFile:
        receipt = self._receipt(arrived)
        if isinstance(receipt, Finding):
            return self._keep(arrived, None, None, Heard(problems=(receipt,)), now)
        sent = self._sent(receipt.guid)
        unheard = None if sent else self._forgotten(receipt.guid)
        if unheard is not None:
            return self._keep(arrived, receipt, None, Heard(problems=(unheard,)), now)
        vins = _spoken_for(receipt, sent) if sent else []
        heard = flow.hear(
            receipt,
            sent,
            self.ledger.records(vins),
            self.ledger.replies.to(vins, receipt.digest),
            self.rulebook,
            now,
            user=arrived.user,
            override=arrived.override,
        )
        return self._keep(arrived, receipt, sent, heard, now)

    def _forgotten(self, guid: str) -> Finding | None:
        """Why a receipt for a package that a restore forgot cannot be used: not yet, or against a word."""
        code = {OPEN: WAITS, VOID: "RECEIPT-VOID"}.get(self.ledger.forgotten.state(guid), "")
        return self.ruleset.finding(code, value=guid) if code else None

    def _sent(self, guid: str) -> Sent | None:
        """Receipts for a few packages come together: what was declared with each is looked up once."""
        if guid not in self._last:
            if len(self._last) == _PACKAGES:
                self._last.pop(next(iter(self._last)))
            self._last[guid] = self.ledger.replies.sent(guid)
        return self._last[guid]

    def _receipt(self, arrived: Arrived) -> Receipt | Finding:
        """By its content, not by its name; the name only chooses the words of a refusal."""
        if arrived.data is None:
            limit = self.ruleset.settings.limits.file_megabytes
            size = f"{arrived.size / 2**20:.1f}"
            return self.ruleset.finding("RECEIPT-TOO-LARGE", size=size, limit=str(limit))
        read = self._read_apart if arrived.suspect else self._read
        receipt = read(arrived.data)
        if isinstance(receipt, Finding) and kind(arrived.name) != ENDING:
            return self.ruleset.finding("RECEIPT-KIND")
        return receipt

    def _read(self, data: bytes) -> Receipt | Finding:
        return flow.receive(data, self.rulebook)

    def _read_apart(self, data: bytes) -> Receipt | Finding:
        """Where it can harm nobody; what dies there, alone and twice, is set aside as our bug."""
        from vinbatch.run.receipts_apart import read_apart

        return read_apart(data, self.home.settings.worker, self.rulebook)

    def _keep(
        self, arrived: Arrived, receipt: Receipt | None, sent: Sent | None, heard: Heard, now: datetime
    ) -> HeardFile:
        reasons = self._reasons(arrived, heard, now) if heard.problems else ""
        codes = " ".join(dict.fromkeys(f.code for f in heard.problems))
        waits = codes == WAITS  # it is taken up out of the archive: no person has to put it back
        came = Came(arrived.digest, arrived.name, arrived.user, waits)
        self.ledger.replies.commit(came, receipt, sent, heard, codes, now)
        # After the commit: whoever finds the file in set-aside finds what could be used of it done.
        aside = self._set_aside(arrived, reasons) if reasons and not waits else ""
        batch = sent.batch if sent else ""
        return HeardFile(arrived.name, batch, heard.replies, heard.problems, aside)

    def _failed(self, arrived: Arrived, now: datetime) -> HeardFile:
        return replace(self._unheard(arrived, self.ruleset.finding("VINBATCH-FAILED"), now), failed=True)

    def _unheard(self, arrived: Arrived, problem: Finding, now: datetime) -> HeardFile:
        """Set aside without a word in the ledger, but for the letter to the operator."""
        aside = self._set_aside(arrived, self._reasons(arrived, Heard(problems=(problem,)), now))
        if aside:
            self.ledger.replies.tell_aside(arrived.name, problem.code, now)
        return HeardFile(arrived.name, problems=(problem,), set_aside=aside)

    def _set_aside(self, arrived: Arrived, reasons: str) -> str:
        if arrived.user:
            return ""  # its user is told at once
        aside = reports.set_aside(self.home, arrived.name, self.archive.path(arrived.digest), reasons)
        mounted.check_reports(self.home)
        return aside

    def _reasons(self, arrived: Arrived, heard: Heard, now: datetime) -> str:
        return reason_text(self.ruleset, arrived.name, heard, now)


def _spoken_for(receipt: Receipt, sent: Sent) -> list[str]:
    """The vehicles of the package that it answers for: a gateway may give one receipt for each of them."""
    named = {answer.vin for answer in receipt.returns}
    return [d.vin for d in sent.declarations if "" in named or d.vin in named]


def reason_text(ruleset: Ruleset, name: str, heard: Heard, now: datetime) -> str:
    """What `<name>.txt` beside a receipt that was set aside says."""
    lines = [ruleset.phrase("receipt.aside", name=name, when=local_time(now, ruleset)), ""]
    for number, problem in enumerate(heard.problems, start=1):
        told = ruleset.tell(problem)
        lines += [f"{number}. [{problem.code}] {told.what}", f"   → {told.cure}"]
    used = len({r.vin for r in heard.replies if r.effect is not Effect.REFUSED})
    lines += ["", ruleset.phrase("receipt.rest" if used else "receipt.nothing", n=used)]
    return "\n".join(lines) + "\n"
