"""Nothing becomes acceptable by passing through a result workbook, and nothing that stands is lost in it."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk, codes, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch import flow
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import (
    REFILL,
    STRUCTURE,
    VEHICLE,
    FileNames,
    Kind,
    Known,
    Odd,
    OddKind,
    Outcome,
    Parsed,
    Raw,
    Rulebook,
    Severity,
    Sheet,
    Source,
    State,
    Type,
)
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules

RULES = compile_rules(packaged_rulebook())
TEXTUAL = (Kind.VIN, Kind.CODE, Kind.CCC, Kind.TEXT)
# What is lost or ambiguous at reading, in any field.
LOST: list[Raw] = [
    Odd(OddKind.ERROR, "#N/A"),
    Odd(OddKind.ERROR, "#REF!"),
    Odd(OddKind.UNCALCULATED, "=A1+1"),
    Odd(OddKind.MERGED, "A2:A3", "x"),
    Odd(OddKind.MERGED, "A2:A3", None),
    True,
]
# A number where text is due; for the month the ambiguous ones.
NUMBERS: dict[Kind, list[Raw]] = {
    Kind.MONTH: [Odd(OddKind.FORMATTED, "General", 2021.1), 2021.3, 202110, 44256],
    **{kind: [1200000, 2020011101345678, 1.5] for kind in TEXTUAL},
}
DATES: list[Raw] = [datetime(2021, 3, 1)]


def cells(sheet: str) -> st.SearchStrategy[tuple[str, Raw]]:
    """A field of the sheet and a value that was lost there."""
    pairs: list[tuple[str, Raw]] = []
    for field in RULES.fields(sheet):
        bad = [*LOST, *NUMBERS.get(field.kind, []), *(DATES if field.kind is not Kind.MONTH else [])]
        pairs += [(field.key, raw) for raw in bad]
    return st.sampled_from(pairs)


def through(desk: Desk, outcome: Outcome) -> Outcome:
    """Fill the result workbook, read it as a stranger's file, decide it again."""
    parsed = Parsed(Source("again.xlsx", f"again of {outcome.batch}"), parsed_result(desk, outcome))
    (reading,) = flow.check([parsed], desk.rulebook)
    return flow.decide(reading, desk.facts, desk.rulebook, "TRIAL-20260302-0099", desk.now)


def parsed_result(desk: Desk, outcome: Outcome) -> tuple[Sheet, ...]:
    """The data sheets of the result workbook as a stranger's file is read."""
    answer = flow.answer(outcome, Known(desk.now, desk.facts.records), FileNames(), desk.rulebook)
    parsed = flow.parse(Source("again.xlsx", outcome.batch), answer.workbook, desk.rulebook)
    assert isinstance(parsed, Parsed)
    assert parsed.refusal is None
    named = {desk.ruleset.word(f"@sheet.{sheet}") for sheet in (VEHICLE, STRUCTURE)}
    return tuple(sheet for sheet in parsed.sheets if sheet.name in named)


def stopped(outcome: Outcome) -> set[tuple[str, int, str]]:
    return {(f.sheet, f.row, f.field) for f in outcome.findings if f.severity is Severity.STOP}


@settings(max_examples=40, deadline=None)
@given(st.lists(cells(VEHICLE), min_size=1, max_size=4), st.lists(cells(STRUCTURE), max_size=3))
def test_a_lost_value_never_becomes_acceptable(
    vehicle: list[tuple[str, Raw]], structure: list[tuple[str, Raw]]
) -> None:
    desk = Desk(packaged_rulebook())
    first = desk.drop([dict(vehicle)], [dict(structure)])
    bad = {(VEHICLE, 2, key) for key, _ in vehicle} | {(STRUCTURE, 2, key) for key, _ in structure}
    assert bad <= stopped(first)
    again = through(desk, first)
    assert bad <= stopped(again)
    assert verdicts(again) == {2: "refused"}
    assert again.records == again.entries == again.declarations == ()


