"""A result with rows below headings of another order, of which nothing but these headings was deleted."""

from __future__ import annotations

import io

import openpyxl
from run_place import Place, book_of, some, verdicts

from vinbatch import samples
from vinbatch.model import REFILL

SWAPPED = {"车身颜色": "备注", "备注": "车身颜色"}


def dropped(place: Place, book: openpyxl.Workbook) -> dict[int, str]:
    out = io.BytesIO()
    book.save(out)
    place.drop("a.xlsx", out.getvalue())
    return verdicts(place.run().outcomes[0])


def begun(place: Place) -> list[object]:
    """Dropped with row 3 as headings of another order, and row 4 below them; what the result has there."""
    rows, sets = some(2)[0], samples.parameters(samples.MODELS[:1])
    data = place.sheet([rows[0], {**rows[1], "colour": "左舵", "remarks": "黑"}], sets)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["车辆信息"]
    heads = [str(cell.value) for cell in sheet[1]]
    sheet.insert_rows(3)
    for at, head in enumerate(heads, start=1):
        sheet.cell(3, at).value = SWAPPED.get(head, head)
    assert dropped(place, book) == {2: "declared", 3: "refused", 4: "refused"}
    row = [cell.value for cell in book_of(place, 1)["车辆信息"][4]]
    return [row[heads.index(head)] for head in SWAPPED]


def test_its_rows_are_not_declared_by_the_first_headings(place: Place) -> None:
    """The result tells to delete the headings: a vehicle went out with its colour in the remarks."""
    assert begun(place) == [REFILL, REFILL]
    book = book_of(place, 1)
    book["车辆信息"].delete_rows(3)
    assert dropped(place, book) == {2: "unchanged", 3: "refused"}


def test_what_stood_there_is_told_in_the_list(place: Place) -> None:
    begun(place)
    told = [row[8] for row in book_of(place, 1)["问题清单"].iter_rows(values_only=True)]
    assert "备注：左舵、车身颜色：黑" in told
