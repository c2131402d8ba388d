"""核实确认=否: who writes that does not want it declared."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.checks.vin import check_digit
from vinbatch.model import STRUCTURE, VEHICLE, Question, Rulebook, State, Type
from vinbatch.noun import replace

NO: Cells = {"confirmed": "否"}
YES: Cells = {"confirmed": "是"}


@pytest.mark.parametrize("word", ["", "申报"])
def test_it_holds_a_new_vehicle_until_it_is_yes(word: str, desk: Desk) -> None:
    """A row without a finding was declared, and could not be called back."""
    held = desk.drop([{**NO, "action": word}])
    assert (verdicts(held), codes(held), held.declarations) == ({2: "held"}, ["CONFIRMED-NO"], ())
    assert verdicts(desk.again(held)) == {2: "held"}
    assert verdicts(desk.again(held, {2: YES})) == {2: "declared"}


@pytest.mark.parametrize("edit", [{"colour": "红"}, {"action": "申报"}, {"vin": OTHER_VIN}], ids=str)
def test_neither_an_edit_nor_an_act_takes_it_back(edit: Cells, desk: Desk) -> None:
    """It was declared, and 是 had nobody said."""
    held = desk.drop([NO])
    once = desk.again(held, {2: edit})
    assert (verdicts(once), "CONFIRMED-NO" in codes(once), once.declarations) == ({2: "held"}, True, ())
    assert verdicts(desk.again(once, {2: YES})) == {2: "declared"}


def test_nor_does_the_same_vehicle_on_a_new_row(desk: Desk) -> None:
    desk.drop([NO])
    assert verdicts(desk.drop([{"action": "申报"}])) == {2: "held"}
    assert verdicts(desk.drop([{"action": "申报", **YES}])) == {2: "declared"}


def test_another_question_does_not_outlive_it(desk: Desk) -> None:
    held = desk.again(desk.drop([NO]), {2: {"production_date": "2018.06"}})
    mended = desk.again(held, {2: {"production_date": desk.sample("vehicle")["production_date"]}})
    assert verdicts(mended) == {2: "held"}


def test_it_is_asked_beside_another_question(desk: Desk) -> None:
    """Whoever mended the month had the vehicle declared."""
    held = desk.drop([{**NO, "production_date": "2018.06"}])
    assert (verdicts(held), codes(held)) == ({2: "held"}, ["DATE-MODEL-YEAR", "CONFIRMED-NO"])
    assert verdicts(desk.again(held, {2: YES})) == {2: "declared"}


def test_who_confirms_the_parameters_does_not_answer_for_the_vehicle(desk: Desk) -> None:
    """It was declared untouched, with the others that waited for their parameters alone."""
    held = desk.drop([NO, {"vin": OTHER_VIN}], [NO])
    assert verdicts(desk.again(held, {}, {2: YES})) == {2: "held", 3: "declared"}


def test_a_draft_that_is_asked_for_takes_it_back(desk: Desk) -> None:
    saved = desk.again(desk.drop([NO]), {2: {"action": "暂存"}})
    assert verdicts(saved) == {2: "saved"}
    assert verdicts(desk.again(saved, {2: {"action": "申报"}})) == {2: "declared"}


def test_it_holds_a_change(desk: Desk) -> None:
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    held = desk.drop([{**NO, "_mark": mark, "action": "变更", "colour": "红"}])
    assert (verdicts(held), codes(held)[0]) == ({2: "held"}, "CONFIRMED-NO")
    assert verdicts(desk.again(held, {2: YES})) == {2: "declared"}


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({"action": "暂存"}, "saved"),
        ({"ccc_no": ""}, "refused"),
    ],
)
def test_it_says_nothing_where_nothing_would_be_declared(row: Cells, verdict: str, desk: Desk) -> None:
    outcome = desk.drop([{**NO, **row}])
    assert verdicts(outcome) == {2: verdict}
    assert "CONFIRMED-NO" not in codes(outcome)


@pytest.mark.parametrize("rows", [[NO], [NO, {}], [{}, NO]])
def test_on_parameters_it_holds_their_vehicles_and_stores_nothing(rows: list[Cells], desk: Desk) -> None:
    held = desk.drop([{}], rows)
    assert (verdicts(held), verdicts(held, STRUCTURE)[2], held.entries) == ({2: "held"}, "held", ())
    done = desk.again(held, {}, dict.fromkeys(verdicts(held, STRUCTURE), YES))
    assert (verdicts(done), len(done.entries)) == ({2: "declared"}, 1)


@pytest.mark.parametrize("vehicle", [YES, {**YES, "action": "申报"}], ids=str)
def test_a_vehicle_does_not_answer_for_parameters_that_wait(vehicle: Cells, desk: Desk) -> None:
    """It was declared, and stood on a revision that nothing had stored."""
    held = desk.drop([vehicle], [NO])
    again = desk.again(held, {2: vehicle})
    for one in (held, again):
        assert (verdicts(one), codes(one, "vehicle"), one.declarations) == (
            {2: "held"},
            ["STRUCTURE-ASK"],
            (),
        )
    done = desk.again(again, {}, {2: YES})
    assert (verdicts(done), len(done.entries)) == ({2: "declared"}, 1)


@pytest.mark.parametrize("vehicle", [{}, {"action": "申报"}, {"colour": "红"}], ids=str)
@pytest.mark.parametrize("structure", [{}, {"gearbox": "6挡手动"}], ids=str)
def test_parameters_wait_on_though_the_cell_is_blanked(vehicle: Cells, structure: Cells, desk: Desk) -> None:
    """With 申报 on its vehicle that was declared; without, no row said what it waited for."""
    held = desk.drop([{}], [NO])
    again = desk.again(held, {2: vehicle}, {2: {**structure, "confirmed": ""}})
    assert (verdicts(again), verdicts(again, STRUCTURE)) == ({2: "held"}, {2: "held"})
    assert ("CONFIRMED-NO" in codes(again, STRUCTURE), again.entries) == (True, ())
    done = desk.again(again, {}, {2: YES})
    assert (verdicts(done), len(done.entries)) == ({2: "declared"}, 1)


def test_nor_for_a_revision_that_is_asked_about_too(desk: Desk) -> None:
    desk.shelve()
    held = desk.drop([YES], [{**NO, "co2": 900}])
    assert (verdicts(held), held.entries, held.declarations) == ({2: "held"}, (), ())
    assert codes(held, STRUCTURE) == ["CO2-CONSUMPTION", "CONFIRMED-NO"]


def test_parameters_alone_wait_too_and_known_ones_that_nobody_uses_ask_nothing(desk: Desk) -> None:
    held = desk.drop([], [NO])
    assert (verdicts(held, STRUCTURE), held.entries) == ({2: "held"}, ())
    entry = desk.shelve()
    same = desk.drop([], [{**NO, "_mark": desk.entry_mark(entry)}])
    assert (verdicts(same, STRUCTURE), codes(same)) == ({2: "unchanged"}, [])


@pytest.mark.parametrize(
    ("vehicles", "words"),
    [([{}], ["@drop.users"]), ([NO], ["@drop.draft", "@drop.users"]), ([], ["@drop.row"])],
)
def test_each_sheet_says_how_what_is_not_meant_is_rid_of(
    vehicles: list[Cells], words: list[str], desk: Desk
) -> None:
    """That of the parameters has no 操作 to put 删除 into."""
    held = desk.drop(vehicles, [NO])
    assert [dict(f.params)["drop"] for f in held.findings if f.code == "CONFIRMED-NO"] == words


def test_yes_on_another_row_of_the_number_outweighs_it(desk: Desk) -> None:
    assert verdicts(desk.drop([{}], [NO, YES])) == {2: "declared"}


def test_a_home_that_fills_it_in_everywhere_makes_it_a_note(rulebook: Rulebook) -> None:
    lenient = '[severities]\nCONFIRMED-NO = "note"\n'
    home = Desk(replace(rulebook, home=(("settings.toml", lenient),), digest="lenient"))
    outcome = home.drop([NO], [NO])
    assert (verdicts(outcome), codes(outcome)) == ({2: "declared"}, ["CONFIRMED-NO", "CONFIRMED-NO"])


@pytest.mark.parametrize("word", ["已核实", "ok", "1"])
def test_a_word_that_is_neither_is_told_on_a_row_that_waits_for_one(word: str, desk: Desk) -> None:
    """It was held again without a word."""
    held = desk.drop([{"production_date": "2018.03"}])
    told = desk.again(held, {2: {"confirmed": word}})
    assert (verdicts(told), codes(told, "vehicle")) == ({2: "refused"}, ["CHOICE-UNKNOWN"])
    assert verdicts(desk.again(told, {2: YES})) == {2: "declared"}


def test_on_a_row_that_waits_for_nothing_it_asks_for_nothing(desk: Desk) -> None:
    assert verdicts(desk.again(desk.drop(), {2: {"confirmed": "已核实"}})) == {2: "unchanged"}


def test_what_says_no_is_told_at_its_cell(desk: Desk) -> None:
    held = desk.drop([None, {"confirmed": "否"}], [{}])
    (ask,) = (f for f in held.findings if f.code == "CONFIRMED-NO")
    assert (ask.sheet, ask.row, ask.field, ask.value) == (VEHICLE, 3, "confirmed", "否")


def test_each_question_is_read_a_few_times_however_many_numbers_there_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each number: two hundred held vehicles took 0.2 s more, three thousand eight seconds."""
    numbers = [f"N-{n}" for n in range(30)]
    vins = [f"WBA13BJ0{check_digit(body)}MCF{n}" for n in range(12345, 12375) if (body := f"WBA13BJ00MCF{n}")]
    vehicles = [{"vin": vin, "structure_no": number} for vin, number in zip(vins, numbers, strict=True)]
    held = desk.drop(vehicles, [{"structure_no": number, **NO} for number in numbers])
    usual, read = Question.read, list[str]()
    monkeypatch.setattr(Question, "read", lambda text: read.append(text) or usual(text))
    back = desk.again(held)
    assert set(verdicts(back).values()) == {"held"}
    assert len(read) < 10 * len(numbers)