@pytest.mark.parametrize("char", ["\u200b", "\u202e", "\u3164", "\x7f", "\U000e0101"])
def test_the_code_that_stands_for_what_nobody_sees_is_declared_no_more_than_that(char: str) -> None:
    """`B48⟨U+200B⟩20B`: the result shows the code, and its letters were taken."""
    desk = Desk(packaged_rulebook())
    first = desk.drop([{"engine_no": f"B48{char}20B"}], [{"engine_model": f"B48{char}20B"}])
    bad = {(VEHICLE, 2, "engine_no"), (STRUCTURE, 2, "engine_model")}
    assert bad <= stopped(first)
    again = through(desk, first)
    assert bad <= stopped(again)
    assert again.declarations == ()


def test_what_is_crossed_out_stays_so_until_it_is_answered(desk: Desk) -> None:
    """Refused for another cell, the row was mended there, and went out with what was crossed out."""
    at = {sheet: desk.ruleset.index(sheet) for sheet in (VEHICLE, STRUCTURE)}
    vehicles = desk.sheet(VEHICLE, [{"production_date": "2021.1"}])
    structures = desk.sheet(STRUCTURE, [{}])
    places = ((2, at[VEHICLE]["engine_no"] + 1),), ((2, at[STRUCTURE]["length"] + 1),)
    first = desk.put((replace(vehicles, struck=places[0]), replace(structures, struck=places[1])))
    assert verdicts(first) == {2: "refused"}
    vehicles, structures = parsed_result(desk, first)
    assert (vehicles.struck, structures.struck) == places
    cells = list(vehicles.rows[1])
    cells[at[VEHICLE]["production_date"]] = "2021.10"
    again = desk.put((replace(vehicles, rows=(vehicles.rows[0], tuple(cells))), structures))
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())
    confirmed = desk.again(again, {2: {"confirmed": "是"}}, {2: {"confirmed": "是"}})
    assert verdicts(confirmed) == {2: "declared"}
    assert [sheet.struck for sheet in parsed_result(desk, confirmed)] == [(), ()]


@pytest.mark.parametrize("look", ["struck", "masked"])
def test_what_looked_otherwise_is_asked_again_of_a_cell_that_is_refused_too(desk: Desk, look: str) -> None:
    """Kerb and gross mass do not agree: mended in the one, the other went out as it stood."""
    at = desk.ruleset.index(STRUCTURE)
    structures = desk.sheet(STRUCTURE, [{"kerb_mass": "50000"}])
    places = ((2, at["gross_mass"] + 1),)
    first = desk.put((desk.sheet(VEHICLE, [{}]), replace(structures, **{look: places})))
    assert verdicts(first) == {2: "refused"}
    vehicles, structures = parsed_result(desk, first)
    cells = list(structures.rows[1])
    cells[at["kerb_mass"]] = 1500
    again = desk.put((vehicles, replace(structures, rows=(structures.rows[0], tuple(cells)))))
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())
    assert verdicts(through(desk, desk.again(again, {}, {2: {"confirmed": "是"}}))) == {2: "unchanged"}


def test_a_crossed_out_revocation_is_not_done_from_its_result(desk: Desk) -> None:
    """The row that was refused comes back with what it asked for, and with the line."""
    desk.shelve()
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    row = {"_mark": mark, "action": "撤销", "revocation_reason": "车辆退运", "confirmed": "是"}
    at = desk.ruleset.index(VEHICLE)
    places = tuple((2, column + 1) for column in sorted((at["action"], at["confirmed"])))
    first = desk.put((replace(desk.sheet(VEHICLE, [row]), struck=places),))
    assert verdicts(first) == {2: "refused"}
    vehicles, *_ = parsed_result(desk, first)
    assert vehicles.struck == places
    assert verdicts(through(desk, first)) == {2: "refused"}


@pytest.mark.parametrize("look", ["struck", "masked"])
def test_what_looked_otherwise_on_a_row_that_waits_is_asked_about_once_it_may_be_worked(
    desk: Desk, look: str
) -> None:
    """Its result told that as nothing to be seen to yet, and showed it plain."""
    desk.shelve()
    record = desk.place(Type.CHANGE, State.DECLARED)
    row = {"_mark": desk.mark(record), "action": "变更", "colour": "孔雀蓝"}
    places = ((2, desk.ruleset.index(VEHICLE)["colour"] + 1),)
    first = desk.put((replace(desk.sheet(VEHICLE, [row]), **{look: places}),))
    assert verdicts(first) == {2: "refused"}
    vehicles, *_ = parsed_result(desk, first)
    assert vehicles.struck == places
    desk.know(replace(record, now=replace(record.now, state=State.ACCEPTED)))
    assert verdicts(desk.put((vehicles,))) == {2: "held"}


