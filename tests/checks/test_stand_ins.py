"""A line in a result that stands for a comment is asked about as a comment: nobody crossed anything out."""

from __future__ import annotations

import time

import pytest
from desk import Desk, codes, verdicts
from test_round_trip import commented, edited, parsed_result, through

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Finding, Kind, Outcome, Sheet, State, Type
from vinbatch.noun import replace

REFUSED = {"production_date": "2021.1", "remarks": ""}
LINES = {"CELL-STRUCK", "ROW-STRUCK", "LOOK-LEFT-ALONE"}


def asked(outcome: Outcome, code: str = "CELL-COMMENT") -> list[Finding]:
    return [f for f in outcome.findings if f.code == code]


def problems(desk: Desk, sheet: Sheet) -> str:
    at = [str(cell) for cell in sheet.rows[0]].index(desk.ruleset.word("@column.problems"))
    return str(sheet.rows[1][at])


@pytest.mark.parametrize(
    ("key", "line"),
    [("colour", "colour"), ("vin", "vin"), ("remarks", "vin"), ("action", "vin"), ("confirmed", "vin")],
)
def test_the_result_says_so_and_the_next_drop_asks_about_the_comment(desk: Desk, key: str, line: str) -> None:
    """It spoke of a crossed-out cell, or row, that the clerk never drew, and what it said was lost."""
    first = commented(desk, REFUSED, key)
    heading = desk.ruleset.word(f"@vehicle.{key}")
    instead = desk.ruleset.word(f"@vehicle.{line}")
    said = f"“{heading}”一格有批注：“先不报”（结果表不带批注，用“{instead}”一格的删除线代替）"
    assert said in problems(desk, parsed_result(desk, first)[0])
    again = desk.put(edited(desk, first, production_date="2021.10"))
    (ask,) = asked(again)
    assert desk.ruleset.tell(ask).what == f"“{heading}”一格有批注：“先不报”（写在以前投的文件里）"
    assert (ask.field, ask.value) == (asked(first)[0].field, asked(first)[0].value)
    assert LINES.isdisjoint(codes(again))
    assert verdicts(desk.again(again, {2: {"confirmed": "是"}})) == {2: "declared"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_it_said_outlives_any_number_of_results(lang: str) -> None:
    desk = Desk(packaged_rulebook())
    home = (("settings.toml", f'language = "{lang}"\n'),)
    desk.rulebook = replace(desk.rulebook, home=home, digest=lang)
    place = (2, desk.ruleset.index(VEHICLE)["colour"] + 1, "长" * 90 + "先不报" * 20)
    vehicles = desk.sheet(VEHICLE, [{"production_date": "2021.1"}])
    outcome = first = desk.put((replace(vehicles, comments=(place,)), desk.sheet(STRUCTURE, [{}])))
    for _ in range(3):
        outcome = through(desk, outcome)
        assert verdicts(outcome) == {2: "refused"}
    (ask,), (was,) = asked(outcome), asked(first)
    assert dict(ask.params)["comment"] == dict(was.params)["comment"]


def test_a_result_in_the_other_language_is_read_too(desk: Desk) -> None:
    english = Desk(replace(desk.rulebook, home=(("settings.toml", 'language = "en"\n'),), digest="en"))
    sheets = parsed_result(english, commented(english, REFUSED, "colour"))
    named = tuple(
        replace(s, name=desk.ruleset.word(f"@sheet.{t}"))
        for s, t in zip(sheets, (VEHICLE, STRUCTURE), strict=True)
    )
    assert [dict(f.params)["comment"] for f in asked(desk.put(named))] == ["“先不报”"]


def test_a_line_that_somebody_drew_is_asked_about_beside_it(desk: Desk) -> None:
    at = desk.ruleset.index(VEHICLE)
    places = {"struck": ((2, at["vin"] + 1),), "comments": ((2, at["action"] + 1, "先不报"),)}
    vehicles = replace(desk.sheet(VEHICLE, [REFUSED]), **places)
    first = desk.put((vehicles, desk.sheet(STRUCTURE, [{}])))
    assert "(VIN)”一格的删除线也代替它" in problems(desk, parsed_result(desk, first)[0])
    again = desk.put(edited(desk, first, production_date="2021.10"))
    assert {f.code for f in again.findings if f.field == "vin"} == {"CELL-COMMENT", "ROW-STRUCK"}


def test_another_line_on_the_row_is_one_that_somebody_drew(desk: Desk) -> None:
    first = commented(desk, REFUSED, "colour")
    vehicles, *others = edited(desk, first, production_date="2021.10")
    place = (2, desk.ruleset.index(VEHICLE)["engine_no"] + 1)
    again = desk.put((replace(vehicles, struck=(*vehicles.struck, place)), *others))
    assert {f.code: f.field for f in again.findings if f.severity == "ask"} == {
        "CELL-COMMENT": "colour",
        "CELL-STRUCK": "engine_no",
    }


def test_one_stands_for_all_comments_of_its_row(desk: Desk) -> None:
    at = desk.ruleset.index(VEHICLE)
    said = tuple((2, at[key] + 1, key) for key in ("action", "remarks", "vin"))
    vehicles = replace(desk.sheet(VEHICLE, [REFUSED]), comments=tuple(sorted(said)))
    first = desk.put((vehicles, desk.sheet(STRUCTURE, [{}])))
    again = desk.put(edited(desk, first, production_date="2021.10"))
    assert {str(dict(f.params)["comment"]) for f in asked(again)} == {"“action”", "“remarks”", "“vin”"}


def test_a_cell_that_was_typed_over_has_answered(desk: Desk) -> None:
    first = commented(desk, REFUSED, "colour")
    again = desk.put(edited(desk, first, production_date="2021.10", colour="孔雀蓝"))
    assert verdicts(again) == {2: "declared"}


def test_without_its_words_a_line_is_asked_about_as_a_line(desk: Desk) -> None:
    """Copied into an empty form, or with 问题说明 deleted: asked about all the same."""
    first = commented(desk, REFUSED, "colour")
    vehicles, *others = edited(desk, first, production_date="2021.10")
    width = len(desk.ruleset.index(VEHICLE))
    again = desk.put((replace(vehicles, rows=tuple(row[:width] for row in vehicles.rows)), *others))
    assert (verdicts(again), asked(again), [f.field for f in asked(again, "CELL-STRUCK")]) == (
        {2: "held"},
        [],
        ["colour"],
    )


def written_onto(sheets: tuple[Sheet, ...], heading: str) -> tuple[Sheet, ...]:
    """A result of which somebody has written onto this cell of its first vehicle."""
    vehicles, *others = sheets
    at = [str(cell) for cell in vehicles.rows[0]].index(heading) + 1
    return replace(vehicles, comments=((2, at, "先不报"),)), *others


@pytest.mark.parametrize("column", ["verdict", "problems", "cures", "updated"])
def test_one_on_a_grey_column_of_ours_is_about_the_row(desk: Desk, column: str) -> None:
    """Where the result says what is wrong people write what is to come of it: the row went out."""
    heading = desk.ruleset.word(f"@column.{column}")
    first, facts = desk.drop([REFUSED]), desk.facts
    mended = edited(desk, first, production_date="2021.10")
    again = desk.put(written_onto(mended, heading))
    (ask,) = asked(again)
    assert (verdicts(again), ask.field) == ({2: "held"}, "vin")
    assert desk.ruleset.tell(ask).what == f"“{heading}”一格有批注：“先不报”"
    desk.facts = facts
    still = desk.put(written_onto(parsed_result(desk, first), heading))
    (ask,) = asked(desk.put(edited(desk, still, production_date="2021.10")))
    assert dict(ask.params)["at"] == f"@column.{column}"


def test_of_two_columns_of_a_field_either_may_have_one(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{}])
    at = desk.ruleset.index(VEHICLE)["colour"]
    rows = tuple((*row, row[at]) for row in sheet.rows)
    twice = replace(sheet, rows=rows, comments=((2, len(rows[0]), "先不报"),))
    again = desk.put((twice, desk.sheet(STRUCTURE, [{}])))
    assert (verdicts(again), [f.field for f in asked(again)]) == ({2: "held"}, ["colour"])


