"""Answers that workers make while the pass goes on: the same bytes, under the same names."""

from __future__ import annotations

import logging
import shutil

import pytest
from run_place import Fresh, Place, book_of, shown

from vinbatch.run.engines import POOLED
from vinbatch.run.judging import portions, readying
from vinbatch.store.ledger import Ledger


@pytest.fixture
def pooled(place: Place) -> Place:
    place.engine = POOLED
    return place


@pytest.mark.parametrize("full", [0, 9], ids=["packages too", "answers only"])
def test_workers_answer_with_the_same_bytes_over_several_chunks(
    full: int, place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later chunk declares what an earlier one saved: its answer tells of the time before.

    So does what is made anew of it, since its result lies beside a person's own.
    """
    monkeypatch.setattr(portions, "CHUNK", 2)
    (place.root / "reports" / "TRIAL-20260302-0001_1.xlsx").write_bytes(b"a person's own")
    monkeypatch.setattr(readying, "_FULL", full)
    vehicles, sets = fresh(8)
    vehicles[2]["vin"] = "WBA13BJ0XNC018800"
    place.drop("1.xlsx", place.sheet([dict(v, action="暂存") for v in vehicles[:2]], sets))
    place.drop("2.xlsx", place.sheet(vehicles[2:4], sets))
    place.drop("3.xlsx", place.sheet([dict(v, action="申报") for v in vehicles[:2]], sets))
    place.drop("4.xlsx", b"PK\x03\x04" + b"\0" * 400)
    place.drop("5.xlsx", place.sheet(vehicles[4:], sets))
    other = Place(place.root.with_name("other"), engine=POOLED)
    shutil.copytree(place.root, other.root, copy_function=shutil.copy2)
    place.run()
    other.run()
    here, there = shown(place.root), shown(other.root)
    assert len([name for name in here if name.endswith(".html")]) > 5
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_a_package_that_goes_out_while_its_answer_is_made_is_told_as_sent(
    pooled: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox comes back between two chunks: the answer begun before says that nothing was sent."""
    monkeypatch.setattr(portions, "CHUNK", 1)
    vehicles, sets = fresh(2)
    for name, some in (("a.xlsx", vehicles[:1]), ("b.xlsx", vehicles[1:])):
        pooled.drop(name, pooled.sheet(some, sets))
    outbox = pooled.root / "outbox"
    outbox.rename(outbox.with_name("elsewhere"))
    machine = pooled.machine()
    machine.progress = lambda _done, _all: outbox.mkdir(exist_ok=True)
    assert len(machine.run().published) == 2
    (page,) = (pooled.root / "reports").glob("*_a.html")
    assert "还没有送出" not in page.read_text("utf-8")


def test_the_report_names_the_result_where_it_lies(
    pooled: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = pooled.root / "reports" / "TRIAL-20260302-0001_a.xlsx"
    taken.write_bytes(b"a person's own")
    pooled.drop("a.xlsx", pooled.sheet(*fresh(1)))
    (answered,) = pooled.run().answered
    assert answered.name == "TRIAL-20260302-0001_a-2.xlsx"
    page = (pooled.root / "reports" / answered.page).read_text("utf-8")
    assert 'href="./TRIAL-20260302-0001_a-2.xlsx"' in page
    assert "TRIAL-20260302-0001_a.xlsx 打开着或被人改动过，没有覆盖" in page
    assert taken.read_bytes() == b"a person's own"


def test_a_bug_on_one_answer_leaves_it_due_and_the_others_are_told(
    pooled: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a worker is asked lacks its outcome: as if ours could not be read."""
    vehicles, sets = fresh(2)
    for name, some in (("a.xlsx", vehicles[:1]), ("b.xlsx", vehicles[1:])):
        pooled.drop(name, pooled.sheet(some, sets))
    whole = Ledger.stored_outcome
    monkeypatch.setattr(
        Ledger, "stored_outcome", lambda self, batch: b"" if batch.endswith("2") else whole(self, batch)
    )
    with caplog.at_level(logging.ERROR):
        done = pooled.machine().run()
    assert [(a.batch[-4:], a.failed) for a in done.answered] == [("0001", False), ("0002", True)]
    assert "TRIAL-20260302-0002" in caplog.text
    monkeypatch.undo()
    with pooled.ledger() as ledger:
        assert ledger.answers.untold() == ("TRIAL-20260302-0002",), "status tells of it at once"
    assert [a.batch[-4:] for a in pooled.run().answered] == ["0002"]
    with pooled.ledger() as ledger:
        assert ledger.answers.untold() == ()


@pytest.mark.parametrize("more", ["", "[vehicle.remarks]\noff = true\n"])
def test_a_batch_of_before_is_answered_anew_under_other_fields(
    pooled: Place, fresh: Fresh, more: str
) -> None:
    """A column was added in the midst of the sheet; with the other gone there are as many as before."""
    vehicles, sets = fresh(1)
    pooled.drop("a.xlsx", pooled.sheet([{**vehicles[0], "colour": "黑"}], sets))
    pooled.run()
    rules = pooled.root / "rules" / "fields.toml"
    new = (
        'zh = "新"\nen = "New"\nkind = "text"\nlength = 9\nrequired = "never"\nexample = "a"\nafter = "vin"\n'
    )
    rules.write_text(f"[vehicle.new]\n{new}{more}", "utf-8")
    with Ledger.open(pooled.home.ledger) as ledger, ledger.transaction() as db:
        db.execute("UPDATE batch SET answer_due = 1")
    assert [a.failed for a in pooled.machine().run().answered] == [False]
    sheet = book_of(pooled, 1)["车辆信息"]
    row = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (row["车辆识别代号(VIN)"], row["车身颜色"], row["新"]) == (vehicles[0]["vin"], "黑", None)
