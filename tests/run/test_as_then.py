"""What was declared of a draft that a restore lost comes back all the same: nobody has that draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from run_place import Fresh, Place, again

from vinbatch.cli.main import vinbatch
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Record, Return
from vinbatch.run import commands
from vinbatch.run.keeping import backup, restore
from vinbatch.samples import Cells

ODD = {"production_date": "2018.06"}  # three years before what the VIN says: a question


class Days:
    """A home with one vehicle, of which a row comes back again and again; batch 1 is another's."""

    def __init__(self, place: Place, fresh: Fresh, folder: Path) -> None:
        self.place, self.saved, self.batch = place, folder / "b.db", 1
        (other, self.cells), self.sets = fresh(2)
        self.vin = str(self.cells["vin"])
        place.drop("a.xlsx", place.sheet([other], self.sets))
        place.run()

    def file(self, **more: str) -> None:
        """Its first row, with parameters under a number of its own."""
        number = "NEW-1"
        sets: list[Cells] = [{**s, "structure_no": number} for s in self.sets]
        self.place.drop("b.xlsx", self.place.sheet([{**self.cells, "structure_no": number, **more}], sets))
        self.place.run()
        self.batch += 1

    def mend(self, **cells: str) -> None:
        """Its last result comes back with these cells, by heading."""
        again(self.place, self.batch, cells, f"{self.batch}.xlsx")
        self.batch += 1

    def accept(self) -> None:
        with self.place.ledger() as ledger:
            (package,) = ledger.packages.of([self.record.now.batch])
        xml = receipt_xml(package.guid, (Return("120", time="20260302102231500"),))
        self.place.drop(f"receipts/{self.batch}.xml", xml)
        self.place.run()

    def back_up(self) -> None:
        backup(self.place.home, self.saved)

    @property
    def record(self) -> Record:
        with self.place.ledger() as ledger:
            return ledger.records([self.vin])[self.vin]

    def lose(self) -> None:
        """The disk; and customs has all that was declared."""
        self.place.now += timedelta(hours=1)
        restore(self.place.home, self.saved, self.place.now, "wang")
        with self.place.ledger() as ledger:
            lost = ledger.forgotten.open()
        for one in lost:
            commands.release(self.place.machine(), one.guid, "li", "sent", "")
        self.place.run()


@pytest.fixture
def days(place: Place, fresh: Fresh, tmp_path: Path) -> Days:
    return Days(place, fresh, tmp_path)


def same(one: Record, other: Record) -> None:
    """What was declared, where it stands, and the revision that people have in their results."""
    assert (one.now.type, one.now.state, one.now.batch) == (other.now.type, other.now.state, other.now.batch)
    assert (one.now.data, one.revision, one.accepted) == (other.now.data, other.revision, other.accepted)


@pytest.mark.parametrize(
    ("filed", "then"),
    [
        (ODD, ({"核实确认": "是"},)),
        (ODD, ({"生产日期": "2021.05"},)),
        ({"action": "暂存"}, ({"操作": "申报"},)),
        ({"action": "暂存"}, ({"操作": "暂存", "车身颜色": "白"}, {"操作": "申报", "车身颜色": "黑"})),
    ],
    ids=["confirmed", "mended", "declared", "edited-twice"],
)
def test_a_filing_comes_back_whose_draft_was_lost(
    days: Days, filed: Mapping[str, str], then: tuple[dict[str, str], ...]
) -> None:
    """Also where its parameters were learnt with the draft."""
    days.back_up()
    days.file(**filed)
    for cells in then:
        days.mend(**cells)
    before = days.record
    days.lose()
    same(days.record, before)


def test_a_change_comes_back_whose_draft_was_lost(days: Days) -> None:
    days.file()
    days.accept()
    days.back_up()
    days.mend(操作="变更暂存", 车身颜色="白")
    days.mend(操作="变更")
    before = days.record
    days.lose()
    same(days.record, before)


def test_a_change_comes_back_upon_a_filing_whose_draft_was_lost(days: Days) -> None:
    days.back_up()
    days.file(**ODD)
    days.mend(核实确认="是")
    days.accept()
    days.mend(操作="变更", 生产日期="2021.05")
    before = days.record
    days.lose()
    same(days.record, before)


def test_a_filing_comes_back_that_was_filed_anew_as_the_deleted_draft_of_the_backup(days: Days) -> None:
    days.file(action="暂存")
    days.back_up()
    days.mend(操作="删除")
    days.file()
    before = days.record.now
    days.lose()
    assert days.record.now == before


def test_a_revocation_comes_back_before_which_the_draft_of_the_backup_was_dropped(days: Days) -> None:
    days.file()
    days.accept()
    days.mend(操作="变更暂存", 车身颜色="白")
    days.back_up()
    days.mend(操作="删除")
    days.place.now += timedelta(minutes=1)
    args = ["--home", str(days.place.root), "revoke", days.vin, "--reason", "退运"]
    assert vinbatch.main(args, standalone_mode=False) == 0
    before = days.record
    days.lose()
    same(days.record, before)
