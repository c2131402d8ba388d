"""Random lives of vehicles against a model of a page: no difference, no guid twice, no declaration untold.

Rules drive acts by sheet (new rows, extracts, re-drops of the same bytes) and receipts (any code, repeated,
late, contradictory) through deciding, rendering and a real ledger; only folders and Excel are left out.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from desk import NOW, Desk
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vinbatch import flow
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import VEHICLE, Outcome, Parsed, Query, Record, Return, Rulebook, Sheet, Source
from vinbatch.samples import MODELS, vehicles
from vinbatch.store.commits import Law
from vinbatch.store.ledger import Ledger
from vinbatch.store.replies import Came
from vinbatch.store.verifying import verify_tables

VINS = tuple(str(v["vin"]) for v in vehicles(2, models=MODELS[:1]))
COLOURS = ("白", "红", "蓝")
ACTS = ("", "申报", "暂存", "变更", "变更暂存", "撤销", "删除")
CODES = {"3": "declared", "120": "accepted", "399": "accepted", "100": "rejected", "-1": "rejected"}
TARGET = {
    "申报": ("filing", "declared"),
    "暂存": ("filing", "draft"),
    "变更": ("change", "declared"),
    "变更暂存": ("change", "draft"),
    "撤销": ("revocation", "declared"),
}
FRESH, STANDING = {"申报", "暂存"}, {"变更", "变更暂存", "撤销"}
LEGAL: Mapping[tuple[str, str], set[str]] = {
    ("none", ""): FRESH,
    ("filing", "draft"): FRESH | {"删除"},
    ("filing", "rejected"): FRESH,
    ("filing", "accepted"): STANDING,
    ("change", "draft"): {"变更", "变更暂存", "删除"},
    ("change", "rejected"): STANDING,
    ("change", "accepted"): STANDING,
    ("revocation", "rejected"): STANDING,
    ("revocation", "accepted"): FRESH,
}
NONE = ("none", "")


@dataclass
class Life:
    """What a vehicle should be: the whole model."""

    place: tuple[str, str] = NONE
    colour: str = ""
    force: str = ""  # the colour in force, "" where nothing is
    package: str = ""  # guid of the latest declaration
    before: tuple[tuple[str, str], str, str] = (NONE, "", "")  # what dropping a draft returns to
    asked: bool = False  # a draft: whether it may be filed again, and nobody has answered
    confirmed: bool = False  # that question of a draft

    def act(self, act: str, colour: str, guid: str) -> bool:
        """One act with this colour; whether it is legal and does anything."""
        if act not in LEGAL.get(self.place, set()):
            return False
        if act == "删除":
            self.place, self.colour, self.package = self.before
            self.asked = self.confirmed = False
            return True
        if act == "变更" and colour == self.force:
            return False
        revoked = ("revocation", "accepted")
        answered = self.asked or self.confirmed
        asks = act in FRESH and revoked in (self.place, self.before[0]) and not answered
        if asks or TARGET[act][1] == "draft":
            if self.place[1] != "draft":
                again = self.place == revoked or act == "变更暂存"
                self.before = (self.place, self.colour, self.package) if again else (NONE, "", "")
        else:
            self.before, self.package = (NONE, "", ""), guid
        if act in FRESH:
            self.force = ""
        # A new filing after a revocation asks first, and a row with a mark answers only what it was asked.
        self.asked = asks
        self.place = ("filing", "draft") if asks else TARGET[act]
        self.confirmed = answered and self.place[1] == "draft"
        self.colour = self.force if act == "撤销" else colour  # what customs accepted is revoked
        return True

    def answer(self, guid: str, state: str) -> None:
        """A receipt; only the declaration that it names, only while it waits."""
        if guid != self.package or self.place[1] != "declared" or state == "declared":
            return
        self.place = (self.place[0], state)
        if state == "accepted":
            self.force = "" if self.place[0] == "revocation" else self.colour


class Lives(RuleBasedStateMachine):
    """The real thing beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.rulebook: Rulebook = packaged_rulebook()
        self.desk = Desk(self.rulebook)
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger.open(Path(self.folder.name, "l.db"), create=True)
        self.lives = {vin: Life() for vin in VINS}
        self.now, self.count, self.receipts = NOW, 0, 0
        self.guids: list[str] = []
        self.dropped: list[tuple[str, tuple[Sheet, ...], set[str]]] = []
        self.given: dict[tuple[str, int], str] = {}  # VIN and revision → the data of it

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    # ── the real thing ───────────────────────────────────────────────────────────────────────────

    def records(self) -> dict[str, Record]:
        return {r.vin: r for r in self.ledger.queries.records(Query(), self.desk.ruleset.settings.zone)}

    def drop(self, digest: str, sheets: tuple[Sheet, ...]) -> tuple[Outcome, str]:
        """Works one workbook; the outcome, and the guid of its package of each type joined."""
        self.count += 1
        self.now += timedelta(minutes=1)
        source, zone = Source("x.xlsx", digest), self.desk.ruleset.settings.zone
        taken = self.ledger.take(source, f"claim-{self.count}", self.now, "TRIAL", zone)
        (reading,) = flow.check([Parsed(source, sheets)], self.rulebook)
        marks = {r.mark.key for r in reading.rows if r.mark}
        facts = self.ledger.facts(sorted({*VINS, *marks}), [self.number], [digest])
        outcome = flow.decide(reading, facts, self.rulebook, taken.batch, self.now)
        packages = flow.render(outcome, self.rulebook)
        self.ledger.commit([(outcome, packages)], Law("rules"))
        self.guids += [p.guid for p in packages]
        return outcome, packages[0].guid if packages else ""

    @property
    def number(self) -> str:
        return str(self.desk.sample("structure")["structure_no"])

    def sheet(self, vin: str, act: str, colour: str, *, marked: bool) -> tuple[Sheet, ...]:
        row = {
            "vin": vin,
            "action": act,
            "colour": colour,
            "confirmed": "是",
            "revocation_reason": "退运" if act == "撤销" else "",
        }
        record = self.records().get(vin)
        if marked and record is not None:
            row["_mark"] = self.desk.mark(record)
        return self.desk.sheet(VEHICLE, [row]), self.desk.sheet("structure", [{}])

    # ── rules ────────────────────────────────────────────────────────────────────────────────────

    @rule(vin=st.sampled_from(VINS), act=st.sampled_from(ACTS[1:]), colour=st.sampled_from(COLOURS))
    def act_on_an_extract(self, vin: str, act: str, colour: str) -> None:
        """A row with a record's mark and an explicit act; without a record, a new row."""
        life = self.lives[vin]
        known = life.place != NONE
        sheets = self.sheet(vin, act, colour, marked=True)
        digest = hashlib.sha256(repr((self.count, sheets)).encode()).hexdigest()
        outcome, guid = self.drop(digest, sheets)
        before = life.place
        legal = (known or act not in STANDING) and life.act(act, colour, guid)
        verdict = outcome.rows[0].verdict.value
        assert (verdict == "refused") == (not legal), (before, act, verdict)
        self.dropped.append((digest, sheets, {vin} if legal and verdict != "held" else set()))

    @precondition(lambda self: any(LEGAL.get(life.place) for life in self.lives.values()))
    @rule(data=st.data(), colour=st.sampled_from(COLOURS))
    def a_legal_act(self, data: st.DataObject, colour: str) -> None:
        """The same, along the ways that lead on: chance alone rarely comes far."""
        open_lives = [vin for vin, life in self.lives.items() if LEGAL.get(life.place)]
        vin = data.draw(st.sampled_from(open_lives))
        act = data.draw(st.sampled_from(sorted(LEGAL[self.lives[vin].place])))
        self.act_on_an_extract(vin, act, colour)

    @precondition(lambda self: any(life.place[1] == "declared" for life in self.lives.values()))
    @rule(code=st.sampled_from(("120", "120", "399", "100")))
    def customs_answers_what_waits(self, code: str) -> None:
        """One answer to every package that waits for one."""
        for guid in sorted({life.package for life in self.lives.values() if life.place[1] == "declared"}):
            self.answer_of_customs(guid, "", code)

    @precondition(lambda self: any(done for *_, done in self.dropped))
    @rule(data=st.data())
    def the_same_bytes_again(self, data: st.DataObject) -> None:
        """A row that was acted on is never acted on again, whatever happened since."""
        digest, sheets, _ = data.draw(st.sampled_from([d for d in self.dropped if d[2]]))
        outcome, guid = self.drop(digest, sheets)
        assert (outcome.rows[0].verdict.value, guid) == ("unchanged", "")

    @precondition(lambda self: self.guids)
    @rule(
        data=st.data(),
        vin=st.sampled_from(("", *VINS)),
        code=st.sampled_from(tuple(CODES)),
        twice=st.booleans(),
    )
    def a_receipt(self, data: st.DataObject, vin: str, code: str, twice: bool) -> None:
        """For any package ever sent, for all or one of its vehicles, perhaps delivered twice."""
        self.answer_of_customs(data.draw(st.sampled_from(self.guids)), vin, code, times=1 + twice)

    def answer_of_customs(self, guid: str, vin: str, code: str, times: int = 1) -> None:
        self.receipts += 1
        xml = receipt_xml(guid, (Return(code, vin, f"{20260302000000000 + self.receipts}"),))
        for _ in range(times):
            self.hear(xml)
        for name, life in self.lives.items():
            if vin in ("", name):
                life.answer(guid, CODES[code])

    def hear(self, xml: bytes) -> None:
        receipt = flow.receive(xml, self.rulebook)
        assert not hasattr(receipt, "code"), receipt
        sent = self.ledger.replies.sent(receipt.guid)  # type: ignore[union-attr]
        known = self.ledger.replies.to(VINS, hashlib.sha256(xml).hexdigest())
        heard = flow.hear(receipt, sent, self.records(), known, self.rulebook, self.now)  # type: ignore[arg-type]
        came = Came(hashlib.sha256(xml).hexdigest(), "r.xml")
        codes = " ".join(p.code for p in heard.problems)
        self.ledger.replies.commit(came, receipt, sent, heard, codes, self.now)  # type: ignore[arg-type]

    # ── what always holds ────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_ledger_is_as_the_model(self) -> None:
        found = self.records()
        for vin, life in self.lives.items():
            record = found.get(vin)
            stands = (record.now.type.value, record.now.state.value) if record else NONE
            assert stands == life.place, vin
            if record is not None:
                assert record.now.data["colour"] == life.colour
                force = record.in_force.data["colour"] if record.in_force else ""
                assert force == life.force, vin

    @invariant()
    def no_revision_is_given_to_other_data(self) -> None:
        """Else the mark of an old result would pass for the present one."""
        for vin, record in self.records().items():
            data = repr(sorted(record.now.data.items()))
            assert self.given.setdefault((vin, record.revision), data) == data

    @invariant()
    def no_guid_is_used_twice(self) -> None:
        assert len(self.guids) == len(set(self.guids))

    @invariant()
    def every_declaration_is_an_event_and_the_chain_holds(self) -> None:
        told = {e.body.get("guid") for vin in VINS for e in self.ledger.queries.history(vin)}
        assert set(self.guids) <= told
        self.ledger.queries.verify()

    @invariant()
    def the_tables_are_as_the_events_say(self) -> None:
        assert [one for part in verify_tables(self.ledger.db) for one in part.wrong] == []


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=int(os.environ.get("LIVES", "5")),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.target),  # shrinking takes minutes
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
