"""Results of earlier batches are renewed in the pass that deals with their rows elsewhere, and say where."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from run_place import Place, again, book_of, first_lines, row_of, shown

from vinbatch import samples
from vinbatch.run.engines import POOLED
from vinbatch.run.judging import portions

SETS = samples.parameters(samples.MODELS[:1])
ONE, TWO = samples.vehicles(2, models=samples.MODELS[:1])
WRONG = {"production_date": "2035.01"}
DOUBTED = {"production_date": "2018.06"}
BATCH = "TRIAL-20260302-{:04d}"


def drop(at: Place, name: str, *rows: samples.Cells) -> None:
    """A workbook of these vehicles, and a pass."""
    at.drop(name, at.sheet(rows, SETS))
    at.run()


def drop_another(at: Place, name: str, *rows: samples.Cells) -> None:
    """The same without parameters, which the catalogue has: made within a second of each other, two workbooks
    of the same rows would be the same bytes.
    """
    at.drop(name, at.sheet(rows))
    at.run()


def _confirmed(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, **DOUBTED})
    again(at, 1, {"核实确认": "是"})


def _held_deleted(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, **DOUBTED})
    again(at, 1, {"操作": "删除"})


def _draft_declared(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "action": "暂存"})
    again(at, 1, {"操作": "申报"})


def _draft_deleted(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "action": "暂存"})
    again(at, 1, {"操作": "删除"})


def _draft_saved_again(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "action": "暂存"})
    again(at, 1, {"操作": "暂存", "备注": "首批"})


def _held_again(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, **DOUBTED})
    again(at, 1, {"生产日期": "2018.07"})


def _filed_in_a_new_workbook(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, **WRONG})
    drop(at, "b.xlsx", ONE)


def _refused_again_under_another_vin(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    again(at, 1, {"车辆识别代号(VIN)": str(ONE["vin"])[:-2]})


def _draft_under_another_vin(at: Place) -> None:
    drop(at, "a.xlsx", {**ONE, "action": "暂存"})
    again(at, 1, {"操作": "暂存", "车辆识别代号(VIN)": str(TWO["vin"])})


@pytest.mark.parametrize(
    ("happens", "done"),
    [
        (_confirmed, "后来已在批次 {} 申报"),
        (_held_deleted, "的草稿后来已在批次 {} 删除"),
        (_draft_declared, "后来已在批次 {} 申报"),
        (_draft_deleted, "的草稿后来已在批次 {} 删除"),
        (_draft_saved_again, "后来已在批次 {} 存为草稿"),
        (_held_again, "后来已在批次 {} 存为草稿，在那一批待核实"),
        (_filed_in_a_new_workbook, "后来已在批次 {} 申报"),
        (_draft_under_another_vin, "后来已在批次 {} 改为另一个 VIN"),
    ],
)
def test_a_result_tells_in_the_same_pass_what_a_later_batch_did_with_its_row(
    place: Place, happens: Callable[[Place], None], done: str
) -> None:
    happens(place)
    told = done.format(BATCH.format(2))
    assert f"“车辆信息”第 2 行{told}，不需再改。" in first_lines(place, 1)
    row = row_of(place, 1)
    assert row["问题说明"] == f"本行{told}"
    assert row["修改建议"] == "本表不需处理"


def test_a_row_that_came_back_is_not_said_to_be_done(place: Place) -> None:
    """It was refused again, and its result said that all open rows had been dealt with since."""
    _refused_again_under_another_vin(place)
    told = first_lines(place, 1)
    assert f"“车辆信息”第 2 行后来在批次 {BATCH.format(2)} 重新放入，请看那一份。" in told
    assert f"已由批次 {BATCH.format(2)} 接替" in told
    assert not any(claim in told for claim in ("都已另行办理", "不需再改", "不需再做什么"))


def test_a_row_whose_vehicle_was_declared_with_other_data_says_so(place: Place) -> None:
    """Refused for its colour; later somebody changed the remark alone, and it said that it was declared."""
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    drop(place, "b.xlsx", {**ONE, "colour": "红"})
    again(place, 1, {"操作": "变更", "备注": "首批"}, "c.xlsx")
    told = first_lines(place, 2)
    done = f"后来已在批次 {BATCH.format(3)} 申报变更"
    assert f"“车辆信息”第 2 行的车{done}，但内容与本表不同，本表的没有采用" in told
    assert not any(claim in told for claim in ("都已另行办理", "不需再改", "不需再做什么"))
    assert row_of(place, 2)["问题说明"] == (
        f"该车{done}，那里的内容与本行不同，本行的没有采用（现记录 → 本行）：车身颜色：{ONE['colour']} → 红"
    )


def test_what_an_earlier_batch_did_is_not_told_as_done_since(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **WRONG})
    drop(place, "b.xlsx", ONE)
    again(place, 1, {}, "c.xlsx")
    again(place, 3, {}, "d.xlsx")
    assert row_of(place, 3)["问题说明"] == f"本行后来在批次 {BATCH.format(4)} 重新放入，请看那一份"


def test_what_was_wrong_in_a_row_is_no_difference_to_what_was_declared_since(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **WRONG})
    drop(place, "b.xlsx", ONE)
    assert row_of(place, 1)["问题说明"] == f"本行后来已在批次 {BATCH.format(2)} 申报"


def test_the_report_is_renewed_with_the_result(place: Place) -> None:
    _confirmed(place)
    (page,) = (place.root / "reports").glob("*-0001_*.html")
    text = page.read_text("utf-8")
    assert f"后来已在批次 {BATCH.format(2)} 申报" in text
    assert "请核对" not in text


def test_stored_parameters_are_told_in_the_result_that_refused_them(place: Place) -> None:
    place.drop("a.xlsx", place.sheet([], [{**SETS[0], "kerb_mass": 99999}]))
    place.run()
    place.drop("b.xlsx", place.sheet([], SETS))
    place.run()
    assert f"“结构参数”第 2 行后来已在批次 {BATCH.format(2)} 入库，不需再改。" in first_lines(place, 1)


def test_a_refused_file_says_in_which_batch_it_came_again(place: Place) -> None:
    place.drop("三月.csv", b"VIN,1\n")
    place.run()
    drop(place, "三月.xlsx", ONE)
    assert f"同名的文件后来在批次 {BATCH.format(2)} 重新放入" in first_lines(place, 1)


def test_and_what_to_do_where_it_is_another_that_has_its_name(place: Place) -> None:
    """Of 三月.pdf all that is known is the name: beside 三月.xlsx it was said to have been worked there."""
    place.drop("三月.pdf", b"%PDF-1.7\n")
    place.run()
    drop(place, "三月.xlsx", ONE)
    assert "不是同一份的，请放入填好的 Excel 模板" in first_lines(place, 1)


def test_a_change_that_is_dropped_opens_again_what_it_had_dealt_with(place: Place) -> None:
    """Customs rejected a revocation; a change was saved for it, and is deleted."""
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"操作": "撤销", "撤销原因": "退运"}, "b.xlsx")
    answer(place, "100")
    assert "海关退回“车辆信息”第 2 行" in first_lines(place, 2)
    again(place, 2, {"操作": "变更暂存", "车身颜色": "红"}, "c.xlsx")
    assert "海关退回" not in first_lines(place, 2)
    again(place, 3, {"操作": "删除"}, "d.xlsx")
    assert "海关退回“车辆信息”第 2 行" in first_lines(place, 2)


def answer(at: Place, status: str) -> None:
    """Customs answers to the package that went out last."""
    from vinbatch.customs.receipt import receipt_xml
    from vinbatch.model import Return

    with at.ledger() as ledger:
        (guid,) = ledger.db.execute("SELECT guid FROM package ORDER BY batch DESC").fetchone()
    at.drop(f"receipts/{guid}.xml", receipt_xml(guid, (Return(status, time="20260302102231500"),)))
    at.run()


def test_a_batch_is_renewed_once_a_pass_however_many_deal_with_its_rows(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **WRONG}, {**TWO, **WRONG})
    place.drop("b.xlsx", place.sheet([ONE], SETS))
    place.drop("c.xlsx", place.sheet([{**TWO, "action": "申报"}], SETS))
    answered = [one.batch for one in place.run().answered]
    assert answered == [BATCH.format(n) for n in (2, 3, 1)]


def test_what_is_dealt_with_in_the_chunk_of_its_own_batch_is_told_at_once(place: Place) -> None:
    place.drop("a.xlsx", place.sheet([{**ONE, **WRONG}], SETS))
    place.drop("b.xlsx", place.sheet([ONE], SETS))
    answered = [one.batch for one in place.run().answered]
    assert answered == [BATCH.format(n) for n in (1, 2)]
    assert "后来已在批次" in first_lines(place, 1)


def test_a_change_of_what_customs_accepted_leaves_the_result_of_its_filing_alone(place: Place) -> None:
    """It asked for nothing; results of years would come back for every change."""
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"操作": "变更", "车身颜色": "红"})
    with place.ledger() as ledger:
        assert len(ledger.answers.of(BATCH.format(1))) == 2


def test_a_change_that_waited_is_not_promised_once_it_is_in_force(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"操作": "变更", "车身颜色": "红"}, "b.xlsx")
    again(place, 2, {"操作": "变更"}, "c.xlsx")
    answer(place, "120")
    assert "“车辆信息”第 2 行要办的变更已经生效，不用再办。" in first_lines(place, 3)


def test_it_is_promised_where_its_parameters_were_revised_meanwhile(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    answer(place, "120")
    again(place, 1, {"操作": "变更", "车身颜色": "红"}, "b.xlsx")
    again(place, 2, {"操作": "变更"}, "c.xlsx")
    place.drop("d.xlsx", place.sheet([], [{**SETS[0], "width": 1870, "confirmed": "是"}]))
    place.run()
    answer(place, "120")
    assert "海关已答复，“车辆信息”第 2 行现在可以办理" in first_lines(place, 3)


def test_a_rejected_row_that_was_mended_elsewhere_says_so_beside_customs_words(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    answer(place, "100")
    again(place, 1, {"车身颜色": "红"}, "b.xlsx")
    row, done = row_of(place, 1), f"本行后来已在批次 {BATCH.format(2)} 申报"
    assert row["问题说明"] == f"{done}，内容有改动（本行 → 现记录）：车身颜色：{ONE['colour']} → 红"
    assert "查询该车" in str(row["修改建议"])


@pytest.mark.parametrize("first", [True, False])
def test_a_rejected_vehicle_that_waits_in_a_third_result_is_no_more_asked_for_in_the_second(
    first: bool, place: Place
) -> None:
    """It came unedited, before customs rejected it or after, and asked until the vehicle was accepted."""
    drop(place, "a.xlsx", ONE)
    if first:
        answer(place, "100")
    drop_another(place, "b.xlsx", ONE)
    if not first:
        answer(place, "100")
    assert "海关退回" in first_lines(place, 2)
    drop(place, "c.xlsx", {**ONE, **WRONG})
    for batch in (1, 2):
        assert row_of(place, batch)["问题说明"] == f"本行后来在批次 {BATCH.format(3)} 重新放入，请看那一份"
        assert "请按“海关回执”" not in first_lines(place, batch)
    assert "请改正“车辆信息”第 2 行" in first_lines(place, 3)


def test_so_is_one_that_a_third_batch_declared_anew(place: Place) -> None:
    """What came after the rejection was not watched: its result said so for good."""
    drop(place, "a.xlsx", ONE)
    answer(place, "100")
    drop_another(place, "b.xlsx", ONE)
    place.now += timedelta(minutes=5)
    drop(place, "c.xlsx", {**ONE, "colour": "红"})
    assert "海关退回" not in first_lines(place, 2)
    assert str(row_of(place, 2)["问题说明"]).startswith(f"本行后来已在批次 {BATCH.format(3)} 申报")


def test_a_draft_that_a_form_replaced_names_what_that_form_says_otherwise(place: Place) -> None:
    """A colleague declared the vehicle with another colour; its result said that there was nothing to do."""
    drop(place, "a.xlsx", {**ONE, "action": "暂存"})
    drop(place, "b.xlsx", {**ONE, "colour": "红", "remark": "首批"})
    done = f"后来已在批次 {BATCH.format(2)} 申报，内容有改动"
    told = first_lines(place, 1)
    assert f"“车辆信息”第 2 行{done}：请看“问题说明”。" in told
    assert not any(claim in told for claim in ("都已另行办理", "不需再改", "不需再做什么"))
    assert row_of(place, 1)["问题说明"] == f"本行{done}（本行 → 现记录）：车身颜色：{ONE['colour']} → 红"


ALIKE = {"engine_no": "B48B20B 12345678"}


def test_a_doubt_about_two_rows_says_that_the_other_one_was_mended_in_a_later_batch(place: Place) -> None:
    """It was still sent to compare its engine number with a row that had another one by then."""
    drop(place, "a.xlsx", {**ONE, **ALIKE}, {**TWO, **ALIKE})
    assert row_of(place, 1)["问题说明"] == "不同的车填了同一发动机号，另见行号 3"
    drop(place, "b.xlsx", TWO)
    assert row_of(place, 1)["问题说明"] == (
        "不同的车填了同一发动机号，另见行号 3（那里后来已改成别的号，或已删除）"
    )


def test_so_it_does_in_the_result_that_came_back_with_the_other_row_mended(place: Place) -> None:
    drop(place, "a.xlsx", {**TWO, **ALIKE}, {**ONE, **ALIKE})
    again(place, 1, {"发动机号": str(TWO["engine_no"])})
    sheet = book_of(place, 2)["车辆信息"]
    told = [sheet.cell(3, [c.value for c in sheet[1]].index("问题说明") + 1).value]
    assert told == ["不同的车填了同一发动机号，另见行号 2（那里后来已改成别的号，或已删除）"]


def test_a_doubt_stays_while_the_other_row_has_the_number_still(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **ALIKE}, {**TWO, **ALIKE})
    drop(place, "b.xlsx", {**TWO, **ALIKE, "remark": "首批", "confirmed": "是"})
    assert row_of(place, 1)["问题说明"] == "不同的车填了同一发动机号，另见行号 3"


RED, GREY, GREEN = "FFC0392B", "FFEDEFF2", "FFCDE9D6"


def colours_of(at: Place, batch: int) -> tuple[str, str]:
    """Of the verdict of the first vehicle row, and of the first count on the first sheet."""
    book = book_of(at, batch)
    sheet, first = book["车辆信息"], book["结果汇总"]
    column = [cell.value for cell in sheet[1]].index("处理结果") + 1
    row = next(cell.row for cell in first["B"] if cell.value == "处理结果") + 1
    return sheet.cell(2, column).fill.fgColor.rgb, first.cell(row, 2).fill.fgColor.rgb


def test_what_was_refused_and_dealt_with_since_is_red_no_more(place: Place) -> None:
    """Who looked for red rows found those that asked for nothing."""
    drop(place, "a.xlsx", {**ONE, **WRONG})
    assert colours_of(place, 1) == (RED, RED)
    drop(place, "b.xlsx", ONE)
    assert colours_of(place, 1) == (GREY, GREY)
    assert row_of(place, 1)["处理结果"] == "未通过"


def test_a_row_that_waits_for_customs_is_red_once_customs_has_answered(place: Place) -> None:
    drop(place, "a.xlsx", ONE)
    drop(place, "b.xlsx", {**ONE, "colour": "红"})
    assert colours_of(place, 2)[0] == GREY
    answer(place, "120")
    assert colours_of(place, 2)[0] == RED


def test_what_was_declared_is_red_where_customs_rejected_it_and_until_it_is_mended(place: Place) -> None:
    """It stood green beside the opinion to mend it by."""
    drop(place, "a.xlsx", ONE)
    assert colours_of(place, 1)[0] == GREEN
    answer(place, "100")
    assert colours_of(place, 1) == (RED, GREEN)
    again(place, 1, {"车身颜色": "红"}, "b.xlsx")
    assert colours_of(place, 1)[0] == GREEN


def test_a_result_that_a_person_edited_is_not_replaced_and_the_renewed_one_lies_beside(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **DOUBTED})
    (path,) = (place.root / "reports").glob("*-0001_*.xlsx")
    again_bytes = path.read_bytes()
    path.write_bytes(again_bytes + b"edited")
    drop(place, "b.xlsx", {**ONE, **DOUBTED, "confirmed": "是"})
    assert path.read_bytes() == again_bytes + b"edited"
    beside = openpyxl.load_workbook(path.with_name(f"{path.stem}-2.xlsx"))
    assert "后来已在批次" in str(beside["结果汇总"]["B3"].value)


def test_a_pass_that_was_stopped_before_it_renewed_leaves_that_to_the_next(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **WRONG})
    place.drop("b.xlsx", place.sheet([ONE], SETS))
    machine = place.machine()
    worked: list[int] = []
    machine.progress = lambda done, _all: worked.append(done)
    machine.stopping = lambda: bool(worked)
    machine.run()
    assert "后来已在批次" not in first_lines(place, 1)
    place.run()
    assert "后来已在批次" in first_lines(place, 1)
    assert place.run().idle


def test_workers_renew_with_the_same_bytes_over_several_chunks(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A is made by workers while the chunk after it, which deals with its row, is judged."""
    monkeypatch.setattr(portions, "CHUNK", 1)
    place.drop("a.xlsx", place.sheet([{**ONE, **WRONG}, {**TWO, "action": "暂存"}], SETS))
    place.drop("b.xlsx", place.sheet([ONE], SETS))
    place.drop("c.xlsx", place.sheet([{**TWO, "action": "申报"}], SETS))
    other = Place(place.root.with_name("other"), engine=POOLED)
    shutil.copytree(place.root, other.root, copy_function=shutil.copy2)
    place.run()
    other.run()
    assert "第 2 行后来已在批次" in first_lines(other, 1)
    assert "第 3 行后来已在批次" in first_lines(other, 1)
    assert shown(place.root) == shown(other.root)


