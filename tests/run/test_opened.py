"""Which rows of a batch still wait, what closes them, and which earlier answers customs' answer makes due."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from run_place import Place, again, book_of, first_lines, row_of

from vinbatch import samples
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Return
from vinbatch.store.ledger import Ledger

SETS = samples.parameters(samples.MODELS[:1])
ONE, TWO = samples.vehicles(2, models=samples.MODELS[:1])
LATE = "2035.01"


def opened(at: Place) -> list[int]:
    """How many rows of each batch, the first one first, are still to be mended."""
    with at.ledger() as ledger:
        return [n for (n,) in ledger.db.execute("SELECT open FROM line ORDER BY batch")]


def drop(at: Place, name: str, *rows: samples.Cells) -> None:
    """A workbook of these vehicles, and a pass."""
    at.drop(name, at.sheet(rows, SETS))
    at.run()


def answer(at: Place, status: str) -> None:
    """Customs answers to every package."""
    with at.ledger() as ledger:
        packages = ledger.db.execute("SELECT guid FROM package").fetchall()
    for (guid,) in packages:
        xml = receipt_xml(guid, (Return(status, time="20260302102231500"),))
        at.drop(f"receipts/{guid}-{status}.xml", xml)
    at.run()


def test_a_refused_row_is_closed_by_a_later_batch_with_its_vin(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, "production_date": LATE}, {**TWO, "production_date": LATE})
    assert opened(place) == [2]
    drop(place, "b.xlsx", ONE)
    assert opened(place) == [1, 0]


def test_a_row_that_comes_back_mended_is_closed_although_its_vin_was_wrong(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    again(place, 1, {"车辆识别代号(VIN)": str(ONE["vin"])})
    assert opened(place) == [0, 0]


def test_a_row_that_comes_back_and_is_refused_again_waits_in_the_later_batch_alone(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    again(place, 1, {"车辆识别代号(VIN)": str(ONE["vin"])[:-2]})
    assert opened(place) == [0, 1]


def test_a_change_that_is_refused_again_waits_in_the_later_batch_alone(place: Place) -> None:
    """It is on record, and its mark on every extract: it stood open in both, and both were counted."""
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"车身颜色": "红"})
    again(place, 2, {"车身颜色": "蓝"})
    assert opened(place) == [0, 0, 1]
    assert "第 2 行后来在批次 TRIAL-20260302-0003 重新放入" in first_lines(place, 2)
    told = {
        "当前状态": "见批次 TRIAL-20260302-0003 的结果",
        "可办理操作": "见批次 TRIAL-20260302-0003 的结果",
    }
    assert told.items() <= row_of(place, 2).items(), "it named the batch of the filing beside that"


def test_an_untouched_extract_takes_no_refused_change_over(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"车身颜色": "红"})
    again(place, 1, {})
    assert opened(place) == [0, 1, 0]


@pytest.mark.parametrize("status", ["120", "100"])
def test_a_result_that_came_back_untouched_is_told_of_the_answer(place: Place, status: str) -> None:
    """The older one was renewed; the newest said for ever to wait for customs."""
    drop(place, "a.xlsx", ONE)
    again(place, 1, {})
    assert "正等海关答复" in first_lines(place, 2)
    answer(place, status)
    row = {str(c.value): d.value for c, d in zip(*book_of(place, 2)["车辆信息"].iter_rows(1, 2), strict=True)}
    assert "等待海关答复" not in str(row["可办理操作"])


def test_the_ten_thousandth_batch_of_a_day_takes_over_what_the_one_before_it_left_open(place: Place) -> None:
    """Its number is longer, and as a text comes first."""
    with place.machine().open_ledger() as ledger:
        ledger.db.execute("INSERT INTO counter VALUES ('TRIAL-20260302', 9998)")
    drop(place, "a.xlsx", {**ONE, "production_date": LATE})
    again(place, 9999, {"生产日期": LATE})
    with place.ledger() as ledger:
        found = ledger.db.execute("SELECT batch FROM open_row").fetchall()
    assert found == [("TRIAL-20260302-10000",)]


@pytest.mark.parametrize(("folder", "left"), [("", [0, 3]), ("北京/", [3, 3])])
def test_held_vehicles_that_come_back_as_they_were_wait_there_on_whatever_row(
    place: Place, folder: str, left: list[int]
) -> None:
    """In an extract they stand on other rows: that one alone was told of which the number was the same. In
    the file of another department they stay to be verified where they were.
    """
    doubted = [
        {**one, "production_date": "2018.06"} for one in samples.vehicles(3, models=samples.MODELS[:1])
    ]
    drop(place, "a.xlsx", *doubted)
    book = book_of(place, 1)
    sheet = book["车辆信息"]
    for first, second in zip(sheet[2], sheet[3], strict=True):
        first.value, second.value = second.value, first.value
    out = io.BytesIO()
    book.save(out)
    place.drop(f"{folder}extract.xlsx", out.getvalue())
    place.run()
    assert opened(place) == left
    if not folder:
        assert "第 2–4 行后来在批次 TRIAL-20260302-0002 重新放入" in first_lines(place, 1)


def test_what_is_held_in_a_later_batch_is_not_called_done(place: Place) -> None:
    """It said that the row was to be confirmed there, and then that there is nothing left to do."""
    drop(place, "a.xlsx", {**ONE, "production_date": "2018.06"})
    again(place, 1, {"车身颜色": "红"})
    told = first_lines(place, 1)
    assert "存为草稿，在那一批待核实" in told
    assert "不需再做什么" not in told
    assert "没办成的行后来都已另行办理" not in told


def test_a_refused_row_of_another_department_leaves_a_held_vehicle_to_its_own(place: Place) -> None:
    """Its own result said that the row had come again elsewhere, where it was told to leave it alone."""
    (place.root / "rules/settings.toml").write_text('foreign_department = "refuse"\n')
    place.drop("广州/a.xlsx", place.sheet([{**ONE, "production_date": "2018.06"}], SETS))
    place.run()
    again(place, 1, {"核实确认": "是"}, "北京/b.xlsx")
    assert row_of(place, 2)["处理结果"] == "未通过"
    assert opened(place) == [1, 1]
    assert "请按原件核对“车辆信息”第 2 行" in first_lines(place, 1)


def test_a_held_row_is_closed_by_its_confirmation(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, "production_date": "2018.06"})
    assert opened(place) == [1]
    again(place, 1, {"核实确认": "是"})
    assert opened(place) == [0, 0]


def test_what_customs_rejected_is_open_until_it_is_declared_anew(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    answer(place, "100")
    assert opened(place) == [1]
    again(place, 1, {"操作": "申报"})
    assert opened(place) == [0, 0]


def test_what_customs_rejected_waits_in_the_later_batch_alone_that_refused_it(place: Place) -> None:
    """It was to be mended in two results, and whoever did it in one saw it asked for in the other."""
    drop(place, "a.xlsx", ONE)
    answer(place, "100")
    again(place, 1, {"生产日期": LATE})
    assert opened(place) == [0, 1]
    told = first_lines(place, 1)
    assert "“车辆信息”第 2 行后来在批次 TRIAL-20260302-0002 重新放入，请看那一份。" in told
    assert told.startswith("这份表已由批次 TRIAL-20260302-0002 接替")
    assert not any(claim in told for claim in ("海关退回“", "另行办理", "不需再"))
    row = row_of(place, 1)
    assert (row["当前状态"], row["可办理操作"]) == ("海关接收失败", "见批次 TRIAL-20260302-0002 的结果")
    assert "请改正“车辆信息”第 2 行" in first_lines(place, 2)
    again(place, 2, {"生产日期": str(ONE["production_date"]), "车身颜色": "红"})
    assert opened(place) == [0, 0, 0]


def test_a_new_form_takes_over_what_customs_rejected_though_its_row_is_refused(place: Place) -> None:
    drop(place, "a.xlsx", TWO, ONE)
    answer(place, "100")
    drop(place, "b.xlsx", {**ONE, "production_date": LATE})
    assert opened(place) == [1, 1]
    told = first_lines(place, 1)
    assert "海关退回“车辆信息”第 2 行，" in told
    assert "第 3 行后来在批次 TRIAL-20260302-0002 重新放入" in told


def test_a_form_of_another_department_takes_nothing_over_that_customs_rejected(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    answer(place, "100")
    drop(place, "other/b.xlsx", {**ONE, "production_date": LATE})
    assert opened(place) == [1, 1]
    assert "海关退回“车辆信息”第 2 行，" in first_lines(place, 1)


def test_a_form_in_which_nothing_can_be_mended_takes_nothing_over_that_customs_rejected(place: Place) -> None:
    """Of an accepted vehicle whose change was rejected, a new form is sent to an extract."""
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"操作": "变更", "车身颜色": "红"})
    answer(place, "100")
    drop(place, "c.xlsx", {**ONE, "colour": "蓝"})
    assert opened(place) == [0, 1, 1]
    assert "海关退回“车辆信息”第 2 行，" in first_lines(place, 2)


def test_what_customs_rejected_waits_again_where_its_refused_row_became_another_vehicle(place: Place) -> None:
    """The form was of a vehicle with a like VIN: nobody would have been asked for the rejected one."""
    drop(place, "a.xlsx", ONE)
    answer(place, "100")
    drop(place, "b.xlsx", {**ONE, "production_date": LATE})
    again(place, 2, {"车辆识别代号(VIN)": str(TWO["vin"]), "生产日期": str(TWO["production_date"])})
    assert opened(place) == [1, 0, 0]
    answer(place, "120")
    assert "海关退回“车辆信息”第 2 行，" in first_lines(place, 1)


def test_a_refused_structure_row_is_closed_once_its_number_is_stored(place: Place) -> None:
    place.drop("a.xlsx", place.sheet([], [{**SETS[0], "kerb_mass": 99999}]))
    place.run()
    assert opened(place) == [1]
    place.drop("b.xlsx", place.sheet([], SETS))
    place.run()
    assert opened(place) == [0, 0]


def test_a_refused_file_is_closed_when_it_comes_again_in_another_format(place: Place) -> None:
    place.drop("三月.csv", b"VIN,1\n")
    place.run()
    assert opened(place) == [1]
    drop(place, "三月.xlsx", ONE)
    assert opened(place) == [0, 0]


@pytest.mark.parametrize("status", ["120", "100"])
def test_a_row_that_waited_for_customs_is_told_when_it_has_answered(place: Place, status: str) -> None:
    """Its own batch declared nothing: the answer comes to another one's package."""
    drop(place, "a.xlsx", ONE)
    again(place, 1, {"操作": "变更", "车身颜色": "红"} if status == "120" else {"车身颜色": "红"})
    assert "正等海关答复" in first_lines(place, 2)
    answer(place, status)
    assert "海关已答复" in first_lines(place, 2)


