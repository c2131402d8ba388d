"""How values, words and findings of the rules are shown."""

from __future__ import annotations

import pytest

from vinbatch.errors import RulesError
from vinbatch.layers import read_tables
from vinbatch.model import FindingRule, Kind, Rulebook, Severity, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.ruleset.findings import compile_findings
from vinbatch.ruleset.ruleset import in_language
from vinbatch.ruleset.values import read_example


@pytest.mark.parametrize(
    ("sheet", "key", "value", "shown"),
    [
        ("vehicle", "colour", None, ""),
        ("vehicle", "colour", "黑", "黑"),
        ("structure", "doors", 10, "10"),
        ("structure", "axle_loads", (1150, 1290), "1150/1290"),
        ("structure", "country", "DEU", "DEU 德国"),
        ("structure", "country", "XXX", "XXX"),
        ("structure", "fuel_consumption", 7.50, "7.5"),
        ("structure", "fuel_consumption", 100.0, "100"),
        ("structure", "fuel_consumption", 1e-05, "0.00001"),
    ],
)
def test_a_value_is_shown_as_it_would_be_typed(
    sheet: str, key: str, value: Value, shown: str, ruleset: Ruleset
) -> None:
    assert ruleset.shown(ruleset.field(sheet, key), value) == shown


@pytest.mark.parametrize(
    ("token", "zh", "en"),
    [
        ("一个人写的", "一个人写的", "一个人写的"),
        ("@nothing.of.ours", "@nothing.of.ours", "@nothing.of.ours"),
        ("@vehicle.colour|白 → 黑", "车身颜色：白 → 黑", "Colour: 白 → 黑"),
        ("@vehicle.gone|1 → 2", "gone：1 → 2", "gone: 1 → 2"),
    ],
)
def test_a_word_is_told_in_the_language_of_the_reader(token: str, zh: str, en: str, ruleset: Ruleset) -> None:
    colour = ruleset.field("vehicle", "colour")
    zh, en = zh.replace("车身颜色", colour.heading("zh")), en.replace("Colour", colour.heading("en"))
    assert (ruleset.word(token), ruleset.word(token, "zh"), ruleset.word(token, "en")) == (zh, zh, en)


def test_a_link_holds_its_number(ruleset: Ruleset) -> None:
    assert "5" in ruleset.word("@link.structure|5")
    assert "{n}" not in ruleset.word("@link.structure|5")


def test_a_finding_of_the_whole_file_has_no_place(ruleset: Ruleset) -> None:
    found = ruleset.finding("FILE-NO-ROWS")
    assert (found.sheet, found.row, found.field, found.value, found.params) == ("", 0, "", "", ())


def test_a_finding_names_its_field_in_the_language_of_the_reader(ruleset: Ruleset) -> None:
    found = ruleset.finding("FIELD-REQUIRED", sheet="vehicle", row=2, field="colour", when="x")
    colour = ruleset.field("vehicle", "colour")
    assert colour.heading("zh") in ruleset.tell(found).what
    assert colour.heading("en") in ruleset.tell(found, "en").what


def test_several_words_are_joined_so_that_no_vin_is_broken(ruleset: Ruleset) -> None:
    vins = ("WBA13BJ05MCF12345", "WBA13BJ05MCF12346")
    params = {"number": "N", "count": "2", "users": vins}
    found = ruleset.finding("STRUCTURE-STILL-USED", sheet="vehicle", row=2, field="structure_no", **params)
    assert ", ".join(vins) in ruleset.tell(found).what


def test_the_rules_of_another_reader_name_each_sheet_twice(ruleset: Ruleset) -> None:
    english = in_language(ruleset, "en")
    assert english.settings.language == "en"
    zh, en = (ruleset.word("@sheet.vehicle", lang) for lang in ("zh", "en"))
    assert english.word("@sheet.vehicle") == f"{zh} ({en})"
    assert english.word("@state.draft") == ruleset.word("@state.draft", "en")
    assert in_language(ruleset, "") is in_language(ruleset, "zh") is ruleset


def examined(rulebook: Rulebook, text: str) -> Ruleset:
    return compile_rules(replace(rulebook, home=(("fields.toml", text),), digest=text))


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("[structure.doors]\nlow = 2\nhigh = 9\nexample = '2'\n", "2"),
        ("[structure.doors]\nlow = 2\nhigh = 9\nexample = '9'\n", "9"),
        ("[structure.doors]\nlow = 5\nhigh = 5\nexample = '5'\n", "5"),
        ("[vehicle.colour]\nlength = 3\nexample = '深蓝色'\n", "深蓝色"),
        ("[vehicle.colour]\nlength = 1\nexample = '黑'\n", "黑"),
    ],
)
def test_an_example_may_stand_at_the_limit(text: str, prompt: str, rulebook: Rulebook) -> None:
    sheet, _, key = text[1 : text.index("]")].partition(".")
    field = examined(rulebook, text).field(sheet, key)
    assert prompt in field.prompt_zh
    assert prompt in field.prompt_en