def test_a_result_that_was_moved_away_is_put_back_renewed_for_reference(place: Place) -> None:
    """As when customs answers: who moved it to the inbox finds there what became of it."""
    drop(place, "a.xlsx", {**ONE, **WRONG})
    (path,) = (place.root / "reports").glob("*-0001_*.xlsx")
    path.rename(place.root / "elsewhere.xlsx")
    drop(place, "b.xlsx", ONE)
    assert "后来已在批次" in first_lines(place, 1)


SUPERSEDED = "这份表已由批次 {} 接替："


def test_a_result_of_which_all_open_rows_came_back_says_first_what_supersedes_it(place: Place) -> None:
    """After three rounds four workbooks of one name lay there, and each said that it counted."""
    drop(place, "三月.xlsx", {**ONE, "vin": str(ONE["vin"])[:-1]})
    again(place, 1, {"车辆识别代号(VIN)": str(ONE["vin"])[:-2]}, f"{BATCH.format(1)}_三月.xlsx")
    assert first_lines(place, 1).startswith(SUPERSEDED.format(BATCH.format(2)))
    assert "接替" not in first_lines(place, 2)
    again(place, 2, {"车辆识别代号(VIN)": str(ONE["vin"])}, f"{BATCH.format(2)}_三月.xlsx")
    assert first_lines(place, 2).startswith(SUPERSEDED.format(BATCH.format(3)))
    with place.ledger() as ledger:
        assert ledger.queries.latest([BATCH.format(2)]) == BATCH.format(3)
        assert ledger.queries.latest([]) == ""


