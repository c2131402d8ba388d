"""What is wrong with one row of parameters is one problem, however many vehicles use it."""

from __future__ import annotations

import re

import pytest
from desk import OTHER_VIN, Desk, verdicts
from test_told_rows import book_of, coloured, row_of

from vinbatch.model import FileNames, Known, Outcome
from vinbatch.noun import replace
from vinbatch.report.batch_mail import batch_letter
from vinbatch.report.following import followers, left_behind
from vinbatch.report.html import report_page
from vinbatch.report.mending import groups, rows_to_mend
from vinbatch.report.result import result_workbook
from vinbatch.report.sentence import to_mend
from vinbatch.report.since import still_open
from vinbatch.report.story import Story
from vinbatch.report.telling import Telling
from vinbatch.samples import MODELS, vehicles
from vinbatch.workbook.filled import Filled

MANY = 30
WRONG, ODD = {"gross_mass": "1200"}, {"length": "5000"}


def known(desk: Desk) -> Known:
    return Known(desk.now, desk.facts.records)


def test_a_cure_that_each_row_has_its_own_is_given_as_an_example(desk: Desk) -> None:
    """Of eight months written wrong a mail said → 请改为 2021.05, which was right for the first alone."""
    wrong = [{"production_date": "2021-05"}, {"vin": OTHER_VIN, "production_date": "2020-07"}]
    (varied,) = [g for g in groups(desk.drop(wrong), desk.ruleset) if g.code == "DATE-SHAPE"]
    (alike,) = [g for g in groups(desk.drop(wrong[:1]), desk.ruleset) if g.code == "DATE-SHAPE"]
    assert (varied.cure, alike.cure) == ("各不相同，例：请改为 2021.05", "请改为 2021.05")


def test_that_vehicles_follow_is_said_below_the_problem_and_not_beside_it(desk: Desk) -> None:
    """On paper it stood in a third column, and left the problem half of the page."""
    page = report_page(dropped(desk, WRONG), known(desk), FileNames(), desk.ruleset).decode()
    (told,) = re.findall(r'<div class="told">\n<ul class="items">(.*?)</div>', page, re.DOTALL)
    assert f'</ul>\n<p class="quiet">{desk.ruleset.phrase("report.followers", n=MANY)}</p>' in told


def dropped(desk: Desk, parameters: dict[str, str], **last: str) -> Outcome:
    """So many vehicles on one row of these parameters; the last one with something of its own."""
    rows = [{"vin": str(v["vin"])} for v in vehicles(MANY, models=MODELS[:1])]
    rows[-1] |= last
    return desk.drop(rows, [parameters])


def filled(desk: Desk, outcome: Outcome) -> Filled:
    return result_workbook(outcome, known(desk), FileNames(), desk.ruleset)


@pytest.mark.parametrize(("parameters", "code"), [(WRONG, "MASS-GROSS-KERB"), (ODD, "LENGTH-SUM")])
def test_it_counts_once(desk: Desk, parameters: dict[str, str], code: str) -> None:
    """The summary began with 200 cases of what was to be mended once."""
    outcome = dropped(desk, parameters)
    summary = filled(desk, outcome).summary
    assert summary is not None
    assert [(title, n) for title, _, n in summary.frequent] == [(desk.ruleset.title(code), 1)]
    assert [(g.code, g.count) for g in groups(outcome, desk.ruleset)] == [(code, 1)]


def test_the_report_names_the_row_once_and_how_many_follow_it(desk: Desk) -> None:
    (row,) = rows_to_mend(dropped(desk, WRONG), desk.ruleset)
    assert (row.sheet, row.row, row.followers) == ("结构参数", 2, MANY)


def test_a_mail_names_the_row_once(desk: Desk) -> None:
    outcome = dropped(desk, WRONG)
    letter = batch_letter(
        Telling(Story(outcome, known(desk), FileNames(), "x.xlsx"), "answers", desk.ruleset)
    )
    assert letter.subject == f"1.xlsx：结构参数 1 待改，{MANY} 辆随之"
    assert "STRUCTURE-REFUSED" not in letter.text
    assert letter.text.count("MASS-GROSS-KERB") == 1


def test_the_first_lines_tell_the_row_and_how_many_follow_it(desk: Desk) -> None:
    assert to_mend(dropped(desk, WRONG), desk.ruleset) == [
        "请改正“结构参数”第 2 行的深红色单元格。",
        f"“车辆信息”有 {MANY} 行用到上述结构参数，随之办理，不用改。",
    ]


def test_a_vehicle_row_has_one_short_line_and_no_coloured_cell(desk: Desk) -> None:
    """Its number was dark red, and nothing is to be mended there."""
    outcome = dropped(desk, WRONG)
    book = book_of(desk, outcome)
    row = row_of(book)
    assert (row["问题说明"].value, row["修改建议"].value) == (
        "所用结构参数有错：“结构参数”表第2行",
        "请改正那一行，本行不用改",
    )
    assert coloured(desk, book) == {}


def test_the_list_of_findings_ends_with_them_and_leads_to_the_parameters(desk: Desk) -> None:
    outcome = dropped(desk, WRONG, ccc_no="12")
    page = book_of(desk, outcome)["问题清单"]
    codes = [page.cell(n, 5).value for n in range(2, page.max_row + 1)]
    assert codes == ["CCC-SHAPE", "MASS-GROSS-KERB"] + ["STRUCTURE-REFUSED"] * MANY
    link = page.cell(4, 3)
    assert (link.value, link.hyperlink.location) == ("→ B2", "'结构参数'!B2")


def test_a_row_with_a_problem_of_its_own_is_told_of_that_one(desk: Desk) -> None:
    outcome = dropped(desk, WRONG, ccc_no="12")
    own = MANY + 1
    assert own not in followers(outcome)
    structure, vehicle = rows_to_mend(outcome, desk.ruleset)
    assert (structure.followers, vehicle.row) == (MANY - 1, own)
    assert [item.code for item in vehicle.items] == ["CCC-SHAPE"]


def test_parameters_of_the_catalogue_have_no_row_to_follow(desk: Desk) -> None:
    """What is asked of them is the vehicle's to answer: its cell is coloured, and it counts."""
    desk.drop([{"action": "暂存"}], [ODD])
    outcome = desk.drop([{"vin": OTHER_VIN}], [])
    assert (verdicts(outcome), followers(outcome)) == ({2: "held"}, {})
    assert coloured(desk, book_of(desk, outcome)) == {"structure_no": "ask"}
    assert [g.code for g in groups(outcome, desk.ruleset)] == ["STRUCTURE-ASK"]


def test_vehicles_that_were_left_behind_are_told_what_to_do(desk: Desk) -> None:
    """Their parameters came in another workbook: they were told to follow, and nothing went before them."""
    outcome = dropped(desk, WRONG)
    rows = frozenset(("vehicle", n) for n in range(2, MANY + 2))
    still = still_open(outcome, replace(known(desk), open=rows), desk.ruleset)
    assert left_behind(still) == list(range(2, MANY + 2))
    (told,) = to_mend(still, desk.ruleset)
    assert told.startswith(f"“车辆信息”第 2–{MANY + 1} 行还没有办理，所用的结构参数后来已另行办理：")
    assert told.endswith("请把“结构参数”里那一行整行删除。")
