"""Forms of before a renaming: what they hold is read by what their headings meant, or asked about."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
from desk import NOW, Desk, codes, verdicts

from vinbatch import flow, samples
from vinbatch.model import STRUCTURE, VEHICLE, Mark, Outcome, Rulebook, Source, State, Type
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.workbook.form import build

CAR, SETS = samples.vehicles(1, models=samples.MODELS[:1])[0], samples.parameters(samples.MODELS[:1])


def home(base: Rulebook, text: str, name: str = "fields.toml") -> Rulebook:
    return replace(base, home=(*base.home, (name, text)), digest=f"{base.digest}{name}{text}")


def field(key: str, zh: str, more: str = "") -> str:
    return (
        f'[vehicle.{key}]\nzh = "{zh}"\nen = "{key} stuff"\nkind = "text"\nlength = 20\n'
        f'required = "never"\nafter = "colour"\nexample = "米"\n{more}'
    )


def returned(form: Rulebook, now: Rulebook, **cells: str) -> tuple[Desk, Outcome]:
    """A form that was made by the rules of then, filled in, and dropped on those of now."""
    desk = Desk(now)
    data = filled(compile_rules(form), {**CAR, **cells})
    return desk, desk.put(flow.parse(Source("old.xlsx", "old"), data, now).sheets)


def filled(ruleset: Ruleset, car: Mapping[str, object], mark: str = "") -> bytes:
    """The form itself, as a clerk fills it in."""
    book = openpyxl.load_workbook(io.BytesIO(build(ruleset)))
    for token, rows in ((VEHICLE, [car]), (STRUCTURE, SETS)):
        sheet = book[ruleset.word(f"@sheet.{token}")]
        for number, row in enumerate(rows, start=2):
            for key, value in row.items():
                sheet.cell(number, ruleset.index(token)[key] + 1).value = value
    if mark:
        sheet = book[ruleset.word("@sheet.vehicle")]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(2, heads.index(ruleset.word("@column.mark")) + 1).value = mark
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def data_of(outcome: Outcome) -> dict[str, object]:
    (change,) = outcome.records
    assert change.record is not None
    return dict(change.record.now.data)


def test_a_heading_that_the_home_renamed_twice_is_read_by_its_key(rulebook: Rulebook) -> None:
    """The packaged one is an alias, the one in between was nobody's: its column went, with a note."""
    once = home(rulebook, '[vehicle.colour]\nzh = "外观颜色"\n')
    twice = home(rulebook, '[vehicle.colour]\nzh = "漆面"\n')
    _, outcome = returned(once, twice, colour="孔雀蓝")
    assert verdicts(outcome) == {2: "declared"}
    assert data_of(outcome)["colour"] == "孔雀蓝"
    assert not set(codes(outcome)) & {"HEADING-UNKNOWN", "HEADING-NEAREST", "CELL-UNREAD"}


def test_a_heading_of_an_own_field_too(rulebook: Rulebook) -> None:
    _, outcome = returned(
        home(rulebook, field("interior", "内饰颜色")),
        home(rulebook, field("interior", "座椅用料")),
        interior="棕",
    )
    assert data_of(outcome)["interior"] == "棕"


def test_a_heading_that_another_field_has_now_is_read_as_the_form_meant_it(rulebook: Rulebook) -> None:
    swapped = home(rulebook, '[vehicle.colour]\nzh = "漆面"\naliases = []\n' + field("interior", "车身颜色"))
    _, outcome = returned(rulebook, swapped, colour="孔雀蓝")
    assert (data_of(outcome)["colour"], data_of(outcome).get("interior")) == ("孔雀蓝", None)


def test_a_mark_is_found_under_a_heading_that_the_home_gave_up(rulebook: Rulebook) -> None:
    """Without it a result of then would be a sheet of new vehicles."""
    once = home(rulebook, '[column.mark]\nzh = "行号甲"\n', "words.toml")
    twice = home(rulebook, '[column.mark]\nzh = "行号乙"\n', "words.toml")
    mark = str(Mark(str(CAR["vin"]), 3, "0" * 12))
    parsed = flow.parse(Source("o", "o"), filled(compile_rules(once), CAR, mark), twice)
    (reading,) = flow.check([parsed], twice)
    assert [str(row.mark) for row in reading.rows if row.sheet == VEHICLE] == [mark]