def test_a_result_with_a_row_left_to_mend_is_not_superseded(place: Place) -> None:
    drop(place, "a.xlsx", {**ONE, **WRONG}, {**TWO, **WRONG})
    drop(place, "b.xlsx", ONE)
    assert "第 2 行后来已在批次" in first_lines(place, 1)
    assert "接替" not in first_lines(place, 1)


def test_a_copy_that_lay_beside_its_name_is_answered_under_that_name(place: Place) -> None:
    """`…_三月-2.xlsx` of a new batch looks like the copy of a result that there is not."""
    drop(place, "三月-1.xlsx", {**ONE, **DOUBTED})
    (path,) = (place.root / "reports").glob("*-0001_*.xlsx")
    path.write_bytes(path.read_bytes() + b"edited")
    drop(place, "b.xlsx", {**ONE, **DOUBTED, "confirmed": "是"})
    copy = path.with_name(f"{path.stem}-2.xlsx")
    place.drop(copy.name, copy.read_bytes())
    place.run()
    assert f"{BATCH.format(3)}_三月_1.xlsx" in place.reports()
    again(place, 3, {}, f"{BATCH.format(3)}_三月-1-改.xlsx")
    assert f"{BATCH.format(4)}_三月-1-改.xlsx" in place.reports()


def test_a_renewed_result_that_is_dropped_again_does_nothing(place: Place) -> None:
    _confirmed(place)
    again(place, 1, {}, "third.xlsx")
    assert row_of(place, 3)["处理结果"] == "无变化"
    assert len(place.outbox()) == 1


