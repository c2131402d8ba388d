"""A vehicle whose answers contradict each other: whoever sees it next is told, until that is settled."""

from __future__ import annotations

import pytest
from customs_desk import Customs
from desk import Desk, codes

from vinbatch import flow
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Known, Outcome, Return, Rulebook
from vinbatch.report.customs import contradicting, standing_findings, with_answers
from vinbatch.report.standing import standing

ODD = "CUSTOMS-CONTRADICTED"
LATER = "20260302112231500"


class Told:
    """Accepted, and then rejected: what is told of it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.desk = Desk(rulebook)
        self.first = self.desk.drop()
        self.customs = Customs(self.desk)
        self.guid = self.customs.take(self.first)
        self.customs.say(self.guid, "120")
        self.customs.say(self.guid, "100", time=LATER)

    @property
    def known(self) -> Known:
        return Known(self.desk.now, self.desk.facts.records, contradicted=self.customs.contradicted)

    def on(self, outcome: Outcome) -> bool:
        return ODD in codes(with_answers(outcome, self.known, self.desk.ruleset))

    def by_hand(self, status: str, *, user: str = "zhang") -> None:
        said = receipt_xml(self.guid, (Return(status, "", "20260302122231500", "电话答复"),))
        self.customs.receipt(said, override=bool(user), user=user)

    def change(self, status: str) -> Outcome:
        """A change, and what customs says of it."""
        changed = self.desk.again(self.first, {2: {"action": "变更", "colour": "红"}})
        self.customs.say(self.customs.take(changed), status, time="20260302132231500")
        return changed


@pytest.fixture
def told(rulebook: Rulebook) -> Told:
    return Told(rulebook)


@pytest.mark.parametrize(
    "cells", [{}, {"action": "变更", "colour": "红"}, {"action": "删除"}], ids=["idle", "acting", "refused"]
)
def test_a_later_batch_tells_it_on_the_row_of_that_vehicle(told: Told, cells: dict[str, str]) -> None:
    assert told.on(told.first)
    assert told.on(told.desk.again(told.first, {2: cells}))


def test_extract_and_detail_tell_it(told: Told) -> None:
    record, ruleset = told.customs.record(), told.desk.ruleset
    assert [f.code for f in standing_findings(record, 2, told.known, ruleset)] == [ODD]
    assert (ruleset.title(ODD), "100 海关退单 · 2026-03-02 11:22:31") in standing(record, told.known, ruleset)
    extract = flow.extract(told.known, told.desk.rulebook)
    assert extract != flow.extract(Known(told.desk.now, told.known.records), told.desk.rulebook)


@pytest.mark.parametrize("status", ["120", "100"])
def test_a_person_settles_it_either_way(told: Told, status: str) -> None:
    """That the first answer is right could not be recorded: the warning stayed for ever."""
    told.by_hand(status)
    assert not told.on(told.first)


def test_customs_that_repeats_itself_settles_nothing(told: Told) -> None:
    told.by_hand("120", user="")
    assert told.on(told.first)


@pytest.mark.parametrize(("status", "settled"), [("120", True), ("100", False)])
def test_a_later_declaration_settles_it_once_it_is_accepted(told: Told, status: str, settled: bool) -> None:
    changed = told.change(status)
    assert told.on(changed) is not settled
    assert (contradicting(told.customs.replies) is None) is settled


@pytest.mark.parametrize("status", ["120", "100"])
def test_a_person_settles_it_also_once_a_later_declaration_stands(told: Told, status: str) -> None:
    """Customs rejected a change since: what is recorded of the first declaration comes late, and counts."""
    changed = told.change("100")
    told.by_hand(status)
    assert not told.on(changed)


def test_a_row_names_both_answers(told: Told) -> None:
    """As words: a key of the rules would stand there otherwise."""
    found = with_answers(told.first, told.known, told.desk.ruleset).findings
    (odd,) = [f for f in found if f.code == ODD]
    assert "先“海关接收成功”，后“海关接收失败”" in told.desk.ruleset.tell(odd).what
