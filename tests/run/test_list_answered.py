"""A clerk who answers in the list of findings of a result, and not on the row."""

from __future__ import annotations

import io

from run_place import Place, book_of, first_lines, row_of, some

TOLD = "“问题清单”只供查看，那里改的、写的 2 处没有读取：I2“2026.01” → 车辆信息 F2、K2“是” → 车辆信息 F2。"


def drop_result(at: Place, batch: int, cells: dict[str, str]) -> None:
    """The result of this batch, with cells of its list written over."""
    book = book_of(at, batch)
    assert book["问题清单"].column_dimensions["J"].hidden
    for address, text in cells.items():
        book["问题清单"][address] = text
    out = io.BytesIO()
    book.save(out)
    at.drop("a.xlsx", out.getvalue())
    at.run()


def test_it_is_told_and_does_nothing_and_is_forgotten_with_the_next_answer(place: Place) -> None:
    (one,), sets = some(1)
    place.drop("a.xlsx", place.sheet([{**one, "production_date": "2018.01"}], sets))
    place.run()
    drop_result(place, 1, {"I2": "2026.01", "K2": "是"})
    assert TOLD in first_lines(place, 2)
    assert row_of(place, 2)["处理结果"] == "待核实"
    drop_result(place, 2, {})
    assert "没有读取" not in first_lines(place, 2) + first_lines(place, 3)


def test_where_nothing_else_is_left_it_is_not_said_that_there_is_nothing_to_do(place: Place) -> None:
    (one, two), sets = some(2)
    place.drop("a.xlsx", place.sheet([{**one, "colour": " 黑"}], sets))
    place.run()
    book = book_of(place, 1)
    book["问题清单"]["I2"] = "红"
    keys = ("vin", "structure_no", "ccc_no", "production_date", "engine_no")
    for column, key in zip("CDEFG", keys, strict=True):
        book["车辆信息"][f"{column}3"] = two[key]
    out = io.BytesIO()
    book.save(out)
    place.drop("b.xlsx", out.getvalue())
    place.run()
    assert "1 行已申报" in first_lines(place, 2)
    assert "没有读取" in first_lines(place, 2)
    assert "不需做什么" not in first_lines(place, 2)
