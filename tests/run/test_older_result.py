"""An older result that is dropped as it was issued, after a later batch has taken its rows over."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
from run_place import Place, again, first_lines, result_of, row_of, some, verdicts

from vinbatch import samples
from vinbatch.api import check
from vinbatch.model import OLDER
from vinbatch.run.keeping import backup, restore

SETS = samples.parameters(samples.MODELS[:1])
LATE = {"production_date": "2035.01"}
ONE, TWO = ({**cells, **LATE} for cells in some(2)[0])
NUMBER = "TRIAL-20260302-000"


def begun(at: Place) -> bytes:
    """A result with refused rows, which came back edited in the first; the older result as it was issued."""
    at.drop("a.xlsx", at.sheet([ONE, TWO], SETS))
    at.run()
    issued = result_of(at, 1)
    again(at, 1, {"车身颜色": "红"})
    return issued


def open_rows(at: Place) -> list[tuple[str, int]]:
    with at.ledger() as ledger:
        return ledger.db.execute(
            "SELECT batch, row FROM open_row WHERE sheet = 'vehicle' ORDER BY 1, 2"
        ).fetchall()


def test_its_rows_go_on_waiting_in_the_later_batch(place: Place) -> None:
    issued = begun(place)
    place.drop("again.xlsx", issued)
    ran = place.run()
    assert verdicts(ran.outcomes[0]) == {2: "unchanged", 3: "unchanged"}
    assert open_rows(place) == [(f"{NUMBER}2", 2), (f"{NUMBER}2", 3)]


def test_its_answer_says_first_where_to_go_on(place: Place) -> None:
    issued = begun(place)
    place.drop("again.xlsx", issued)
    place.run()
    told = first_lines(place, 3)
    assert told.startswith(f"这是较早的结果表：“车辆信息”第 2–3 行之后又在批次 {NUMBER}2 放入过")
    row = row_of(place, 3)
    assert row["可办理操作"] == f"见批次 {NUMBER}2 的结果"
    assert row["处理结果"] == "无变化"


def test_it_may_come_in_the_same_pass_as_the_edited_one(place: Place) -> None:
    """Of both the ledger knows nothing yet when they are looked up."""
    place.drop("a.xlsx", place.sheet([ONE], SETS))
    place.run()
    issued = result_of(place, 1)
    book = openpyxl.load_workbook(io.BytesIO(issued))
    sheet = book["车辆信息"]
    sheet.cell(2, [c.value for c in sheet[1]].index("车身颜色") + 1).value = "红"
    out = io.BytesIO()
    book.save(out)
    place.drop("a-edited.xlsx", out.getvalue())
    place.drop("b-older.xlsx", issued)
    place.run()
    assert open_rows(place) == [(f"{NUMBER}2", 2)]


def test_a_result_of_the_later_batch_is_worked_after_it(place: Place) -> None:
    issued = begun(place)
    place.drop("again.xlsx", issued)
    place.run()
    again(place, 2, {"生产日期": "2021.10"})
    with place.ledger() as ledger:
        assert ledger.records([str(ONE["vin"])])[str(ONE["vin"])].now.data["colour"] == "红"


def test_it_is_left_to_no_file_that_was_refused_as_a_whole(place: Place) -> None:
    """Who took a column away by mistake goes back to the result of before."""
    place.drop("a.xlsx", place.sheet([ONE], SETS))
    place.run()
    issued = result_of(place, 1)
    again(place, 1, {"生产日期": "2021.10"}, without="CCC证书编号")
    place.drop("again.xlsx", issued)
    assert verdicts(place.run().outcomes[0]) == {2: "refused"}


def test_a_dry_run_says_so_too(place: Place) -> None:
    report = check(begun(place), home=place.root)
    assert [one.code for one in report.findings if one.code == OLDER] == [OLDER, OLDER]


def test_the_newest_result_is_no_older_one_to_a_ledger_that_was_restored_to_before_it(
    place: Place, tmp_path: Path
) -> None:
    """Its clerk was sent to the result of before his edits."""
    place.drop("a.xlsx", place.sheet([ONE], SETS))
    place.run()
    backup(place.home, tmp_path / "saved.db")
    again(place, 1, {"车身颜色": "红"})
    newest = result_of(place, 2)
    place.now += timedelta(minutes=5)
    restore(place.home, tmp_path / "saved.db", place.now, "wang")
    place.drop("newest.xlsx", newest)
    assert verdicts(place.run().outcomes[0]) == {2: "refused"}