def test_a_value_that_showed_as_another_is_asked_about_until_it_is_answered(rulebook: Rulebook) -> None:
    """Refused for another cell, the row was mended there, and went out without a word of the value."""
    desk = Desk(rulebook)
    index = desk.ruleset.index(VEHICLE)
    vehicles = desk.sheet(VEHICLE, [{"production_date": "2021.1"}])
    masked = replace(vehicles, masked=((2, index["engine_no"] + 1),))
    first = desk.put((masked, desk.sheet(STRUCTURE, [{}])))
    assert verdicts(first) == {2: "refused"}

    def mended(**edits: str) -> Outcome:
        vehicles, structures = parsed_result(desk, first)
        cells = list(vehicles.rows[1])
        for key, value in {"production_date": "2021.10", **edits}.items():
            cells[index[key]] = value
        left = tuple(
            place for place in vehicles.struck if cells[place[1] - 1] == vehicles.rows[1][place[1] - 1]
        )
        rows = (vehicles.rows[0], tuple(cells))
        return Desk(rulebook).put((replace(vehicles, rows=rows, struck=left), structures))

    assert verdicts(mended()) == {2: "held"}
    assert verdicts(mended(confirmed="是")) == {2: "declared"}
    assert verdicts(mended(engine_no="DCB654321")) == {2: "declared"}  # typed over, it has no line


# ── comments: a result has none ──────────────────────────────────────────────────────────────────


def commented(desk: Desk, row: dict[str, Raw], key: str, token: str = VEHICLE) -> Outcome:
    """A vehicle with this row, and a comment on this cell of it, or of its parameters."""
    place = (2, desk.ruleset.index(token)[key] + 1, "先不报")
    told = {VEHICLE: desk.sheet(VEHICLE, [row]), STRUCTURE: desk.sheet(STRUCTURE, [{}])}
    told[token] = replace(told[token], comments=(place,))
    return desk.put(tuple(told.values()))


def edited(desk: Desk, outcome: Outcome, **cells: str) -> tuple[Sheet, ...]:
    """The result workbook of it with these cells of the vehicle."""
    vehicles, *others = parsed_result(desk, outcome)
    row, index = list(vehicles.rows[1]), desk.ruleset.index(VEHICLE)
    for key, value in cells.items():
        row[index[key]] = value
    typed = {index[key] + 1 for key in cells}  # over a cell: without its line
    left = tuple(place for place in vehicles.struck if place[1] not in typed)
    return replace(vehicles, rows=(vehicles.rows[0], tuple(row)), struck=left), *others


@pytest.mark.parametrize(
    ("key", "line"),
    [("colour", "colour"), ("vin", "vin"), ("remarks", "vin"), ("action", "vin"), ("confirmed", "vin")],
)
def test_what_had_a_comment_is_crossed_out_in_a_result_of_which_no_draft_is_kept(
    rulebook: Rulebook, key: str, line: str
) -> None:
    """Refused for another cell, the row was mended there, and went out without a word of the comment."""
    desk = Desk(rulebook)
    first = commented(desk, {"production_date": "2021.1", "remarks": ""}, key)
    assert verdicts(first) == {2: "refused"}
    assert parsed_result(desk, first)[0].struck == ((2, desk.ruleset.index(VEHICLE)[line] + 1),)
    mended = edited(desk, first, production_date="2021.10", action="申报")
    assert verdicts(desk.put(mended)) == {2: "held"}
    answered = edited(desk, first, production_date="2021.10", confirmed="是")
    assert verdicts(Desk(rulebook).put(answered)) == {2: "declared"}


def test_a_comment_about_the_row_outlives_a_vin_that_is_typed_anew(desk: Desk) -> None:
    """The line was drawn through 操作, and gone with the act that was chosen anew."""
    first = commented(desk, {"vin": "WBA13BJ04MCF12345", "action": "申报"}, "action")
    assert verdicts(first) == {2: "refused"}
    for act in ({}, {"action": "申报"}):
        facts = desk.facts
        again = desk.put(edited(desk, first, vin="WBA13BJ03MCF12345", **act))
        assert (verdicts(again), again.declarations) == ({2: "held"}, ())
        desk.facts = facts