def test_a_new_row_that_stood_as_it_was_is_told_of_a_rejection(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    drop(place, "b.xlsx", ONE, TWO)
    answer(place, "100")
    assert "海关退回“车辆信息”第 3 行，" in first_lines(place, 2)
    assert "海关退回“车辆信息”第 2 行的车，是别的批次申报的" in first_lines(place, 2)


def test_an_answer_made_anew_asks_for_no_row_that_came_back_mended(place: Place) -> None:
    """Not even where its VIN was wrong, by which nobody would find it."""
    drop(place, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]}, TWO)
    assert "请改正“车辆信息”第 2 行" in first_lines(place, 1)
    again(place, 1, {"车辆识别代号(VIN)": str(ONE["vin"])})
    answer(place, "120")
    assert "请改正" not in first_lines(place, 1)
    assert "第 2 行后来在批次 TRIAL-20260302-0002 重新放入" in first_lines(place, 1)


def test_an_older_batch_takes_nothing_over_when_it_is_counted_late(place: Place) -> None:
    """A row that comes back as it was is refused again, under the same mark."""
    drop(place, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    again(place, 1, {"车辆识别代号(VIN)": str(ONE["vin"])[:-2]}, "b.xlsx")
    again(place, 2, {"车身颜色": "红"}, "c.xlsx")
    assert opened(place) == [0, 0, 1]
    with Ledger.open(place.home.ledger) as ledger:
        ledger.db.execute("DELETE FROM open_row")
        ledger.db.execute("UPDATE line SET counted = 0")
    place.now += timedelta(hours=1)
    place.run()
    assert opened(place)[-1] == 1


def test_batches_of_before_open_rows_were_kept_are_counted(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, "production_date": LATE}, {**TWO, "production_date": LATE})
    place.now += timedelta(hours=1)
    drop(place, "b.xlsx", ONE)
    with Ledger.open(place.home.ledger) as ledger:
        ledger.db.execute("DELETE FROM open_row")
        ledger.db.execute("UPDATE line SET counted = 0")
    place.now += timedelta(hours=1)
    place.run()
    assert opened(place) == [1, 0]


