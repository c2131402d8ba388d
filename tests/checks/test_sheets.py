"""What `check` makes of whole sheets: which column is which, what a row is, and what a refusal is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.checks.cells import REFILL
from vinbatch.checks.check import check
from vinbatch.errors import RulesError
from vinbatch.model import (
    STRUCTURE,
    UNREAD,
    VEHICLE,
    Odd,
    OddKind,
    Parsed,
    Raw,
    Reading,
    Severity,
    Sheet,
    Source,
)
from vinbatch.noun import replace


def beside(sheet: Sheet, **columns: Raw) -> Sheet:
    """The sheet with further columns at its right; underscores at the end of a heading are dropped."""
    head, *rows = sheet.rows
    heads = tuple(name.rstrip("_") for name in columns)
    return replace(sheet, rows=((*head, *heads), *((*row, *columns.values()) for row in rows)))


def read(desk: Desk, *sheets: Sheet) -> Reading:
    (reading,) = check([Parsed(Source("a.xlsx", "0" * 64), sheets)], desk.ruleset)
    return reading


def found(reading: Reading) -> list[tuple[str, int, str, str]]:
    """Sheet, row, field and code of everything found."""
    return [(f.sheet, f.row, f.field, f.code) for f in reading.findings]


# ── two columns of one field ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "columns",
    [{"车身颜色": "红"}, {"颜色": "碳黑色", "Colour": "红"}, {"颜色": None, "颜色_": "红"}],
    ids=["second", "third", "empty second"],
)
def test_columns_that_differ_stop_the_row_and_stay_stopped(columns: dict[str, Raw], desk: Desk) -> None:
    """Not even a trip through the result workbook, which has one column, decides between them."""
    outcome = desk.put((beside(desk.sheet(VEHICLE, [{}]), **columns), desk.sheet(STRUCTURE, [{}])))
    assert "CELL-TWICE" in codes(outcome)
    assert dict(outcome.rows[0].row.leftovers) == {"colour": REFILL}
    again = desk.again(outcome)
    assert codes(again, VEHICLE, 2) == ["CELL-REFILL"]
    assert verdicts(again) == {2: "refused"}


def test_columns_that_agree_or_are_empty_are_a_note(desk: Desk) -> None:
    sheet = beside(desk.sheet(VEHICLE, [{}]), 颜色="碳黑色", Colour=None)
    outcome = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    assert (codes(outcome), verdicts(outcome)) == (["HEADING-TWICE"], {2: "declared"})


def test_a_value_in_the_second_column_only_is_not_overlooked(desk: Desk) -> None:
    sheet = beside(desk.sheet(VEHICLE, [{"colour": ""}]), 颜色="红")
    assert (VEHICLE, 2, "colour", "CELL-TWICE") in found(read(desk, sheet))


# ── columns that are not ours ────────────────────────────────────────────────────────────────────


def test_an_unknown_column_is_carried_as_text(desk: Desk) -> None:
    memo: Sequence[Raw] = (Odd(OddKind.MERGED, "R2:S2", "x"), Odd(OddKind.ERROR, "#N/A"), 1420.0, None)
    sheet = beside(desk.sheet(VEHICLE, [{}]), 备忘=memo[0], 甲=memo[1], 乙=memo[2], 丙=memo[3])
    reading = read(desk, sheet)
    assert reading.extra[VEHICLE] == ("备忘", "甲", "乙", "丙")
    assert reading.rows[0].extra == ("x", "#N/A", "1420", "")


def test_an_unknown_column_is_named_with_its_sheet_and_the_field_that_it_may_be(desk: Desk) -> None:
    sheet = beside(desk.sheet(VEHICLE, [{}], without=["colour"]), 备忘="x", 车身颜="红")
    told = [(f.sheet, f.value, f.code, dict(f.params)) for f in read(desk, sheet).findings]
    assert told == [
        (VEHICLE, "备忘", "HEADING-UNKNOWN", {}),
        (VEHICLE, "车身颜", "HEADING-NEAREST", {"nearest": "@vehicle.colour"}),
        (VEHICLE, "红", "CELL-UNREAD", {"heading": "车身颜"}),
    ]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def test_blank_lines_shift_no_row_number(desk: Desk) -> None:
    reading = read(desk, desk.sheet(VEHICLE, [None, {}, None, None, {"colour": True}]))
    assert [row.number for row in reading.rows] == [3, 6]
    assert found(reading) == [(VEHICLE, 6, "colour", "CELL-BOOLEAN")]


@pytest.mark.parametrize("action", [None, True], ids=["nothing to tell", "something to tell"])
def test_a_row_may_end_before_its_columns_do(action: Raw, desk: Desk) -> None:
    """What it lacks is empty; one that has nothing at all is no row."""
    head, (_, *cells) = desk.sheet(VEHICLE, [{}]).rows
    short = (action, *cells[:3])
    long = (*short, *(None for _ in head[4:]))
    cut, whole = (read(desk, Sheet("车辆信息", (head, (None,), row))) for row in (short, long))
    assert [row.number for row in cut.rows] == [3]
    assert (cut.rows, cut.findings) == (whole.rows, whole.findings)


@pytest.mark.parametrize("cell", ["", "  ", "\u3000\n"])
def test_white_space_is_no_row(cell: str, desk: Desk) -> None:
    head, _ = desk.sheet(VEHICLE, [{}]).rows
    reading = read(desk, Sheet("车辆信息", (head, tuple(cell for _ in head))))
    assert (reading.rows, [code for *_, code in found(reading)]) == ((), ["FILE-NO-ROWS"])


def test_a_system_column_alone_is_no_row_but_a_mark_is(desk: Desk) -> None:
    sheet = beside(desk.sheet(VEHICLE, [None, {}]), 处理结果="已申报")
    blank = {f.key: "" for f in desk.ruleset.fields(VEHICLE)}
    marked = desk.sheet(VEHICLE, [{**blank, "_mark": "WBA13BJ03MCF12345@1:0123456789ab"}])
    assert [row.number for row in read(desk, sheet).rows] == [3]
    (row,) = read(desk, marked).rows
    assert str(row.mark) == "WBA13BJ03MCF12345@1:0123456789ab"


def test_our_own_system_columns_are_neither_told_nor_carried(desk: Desk) -> None:
    names = [w.zh for key, w in desk.ruleset.words["column"].items() if key != "mark"]
    reading = read(desk, beside(desk.sheet(VEHICLE, [{}]), **dict.fromkeys(names, "x")))
    assert (found(reading), reading.extra[VEHICLE], reading.rows[0].extra) == ([], (), ())


@pytest.mark.parametrize(
    "mark", ["x", "V@1", "V@-1:0123456789ab", "V@1:XYZ", 12, Odd(OddKind.ERROR, "#REF!")], ids=str
)
def test_a_broken_mark_is_no_mark_and_a_note(mark: Raw, desk: Desk) -> None:
    reading = read(desk, desk.sheet(VEHICLE, [{"_mark": mark}]))
    assert (reading.rows[0].mark, found(reading)) == (None, [(VEHICLE, 2, "", "MARK-BROKEN")])


@pytest.mark.parametrize("more", [{}, {"remarks": True}], ids=["nothing to tell", "something to tell"])
def test_a_zero_is_an_empty_cell_of_what_an_electric_vehicle_has_not(
    more: dict[str, Raw], desk: Desk
) -> None:
    at = [desk.ruleset.index(STRUCTURE)[key] for key in ("displacement", "co2", "thc")]
    rows = [{"fuel": fuel, "displacement": 0, "co2": 0, "thc": 0, **more} for fuel in ("电", "柴油")]
    reading = read(desk, desk.sheet(STRUCTURE, rows))
    assert [[row.values[i] for i in at] for row in reading.rows] == [[None, None, 0], [None, 0, 0]]
    assert [f.row for f in reading.findings if f.code == "NUMBER-RANGE"] == [3], "no engine has 0 ml"


# ── every hazard, where it stands ────────────────────────────────────────────────────────────────

HAZARDS: list[tuple[str, str, Raw, list[str]]] = [
    # sheet, field, cell → codes
    (VEHICLE, "production_date", 2021.1, ["DATE-AMBIGUOUS"]),
    (VEHICLE, "production_date", Odd(OddKind.FORMATTED, "General", 2021.1), ["DATE-AMBIGUOUS"]),
    (VEHICLE, "production_date", Odd(OddKind.FORMATTED, "0.00", 2021.1), ["DATE-OCTOBER"]),
    (VEHICLE, "production_date", 2021.4, ["DATE-ONE-DECIMAL"]),
    (VEHICLE, "production_date", "2021年1月", ["DATE-SHAPE"]),
    (VEHICLE, "ccc_no", 2020011101345678, ["CCC-NUMERIC"]),
    (VEHICLE, "structure_no", 1200000, ["TEXT-NUMERIC"]),
    (VEHICLE, "motor_no", 1200000, ["TEXT-NUMERIC"]),
    (VEHICLE, "colour", Odd(OddKind.UNCALCULATED, "=A1"), ["CELL-UNCALCULATED"]),
    (VEHICLE, "remarks", Odd(OddKind.ERROR, "#N/A"), ["CELL-ERROR"]),
    (STRUCTURE, "length", Odd(OddKind.MERGED, "N2:N3", 4936), ["CELL-MERGED"]),
    (STRUCTURE, "category", "М1", ["CELL-CHARACTER", "CHOICE-UNKNOWN"]),
    (STRUCTURE, "country", "DЕU", ["CELL-CHARACTER", "COUNTRY-UNKNOWN"]),
    (STRUCTURE, "model", "ABC\u200b1", ["CELL-CHARACTER"]),
    (VEHICLE, "ccc_no", "２０２００１１１０１３４５６７８", ["CELL-CLEANED"]),
    (VEHICLE, "vin", "\u00a0wba13bj03mcf12345", ["CELL-CLEANED"]),
]


@pytest.mark.parametrize(("sheet", "key", "cell", "expected"), HAZARDS, ids=str)
def test_a_hazard_is_told_at_its_cell(
    sheet: str, key: str, cell: Raw, expected: list[str], desk: Desk
) -> None:
    """The bad cell in the second row: nothing is said of the first, and no other cell loses its value."""
    reading = read(desk, desk.sheet(sheet, [{}, {key: cell}]))
    assert found(reading) == [(sheet, 3, key, code) for code in expected]
    good, bad = (dict(zip(desk.ruleset.index(sheet), row.values, strict=True)) for row in reading.rows)
    assert {k: v for k, v in bad.items() if k != key} == {k: v for k, v in good.items() if k != key}


def test_a_cell_with_a_stop_has_no_value_and_one_with_a_note_keeps_it(desk: Desk) -> None:
    for sheet, key, cell, _ in HAZARDS:
        reading = read(desk, desk.sheet(sheet, [{key: cell}]))
        stopped = {f.field for f in reading.findings if f.severity is Severity.STOP}
        at = desk.ruleset.index(sheet)[key]
        assert (reading.rows[0].values[at] is None) == (key in stopped)
        assert bool(reading.rows[0].leftovers) == (key in stopped)


# ── a chunk of workbooks ─────────────────────────────────────────────────────────────────────────


def test_workbooks_of_a_chunk_do_not_touch_each_other(desk: Desk) -> None:
    """All rows go through one schema call; each finding comes back to its own workbook and row."""
    tables = [[{}], [{}, {"vin": "WBA1"}], [], [None, {"ccc_no": "1"}, {"vin": "WBA1"}]]
    parsed = [
        Parsed(Source(f"{i}.xlsx", str(i)), (desk.sheet(VEHICLE, t),)) if t else _refused(desk, i)
        for i, t in enumerate(tables)
    ]
    together = check(parsed, desk.ruleset)
    assert [found(r) for r in together] == [
        [],
        [(VEHICLE, 3, "vin", "VIN-LENGTH")],
        [("", 0, "", "FILE-CSV")],
        [(VEHICLE, 3, "ccc_no", "CCC-SHAPE"), (VEHICLE, 4, "vin", "VIN-LENGTH")],
    ]
    assert together == [check([p], desk.ruleset)[0] for p in parsed]


@pytest.mark.parametrize(
    ("cells", "code"), [({"ccc_no": "1"}, "CCC-SHAPE"), ({"ccc_no": True}, "CELL-BOOLEAN")]
)
def test_a_workbook_with_more_faults_than_anybody_reads_is_refused_and_no_other_of_its_chunk(
    cells: dict[str, Raw], code: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vinbatch.checks.check._MOST_FINDINGS", 3)
    tables = [[{}], [cells] * 4, [None, cells], [cells] * 3]
    parsed = [Parsed(Source(f"{i}.xlsx", str(i)), (desk.sheet(VEHICLE, t),)) for i, t in enumerate(tables)]
    assert [found(r) for r in check(parsed, desk.ruleset)] == [
        [],
        [("", 0, "", "FILE-TOO-MANY-FINDINGS")],
        [(VEHICLE, 3, "ccc_no", code)],
        [(VEHICLE, row, "ccc_no", code) for row in (2, 3, 4)],
    ]


def _refused(desk: Desk, number: int) -> Parsed:
    return Parsed(Source(f"{number}.csv", str(number)), refusal=desk.ruleset.finding("FILE-CSV"))


def test_two_faults_in_one_column_are_both_told(desk: Desk) -> None:
    """Coercion inside pandera would let the first hide the second (see pitfalls of the library)."""
    rows = [{"length": "x"}, {"length": 999999}, {}, {"length": 1}]
    reading = read(desk, desk.sheet(STRUCTURE, rows))
    assert found(reading) == [
        (STRUCTURE, 2, "length", "NUMBER-UNREADABLE"),
        (STRUCTURE, 3, "length", "NUMBER-RANGE"),
        (STRUCTURE, 5, "length", "NUMBER-RANGE"),
    ]


def test_a_check_that_raises_is_a_fault_of_the_rules_never_of_the_data(desk: Desk) -> None:
    from vinbatch.checks.schema import failing_cells

    fields = desk.ruleset.fields(STRUCTURE)
    row = tuple(("x",) if f.key == "wheelbase" else None for f in fields)
    with pytest.raises(RulesError, match="wheelbase"):
        failing_cells(desk.ruleset, STRUCTURE, [row])  # type: ignore[list-item]


# ── the file as a whole ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("action", ["撤销", "删除", "删除含结构参数"])
def test_required_headings_may_be_missing_where_nothing_is_declared(action: str, desk: Desk) -> None:
    lacking = ["ccc_no", "production_date", "structure_no"]
    alone = read(desk, desk.sheet(VEHICLE, [{"action": action}], lacking))
    mixed = read(desk, desk.sheet(VEHICLE, [{"action": action}, {}], lacking))
    assert not alone.refused
    assert [code for *_, code in found(mixed)] == ["HEADING-MISSING"]


def test_headings_and_choices_in_traditional_characters_are_read(desk: Desk) -> None:
    """The whole file was refused for four headings that stood in it."""
    traditional = str.maketrans(
        "车辆识别结构参数编号证书产发动机电颜国制类轴轮", "車輛識別結構參數編號證書產發動機電顏國製類軸輪"
    )

    def titled(name: str, token: str, cells: Cells) -> Sheet:
        head, row = desk.sheet(token, [cells]).rows
        return Sheet(name, (tuple(str(text).translate(traditional) for text in head), row))

    sheet = titled("車輛信息", VEHICLE, {"action": "暫存", "colour": "墨綠"})
    outcome = desk.put((sheet, titled("結構參數", STRUCTURE, {"country": "德國", "seats": "5"})))
    assert verdicts(outcome) == {2: "saved"}
    assert outcome.rows[0].row.values[desk.ruleset.index(VEHICLE)["colour"]] == "墨綠"


@pytest.mark.parametrize("written", ["CCC证书编号\n16位", "CCC编号（共 16 位，可以带版本号，以证书为准）"])
def test_a_required_heading_that_is_missing_is_told_with_the_column_that_is_like_it(
    desk: Desk, written: str
) -> None:
    """“缺少CCC证书编号” stood above a table that had, as anybody could see, CCC证书编号 16位."""
    head, *rows = desk.sheet(VEHICLE, [{}]).rows
    retitled = tuple({"CCC证书编号": written}.get(str(text), text) for text in head)
    reading = read(desk, replace(desk.sheet(VEHICLE, [{}]), rows=(retitled, *rows)))
    (missing,) = [f for f in reading.findings if f.code == "HEADING-MISSING"]
    assert f"“{' '.join(written.split())}”多半就是" in desk.ruleset.tell(missing).cure


@pytest.mark.parametrize("token", [VEHICLE, STRUCTURE])
@pytest.mark.parametrize(
    "above",
    [[("2026年3月进口车辆",)], [("2026年3月进口车辆",), ()], [()], [(), (), ()]],
    ids=["title", "two lines", "empty", "three empty"],
)
@pytest.mark.parametrize("name", ["", "Sheet1"])
def test_headings_below_a_title_are_told_by_their_row(
    name: str, above: list[tuple[str]], token: str, desk: Desk
) -> None:
    """Also where the sheet has no name of ours: that there was none was all that it was told."""
    sheet = desk.sheet(token, [{}])
    reading = read(desk, replace(sheet, name=name or sheet.name, rows=(*above, *sheet.rows)))
    told = [(f.sheet, f.code, dict(f.params).get("at")) for f in reading.findings if not f.row]
    assert told == [(token, "HEADING-BELOW", str(len(above) + 1))]


def titled(desk: Desk, name: str = "六月份") -> Sheet:
    """Vehicles on a sheet of another name, under a title."""
    sheet = desk.sheet(VEHICLE, [{}])
    return replace(sheet, name=name, rows=(("6月保时捷",), *sheet.rows))


def test_vehicles_under_a_title_on_a_sheet_of_another_name_are_not_left_unread(desk: Desk) -> None:
    """Parameters were stored, nothing was said to be left to do, and the cars were nowhere."""
    reading = read(desk, titled(desk), desk.sheet(STRUCTURE, [{}]))
    assert [code for *_, code in found(reading) if code != "SHEET-IGNORED"] == ["HEADING-BELOW"]


@pytest.mark.parametrize("rows", [[], [{"vin": OTHER_VIN}]], ids=["empty", "filled"])
def test_beside_our_sheet_of_vehicles_they_are_told_as_a_second_one(rows: list[Cells], desk: Desk) -> None:
    reading = read(desk, desk.sheet(VEHICLE, rows), titled(desk), desk.sheet(STRUCTURE, [{}]))
    (unread,) = [f for f in reading.findings if f.code == UNREAD]
    assert (unread.value, dict(unread.params)["count"]) == ("六月份", "1")


def test_a_sheet_of_ones_own_under_a_title_is_none_of_ours(desk: Desk) -> None:
    own = Sheet("统计", (("6月",), ("品牌", "数量"), ("保时捷", 3)))
    reading = read(desk, desk.sheet(VEHICLE, [{}]), own, desk.sheet(STRUCTURE, [{}]))
    assert [code for *_, code in found(reading)] == ["SHEET-IGNORED"]


def test_headings_of_the_other_sheet_below_are_no_headings_of_this_one(desk: Desk) -> None:
    rows = (("2026年3月进口车辆",), *desk.sheet(STRUCTURE, [{}]).rows)
    reading = read(desk, replace(desk.sheet(VEHICLE, [{}]), rows=rows))
    assert [code for _, row, _, code in found(reading) if not row][-1:] == ["HEADING-MISSING"]


def test_headings_are_not_asked_of_a_sheet_without_rows(desk: Desk) -> None:
    empty = Sheet("结构参数", (("随便",),))
    assert found(read(desk, desk.sheet(VEHICLE, [{}]), empty)) == []


def test_a_query_alone_is_a_workbook(desk: Desk) -> None:
    asked = Sheet("查询", (("VIN", "申报类型"), ("F12345", "备案")))
    reading = read(desk, asked)
    assert (found(reading), len(reading.queries)) == ([], 1)


def test_sheets_are_known_in_english_and_by_their_headings(desk: Desk) -> None:
    vehicles, structures = desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}])
    english = (replace(vehicles, name="VEHICLES "), replace(structures, name="structure parameters"))
    nameless = (replace(structures, name="Sheet1"), replace(vehicles, name="Sheet2"))
    for sheets in (english, nameless):
        reading = read(desk, *sheets)
        assert {row.sheet for row in reading.rows} == {VEHICLE, STRUCTURE}
        assert reading.names == {sheet: given.name for sheet, given in _by_width(sheets).items()}


def _by_width(sheets: Sequence[Sheet]) -> dict[str, Sheet]:
    narrow, wide = sorted(sheets, key=lambda s: len(s.rows[0]))
    return {VEHICLE: narrow, STRUCTURE: wide}


def test_a_hidden_sheet_is_read_and_told(desk: Desk) -> None:
    reading = read(desk, replace(desk.sheet(VEHICLE, [{}, {}]), hidden=True))
    assert found(reading) == [(VEHICLE, 0, "", "ROWS-HIDDEN")]
    assert dict(reading.findings[0].params) == {"count": "2", "rows": ("2–3",)}


def test_hidden_rows_are_counted_where_they_are_rows(desk: Desk) -> None:
    sheet = replace(desk.sheet(VEHICLE, [{}, None, {}]), hidden_rows=(2, 3, 9))
    (told,) = read(desk, sheet).findings
    assert (told.code, dict(told.params)) == ("ROWS-HIDDEN", {"count": "1", "rows": ("2",)})


def test_hidden_rows_are_named_the_first_of_many_and_in_ranges(desk: Desk) -> None:
    sheet = replace(desk.sheet(VEHICLE, [{}] * 40), hidden_rows=(3, 4, 5, *range(7, 41, 2)))
    (told,) = (f for f in read(desk, sheet).findings if f.code == "ROWS-HIDDEN")
    assert desk.ruleset.tell(told).what.startswith("“车辆信息”有 20 行被隐藏（第 3–5、7、9、")
    assert dict(told.params)["rows"][-1] == "…"


def test_hidden_columns_are_named_where_they_hold_something(desk: Desk) -> None:
    index = desk.ruleset.index(VEHICLE)
    hidden = (index["colour"] + 1, index["remarks"] + 1)
    sheet = replace(desk.sheet(VEHICLE, [{"remarks": ""}, {"remarks": ""}]), hidden_columns=hidden)
    (told,) = (f for f in read(desk, sheet).findings if f.code == "COLUMNS-HIDDEN")
    assert desk.ruleset.tell(told).what == "“车辆信息”有 1 列被隐藏（车身颜色），其中的值也已读取"


# ── which form it is ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "current", "told"),
    [
        ("1.0", True, []),
        ("1", True, []),
        (1, True, []),
        ("1.7", True, []),
        ("1.0", False, ["FORM-OLD"]),
        ("2.0", True, ["FORM-VERSION"]),
        ("0.9", True, ["FORM-VERSION"]),
        ("one", False, []),
        (None, False, []),
    ],
)
def test_the_hidden_sheet_tells_which_form_it_is(
    form: Raw, current: bool, told: list[str], desk: Desk
) -> None:
    """Another major version is refused, another dictionary is a note, and what says nothing is no form."""
    rules = desk.ruleset.form_digest if current else "0" * 64
    hidden = Sheet("_vinbatch", (("form", form), ("rules", rules)))
    assert [f.code for f in read(desk, desk.sheet(VEHICLE, [{}]), hidden).findings] == told


@pytest.mark.parametrize("rows", [(), (("rules",),), (("x", "y"),)], ids=str)
def test_a_hidden_sheet_that_says_nothing_of_the_form_is_let_be(
    rows: tuple[tuple[Raw, ...], ...], desk: Desk
) -> None:
    assert found(read(desk, desk.sheet(VEHICLE, [{}]), Sheet("_vinbatch", rows))) == []


# ── columns without a heading ────────────────────────────────────────────────────────────────────


def test_a_column_without_a_heading_is_carried_where_it_holds_something(desk: Desk) -> None:
    """Nothing is told of it: there is no name to tell it by."""
    head, row, *_ = desk.sheet(VEHICLE, [{}]).rows
    sheet = Sheet("车辆信息", ((*head, None, None), (*row, None, "我的备注")))
    reading = read(desk, sheet)
    assert (reading.extra, reading.rows[0].extra) == ({VEHICLE: ("",)}, ("我的备注",))
    assert found(reading) == []


# ── sheets that are not ours ─────────────────────────────────────────────────────────────────────


def test_a_sheet_that_is_not_ours_is_told_where_it_holds_something(desk: Desk) -> None:
    others = (Sheet("Sheet3", ((None, " "),)), Sheet("报价", (("价格",),)))
    reading = read(desk, desk.sheet(VEHICLE, [{}]), *others)
    assert [(f.code, f.value) for f in reading.findings] == [("SHEET-IGNORED", "报价")]


def copied(sheet: Sheet, name: str = "车辆信息 (2)") -> Sheet:
    return replace(sheet, name=name)


def test_rows_of_a_second_sheet_of_vehicles_are_told_by_their_number(desk: Desk) -> None:
    second = copied(desk.sheet(VEHICLE, [{"vin": OTHER_VIN}, None, {"colour": "红"}]))
    reading = read(desk, desk.sheet(VEHICLE, [{}]), second)
    told = [(f.code, f.value, dict(f.params)) for f in reading.findings]
    assert told == [("SHEET-UNREAD", "车辆信息 (2)", {"count": "2", "first": "@sheet.vehicle"})]


def test_a_copy_whose_rows_all_stand_in_the_first_sheet_is_no_work(desk: Desk) -> None:
    first = desk.sheet(VEHICLE, [{}, {"vin": OTHER_VIN}])
    second = copied(desk.sheet(VEHICLE, [{"vin": OTHER_VIN}]))
    outcome = desk.put((first, second, desk.sheet(STRUCTURE, [{}])))
    assert (codes(outcome), outcome.to_mend) == (["SHEET-IGNORED"], False)


def test_a_second_sheet_of_vehicles_without_rows_is_not_told(desk: Desk) -> None:
    assert found(read(desk, desk.sheet(VEHICLE, [{}]), copied(desk.sheet(VEHICLE, [])))) == []


def test_a_workbook_with_none_of_our_sheets_names_those_that_it_has(desk: Desk) -> None:
    told, *_ = read(desk, Sheet("报价", (("价格",),)), Sheet("Sheet2", ())).findings
    assert (told.code, dict(told.params)) == ("FILE-NO-SHEET", {"names": ("报价", "Sheet2")})


def test_a_sheet_with_a_vin_and_little_else_is_none_of_ours(desk: Desk) -> None:
    """Half of the headings that must be there are a sign, headings that may be there are none."""
    some = Sheet("Tabelle1", (("VIN", "备注", "车身颜色", "发动机号"), ("WBA13BJ03MCF12345", "x", "y", "z")))
    outcome = desk.put((some,))
    assert outcome.refused
    assert "FILE-NO-SHEET" in codes(outcome)


def test_a_heading_twice_is_told_with_its_sheet_and_field(desk: Desk) -> None:
    reading = read(desk, beside(desk.sheet(VEHICLE, [{}]), 颜色="红"))
    assert ("vehicle", 0, "colour", "HEADING-TWICE") in found(reading)


def test_rows_may_end_before_a_column_without_a_heading(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{}])
    head, *rows = sheet.rows
    assert read(desk, replace(sheet, rows=((*head, ""), *rows))).extra[VEHICLE] == ()


def test_a_number_beyond_its_limits_is_told_with_what_was_typed(desk: Desk) -> None:
    reading = read(desk, desk.sheet(STRUCTURE, [{"doors": 99}]))
    assert [(f.field, f.value) for f in reading.findings if f.code == "NUMBER-RANGE"] == [("doors", "99")]


def test_columns_are_told_as_excel_counts_them(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{}])
    at = read(desk, sheet).columns[VEHICLE]
    assert sorted(at.values())[0] == 1
    assert all(desk.ruleset.heading(VEHICLE, str(sheet.rows[0][n - 1])).key == key for key, n in at.items())


# ── vehicles on a sheet that has the name of another of ours ─────────────────────────────────────


@pytest.mark.parametrize("name", ["查询", "问题清单", "填写说明", "结果汇总", "Summary", "_vinbatch"])
def test_vehicles_on_a_sheet_that_is_not_read_for_data_are_read(name: str, desk: Desk) -> None:
    """They were passed over without a word, and the answer was green."""
    sheet = replace(desk.sheet(VEHICLE, [{}]), name=name)
    assert verdicts(desk.put((sheet, desk.sheet(STRUCTURE, [{}])))) == {2: "declared"}


def test_beside_a_sheet_of_vehicles_they_are_told_to_be_unread(desk: Desk) -> None:
    wrong = replace(desk.sheet(VEHICLE, [{"vin": OTHER_VIN}]), name="查询")
    outcome = desk.put((desk.sheet(VEHICLE, [{}]), wrong, desk.sheet(STRUCTURE, [{}])))
    assert (codes(outcome), verdicts(outcome)) == ([UNREAD], {2: "declared"})
