"""What was crossed out, commented or showed another value is declared by no road on which nobody said 是.

Random clerks of two vehicles: new files, results and extracts in any order, edited or not, with or without
their parameters, and what customs answers between. None of them ever fills in 核实确认, and none types a
value that was doubted: so no declaration may have one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from desk import Cells, Desk
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from vinbatch import flow
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Act,
    FileNames,
    Finding,
    Known,
    Order,
    Outcome,
    Raw,
    Record,
    Severity,
    Sheet,
    Source,
    State,
)
from vinbatch.noun import replace
from vinbatch.samples import MODELS, vehicles

RULEBOOK = packaged_rulebook()
VINS = tuple(str(v["vin"]) for v in vehicles(2, models=MODELS[:1]))
DOUBTED: Mapping[str, Mapping[str, Raw]] = {
    VEHICLE: {"colour": "疑红", "engine_no": "DOUBT 1", "remarks": "疑注"},
    STRUCTURE: {"width": 1871, "engine_model": "DOUBT2"},
}
TYPED = {VEHICLE: {"colour": "白", "engine_no": "B48B20B 7", "remarks": "定制"}, STRUCTURE: {"width": 1868}}
AGREED: Cells = {"production_date": "2021.10"}
BROKEN: Cells = {"production_date": "2021.1"}
vins, looks, maybe = (
    st.sampled_from(VINS),
    st.sampled_from(("", "struck", "masked", "comments")),
    st.booleans(),
)
mostly = st.sampled_from((True, True, True, False))
acts = st.sampled_from(("", "", "", "申报", "申报", "暂存", "变更", "变更暂存", "删除"))


def doubts(sheet: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(DOUBTED[sheet]))


def edits(sheet: str) -> st.SearchStrategy[str]:
    return st.sampled_from((*[""] * 6, *sorted(TYPED[sheet])))


class Clerks(RuleBasedStateMachine):
    """Everything that they drop, and what came of it."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(RULEBOOK)
        self.answers: list[Outcome] = []
        self.asks: dict[str, tuple[Finding, ...]] = {}

    def put(self, *sheets: Sheet) -> None:
        outcome = self.desk.put(sheets)
        self.answers = [*self.answers[-3:], outcome]
        for change in outcome.records:
            found = (f for f in outcome.findings if (f.sheet, f.row) == (VEHICLE, change.row))
            self.asks[change.vin] = tuple(f for f in found if f.severity is Severity.ASK)
        for one in outcome.declarations:
            values = {*one.data.values(), *(one.entry.values.values() if one.entry else ())}
            doubted = {value for cells in DOUBTED.values() for value in cells.values()}
            assert not values & doubted, (one.vin, values & doubted)

    # ── what they drop ───────────────────────────────────────────────────────────────────────────

    @rule(vin=vins, act=acts, look=looks, key=doubts(VEHICLE), broken=maybe, more=mostly, both=maybe)
    def a_file(self, vin: str, act: str, look: str, key: str, broken: bool, more: bool, both: bool) -> None:
        cells: Cells = {"vin": vin, "action": act, **(BROKEN if broken else {})}
        others = [{"vin": other} for other in VINS if both and other != vin]
        self.put(
            self.doubted(VEHICLE, cells, look, key, others),
            *([self.desk.sheet(STRUCTURE, [{}])] if more else []),
        )

    @rule(vin=vins, act=acts, look=looks, key=doubts(STRUCTURE), broken=maybe, alone=maybe)
    def parameters(self, vin: str, act: str, look: str, key: str, broken: bool, alone: bool) -> None:
        row: Cells = {"vin": vin, "action": act, **(BROKEN if broken else {})}
        above = [] if alone else [self.desk.sheet(VEHICLE, [row])]
        self.put(*above, self.doubted(STRUCTURE, {}, look, key))

    @precondition(lambda self: self.answers)
    @rule(data=st.data(), act=acts, key=edits(VEHICLE), other=edits(STRUCTURE), mended=mostly, more=mostly)
    def a_result(self, data: st.DataObject, act: str, key: str, other: str, mended: bool, more: bool) -> None:
        outcome = data.draw(st.sampled_from((*self.answers, *[self.answers[-1]] * 4)))
        answer = flow.answer(outcome, self.known, FileNames(), RULEBOOK)
        self.edited(answer.workbook, act, key, other, more, AGREED if mended else {})

    @precondition(lambda self: self.desk.facts.records)
    @rule(act=acts, key=edits(VEHICLE), other=edits(STRUCTURE), more=mostly, register=maybe)
    def an_extract(self, act: str, key: str, other: str, more: bool, register: bool) -> None:
        self.edited(flow.extract(self.known, RULEBOOK, register=register), act, key, other, more, {})

    @precondition(lambda self: self.desk.facts.records)
    @rule(act=st.sampled_from((Act.DECLARE, Act.CHANGE)))
    def a_command(self, act: Act) -> None:
        self.put(*self.read(flow.order(list(self.desk.facts.records.values()), Order(act), "", RULEBOOK)))

    @rule(vin=vins, state=st.sampled_from((State.ACCEPTED, State.REJECTED)))
    def customs(self, vin: str, state: State) -> None:
        record = self.desk.facts.records.get(vin)
        if record is not None and record.now.state is State.DECLARED:
            now = replace(record.now, state=state)
            heard = replace(record, now=now)
            if state is State.ACCEPTED:
                heard = replace(heard, accepted=now, before=None)
            records: dict[str, Record] = {**self.desk.facts.records, vin: heard}
            self.desk.facts = replace(self.desk.facts, records=records)

    # ── how ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def known(self) -> Known:
        return Known(self.desk.now, self.desk.facts.records, self.desk.facts.entries, self.asks)

    def doubted(self, token: str, cells: Cells, look: str, key: str, others: Sequence[Cells] = ()) -> Sheet:
        """The row of these cells, one of them doubted, and others as they are."""
        first = {**cells, **({key: DOUBTED[token][key]} if look else {})}
        sheet = self.desk.sheet(token, [first, *others])
        place = (2, self.desk.ruleset.index(token)[key] + 1)
        told = (*place, "先不报") if look == "comments" else place
        return replace(sheet, **{look: (told,)}) if look else sheet

    def edited(self, book: bytes, act: str, key: str, other: str, more: bool, mended: Cells) -> None:
        sheets = []
        for sheet in self.read(book):
            token = VEHICLE if sheet.name == self.desk.ruleset.word("@sheet.vehicle") else STRUCTURE
            typed = key if token == VEHICLE else other
            cells: dict[str, Raw] = {typed: TYPED[token][typed]} if typed else {}
            if token == VEHICLE:
                cells |= {**({"action": act} if act else {}), **mended}
            if token == VEHICLE or more:
                sheets.append(self.typed(sheet, token, cells))
        self.put(*sheets)

    def typed(self, sheet: Sheet, token: str, cells: Cells) -> Sheet:
        """With these cells on every row; a line goes with the text that is typed over."""
        at = {self.desk.ruleset.index(token)[key]: value for key, value in cells.items()}
        head, *rows = sheet.rows
        done = [tuple(at.get(i, value) for i, value in enumerate(row)) if any(row) else row for row in rows]
        left = tuple(place for place in sheet.struck if place[1] - 1 not in at)
        return replace(sheet, rows=(head, *done), struck=left)

    def read(self, book: bytes) -> list[Sheet]:
        parsed = flow.parse(Source("x.xlsx", ""), book, RULEBOOK)
        assert parsed.refusal is None
        names = [self.desk.ruleset.word(f"@sheet.{token}") for token in (VEHICLE, STRUCTURE)]
        return [sheet for sheet in parsed.sheets if sheet.name in names and len(sheet.rows) > 1]


TestClerks = Clerks.TestCase
TestClerks.settings = settings(
    max_examples=12 * int(os.environ.get("LIVES", "1")),
    stateful_step_count=14,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