def test_a_comment_on_parameters_that_are_not_learnt_is_asked_about_again(desk: Desk) -> None:
    first = commented(desk, {"production_date": "2021.1"}, "length", STRUCTURE)
    again = desk.put(edited(desk, first, production_date="2021.10"))
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())


@pytest.mark.parametrize("key", ["colour", "vin", "action", "revocation_reason", "remarks"])
def test_a_revocation_with_a_comment_is_not_done_from_its_result(desk: Desk, key: str) -> None:
    desk.shelve()
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    first = commented(desk, {"_mark": mark, "action": "撤销", "revocation_reason": "车辆退运"}, key)
    assert verdicts(first) == {2: "refused"}
    assert verdicts(through(desk, first)) == {2: "refused"}
    assert verdicts(desk.put(edited(desk, first, confirmed="是"))) == {2: "declared"}


@pytest.mark.parametrize("key", ["colour", "action"])
def test_a_comment_on_a_row_that_asks_for_nothing_is_asked_about_once_it_does(desk: Desk, key: str) -> None:
    desk.shelve()
    mark = desk.mark(desk.place(Type.FILING, State.DRAFT))
    first = commented(desk, {"_mark": mark}, key)
    assert verdicts(first) == {2: "unchanged"}
    again = desk.put(edited(desk, first, action="申报"))
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())


@pytest.mark.parametrize("key", ["colour", "action"])
def test_a_comment_on_a_vehicle_that_customs_has_draws_no_line_through_it(desk: Desk, key: str) -> None:
    """已放行, written onto it: the line said that the vehicle was void."""
    desk.shelve()
    first = commented(desk, {"_mark": desk.mark(desk.place(Type.FILING, State.ACCEPTED))}, key)
    assert "COMMENT-LEFT-ALONE" in codes(first)
    assert parsed_result(desk, first)[0].struck == ()


def test_a_comment_on_a_row_that_waits_is_asked_about_once_it_is_mended(desk: Desk) -> None:
    """Held for something else, its draft knows nothing of what was written onto its result."""
    vehicles = desk.sheet(VEHICLE, [{}])
    places = tuple((2, desk.ruleset.index(VEHICLE)[key] + 1) for key in ("colour", "engine_no"))
    first = desk.put((replace(vehicles, struck=places[:1]), desk.sheet(STRUCTURE, [{}])))
    vehicles, *others = edited(desk, first)
    waits = desk.put((replace(vehicles, comments=((*places[1], "先不报"),)), *others))
    assert verdicts(waits) == {2: "held"}
    mended = desk.put(edited(desk, waits, colour="孔雀蓝"))
    assert (verdicts(mended), mended.declarations) == ({2: "held"}, ())


def test_a_comment_that_a_draft_remembers_leaves_its_result_plain(desk: Desk) -> None:
    first = commented(desk, {}, "colour")
    assert verdicts(first) == {2: "held"}
    assert parsed_result(desk, first)[0].struck == ()
    assert verdicts(through(desk, first)) == {2: "held"}


# ── what a home refuses of how a cell looked ─────────────────────────────────────────────────────


def strict(rulebook: Rulebook, code: str) -> Desk:
    home = (("settings.toml", f'[severities]\n{code} = "stop"\n'),)
    desk = Desk(replace(rulebook, home=home, digest=code))
    desk.shelve()
    return desk


def answered(desk: Desk, first: Outcome, key: str, value: str) -> list[dict[int, str]]:
    """What becomes of its result with 是, and with the cell typed anew."""
    assert verdicts(first) == {2: "refused"}
    told = []
    for cells in ({"confirmed": "是"}, {key: value}, {key: value, "confirmed": "是"}):
        facts = desk.facts
        told.append(verdicts(desk.put(edited(desk, first, **cells))))
        desk.facts = facts
    return told