def test_a_row_whose_vehicle_was_revoked_since_says_that_it_was_that(place: Place) -> None:
    """Of a vehicle whose filing stood there as declared it said that it was declared since."""
    drop(place, "a.xlsx", ONE, {**TWO, **WRONG})
    answer(place, "120")
    book = book_of(place, 1)
    sheet = book["车辆信息"]
    column = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, column["操作"]).value = "撤销"
    sheet.cell(2, column["撤销原因"]).value = "退运"
    sheet.cell(3, column["生产日期"]).value = TWO["production_date"]
    out = io.BytesIO()
    book.save(out)
    place.drop("b.xlsx", out.getvalue())
    place.run()
    rows = [row[column["问题说明"] - 1].value for row in book_of(place, 1)["车辆信息"].iter_rows(2, 3)]
    assert rows == [f"本行后来已在批次 {BATCH.format(2)} 申报{kind}" for kind in ("撤销", "")]


FOOTER = {**dict.fromkeys(ONE, ""), "vin": "合计"}
SIGNED = {**dict.fromkeys(ONE, ""), "action": "签字：赵六"}


def titled(at: Place) -> bytes:
    """A vehicle under two lines of title, which refuse the file: the rows that are none say little."""
    book = openpyxl.load_workbook(io.BytesIO(at.sheet([ONE], SETS)))
    book["车辆信息"].insert_rows(1, 2)
    book["车辆信息"]["A1"].value = "六月"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("row", [FOOTER, SIGNED], ids=["total", "act alone"])