def test_a_title_may_have_as_many_characters_as_excel_shows(rulebook: Rulebook) -> None:
    assert (
        len(examined(rulebook, f"[vehicle.colour]\nzh = '{'色' * 32}'\n").field("vehicle", "colour").zh) == 32
    )


def test_an_example_is_read_as_the_value_it_shows(ruleset: Ruleset) -> None:
    for sheet in ("vehicle", "structure"):
        for field in ruleset.fields(sheet):
            value = read_example(field, ruleset.countries)
            if field.kind.value != "country":
                assert ruleset.shown(field, value) == field.example


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "kind = 'intlist'\nexample = '3;4'\nseparator = ';'\nbound = 'sum'\nhigh = 7\nelement = 'E'\n",
            {"kind": Kind.INTLIST, "separator": ";", "bound": "sum", "high": 7, "element": "E"},
        ),
        (
            "kind = 'decimal'\nexample = '5'\nunit = 'kg'\nlow = 1\nzero_empty = true\n",
            {"kind": Kind.DECIMAL, "unit": "kg", "low": 1, "zero_empty": True, "element": "NewField"},
        ),
        (
            "kind = 'text'\nexample = 'A1'\nlength = 2\npattern = '[A-Z][0-9]'\nivi = 'I1'\n",
            {"kind": Kind.TEXT, "length": 2, "pattern": "[A-Z][0-9]", "ivi": "I1"},
        ),
        (
            "kind = 'choice'\nexample = '黑'\nchoices = ['黑', '白']\nchoice_aliases = { noir = '黑' }\n",
            {"kind": Kind.CHOICE, "choices": ("黑", "白"), "choice_aliases": {"noir": "黑"}},
        ),
    ],
    ids=["intlist", "decimal", "text", "choice"],
)
def test_a_field_of_a_home_is_read_key_by_key(text: str, read: dict[str, object], rulebook: Rulebook) -> None:
    common = "zh = '新'\nen = 'New'\nrequired = 'if_engine'\naliases = ['A new one']\n"
    field = examined(rulebook, f"[structure.new_field]\n{common}{text}").field("structure", "new_field")
    due = {"zh": "新", "en": "New", "required": "if_engine", "aliases": ("A new one",), **read}
    assert {name: getattr(field, name) for name in due} == due


def test_a_finding_is_read_key_by_key() -> None:
    rule = FindingRule(
        code="OWN-CODE",
        severity=Severity.NOTE,
        title_zh="题",
        title_en="title",
        zh="甲{x}",
        cure_zh="乙",
        en="a {x}",
        cure_en="b",
        params=("x",),
        good={"vehicles": [{"vin": "V"}]},
        bad={"vehicles": [{"vin": "W"}]},
    )
    text = """[OWN-CODE]
    severity = 'note'
    title_zh = '题'
    title_en = 'title'
    zh = '甲{x}'
    cure_zh = '乙'
    en = 'a {x}'
    cure_en = 'b'
    params = ['x']
    good = { vehicles = [{ vin = 'V' }] }
    bad = { vehicles = [{ vin = 'W' }] }
    """
    tables = read_tables(Rulebook((("findings.toml", text),), (), (), ""), "findings", 1)
    assert compile_findings(tables, {"vehicle": ["vin"], "structure": []}) == {"OWN-CODE": rule}


def test_a_text_of_a_home_may_name_value_field_row_and_sheet(rulebook: Rulebook) -> None:
    text = "[VIN-LENGTH]\nzh = '{value}，{field}，{row}，{sheet}'\n"
    rules = compile_rules(replace(rulebook, home=(("findings-own.toml", text),), digest=text))
    found = rules.finding("VIN-LENGTH", sheet="vehicle", row=7, field="vin", value="WBA", length="3", mend="")
    assert (
        rules.tell(found).what
        == f"WBA，{rules.field('vehicle', 'vin').zh}，7，{rules.word('@sheet.vehicle')}"
    )


def test_a_prompt_may_have_as_many_characters_as_excel_shows(rulebook: Rulebook) -> None:
    def prompt(length: int) -> str:
        text = f"[vehicle.colour]\nprompt_en = '{'x' * length}'\n"
        return examined(rulebook, text).field("vehicle", "colour").prompt_en

    beside = len(prompt(1)) - 1
    assert len(prompt(255 - beside)) == 255
    with pytest.raises(RulesError):
        prompt(256 - beside)


@pytest.mark.parametrize(
    ("kind", "key"),
    [("text", "length"), ("choice", "choices"), ("intlist", "separator")],
)
def test_a_new_field_must_give_what_its_kind_lives_on(kind: str, key: str, rulebook: Rulebook) -> None:
    common = "zh = '新'\nen = 'New'\nrequired = 'never'\nelement = 'New'\nexample = 'A'\n"
    with pytest.raises(RulesError) as refused:
        examined(rulebook, f"[vehicle.fresh]\nkind = '{kind}'\n{common}prompt_zh = ''\nprompt_en = ''\n")
    assert f"\n        {key} = " in str(refused.value)


def test_limits_that_changed_places_are_told_with_both(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        examined(rulebook, "[structure.doors]\nlow = 71\nhigh = 17\n")
    assert "71" in str(refused.value)
    assert "17" in str(refused.value)
