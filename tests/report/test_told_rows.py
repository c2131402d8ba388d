"""What a result workbook shows of its rows: which cells are coloured, and what is to be done with them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from customs_desk import Customs
from desk import OTHER_VIN, Cells, Desk

from vinbatch import flow
from vinbatch.errors import RulesError
from vinbatch.model import VEHICLE, FileNames, Known, Outcome, Query, Raw, Rulebook, Sheet, State, Type
from vinbatch.noun import replace
from vinbatch.report.mending import groups
from vinbatch.report.passed_over import unread
from vinbatch.report.result import result_workbook, told_columns
from vinbatch.report.sentence import to_mend
from vinbatch.report.tones import PAST
from vinbatch.report.words import conditions, row_ranges
from vinbatch.ruleset import compile_rules

SHEETS = {"vehicle": "车辆信息", "structure": "结构参数"}
FILLS = {"FFC0392B": "stop", "FFFFE066": "ask", "FFDCEEFB": "note"}


def book_of(desk: Desk, outcome: Outcome) -> openpyxl.Workbook:
    """The result as a clerk opens it."""
    known = Known(desk.now, desk.facts.records)
    answer = flow.answer(outcome, known, FileNames(), desk.rulebook)
    return openpyxl.load_workbook(io.BytesIO(answer.workbook))


def row_of(book: openpyxl.Workbook, sheet: str = "vehicle", row: int = 2) -> dict[str, Any]:
    """Heading → cell."""
    page = book[SHEETS[sheet]]
    return {str(head.value): cell for head, cell in zip(page[1], page[row], strict=True)}


def coloured(desk: Desk, book: openpyxl.Workbook, sheet: str = "vehicle", row: int = 2) -> dict[str, str]:
    """Key of the field → severity that its colour means."""
    found = {}
    for head, cell in row_of(book, sheet, row).items():
        field = desk.ruleset.heading(sheet, head)
        if field is not None and cell.fill.start_color.rgb in FILLS:
            found[field.key] = FILLS[cell.fill.start_color.rgb]
    return found


def test_each_cure_has_the_numbers_of_its_problems(rulebook: Rulebook) -> None:
    """Three problems, the first and the last with one cure: numbered apart, 2 belonged to 3."""
    ruleset = compile_rules(rulebook)
    found = [
        ruleset.finding("FIELD-REQUIRED", sheet="vehicle", row=2, field="engine_no", when="@when.if_engine"),
        ruleset.finding("DATE-FUTURE", sheet="vehicle", row=2, field="production_date", current="2026.03"),
        ruleset.finding("FIELD-REQUIRED", sheet="vehicle", row=2, field="colour", when="@when.always"),
    ]
    told = told_columns(found, ruleset)
    assert [line[:2] for line in told["problems"].splitlines()] == ["1.", "2.", "3."]
    assert [line.partition(". ")[0] for line in told["cures"].splitlines()] == ["1、3", "2"]
    assert "1." not in "".join(told_columns(found[:1], ruleset).values())


def test_of_more_problems_than_a_cell_holds_the_rest_is_counted(rulebook: Rulebook) -> None:
    ruleset = compile_rules(rulebook)
    keys = list(ruleset.index("structure"))[:14]
    found = [
        ruleset.finding("FIELD-REQUIRED", sheet="structure", row=2, field=key, when="@when.always")
        for key in keys
    ]
    told = told_columns(found, ruleset)
    assert told["problems"].splitlines()[-1] == "另有 2 个问题，见“问题清单”"
    assert len(told["problems"].splitlines()) == 13
    assert told["cures"].partition(". ")[0] == "1–12"


def first_lines(book: openpyxl.Workbook) -> str:
    return str(book["结果汇总"]["B3"].value)


@pytest.mark.parametrize(
    ("cells", "concerned"),
    [
        ({"wheelbase": 3957}, {"length", "overhang_front", "wheelbase", "overhang_rear"}),
        ({"axle_loads": "900/900"}, {"axle_loads", "gross_mass"}),
        ({"co2": 250}, {"co2", "fuel_consumption"}),
    ],
)
def test_a_doubt_about_several_cells_colours_all_of_them(
    desk: Desk, cells: Cells, concerned: set[str]
) -> None:
    book = book_of(desk, desk.drop([{}], [cells]))
    assert coloured(desk, book, "structure") == dict.fromkeys(concerned, "ask")


def test_a_doubt_about_several_cells_names_all_of_them(desk: Desk) -> None:
    book = book_of(desk, desk.drop([{}], [{"wheelbase": 3957}]))
    lines = [[cell.value for cell in line] for line in book["问题清单"].iter_rows(min_row=2)]
    (told,) = [line for line in lines if "LENGTH-SUM" in line]
    assert told[3] == "车长、前悬、轴距、后悬"


def test_what_is_to_be_verified_may_also_be_mended(desk: Desk) -> None:
    book = book_of(desk, desk.drop([{"production_date": "2018.03"}]))
    assert "无误的在“核实确认”填“是”，有误的改正" in first_lines(book)
    cure = str(row_of(book)["修改建议"].value)
    assert "无误的在“核实确认”填“是”，有误的改正" in cure


def test_a_row_declared_since_says_where_its_vehicle_stands_and_not_that_it_waits(desk: Desk) -> None:
    """Customs answers to the later batch, and this result is not made anew for it."""
    held = desk.drop([{"production_date": "2018.03"}])
    desk.again(held, {2: {"confirmed": "是"}})
    row = row_of(book_of(desk, held))
    assert {str(row[name].value) for name in ("当前状态", "可办理操作")} == {
        "见批次 TRIAL-20260302-0002 的结果"
    }


def test_nor_once_customs_has_answered_there(desk: Desk) -> None:
    """What it shows would be outdated by the next change, and never renewed."""
    customs = Customs(desk)
    held = desk.drop([{"production_date": "2018.03"}])
    customs.say(customs.take(desk.again(held, {2: {"confirmed": "是"}})), "120")
    row = row_of(book_of(desk, held))
    assert {str(row[name].value) for name in ("当前状态", "可办理操作")} == {
        "见批次 TRIAL-20260302-0002 的结果"
    }
    assert [row[name].value for name in ("申报类型", "海关回执")] == [None, None]


def test_a_row_that_was_changed_since_keeps_what_was_declared_here(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    customs = Customs(desk)
    first = desk.drop([{}])
    customs.say(customs.take(first), "120")
    desk.again(first, {2: {"action": "变更", "colour": "红"}})
    known = Known(desk.now, desk.facts.records, replies=tuple(customs.replies))
    answer = flow.answer(first, known, FileNames(), rulebook)
    row = row_of(openpyxl.load_workbook(io.BytesIO(answer.workbook)))
    assert (row["申报类型"].value, row["当前状态"].value) == ("备案", "见批次 TRIAL-20260302-0002 的结果")
    assert str(row["海关回执"].value).startswith("120")


@pytest.mark.parametrize("status", ["-1", "4"])
def test_a_message_that_failed_has_nothing_to_mend(desk: Desk, status: str) -> None:
    """There was no opinion of customs to follow."""
    customs = Customs(desk)
    first = desk.drop([{}])
    customs.say(customs.take(first), status)
    book = book_of(desk, first)
    assert "意见改正" not in first_lines(book)
    assert "第 2 行的报文没有办成：海关没有写明要改什么的，不用改" in first_lines(book)
    assert str(row_of(book)["修改建议"].value).startswith("海关没有写明要改什么的，不用改")


def test_a_revoked_vehicle_is_not_shown_as_accepted(desk: Desk) -> None:
    customs = Customs(desk)
    first = desk.drop([{}])
    customs.say(customs.take(first), "120")
    gone = desk.again(first, {2: {"action": "撤销", "revocation_reason": "客户退车"}})
    customs.say(customs.take(gone), "120")
    assert row_of(book_of(desk, gone))["当前状态"].value == "已撤销"


def test_a_result_says_of_when_its_states_are(desk: Desk) -> None:
    """A later change renews no result that had nothing open: nobody knew since when its 当前状态 was so."""
    customs = Customs(desk)
    first = desk.drop([{}])
    desk.now += timedelta(hours=2)
    customs.say(customs.take(first), "120")
    sheet = book_of(desk, first)["结果汇总"]
    facts = {line[1].value: line[2].value for line in sheet.iter_rows()}
    assert facts["当前状态截至"] == (
        "2026-03-02 11:30:00，之后别的批次办理的，见 reports 文件夹中的 register.xlsx"
    )


def test_every_ask_tells_both_ways_out(rulebook: Rulebook) -> None:
    """Of one that leads to another row, that row does, or the word for there being none yet."""
    rules = compile_rules(rulebook)
    asks = {r.code: r.cure_zh for r in rules.findings.values() if r.severity == "ask" and r.where != "link"}
    asks["none yet"] = rules.word("@verify.catalogue")
    assert [code for code, cure in asks.items() if "核实确认" not in cure or "改" not in cure] == []


def test_a_finding_names_only_fields_that_there_are(rulebook: Rulebook) -> None:
    text = '[LENGTH-SUM]\ncells = ["wheelbase", "overhang_fornt"]\n'
    with pytest.raises(RulesError, match="overhang_front"):
        compile_rules(replace(rulebook, home=(("findings.toml", text),), digest="fornt"))


# ── rows that are not mended where they were refused ─────────────────────────────────────────────


def marked(desk: Desk, *, stale: bool = False, gone: bool = False, **cells: Raw) -> openpyxl.Workbook:
    """The result of a row of an accepted filing that came back with these cells."""
    record = desk.place(Type.FILING, State.ACCEPTED)
    mark = desk.mark(record, stale=stale)
    if gone:
        desk.facts = replace(desk.facts, records={})
    return book_of(desk, desk.drop([{"_mark": mark, **cells}]))


def test_a_row_without_its_act_asks_for_the_act_and_not_for_another_vin(desk: Desk) -> None:
    book = marked(desk, colour="红")
    assert coloured(desk, book) == {"action": "stop"}
    assert "第 2 行改动了内容，没有填“操作”，没有办理：请在“操作”填要办的" in first_lines(book)
    assert "深红色" not in first_lines(book)


def test_an_outdated_row_has_nothing_to_mend_and_no_acts(desk: Desk) -> None:
    book = marked(desk, stale=True, action="变更", colour="红")
    assert coloured(desk, book) == {}
    assert "第 2 行与系统中的记录不一致，在这里改也不会办理：请重新查询" in first_lines(book)
    assert "放回收件夹" not in first_lines(book)
    assert row_of(book)["可办理操作"].value == "无（本行已过时，请重新查询）"


def test_sorted_rows_have_nothing_to_mend_and_no_acts(desk: Desk) -> None:
    """The only red cell was the VIN, and to type the old one back declared the data of another vehicle."""
    one, two = (desk.mark(desk.place(Type.FILING, State.ACCEPTED, vin)) for vin in (None, OTHER_VIN))
    outcome = desk.drop([{"_mark": two, "action": "变更"}, {"_mark": one, "vin": OTHER_VIN}])
    book = book_of(desk, outcome)
    assert coloured(desk, book) == {}
    assert "重新查询" in first_lines(book)
    assert "放回收件夹" not in first_lines(book)
    acts = "无（VIN 与本行隐藏的记录标识不符，请重新查询）"
    assert row_of(book)["可办理操作"].value == acts


def test_an_outdated_row_that_asks_for_nothing_offers_no_acts_either(desk: Desk) -> None:
    assert row_of(marked(desk, stale=True))["可办理操作"].value == "无（本行已过时，请重新查询）"


def test_a_row_whose_record_is_gone_has_nothing_to_mend_and_no_acts(desk: Desk) -> None:
    book = marked(desk, gone=True, action="变更", colour="红")
    assert coloured(desk, book) == {}
    assert "第 2 行的记录不在本系统中，在这里改也不会办理：要在这里备案，请填入空白模板" in first_lines(book)
    assert row_of(book)["可办理操作"].value == "无（本系统没有本行的记录；备案请用空白模板）"


def test_a_new_row_of_an_accepted_vehicle_is_sent_to_its_extract(desk: Desk) -> None:
    desk.place(Type.FILING, State.ACCEPTED)
    book = book_of(desk, desk.drop([{"colour": "红"}]))
    assert coloured(desk, book) == {}
    assert row_of(book)["可办理操作"].value == "无（请查询该车，在查询结果上办）"


def test_a_row_that_is_as_its_record_offers_what_is_legal(desk: Desk) -> None:
    assert row_of(marked(desk))["可办理操作"].value == "变更 / 变更暂存 / 撤销"


def test_the_reason_that_an_outdated_row_gives_is_no_difference_to_the_record(desk: Desk) -> None:
    book = marked(desk, stale=True, action="撤销", revocation_reason="车辆退运")
    told = str(row_of(book)["问题说明"].value)
    assert "本行已过时" in told
    assert "退运" not in told


def test_what_waits_for_customs_colours_nothing(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.DECLARED)
    book = book_of(desk, desk.drop([{"_mark": desk.mark(record), "action": "删除"}]))
    assert coloured(desk, book) == {}
    assert "现在不用改" in first_lines(book)


def test_what_waits_for_customs_is_not_to_be_mended_before_whatever_else_is_wrong(desk: Desk) -> None:
    """The summary said 请改正, and the row 请等海关答复."""
    desk.place(Type.FILING, State.DECLARED)
    outcome = desk.drop([{"colour": "红", "ccc_no": "#请重填"}])
    codes = {f.code for f in outcome.findings if f.sheet == "vehicle"}
    assert codes == {"CELL-REFILL", "RECORD-WAITS"}
    book = book_of(desk, outcome)
    assert "请改正" not in first_lines(book)
    assert "海关答复" in first_lines(book)


# ── rows for which nothing was done, and what asks for nothing ───────────────────────────────────


@pytest.mark.parametrize(("kind", "act"), [(Type.FILING, "申报"), (Type.CHANGE, "变更")])
def test_a_draft_that_came_back_untouched_is_said_to_be_one_still(desk: Desk, kind: Type, act: str) -> None:
    record = desk.place(kind, State.DRAFT)
    book = book_of(desk, desk.drop([{"_mark": desk.mark(record)}]))
    row = row_of(book)
    assert row["处理结果"].value == "无变化"
    assert row["问题说明"].value == "仍为草稿，尚未申报"
    assert row["修改建议"].value == f"要申报，请在“操作”填“{act}”；不要了，填“删除”"
    assert f"要申报时在“操作”填“{act}”" in first_lines(book)


def test_what_a_declared_change_says_needs_nothing_done_now(desk: Desk) -> None:
    book = marked(desk, action="变更", colour="红")
    assert "现在不需做什么" in first_lines(book)
    assert str(row_of(book)["修改建议"].value).startswith("现在不需处理")


def test_parameter_rows_are_counted_as_rows(desk: Desk) -> None:
    other = {"structure_no": "CV130-2", "wheelbase": 3957}
    book = book_of(desk, desk.drop([{}, {"vin": OTHER_VIN, "structure_no": "CV130-2"}], [{}, other]))
    assert "结构参数 1 行待核实，1 行已入库" in first_lines(book)


def test_a_condition_that_found_nothing_is_told_heading_by_heading(rulebook: Rulebook) -> None:
    query = Query(types=(Type.FILING,), states=(State.DRAFT,), since=date(2026, 3, 1), row=3)
    told = conditions([query, Query(vins=("A" * 60,), row=4)], compile_rules(rulebook))
    assert told == f"“申报类型 备案，当前状态 暂存，起始日期 2026-03-01”、“VIN {'A' * 40}…”"


def test_who_asked_for_the_revoked_reads_that_again(rulebook: Rulebook) -> None:
    """Not 撤销 and 海关接收成功, which she did not write."""
    revoked = Query(types=(Type.REVOCATION,), states=(State.ACCEPTED,), structures=("CV130",), row=2)
    assert conditions([revoked], compile_rules(rulebook)) == "“当前状态 已撤销，结构参数编号 CV130”"


@pytest.mark.parametrize(
    ("rows", "title"),
    [(False, "VIN 查询结果"), (True, "VIN 申报处理结果")],
    ids=["queries alone", "vehicles too"],
)
def test_the_answer_to_queries_alone_is_titled_so(desk: Desk, rows: bool, title: str) -> None:
    outcome = desk.drop()
    reading = replace(outcome.reading, queries=(Query(vins=(OTHER_VIN,), row=2),))
    asked = replace(outcome, reading=reading, rows=outcome.rows if rows else ())
    assert book_of(desk, asked)["结果汇总"]["B1"].value == title


# ── rows that cannot be worked before something else is seen to ──────────────────────────────────


@pytest.mark.parametrize("cell", ["#请重填", "待补"])
def test_a_row_that_is_outdated_is_not_asked_to_type_a_cell_again(cell: str, desk: Desk) -> None:
    """It asked for the value, and to query anew. What was wrong stays told, and with it what stood there."""
    record = desk.place(Type.FILING, State.ACCEPTED)
    row = {"_mark": desk.mark(record, stale=True), "action": "变更", "colour": cell}
    outcome = desk.drop([row], [])
    book = book_of(desk, outcome)
    assert coloured(desk, book) == {"colour": "note"}
    assert "先不用改这一格：先看本行的“本行已过时”" in str(row_of(book)["修改建议"].value)
    assert "深红色" not in first_lines(book)
    assert row_of(book)["处理结果"].value == "未通过"


def test_nor_is_one_whose_vehicle_waits_for_customs_until_it_has_answered(desk: Desk) -> None:
    customs = Customs(desk)
    declared = desk.drop()
    outcome = desk.again(declared, {2: {"colour": "#请重填"}})
    assert coloured(desk, book_of(desk, outcome)) == {"colour": "note"}
    customs.say(customs.take(declared), "100")
    assert coloured(desk, book_of(desk, outcome))["colour"] == "stop"


def test_a_row_that_came_again_sends_to_no_problem_that_went_with_it(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    row = {"_mark": desk.mark(record, stale=True), "action": "变更", "colour": "待补"}
    outcome = desk.drop([row], [])
    again = {("vehicle", 2): ("again", "TRIAL-20260302-0009")}
    known = Known(desk.now, desk.facts.records, open=frozenset(), since=again, latest="TRIAL-20260302-0009")
    answer = flow.answer(outcome, known, FileNames(), desk.rulebook)
    told = row_of(openpyxl.load_workbook(io.BytesIO(answer.workbook)))
    assert "先看本行的" not in str(told["修改建议"].value)


def test_parameters_that_are_outdated_are_not_asked_for_a_cell_either(desk: Desk) -> None:
    mark = desk.entry_mark(desk.shelve(revision=2), stale=True)
    outcome = desk.drop([], [{"_mark": mark, "model": "#请重填", "width": 1900}])
    book = book_of(desk, outcome)
    assert coloured(desk, book, "structure")["model"] == "note"


def test_a_cell_of_a_row_that_may_be_worked_is_asked_for(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更", "colour": "#请重填"}])
    assert coloured(desk, book_of(desk, outcome)) == {"colour": "stop"}


def test_the_rows_of_a_refused_file_send_to_the_file_and_offer_nothing(desk: Desk) -> None:
    """They were red, with acts to choose from, beside a first line that sent back to the original."""
    sheet = desk.sheet("vehicle", [{"action": "申报"}, {"action": "申报", "vin": OTHER_VIN}])
    titled = replace(sheet, rows=(("2026年3月进口车辆",), *sheet.rows))
    book = book_of(desk, desk.put((titled,)))
    for row in (2, 3, 4):
        told = row_of(book, row=row)
        assert told["处理结果"].value == "未通过"
        assert told["处理结果"].fill.start_color.rgb not in FILLS
        assert told["修改建议"].value.startswith("这份表里不用改")
        assert told["可办理操作"].value is None


def test_the_rows_of_a_form_of_another_version_ask_for_no_mending_of_it(desk: Desk) -> None:
    """Its first line says to take the present form; beside it each row said to mend the file and drop it."""
    hidden = Sheet("_vinbatch", (("form", "9.0"), ("rules", "0" * 64)))
    outcome = desk.put((desk.sheet("vehicle", [{}]), hidden))
    assert [f.code for f in outcome.findings] == ["FORM-VERSION"]
    assert row_of(book_of(desk, outcome))["修改建议"].value == (
        "这份表里不用改：原来的文件怎么办，见“结果汇总”第一句"
    )


def test_what_is_wrong_in_the_rows_of_a_file_with_too_many_is_told_beside(desk: Desk) -> None:
    """Nobody is to find it out in the next round."""
    rows: list[Cells] = [{"vin": f"WBA13BJ03MCF1{i:04d}"} for i in range(201)]
    book = book_of(desk, desk.drop([{"production_date": "2021-3-41"}, *rows]))
    first, second = row_of(book), row_of(book, row=3)
    assert "2021-3-41" in first["问题说明"].value
    assert first["可办理操作"].value is None
    assert second["问题说明"].value is not None


def test_a_total_is_offered_no_act(desk: Desk) -> None:
    """It said 申报 / 暂存 beside the word that it is to be deleted."""
    total: Cells = {**dict.fromkeys(desk.sample("vehicle"), ""), "vin": "合计：1辆"}
    told = row_of(book_of(desk, desk.drop([{}, total])), row=3)
    assert told["处理结果"].value == "未通过"
    assert told["可办理操作"].value is None


def test_a_column_that_we_do_not_know_comes_back_with_its_cells(desk: Desk) -> None:
    sheet = desk.sheet("vehicle", [{}])
    heads, row = sheet.rows
    outcome = desk.put(
        (replace(sheet, rows=((*heads, "合同号"), (*row, "A-17"))), desk.sheet("structure", [{}]))
    )
    assert row_of(book_of(desk, outcome))["合同号"].value == "A-17"


def test_a_finding_leads_to_its_own_row(desk: Desk) -> None:
    """Only one that follows the parameters leads to their row."""
    outcome = desk.drop([{"vin": "?"}])
    filled = result_workbook(outcome, Known(desk.now), FileNames(), desk.ruleset)
    assert {issue.link for issue in filled.issues} == {0}


def test_a_change_that_is_in_force_by_now_is_not_shown_as_one_to_mend(desk: Desk) -> None:
    """Nobody has to act on it."""
    customs = Customs(desk)
    first = desk.drop([{}])
    customs.say(customs.take(first), "120")
    change = desk.again(first, {2: {"action": "变更", "colour": "红"}})
    again = desk.again(change, {2: {"action": "变更"}})
    customs.say(customs.take(change), "120")
    filled = result_workbook(again, Known(desk.now, desk.facts.records), FileNames(), desk.ruleset)
    assert [row.verdict for row in filled.sheets[0].rows] == [PAST]


def test_of_more_rows_than_a_sentence_holds_their_number_is_told(rulebook: Rulebook) -> None:
    ruleset = compile_rules(rulebook)
    assert row_ranges(range(2, 26, 2), ruleset) == "2、4、6、8、10、12、14、16、18、20、22、24"
    assert row_ranges(range(2, 28, 2), ruleset) == "2、4、6、8、10、12、14、16、18、20、22、24等共 13"


def test_of_many_rows_the_word_row_is_said_once(desk: Desk) -> None:
    """It said 第 2、4、…、24等共 13 行 行的深红色单元格."""
    one = desk.drop([{"production_date": "2021-05"}])
    (row,) = [j for j in one.rows if j.row.sheet == VEHICLE]
    rows = tuple(replace(row, row=replace(row.row, number=n)) for n in range(2, 28, 2))
    wrong = tuple(replace(f, row=n) for f in one.findings if f.row == 2 for n in range(2, 28, 2))
    told = " ".join(to_mend(replace(one, rows=rows, findings=wrong), desk.ruleset))
    assert "24等共 13 行的深红色单元格" in told


def test_of_many_rows_of_a_problem_on_the_page_the_number_says_of_what(desk: Desk) -> None:
    """No word follows them there: 车辆信息：2、4、…、24等共 13."""
    one = desk.drop([{"production_date": "2021-05"}])
    wrong = tuple(replace(f, row=n) for f in one.findings if f.row == 2 for n in range(2, 28, 2))
    told = [rows for group in groups(replace(one, findings=wrong), desk.ruleset) for _, rows in group.rows]
    assert told
    assert [rows for rows in told if not rows.endswith("24等共 13 行")] == []


def test_what_became_of_rows_is_counted_under_the_name_of_their_sheet_where_there_are_two(
    desk: Desk,
) -> None:
    for structures, label in (([{}], "车辆信息 · 已申报"), ([], "已申报")):
        outcome = desk.drop([{}] if structures else [{"vin": OTHER_VIN}], structures)
        filled = result_workbook(outcome, Known(desk.now, desk.facts.records), FileNames(), desk.ruleset)
        assert filled.summary is not None
        assert filled.summary.counts[0] == ("declared", label, 1)


def test_of_many_sheets_that_nobody_read_their_number_is_told(desk: Desk) -> None:
    """It counted them as rows: 等共 5 行的 10 行没有读取."""
    params = {"first": "@sheet.vehicle", "count": "2"}
    sheets = tuple(
        replace(desk.ruleset.finding("SHEET-UNREAD", **params), value=f"第{n}张") for n in range(1, 6)
    )
    (told,) = unread(replace(desk.drop(), findings=sheets), desk.ruleset)
    assert told.startswith("工作表“第1张”、“第2张”、“第3张”、“第4张”等共 5 张的 10 行没有读取")