def test_a_row_that_says_little_closes_no_file_of_others(place: Place, row: samples.Cells) -> None:
    """One signature line is like the other: a colleague's file was said to be the one that was refused."""
    place.drop("标题行.xlsx", titled(place))
    place.run()
    drop(place, "别人的.xlsx", {**TWO, **WRONG}, row)
    again(place, 2, {}, "别人的.xlsx")
    assert "重新放入" not in first_lines(place, 1)
    assert "本表不需处理" not in first_lines(place, 1)


def test_a_total_that_was_deleted_is_asked_for_no_more(place: Place) -> None:
    """Renamed as the manual says, the mended result left the old one asking for the total to be deleted."""
    drop(place, "a.xlsx", {**TWO, **WRONG}, FOOTER)
    book = book_of(place, 1)
    sheet = book["车辆信息"]
    column = [cell.value for cell in sheet[1]].index("生产日期") + 1
    sheet.cell(2, column).value = TWO["production_date"]
    sheet.delete_rows(3)
    out = io.BytesIO()
    book.save(out)
    place.drop("a-改.xlsx", out.getvalue())
    place.run()
    lines = first_lines(place, 1)
    assert f"第 3 行不像是要办理的，以批次 {BATCH.format(2)} 的结果为准" in lines
    assert "请整行删除" not in lines
    assert "没办成的行后来都已另行办理" in lines