def test_a_column_of_a_field_that_is_no_more_is_asked_about(rulebook: Rulebook) -> None:
    """Its key was changed too, so nobody can know that it is the same field: it is not declared unasked."""
    renamed = home(rulebook, field("inner", "座椅用料"))
    desk, outcome = returned(home(rulebook, field("interior", "内饰颜色")), renamed, interior="棕")
    assert verdicts(outcome) == {2: "held"}
    (asked,) = [f for f in outcome.findings if f.code == "FIELD-GONE"]
    assert "内饰颜色：棕" in desk.ruleset.tell(asked).what
    assert "HEADING-UNKNOWN" not in codes(outcome)
    _, empty = returned(home(rulebook, field("interior", "内饰颜色")), renamed)
    assert verdicts(empty) == {2: "declared"}


def test_where_the_key_is_back_what_was_held_waits_for_its_answer(rulebook: Rulebook) -> None:
    """So the cure says that both are needed: the draft knows no more that it was this field."""
    then = home(rulebook, field("interior", "内饰颜色"))
    desk, held = returned(then, home(rulebook, field("inner", "座椅用料")), interior="棕")
    assert verdicts(held) == {2: "held"}
    desk.rulebook = then
    assert verdicts(desk.drop([{**CAR, "interior": "棕"}])) == {2: "held"}
    again = desk.drop([{**CAR, "interior": "棕", "confirmed": "是"}])
    assert (verdicts(again), data_of(again)["interior"]) == ({2: "declared"}, "棕")


def test_who_turned_a_field_off_is_not_asked(rulebook: Rulebook) -> None:
    then, now = field("interior", "内饰颜色"), field("interior", "内饰颜色", "off = true\n")
    _, outcome = returned(home(rulebook, then), home(rulebook, now), interior="棕")
    assert verdicts(outcome) == {2: "declared"}
    assert "HEADING-UNKNOWN" in codes(outcome)


def test_without_a_home_nobody_is_asked_about_fields_of_another(rulebook: Rulebook) -> None:
    form = filled(compile_rules(home(rulebook, field("interior", "内饰颜色"))), {**CAR, "interior": "棕"})
    (reading,) = flow.check([flow.parse(Source("o", "o"), form, rulebook)], rulebook)
    desk = Desk(rulebook)
    blind = replace(desk.facts, blind=True)
    outcome = flow.decide(reading, blind, rulebook, "X-20260302-0001", NOW)
    assert "FIELD-GONE" not in codes(outcome)


@pytest.mark.parametrize(("action", "verdict"), [("", "held"), ("暂存", "saved")])
def test_a_column_like_that_of_a_field_without_one_is_asked_about(
    desk: Desk, action: str, verdict: str
) -> None:
    """On the cell that may be meant, which the result shows: where it is, the clerk puts it there."""
    sheet = desk.sheet(VEHICLE, [{"colour": "孔雀蓝", "action": action}])
    head = ["车身顔色" if text == "车身颜色" else text for text in sheet.rows[0]]
    sheets = replace(sheet, rows=(tuple(head), *sheet.rows[1:])), desk.sheet("structure", [{}])
    outcome = desk.put(sheets)
    assert verdicts(outcome) == {2: verdict}
    (asked,) = [f for f in outcome.findings if f.code == "CELL-UNREAD"]
    assert (asked.field, asked.value) == ("colour", "孔雀蓝")
    mended = desk.again(outcome, {2: {"colour": "孔雀蓝", "action": action or "申报"}})
    assert "CELL-UNREAD" not in codes(mended)
    assert data_of(mended)["colour"] == "孔雀蓝"


@pytest.mark.parametrize(
    "written", ["车身颜色\nExterior colour of the vehicle", "颜色（中文，以合格证为准）"]
)
def test_so_is_one_that_begins_with_the_name_of_such_a_field(desk: Desk, written: str) -> None:
    """The colours of a list in two languages were not declared, and a note in 问题清单 alone told it."""
    sheet = desk.sheet(VEHICLE, [{"colour": "孔雀蓝"}])
    head = [written if text == "车身颜色" else text for text in sheet.rows[0]]
    outcome = desk.put((replace(sheet, rows=(tuple(head), *sheet.rows[1:])), desk.sheet("structure", [{}])))
    assert verdicts(outcome) == {2: "held"}
    (asked,) = [f for f in outcome.findings if f.code == "CELL-UNREAD"]
    assert dict(asked.params)["heading"] == " ".join(written.split())


