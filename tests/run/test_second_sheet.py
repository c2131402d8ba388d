"""A second sheet of vehicles, which nobody reads: told until its file comes again."""

from __future__ import annotations

import io

import openpyxl
import pytest
from run_place import Place, first_lines

from vinbatch import samples

SETS = samples.parameters(samples.MODELS[:1])
ONE, TWO = samples.vehicles(2, models=samples.MODELS[:1])
UNREAD = "工作表“车辆信息 (2)”的 1 行没有读取，也没有办理"


def with_copy(at: Place, first: list[samples.Cells], second: samples.Cells) -> bytes:
    """A workbook of two sheets of vehicles."""
    book = openpyxl.load_workbook(io.BytesIO(at.sheet(first, SETS)))
    other = openpyxl.load_workbook(io.BytesIO(at.sheet([second], SETS)))
    copied = book.create_sheet("车辆信息 (2)")
    for row in other["车辆信息"].iter_rows(values_only=True):
        copied.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def two(place: Place) -> Place:
    """A home in which such a file was worked."""
    place.drop("a.xlsx", with_copy(place, [ONE], TWO))
    place.run()
    return place


def opened(at: Place) -> list[int]:
    with at.ledger() as ledger:
        return [n for (n,) in ledger.db.execute("SELECT open FROM line ORDER BY batch")]


def test_it_is_the_first_lines_and_not_that_there_is_nothing_to_do(two: Place) -> None:
    lines = first_lines(two, 1)
    assert UNREAD in lines
    assert "不需" not in lines


def test_the_overview_names_the_file_and_its_rows(two: Place) -> None:
    assert "a.xlsx 1 行" in (two.root / "reports" / "index.html").read_text("utf-8")


def test_its_file_closes_it_when_it_comes_again(two: Place) -> None:
    assert opened(two) == [1]
    two.drop("a.xlsx", two.sheet([ONE, TWO], SETS))
    two.run()
    assert opened(two) == [0, 0]
    assert UNREAD not in first_lines(two, 1)


def test_a_file_without_rows_elsewhere_is_refused_and_names_it(place: Place) -> None:
    book = openpyxl.load_workbook(io.BytesIO(with_copy(place, [ONE], TWO)))
    book["车辆信息"].delete_rows(2)
    del book["结构参数"]
    out = io.BytesIO()
    book.save(out)
    place.drop("a.xlsx", out.getvalue())
    place.run()
    assert "没有数据" in first_lines(place, 1)
    assert UNREAD in first_lines(place, 1)


def test_a_pass_says_that_it_left_something(place: Place) -> None:
    place.drop("a.xlsx", with_copy(place, [ONE], TWO))
    assert [line.to_mend for line in place.run().lines] == [True]