@pytest.mark.parametrize(("key", "value"), [("engine_no", "B48B20B 24681357"), ("vin", "WBA13BJ03MCF12345")])
def test_a_value_whose_format_shows_another_stays_refused_until_it_is_typed_anew(
    rulebook: Rulebook, key: str, value: str
) -> None:
    """Its line was asked about as one that somebody drew, and 是 released it."""
    desk = strict(rulebook, "CELL-MASKED")
    vehicles = desk.sheet(VEHICLE, [{key: value}])
    first = desk.put((replace(vehicles, masked=((2, desk.ruleset.index(VEHICLE)[key] + 1),)),))
    assert parsed_result(desk, first)[0].struck == ()
    assert answered(desk, first, key, value) == [{2: "refused"}, {2: "declared"}, {2: "declared"}]


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("colour", "colour", "白"),
        ("remarks", "remarks", ""),
        ("remarks", "remarks", "定制车"),
        ("action", "action", "申报"),
        ("confirmed", "action", ""),  # 是 in its own place would be the answer that is none
    ],
)
def test_a_comment_that_a_home_refuses_does_not_pass_by_its_result(
    rulebook: Rulebook, key: str, typed: str, value: str
) -> None:
    desk = strict(rulebook, "CELL-COMMENT")
    first = commented(desk, {"remarks": "", "colour": "白"}, key)
    assert answered(desk, first, typed, value) == [{2: "refused"}, {2: "declared"}, {2: "declared"}]


@pytest.mark.parametrize(
    ("key", "typed"), [("length", "length"), ("confirmed", "manufacturer"), ("structure_no", "manufacturer")]
)
def test_one_on_parameters_that_a_home_refuses_neither(rulebook: Rulebook, key: str, typed: str) -> None:
    desk = strict(rulebook, "CELL-COMMENT")
    result = parsed_result(desk, commented(desk, {}, key, STRUCTURE))
    row = dict(zip(desk.ruleset.index(STRUCTURE), result[1].rows[1], strict=False))
    assert [at for at, value in row.items() if value == REFILL] == [typed]
    assert verdicts(desk.put(result)) == {2: "refused"}


@pytest.mark.parametrize("token", [VEHICLE, STRUCTURE])
def test_one_on_a_grey_column_that_a_home_refuses_neither(rulebook: Rulebook, token: str) -> None:
    desk = strict(rulebook, "CELL-COMMENT")
    sheets = parsed_result(desk, desk.drop([{"production_date": "2021.1"}]))
    which = [VEHICLE, STRUCTURE].index(token)
    at = sheets[which].rows[0].index(desk.ruleset.word("@column.verdict")) + 1
    made = [replace(s, comments=((2, at, "先不报"),)) if i == which else s for i, s in enumerate(sheets)]
    first = desk.put(tuple(made))
    assert verdicts(first) == {2: "refused"}
    typed = {"production_date": "2021.10", "confirmed": "是"}
    assert verdicts(desk.put(edited(desk, first, **typed))) == {2: "refused"}


@pytest.mark.parametrize("key", ["colour", "vin", "action", "confirmed", "revocation_reason"])
def test_a_revocation_with_one_that_a_home_refuses_asks_for_its_act_anew(
    rulebook: Rulebook, key: str
) -> None:
    desk = strict(rulebook, "CELL-COMMENT")
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    row: dict[str, Raw] = {"_mark": mark, "action": "撤销", "revocation_reason": "车辆退运"}
    first = commented(desk, row, key)
    at = {"revocation_reason": "车辆退运", "vin": "WBA13BJ03MCF12345"}
    told = answered(desk, first, key if key in at else "action", at.get(key, "撤销"))
    assert told == [{2: "refused"}, {2: "declared"}, {2: "declared"}]


@pytest.mark.parametrize("look", ["struck", "masked"])
@pytest.mark.parametrize(
    ("state", "act"), [(State.DRAFT, "申报"), (State.REJECTED, "申报"), (State.ACCEPTED, "变更")]
)
def test_what_is_crossed_out_on_a_row_that_asks_for_nothing_is_asked_about_once_it_does(
    desk: Desk, state: State, act: str, look: str
) -> None:
    """Nothing is done, and the line stays: the result showed the cell plain, and it went out from there."""
    index = desk.ruleset.index(VEHICLE)
    desk.shelve()
    mark = desk.mark(desk.place(Type.FILING, state))
    place = ((2, index["engine_no"] + 1),)
    first = desk.put((replace(desk.sheet(VEHICLE, [{"_mark": mark}]), **{look: place}),))
    assert verdicts(first) == {2: "unchanged"}
    assert [f.code for f in first.findings if f.field == "engine_no"] == ["LOOK-LEFT-ALONE"]
    (vehicles, *_) = parsed_result(desk, first)
    assert vehicles.struck == place
    cells = list(vehicles.rows[1])
    cells[index["action"]], cells[index["remarks"]] = act, "定制"
    again = desk.put((replace(vehicles, rows=(vehicles.rows[0], tuple(cells))),))
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())