def test_a_row_that_asks_for_nothing_keeps_it_until_it_does(desk: Desk) -> None:
    desk.shelve()
    mark = desk.mark(desk.place(Type.FILING, State.DRAFT))
    first = commented(desk, {"_mark": mark}, "colour")
    second = desk.put(parsed_result(desk, first))
    assert [f.code for f in second.findings if f.field == "colour"] == ["COMMENT-LEFT-ALONE"]
    again = desk.put(edited(desk, second, action="申报"))
    assert (verdicts(again), LINES.isdisjoint(codes(again))) == ({2: "held"}, True)
    (ask,) = asked(again)
    assert dict(ask.params)["comment"] == "“先不报”"


def test_its_words_are_not_cut_off_where_much_else_is_wrong(desk: Desk) -> None:
    """A cell tells twelve problems: the line came back as one that somebody drew."""
    wrong = [f.key for f in desk.ruleset.fields(STRUCTURE) if f.kind in (Kind.INT, Kind.DECIMAL)][1:15]
    sheet = desk.sheet(STRUCTURE, [dict.fromkeys(wrong, "x")])
    place = (2, desk.ruleset.index(STRUCTURE)["manufacturer"] + 1, "先不报")
    first = desk.put((desk.sheet(VEHICLE, [{}]), replace(sheet, comments=(place,))))
    again = through(desk, first)
    (ask,) = asked(again)
    assert (ask.field, LINES.isdisjoint(codes(again))) == ("manufacturer", True)