def test_a_column_of_somebodys_own_is_nobodys_business(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{}])
    outcome = desk.put(
        (
            replace(sheet, rows=((*sheet.rows[0], "我的备忘"), (*sheet.rows[1], "x"))),
            desk.sheet("structure", [{}]),
        )
    )
    assert verdicts(outcome) == {2: "declared"}


# ── values on record ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def accepted(rulebook: Rulebook) -> Desk:
    """A vehicle whose field has another key now."""
    desk = Desk(home(rulebook, field("interior", "内饰颜色")))
    record = desk.place(Type.FILING, State.ACCEPTED, interior="棕")
    desk.rulebook = home(rulebook, field("inner", "座椅用料"))
    desk.know(record)
    return desk


def changed(desk: Desk, **cells: str) -> Outcome:
    (record,) = desk.facts.records.values()
    row = {k: v for k, v in record.now.data.items() if k in desk.ruleset.index(VEHICLE)}
    asked = {**row, "inner": "", "action": "变更", "colour": "红", "_mark": desk.mark(record), **cells}
    return desk.drop([{k: v for k, v in asked.items() if k in (*desk.ruleset.index(VEHICLE), "_mark")}])


def test_a_change_that_would_leave_out_what_is_on_record_is_held(accepted: Desk) -> None:
    outcome = changed(accepted)
    assert verdicts(outcome) == {2: "held"}
    (asked,) = [f for f in outcome.findings if f.code == "FIELD-GONE"]
    assert "interior：棕" in accepted.ruleset.tell(asked).what
    confirmed = accepted.again(outcome, {2: {"confirmed": "是"}})
    assert verdicts(confirmed) == {2: "declared"}


def test_with_its_old_key_back_nothing_is_asked_and_nothing_lost(accepted: Desk, rulebook: Rulebook) -> None:
    accepted.rulebook = home(rulebook, field("interior", "座椅用料"))
    outcome = changed(accepted, interior="棕")
    assert verdicts(outcome) == {2: "declared"}
    assert data_of(outcome)["interior"] == "棕"


def test_a_change_without_a_field_that_is_off_is_meant(accepted: Desk, rulebook: Rulebook) -> None:
    accepted.rulebook = home(rulebook, field("interior", "内饰颜色", "off = true\n"))
    assert verdicts(changed(accepted)) == {2: "declared"}


def test_parameters_on_record_are_asked_about_too(rulebook: Rulebook) -> None:
    """New vehicles take them out of the catalogue, where the value stands under the key of before."""
    own = '[structure.{}]\nzh = "{}"\nen = "{} n"\nkind = "text"\nlength = 9\n'
    own += 'required = "never"\nexample = "x"\n'
    desk = Desk(home(rulebook, own.format("tow", "牵引", "tow")))
    desk.shelve(tow="有")
    desk.rulebook = home(rulebook, own.format("hitch", "拖挂", "hitch"))
    outcome = desk.drop([{}], [])
    assert verdicts(outcome) == {2: "held"}
    (asked,) = [f for f in outcome.findings if f.code == "FIELD-GONE"]
    assert "tow：有" in desk.ruleset.tell(asked).what


def test_the_form_tells_what_its_headings_mean(ruleset: Ruleset, rulebook: Rulebook) -> None:
    """All of them, in the hidden sheet, whatever its language."""
    from vinbatch.checks.former import former_headings
    from vinbatch.checks.headings import sort_sheets

    for lang in ("zh", "en"):
        parsed = flow.parse(Source("f", "f"), build(ruleset, lang), rulebook)
        sheets = sort_sheets(parsed.sheets, ruleset)
        for token, sheet in sheets.data.items():
            told = former_headings(sheets.hidden, token)
            assert {k for k in told.values() if "." not in k} == set(ruleset.index(token))
            assert len(told) == len([cell for cell in sheet.rows[0] if cell is not None])
