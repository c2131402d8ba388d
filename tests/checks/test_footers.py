"""Lines below the data, such as a total, are told to be no rows, and nothing else."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.model import STRUCTURE, VEHICLE, Odd, OddKind, Outcome, Rulebook
from vinbatch.noun import replace
from vinbatch.report.sentence import to_mend


def below(desk: Desk, cells: Cells, sheet: str = VEHICLE) -> Outcome:
    """A workbook whose sheet has a good row, and under it one with these cells alone."""
    row = {**{f.key: "" for f in desk.ruleset.fields(sheet)}, **cells}
    return desk.drop([{}, row] if sheet == VEHICLE else [{}], [{}, row] if sheet == STRUCTURE else [{}])


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(f.code, f.field, f.value) for f in outcome.findings if f.row == 3]


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"vin": "合计"}, "vin"),
        ({"vin": "合計"}, "vin"),
        ({"vin": "合计：2辆", "colour": 2}, "vin"),
        ({"vin": "共2台"}, "vin"),
        ({"vin": 2, "structure_no": "小计"}, "structure_no"),
        ({"action": "合计", "vin": "2"}, "action"),
        ({"vin": "制表人：张三", "ccc_no": "审核人：李四"}, "vin"),
        ({"vin": "Total 2"}, "vin"),
        ({"vin": "注：以上车辆均为首批"}, "vin"),
        ({"vin": Odd(OddKind.MERGED, "C3:D3", "合计"), "structure_no": Odd(OddKind.MERGED, "C3:D3")}, "vin"),
        ({"vin": "以下空白"}, "vin"),
        ({"vin": "汇总", "engine_no": Odd(OddKind.UNCALCULATED, "=SUBTOTAL(103,T1[发动机号])")}, "vin"),
        ({"vin": 2, "structure_no": "BMW-G30-530I-21 汇总"}, "structure_no"),
        ({"vin": 2, "colour": "银色 计数"}, "colour"),
    ],
    ids=str,
)
def test_a_line_below_the_vehicles_is_told_to_be_no_row(cells: Cells, field: str, desk: Desk) -> None:
    outcome = below(desk, cells)
    assert [(code, key) for code, key, _ in told(outcome)] == [("ROW-FOOTER", field)]
    assert verdicts(outcome) == {2: "declared", 3: "refused"}


@pytest.mark.parametrize(
    "vin",
    ["以上四辆请于周五前办完", "宝马（中国）四月到港的车", "其余的车见附件中的清单"],
    ids=["in Chinese", "with brackets", "of an attachment"],
)
def test_a_sentence_where_the_vin_is_due_is_one(vin: str, desk: Desk) -> None:
    """It had five problems: characters, a length, and three cells to fill in."""
    assert told(below(desk, {"vin": vin})) == [("ROW-FOOTER", "vin", vin)]


def test_it_still_is_where_its_result_comes_back(desk: Desk) -> None:
    again = desk.again(below(desk, {"vin": "以上四辆请于周五前办完"}))
    assert [code for code, _, _ in told(again)] == ["ROW-FOOTER"]


def test_beside_other_cells_or_a_part_of_a_name_it_is_a_row(desk: Desk) -> None:
    for cells in ({"vin": "这一辆还没有打刻", "colour": "红"}, {"vin": "WBA待补充登记号码"}):
        assert "ROW-FOOTER" not in [code for code, _, _ in told(below(desk, cells))]


def test_the_headings_once_more_are_no_row(desk: Desk) -> None:
    """A second table, copied below the first."""
    sheet = desk.sheet(VEHICLE, [{}, {"vin": OTHER_VIN}])
    head, first, second = sheet.rows
    outcome = desk.put((replace(sheet, rows=(head, first, head, second)), desk.sheet(STRUCTURE, [{}])))
    assert [code for code, _, _ in told(outcome)] == ["ROW-FOOTER"]
    assert verdicts(outcome) == {2: "declared", 3: "refused", 4: "declared"}


def test_so_is_one_below_the_parameters(desk: Desk) -> None:
    outcome = below(desk, {"structure_no": "合计", "length": 4963}, STRUCTURE)
    assert told(outcome) == [("ROW-FOOTER", "structure_no", "合计")]
    assert verdicts(outcome, STRUCTURE) == {2: "stored", 3: "refused"}


@pytest.mark.parametrize(
    "cells",
    [
        {"vin": "WBA13BJ03MCF1234", "action": "合计"},
        {"vin": "WBA13BJ05MCF12346", "action": "备注"},
        {"vin": "共和国"},
        {"vin": "", "structure_no": "TOTAL-1", "colour": "合计"},
        {"colour": "红", "remarks": "合计"},
        {"structure_no": "BMW COUNT-3"},
    ],
    ids=str,
)
def test_a_row_that_names_something_or_begins_otherwise_is_judged_as_a_row(cells: Cells, desk: Desk) -> None:
    found = told(below(desk, cells))
    assert found
    assert "ROW-FOOTER" not in [code for code, _, _ in found]


WIDE = "ＷＢＡ13BJ05MCF12346"


@pytest.mark.parametrize(
    ("vin", "verdict"),
    [
        (WIDE, "declared"),
        ("WВA13BJ05MCF12346", "refused"),
        (f"{OTHER_VIN}\u200b", "refused"),
        (f"同上{OTHER_VIN}", "refused"),
        ("WBA1", "refused"),
    ],
)
def test_a_vehicle_behind_a_remark_is_a_row_however_its_vin_is_written(
    vin: str, verdict: str, desk: Desk
) -> None:
    """It was told to be deleted whole."""
    sheet = desk.sheet(VEHICLE, [{"vin": vin}])
    head, row = sheet.rows
    rows = (("备注栏", *head), ("备注：加急", *row))
    outcome = desk.put((replace(sheet, rows=rows), desk.sheet(STRUCTURE, [{}])))
    assert verdicts(outcome) == {2: verdict}
    assert "ROW-FOOTER" not in codes(outcome)


def test_a_number_or_a_vin_that_begins_like_a_total_is_one(desk: Desk) -> None:
    outcome = desk.drop([{"structure_no": "SUM300"}], [{"structure_no": "SUM300"}])
    assert (verdicts(outcome), verdicts(outcome, STRUCTURE)) == ({2: "declared"}, {2: "stored"})
    assert "ROW-FOOTER" not in codes(desk.drop([{"vin": "SUM13BJ05MCF12346"}]))


@pytest.mark.parametrize("beside", ["2026-11-27", "张三", "日期：2026-11-27 10:00", "电话：02161234567"])
def test_a_signature_with_a_date_or_a_telephone_is_none(beside: str, desk: Desk) -> None:
    cells = {"action": "制表人：张三", "structure_no": beside, "ccc_no": "2026-11-27"}
    assert [code for code, _, _ in told(below(desk, cells))] == ["ROW-FOOTER"]


def test_a_marked_row_is_one_whatever_it_says(desk: Desk) -> None:
    outcome = desk.drop()
    again = desk.again(outcome, {2: {"vin": "合计"}})
    assert "ROW-FOOTER" not in codes(again)


def test_a_column_of_ones_own_that_says_it_beside_empty_cells_asks_for_nothing(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{}, None])
    head, first, empty = sheet.rows
    rows = ((*head, "序号"), (*first, "1"), (*empty, "合计"))
    outcome = desk.put((replace(sheet, rows=rows), desk.sheet(STRUCTURE, [{}])))
    assert verdicts(outcome) == {2: "declared", 3: "unchanged"}
    assert told(outcome) == []


def test_the_first_lines_ask_to_delete_it_and_not_to_mend_its_cells(desk: Desk) -> None:
    outcome = below(desk, {"vin": "合计"})
    (line,) = to_mend(outcome, desk.ruleset)
    assert line.startswith("“车辆信息”第 3 行不像是要办理的，没有办理：请整行删除")


def test_a_home_adds_words(rulebook: Rulebook) -> None:
    own = '[footer.ours]\nzh = "船名"\nen = "vessel"\n'
    desk = Desk(replace(rulebook, home=(("words-own.toml", own),), digest="footers"))
    assert told(below(desk, {"vin": "船名：长荣"})) == [("ROW-FOOTER", "vin", "船名：长荣")]


def test_it_is_known_again_in_the_result(desk: Desk) -> None:
    """Its mark names no vehicle: the next answer asked for a VIN of seventeen characters in 合计."""
    again = desk.again(below(desk, {"vin": "合计"}), {})
    assert [code for code, _, _ in told(again)] == ["ROW-FOOTER"]