def test_a_draft_keeps_what_is_asked_of_a_value_and_shows_it_plain(desk: Desk) -> None:
    """One question, answered once: a line in its result would be asked about anew."""
    masked = replace(desk.sheet(VEHICLE, [{}]), masked=((2, desk.ruleset.index(VEHICLE)["engine_no"] + 1),))
    first = desk.put((masked, desk.sheet(STRUCTURE, [{}])))
    assert verdicts(first) == {2: "held"}
    assert [sheet.struck for sheet in parsed_result(desk, first)] == [(), ()]
    assert verdicts(desk.again(first, {2: {"confirmed": "是"}})) == {2: "declared"}


@pytest.mark.parametrize("heading", ["车身顔色", "车身颜色\nExterior colour of the vehicle"])
def test_what_was_not_read_is_asked_about_again(heading: str, rulebook: Rulebook) -> None:
    """The result has the column that the file lacked: mended in another cell, the row went out without it."""
    desk = Desk(rulebook)
    head, row = desk.sheet(VEHICLE, [{"production_date": "2021.1"}], without=["colour"]).rows
    sheet = Sheet(desk.ruleset.word("@sheet.vehicle"), ((*head, heading), (*row, "红")))
    first = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    assert verdicts(first) == {2: "refused"}
    vehicles, structures = parsed_result(desk, first)
    cells = list(vehicles.rows[1])
    cells[desk.ruleset.index(VEHICLE)["production_date"]] = "2021.10"

    def mended(colour: str | None) -> Outcome:
        cells[desk.ruleset.index(VEHICLE)["colour"]] = colour
        return Desk(rulebook).put((replace(vehicles, rows=(vehicles.rows[0], tuple(cells))), structures))

    assert verdicts(again := mended(None)) == {2: "held"}
    assert [sheet.rows[0][-1] for sheet in parsed_result(desk, again)[:1]] == [f"{heading}（没有读取）"]
    assert verdicts(mended("红")) == {2: "declared"}


def test_results_of_good_rows_read_back_as_themselves() -> None:
    """Declared and saved rows are unchanged, whatever their values: every shown form reads back as itself."""
    from vinbatch import samples

    desk = Desk(packaged_rulebook())
    vehicles = [{**v} for v in samples.vehicles(20)]
    sheets = (
        desk.sheet(VEHICLE, _full(desk, VEHICLE, vehicles)),
        desk.sheet(STRUCTURE, _full(desk, STRUCTURE, samples.parameters())),
    )
    first = desk.put(sheets)
    assert set(verdicts(first).values()) == {"declared"}
    again = through(desk, first)
    assert set(verdicts(again).values()) == {"unchanged"}
    assert set(verdicts(again, STRUCTURE).values()) == {"unchanged"}
    assert again.findings == ()


def _full(desk: Desk, sheet: str, rows: list[dict[str, str | int | float]]) -> list[dict[str, Raw]]:
    """These cells and no others: the desk's sample must not show through."""
    blank: dict[str, Raw] = {f.key: "" for f in desk.ruleset.fields(sheet)}
    return [{**blank, **row} for row in rows]


def test_a_result_dropped_again_and_again_stays_what_it_is() -> None:
    desk = Desk(packaged_rulebook())
    rows: list[dict[str, Raw]] = [
        {},
        {"vin": "WBA13BJ05MCF12346", "production_date": "2019.03"},
        {"vin": "?"},
    ]
    outcome = desk.drop(rows)
    for _ in range(3):
        again = through(desk, outcome)
        assert list(verdicts(again).values()) == ["unchanged", "held", "refused"]
        outcome = again