def test_such_a_row_is_known_in_its_own_result(place: Place) -> None:
    drop(place, "a.xlsx", {**TWO, **WRONG}, FOOTER)
    again(place, 1, {}, f"{BATCH.format(1)}_a.xlsx")
    assert f"这份表已由批次 {BATCH.format(2)} 接替" in first_lines(place, 1)


def test_a_total_is_no_open_work_and_is_gone_with_the_next_file_of_that_name(place: Place) -> None:
    """It stood on the overview for ten days after it was deleted: what is not there never comes back."""
    drop(place, "a.xlsx", ONE, FOOTER)
    assert "近日有 1 份文件" not in (place.root / "reports" / "index.html").read_text("utf-8")
    assert "第 3 行不像是要办理的" in first_lines(place, 1)
    drop(place, "a.xlsx", ONE)
    assert "请整行删除" not in first_lines(place, 1)


def test_so_it_is_with_its_result_and_not_with_another_file(place: Place) -> None:
    drop(place, "a.xlsx", ONE, FOOTER)
    drop(place, "b.xlsx", TWO)
    assert "第 3 行不像是要办理的" in first_lines(place, 1)
    book = book_of(place, 1)
    book["车辆信息"].delete_rows(3)
    out = io.BytesIO()
    book.save(out)
    place.drop(f"{BATCH.format(1)}_a.xlsx", out.getvalue())
    place.run()
    assert "请整行删除" not in first_lines(place, 1)
