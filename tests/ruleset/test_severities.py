"""Every finding in every severity that a home may give it: the texts fit, and what is asked is answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import Desk
from test_examples import PLAYED, played, with_settings

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.errors import RulesError
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Act,
    FileNames,
    FindingRule,
    Known,
    Outcome,
    Severity,
    Type,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.report.result import result_workbook
from vinbatch.ruleset import compile_rules
from vinbatch.ruleset.findings import ROWLESS

RULES = compile_rules(packaged_rulebook()).findings
LIGHTER = [code for code, rule in RULES.items() if rule.severity is not Severity.STOP]


def may_be(rule: FindingRule, severity: str) -> bool:
    """Whether a home may have it so, as the rules say themselves."""
    if rule.afterwards or severity in rule.never:
        return False
    return severity != Severity.ASK or rule.where not in ROWLESS


ASKED = [code for code in LIGHTER if code in PLAYED and may_be(RULES[code], "ask")]
QUESTIONS = [code for code in PLAYED if RULES[code].severity is Severity.ASK]
LOWERED = [code for code in QUESTIONS if may_be(RULES[code], "note")]
STRICT = [code for code in QUESTIONS if may_be(RULES[code], "stop")]


def desk_with(code: str, severities: dict[str, str]) -> Desk:
    settings = {**RULES[code].bad.get("settings", {}), "severities": severities}  # type: ignore[dict-item]
    return Desk(with_settings(packaged_rulebook(), settings))


def rows_with(outcome: Outcome, code: str) -> set[tuple[str, int]]:
    """The rows that it holds or refuses, and those that wait for them."""
    return {
        (f.sheet, f.row)
        for f in outcome.findings
        if f.code in (code, "STRUCTURE-ASK") and f.severity is not Severity.NOTE
    }


def vins(desk: Desk, outcome: Outcome, rows: set[tuple[str, int]]) -> set[str]:
    at = desk.ruleset.index(VEHICLE)["vin"]
    return {str(j.row.values[at]) for j in outcome.rows if (j.row.sheet, j.row.number) in rows} - {"None"}


def declared(outcome: Outcome) -> set[str]:
    return {d.vin for d in outcome.declarations}


def numbers(outcome: Outcome, sheet: str) -> list[int]:
    return [j.row.number for j in outcome.rows if j.row.sheet == sheet]


@pytest.mark.parametrize("code", ASKED)
def test_what_is_asked_is_held_until_it_is_answered_and_declared_once(code: str) -> None:
    """As it stands, and with the act asked for and no answer; then with 是 on every row, and once more."""
    desk = desk_with(code, {} if RULES[code].severity is Severity.ASK else {code: "ask"})
    first = played(desk, RULES[code].bad)
    asking = rows_with(first, code)
    ends = {(j.row.sheet, j.row.number): j.verdict for j in first.rows}
    told = {(f.sheet, f.row) for f in first.findings if f.severity is not Severity.NOTE}
    assert asking
    assert {place for place, end in ends.items() if end in (Verdict.HELD, Verdict.REFUSED)} <= told
    assert {ends[place] for place in asking} <= {Verdict.HELD, Verdict.REFUSED}
    doubted = vins(desk, first, {place for place in asking if place[0] == VEHICLE})
    for edits in acts(desk, first, doubted if code != "ACT-UNSAID" else set()):  # an act is its answer
        facts = desk.facts
        assert doubted.isdisjoint(declared(desk.again(first, edits)))
        desk.facts = facts
    yes = {"confirmed": "是"}
    vehicles, structures = (dict.fromkeys(numbers(first, sheet), yes) for sheet in (VEHICLE, STRUCTURE))
    answered = desk.again(first, vehicles, structures)
    assert doubted <= declared(answered)
    assert not rows_with(answered, code)
    again = desk.again(answered, vehicles, structures)
    assert (declared(again), rows_with(again, code)) == (set(), set())


def acts(desk: Desk, first: Outcome, doubted: set[str]) -> Iterator[dict[int, dict[str, str]]]:
    """Edits that answer nothing: none, and the act that would declare what was kept as a draft."""
    yield {}
    at = desk.ruleset.index(VEHICLE)["vin"]
    told: dict[int, dict[str, str]] = {}
    for j in first.rows:
        record = desk.facts.records.get(str(j.row.values[at])) if j.row.sheet == VEHICLE else None
        if record is not None and record.vin in doubted and j.verdict is Verdict.HELD:
            act = Act.CHANGE if record.now.type is Type.CHANGE else Act.DECLARE
            told[j.row.number] = {"action": act.value}
    yield told


@pytest.mark.parametrize("code", ASKED)
def test_the_cure_of_what_is_asked_says_how_it_is_answered(code: str) -> None:
    """Notes say 不需处理: a home that asked about one held the row, and told nobody what for."""
    rule = RULES[code]
    if rule.severity is Severity.ASK:
        assert all("是" in cure or "{how}" in cure for cure in (rule.cure_zh, rule.cure_en))
    else:
        assert all("是" in rule.asked[key] for key in ("cure_zh", "cure_en"))


@pytest.mark.parametrize("cure", ["请告知业务部", "请告知业务部。"])
def test_a_cure_of_the_home_stays_and_is_told_how_it_is_answered(cure: str) -> None:
    own = f'[VIN-WMI-UNKNOWN]\ncure_zh = "{cure}"\n'
    desk = desk_with("VIN-WMI-UNKNOWN", {"VIN-WMI-UNKNOWN": "ask"})
    home = (*desk.rulebook.home, ("findings-own.toml", own))
    desk.rulebook = replace(desk.rulebook, home=home, digest=own)
    (ask,) = played(desk, RULES["VIN-WMI-UNKNOWN"].bad).findings
    assert desk.ruleset.tell(ask).cure == f"请告知业务部。{desk.ruleset.phrase('result.cure_asked')}"


@pytest.mark.parametrize(
    ("own", "what", "cure"),
    [
        ("zh = '换了'", "换了", RULES["RECORD-REPLACED"].asked["cure_zh"]),
        ("zh = '换了'\nasked_zh = '要换'", "要换", RULES["RECORD-REPLACED"].asked["cure_zh"]),
        ("cure_zh = '看看'\nasked_cure_zh = '换就填是'", None, "换就填是"),
    ],
)
def test_a_text_of_the_home_stands_before_the_packaged_one_of_what_is_asked(
    own: str, what: str | None, cure: str
) -> None:
    desk = desk_with("RECORD-REPLACED", {"RECORD-REPLACED": "ask"})
    text = f"[RECORD-REPLACED]\n{own}\n"
    desk.rulebook = replace(
        desk.rulebook, home=(*desk.rulebook.home, ("findings-own.toml", text)), digest=text
    )
    (ask,) = (f for f in played(desk, RULES["RECORD-REPLACED"].bad).findings if f.code == "RECORD-REPLACED")
    told = desk.ruleset.tell(ask)
    assert told.cure == cure
    assert told.what == what or (what is None and "要替换" in told.what)


def test_a_revision_that_is_asked_about_is_told_as_done_once_it_is() -> None:
    desk = desk_with("STRUCTURE-REVISED", {"STRUCTURE-REVISED": "ask"})
    first = played(desk, RULES["STRUCTURE-REVISED"].bad)
    rows = {number: {"confirmed": "是"} for number in numbers(first, STRUCTURE)}
    told = [
        desk.ruleset.tell(f).what
        for outcome in (first, desk.again(first, {}, rows))
        for f in outcome.findings
        if f.code == "STRUCTURE-REVISED"
    ]
    assert ["还没有更新" in what for what in told] == [True, False]


def test_a_refused_row_is_asked_again_about_a_cell_as_it_was_written() -> None:
    """Its result shows the cell as it was read, and dropped again it would be declared with no answer."""
    desk = desk_with("CELL-CLEANED", {"CELL-CLEANED": "ask"})
    refused = desk.drop([{"colour": " 白 ", "vin": "WBA13BJ04MCF12345"}])
    filled = result_workbook(refused, Known(desk.now), FileNames(), desk.ruleset)
    assert filled.sheets[0].rows[0].crossed == {"colour"}


@pytest.mark.parametrize("example", ["commented-cell", "commented-untouched"])
def test_a_home_that_takes_comments_for_notes_has_no_cell_crossed_out_for_them(example: str) -> None:
    desk = desk_with("CELL-COMMENT", {"CELL-COMMENT": "note"})
    filled = result_workbook(played(desk, {"file": example}), Known(desk.now), FileNames(), desk.ruleset)
    assert filled.sheets[0].rows[0].crossed == frozenset()


def test_a_refused_row_keeps_a_word_that_is_asked_about_as_no_act() -> None:
    desk = desk_with("ACT-UNSAID", {"ACT-UNSAID": "ask"})
    refused = desk.drop([{"action": "无", "vin": "WBA13BJ04MCF12345"}])
    filled = result_workbook(refused, Known(desk.now), FileNames(), desk.ruleset)
    assert filled.sheets[0].rows[0].cells[desk.ruleset.index(VEHICLE)["action"]] == "无"


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("DATE-MODEL-YEAR", {}, "note"),
        ("DATE-CELL", {"DATE-CELL": "ask"}, "note"),
        ("DATE-MODEL-YEAR", {}, "stop"),
    ],
)
def test_a_row_that_was_held_before_says_how_it_is_answered(
    code: str, before: dict[str, str], after: str
) -> None:
    """It waits for 是 whatever the home makes of later ones, and was told that nothing is to be confirmed."""
    held = played(desk_with(code, before), RULES[code].bad)
    now = desk_with(code, {code: after}).ruleset
    (ask,) = [f for f in held.findings if f.code == code]
    assert "填“是”" in now.tell(ask).cure


@pytest.mark.parametrize("code", LOWERED)
def test_a_question_that_is_a_note_keeps_nothing_back_and_asks_for_no_answer(code: str) -> None:
    desk = desk_with(code, {code: "note"})
    told = [f for f in played(desk, RULES[code].bad).findings if f.code == code]
    assert {f.severity for f in told} == {Severity.NOTE}
    assert not [f for f in told if "填“是”" in desk.ruleset.tell(f).cure]
    assert not [f for f in told if "没有办理" in desk.ruleset.tell(f).what]


@pytest.mark.parametrize("code", STRICT)
def test_a_question_that_is_a_stop_refuses_and_offers_no_answer(code: str) -> None:
    desk = desk_with(code, {code: "stop"})
    outcome = played(desk, RULES[code].bad)
    ends = {(j.row.sheet, j.row.number): j.verdict for j in outcome.rows}
    told = [f for f in outcome.findings if f.code == code]
    assert {ends[f.sheet, f.row] for f in told} == {Verdict.REFUSED}
    assert not [f for f in told if "填“是”" in desk.ruleset.tell(f).cure]


@pytest.mark.parametrize(
    ("code", "severity", "says"),
    [
        ("FIELD-REQUIRED-DRAFT", "ask", '"stop" / "note"'),
        ("CELL-CLEANED", "stop", '"ask" / "note"'),
        ("STRUCTURE-ASK", "note", '"ask"'),
        ("RECORD-STILL-DRAFT", "ask", '"note"'),
        ("CHANGE-DIFFERENCES", "stop", '"note"'),
    ],
)
def test_what_would_make_no_sense_is_refused_and_says_what_would(code: str, severity: str, says: str) -> None:
    """They were taken, and held rows for what nobody could answer, or had them declared with it open."""
    with pytest.raises(RulesError, match=code) as refused:
        _ = desk_with(code, {code: severity}).ruleset
    assert says in str(refused.value)