def _mended_vin(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    again(at, 1, {"车辆识别代号(VIN)": str(ONE["vin"])})


def _deleted_draft(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "production_date": "2018.06"})
    again(at, 1, {"操作": "删除"})


def _stored_parameters(at: Place) -> None:
    at.drop("a.xlsx", at.sheet([], [{**SETS[0], "kerb_mass": 99999}]))
    at.run()
    at.now += timedelta(minutes=1)
    at.drop("b.xlsx", at.sheet([], SETS))
    at.run()


def _other_format(at: Place) -> None:
    at.drop("三月.csv", b"VIN,1\n")
    at.run()
    drop(at, "三月.xlsx", ONE)


def _one_pass(at: Place) -> None:
    at.drop("a.xlsx", at.sheet([{**ONE, "production_date": LATE}], SETS))
    at.drop("b.xlsx", at.sheet([ONE], SETS))
    at.run()


def forget_what_is_open(at: Place) -> None:
    """As a ledger is when it comes from a version that kept no open rows."""
    with Ledger.open(at.home.ledger) as ledger:
        ledger.db.execute("DELETE FROM open_row")
        ledger.db.execute("UPDATE line SET counted = 0")
    at.now += timedelta(hours=1)


@pytest.mark.parametrize(
    "happens", [_mended_vin, _deleted_draft, _stored_parameters, _other_format, _one_pass]
)
def test_what_was_dealt_with_long_ago_is_not_open_again_when_it_is_counted_late(
    place: Place, happens: Callable[[Place], None]
) -> None:
    happens(place)
    assert opened(place) == [0, 0]
    forget_what_is_open(place)
    place.run()
    assert opened(place) == [0, 0]


def test_a_batch_worked_before_the_older_ones_are_counted_takes_over_what_they_left_open(
    place: Place,
) -> None:
    """The pass that first opens an older ledger works its workbooks before it counts."""
    drop(place, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    forget_what_is_open(place)
    again(place, 1, {"车辆识别代号(VIN)": str(ONE["vin"])})
    assert opened(place) == [0, 0]