def test_a_page_of_such_words_takes_no_time(desk: Desk) -> None:
    """It took two minutes a row, and no pass came to its end."""
    first = commented(desk, REFUSED, "colour")
    vehicles, *others = edited(desk, first)
    told = problems(desk, vehicles)
    at = vehicles.rows[1].index(told)
    begins, _, ends = told.splitlines()[1].partition("先不报")
    page = begins.removeprefix("2. ") * 400 + ends.partition("车身颜色")[0] * 400
    row = (*vehicles.rows[1][:at], page, *vehicles.rows[1][at + 1 :])
    began = time.process_time()
    again = desk.put((replace(vehicles, rows=(vehicles.rows[0], row)), *others))
    assert (asked(again), time.process_time() - began < 5) == ([], True)


def test_what_it_said_may_have_such_words_itself(desk: Desk) -> None:
    said = "先不报”（结果表不带批注，用“VIN”一格的删除线代替）"
    place = (2, desk.ruleset.index(VEHICLE)["colour"] + 1, said)
    first = desk.put(
        (replace(desk.sheet(VEHICLE, [REFUSED]), comments=(place,)), desk.sheet(STRUCTURE, [{}]))
    )
    (ask,) = asked(desk.put(edited(desk, first, production_date="2021.10")))
    assert (ask.field, dict(ask.params)["comment"]) == ("colour", f"“{said}”")


def test_that_of_parameters_is_told_on_their_row(desk: Desk) -> None:
    first = commented(desk, REFUSED, "length", STRUCTURE)
    again = desk.put(edited(desk, first, production_date="2021.10"))
    (ask,) = asked(again)
    assert (ask.sheet, ask.field, LINES.isdisjoint(codes(again))) == (STRUCTURE, "length", True)


def test_no_line_stands_on_the_answer(desk: Desk) -> None:
    """The VIN is to be typed anew, and 核实确认 comes next: a line through it would go when 是 is typed."""
    first = commented(desk, {"vin": "?", "confirmed": "否", "remarks": ""}, "remarks")
    assert parsed_result(desk, first)[0].struck == ((2, desk.ruleset.index(VEHICLE)["structure_no"] + 1),)
