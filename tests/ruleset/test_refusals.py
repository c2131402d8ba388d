"""Broken rules are refused at start: exit 5, with file, key, and what to write instead."""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path

import golden
import pytest
import tomli

from vinbatch.errors import RulesError
from vinbatch.model import Act, Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules

# home file, its text → what the refusal must name
BROKEN = [
    ("fields.toml", "[vehicle.colour]\nlenght = 5\n", ["rules/fields.toml", "lenght", "length"]),
    ("fields.toml", "[vehicle.colour]\nlength = 'five'\n", ["vehicle.colour", "length", "whole number"]),
    ("fields.toml", "[vehicle.colour]\nkind = 'txt'\n", ["kind", "text"]),
    ("fields.toml", "[vehicle.colour]\nrequired = 'if_lorry'\n", ["required", "if_lorry"]),
    ("fields.toml", "[vehicle.ccc_no]\npattern = '[0-9'\n", ["ccc_no", "pattern", "does not compile"]),
    ("fields.toml", "[vehicle.colour]\nlength = 2\n", ["vehicle.colour", "example"]),
    ("fields.toml", "[structure.doors]\nlow = 11\n", ["structure.doors", "low"]),
    ("fields.toml", "[structure.fuel]\nexample = '煤'\n", ["structure.fuel", "example"]),
    ("fields.toml", "[vehicle.vin]\noff = true\n", ["vehicle.vin", "off"]),
    ("fields.toml", "[vehicle.colour]\nzh = '备注'\n", ["heading", "备注"]),
    ("fields.toml", "[vehicle.colour]\nelement = 'Vin'\n", ["element", "Vin"]),
    ("fields.toml", "[lorry.axle]\nzh = 'x'\n", ["lorry"]),
    ("fields.toml", "[vehicle.new]\nzh = '新'\n", ["rules/fields.toml [vehicle.new]: it lacks en, kind"]),
    ("fields.toml", "[vehicle.colour\n", ["rules/fields.toml", "line 1"]),
    (
        "fields.toml",
        "[vehicle.colour]\nlength = 5\n[vehicle.colour]\nlength = 6\n",
        ["rules/fields.toml", "line"],
    ),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nseverty = 'ask'\n", ["VIN-CHECK-DIGIT", "severity"]),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nzh = '{nonsense}'\n", ["VIN-CHECK-DIGIT", "nonsense"]),
    (
        "findings-own.toml",
        "[VIN-CHECK-DIGIT]\nzh = '见 {value'\n",
        ["VIN-CHECK-DIGIT", "zh", "{value belongs to no"],
    ),
    (
        "findings-own.toml",
        "[VIN-CHECK-DIGIT]\nzh = '见 {Value}'\n",
        ["VIN-CHECK-DIGIT", "{Value}", "value"],
    ),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nen = ''\n", ["[VIN-CHECK-DIGIT] en: says nothing"]),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\ncure_zh = ' '\n", ["[VIN-CHECK-DIGIT] cure_zh: says nothing"]),
    (
        "fields.toml",
        "[structure.doors]\nrequired = 'if_revocation'\n",
        ["structure.doors", "required", "if_motor"],
    ),
    ("findings-own.toml", "[nonsense]\nzh = 'x'\n", ["nonsense", "FIELD-REASON"]),
    ("receipts.toml", "['120']\nmeaning = 'fine'\n", ["receipts.toml", "meaning", "accepted"]),
    ("settings.toml", "langage = 'en'\n", ["settings.toml", "langage", "language"]),
    ("settings.toml", "\nsite = “ABC”\n", ["“ is no sign of TOML", "line 2", "column 8", "straight quotes"]),
    (
        "settings.toml",
        "site = 'ABC'\nsite = 'DEF'\n",
        ["settings.toml", "site is written once more in line 2", "only once"],
    ),
    ("settings.toml", "rows = 100\n", ["settings.toml rows", "belongs to [limits]", "below a line [limits]"]),
    ("settings.toml", "[limits]\nseconds = 9\n", ["[limits] seconds", "below a line [worker]"]),
    ("settings.toml", "[limits]\nsite = 'ABC'\n", ["[limits] site", "above the first [table]"]),
    ("settings.toml", "[limit]\nrows = 9\n", ["settings.toml limit", "did you mean limits?"]),
    ("settings.toml", "limits = 5\n", ["limits", "must be a table"]),
    ("settings.toml", "production = 'yes'\n", ["production", "'yes'", "true or false"]),
    ("settings.toml", "declarant_name = 5\n", ["declarant_name", "a text in quotes"]),
    ("settings.toml", "overdue_days = '3'\n", ["overdue_days", "digits without quotes"]),
    ("settings.toml", "settle_seconds = 0\n", ["settle_seconds", "more than 0, at most 60"]),
    ("settings.toml", "settle_seconds = 100\n", ["settle_seconds: 100", "more than 0, at most 60"]),
    ("settings.toml", "overdue_days = 0\n", ["not within 1–365", "a number from 1 to 365"]),
    ("settings.toml", "site ＝ 'ABC'\n", ["rules/settings.toml: ＝ is no sign of TOML", "line 1, column 6"]),
    ("settings.toml", "site\u00a0= 'ABC'\n", ["U+00A0 is no sign of TOML", "line 1, column 5"]),
    ("settings.toml", "site = ABC\n", ["line 1, column 8", "reading stopped there"]),
    ("settings.toml", "exempt = [\n", ["at end of document", "bracket that is still open"]),
    ("settings.toml", "language = 'fr'\n", ["language", "zh, en"]),
    ("settings.toml", "timezone = 'Mars/Olympus'\n", ["timezone"]),
    ("settings.toml", "production = true\n", ["site", "production"]),
    ("settings.toml", "site = 'abc'\n", ["site"]),
    ("settings.toml", "exempt = [{ vin = 'x', reason = 'y' }]\n", ["exempt", "VIN"]),
    ("settings.toml", "[limits]\nrows = 500\n", ["rows", "500"]),
    ("settings.toml", "[severities]\nVIN-CHEK-DIGIT = 'ask'\n", ["VIN-CHEK-DIGIT", "VIN-CHECK-DIGIT"]),
    ("settings.toml", "[severities]\nVIN-CHECK-DIGIT = 'note'\n", ["VIN-CHECK-DIGIT", "weakened"]),
    ("settings.toml", "HEADING-UNKNOWN = 'stop'\n", ["HEADING-UNKNOWN", "[severities]"]),
    ("settings.toml", "[severities]\nHEADING-UNKNOWN = 'ask'\n", ["[severities] HEADING-UNKNOWN", '"note"']),
    ("settings.toml", "[severities]\nFIELD-REQUIRED-DRAFT = 'ask'\n", ['"stop" / "note"']),
    ("settings.toml", "[severities]\nCELL-CLEANED = 'stop'\n", ['"ask" / "note"']),
    ("settings.toml", "[severities]\nSTRUCTURE-ASK = 'note'\n", ['it may be "ask"']),
    (
        "settings.toml",
        "[severities]\nCUSTOMS-TIME = 'ask'\n",
        ["CUSTOMS-TIME", "is done by then"],
    ),
    ("findings-own.toml", "[ROW-DONE-SINCE]\nseverity = 'stop'\n", ["[ROW-DONE-SINCE]", "is done by then"]),
    (
        "findings-own.toml",
        "[CUSTOMS-TIME]\nafterwards = false\n",
        ["[CUSTOMS-TIME] afterwards", "the program's"],
    ),
    ("findings-own.toml", "[STRUCTURE-ASK]\nnever = []\n", ["[STRUCTURE-ASK] never", "the program's"]),
    ("findings-own.toml", "[FORM-OLD]\nseverity = 'ask'\n", ["[FORM-OLD] severity", '"note"']),
    ("findings-own.toml", "[VIN-LENGTH]\nseverity = 'note'\n", ["[VIN-LENGTH] severity", "weakened"]),
    ("settings.toml", "[mail]\nhots = 'x'\n", ["settings.toml", "[mail]", "hots", "host"]),
    (
        "fields.toml",
        "[vehicle.ccc_no]\nelement = 'EngineNo'\n",
        ["rules/fields.toml [vehicle.ccc_no] element", "already that of engine_no"],
    ),
    ("settings.toml", "[mail]\nproduction = true\n", ["[mail] production", "above the first [table]"]),
    ("settings.toml", "[mail.kinds]\nexempt = []\n", ["[mail.kinds] exempt", "above the first [table]"]),
    ("settings.toml", "[mail]\nhost = 'x'\n", ["sender", "comes from"]),
    (
        "settings.toml",
        "[mail]\nhost = 'x'\nsender = 'a@b.cn'\nsecurity = 'plain'\n",
        ["security", "starttls"],
    ),
    ("settings.toml", "[mail]\nto = ['a@b.cn\\nBcc: x@y.cn']\n", ["to", "no mail address"]),
    ("settings.toml", "[mail]\nto = ['王@例.cn']\n", ["to", "no mail address"]),
    ("settings.toml", "[mail]\nto = ['a,b@example.cn']\n", ["to", "no mail address"]),
    ("settings.toml", "[mail]\nmode = 'all'\n", ["mode", "each, digest, failures"]),
    ("settings.toml", "[mail]\nburst = 0\n", ["burst", "1–100"]),
    ("settings.toml", "[mail.kinds]\nreceipt = ['a@b.cn']\n", ["mail.kinds", "receipt", "receipts"]),
    ("settings.toml", "[mail.only]\n'a@b.cn' = ['refusal']\n", ["mail.only", "refusal", "refusals"]),
    ("settings.toml", "[mail.languages]\n'a@b.cn' = 'fr'\n", ["mail.languages", "zh, en"]),
    ("settings.toml", "[mail.departments]\n'北京' = 'a@b.cn'\n", ["mail.departments", "list"]),
    ("fields.toml", "[vehicle.colur]\nlength = 5\n", ["[vehicle.colur]", "did you mean [vehicle.colour]?"]),
    ("fields.toml", "[colour]\nlength = 5\n", ["[colour] length", "such as [vehicle.colour]"]),
    ("fields.toml", "[kinds.txt]\nlength = 5\n", ["[kinds.txt]", "did you mean text?"]),
    (
        "findings-own.toml",
        "[VIN-CHEK-DIGIT]\nseverity = 'note'\ntitle_zh = '甲'\ntitle_en = 'a'\nzh = '甲'\nen = 'a'\n",
        ["[VIN-CHEK-DIGIT]: no such finding", "did you mean VIN-CHECK-DIGIT?"],
    ),
    ("findings-own.toml", "[vin-check-digit]\nzh = 'x'\n", ["did you mean VIN-CHECK-DIGIT?"]),
    ("receipts.toml", "[negativ]\nzh = 'x'\n", ["negative", "did you mean negative?"]),
    ("words.toml", "[sheet.vehicel]\nzh = 'x'\nen = 'x'\n", ["did you mean [sheet.vehicle]?"]),
    (
        "words.toml",
        "[sheet.vehicle]\nzh = '结构 参数'\n",
        ["[sheet.vehicle] zh", "is what structure is called"],
    ),
    ("words.toml", "[act.'暂存']\nen = 'REVOKE'\n", ["[act.暂存] en", "choose another word"]),
    ("words.toml", "[sheet.query]\nzh = '查/询'\n", ["[sheet.query] zh", "cannot name a sheet"]),
    ("words.toml", f"[sheet.query]\nzh = '{'查' * 26}'\n", ["[sheet.query] zh", "28 characters"]),
    ("words.toml", "[column.state]\nzh = 'VIN'\n", ["[vehicle.vin]", "column.state"]),
    ("fields.toml", "[vehicle.colour]\nzh = '当前状态'\n", ["[vehicle.colour]", "column.state"]),
    ("words.toml", "[sheets.vehicle]\nzh = 'x'\nen = 'x'\n", ["did you mean [sheet.vehicle]?"]),
    (
        "settings.toml",
        "[mail]\nhost = 'x'\nhost = 'y'\n",
        ["settings.toml [mail]", "host is written once more in line 3"],
    ),
    (
        "settings.toml",
        "[limits]\nrows = 1\n[limits]\n",
        ["settings.toml", "[limits] is written once more in line 3"],
    ),
    ("settings.toml", "site = 'ABC", ["settings.toml", "at end of document", "close the quote"]),
    ("feilds.toml", "[vehicle.colour]\n", ["feilds.toml", "fields.toml"]),
    ("declaraton.xsd", "x", ["declaraton.xsd", "declaration.xsd"]),
    ("wni.csv", "x", ["wni.csv", "wmi.csv"]),
]


def with_home(rulebook: Rulebook, *files: tuple[str, str]) -> Rulebook:
    return replace(rulebook, home=files, digest=f"{rulebook.digest}{files}")


@cache
def refusal(name: str, text: str, rulebook: Rulebook) -> RulesError:
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, (name, text)))
    return refused.value


@pytest.mark.parametrize(("name", "text", "named"), BROKEN)
def test_a_broken_rule_is_refused_with_file_key_and_cure(
    name: str, text: str, named: list[str], rulebook: Rulebook
) -> None:
    failure = refusal(name, text, rulebook)
    assert failure.exit_code == 5
    assert failure.cure or "→" in str(failure)
    for part in named:
        assert part in str(failure)


EVERYWHERE = (
    (
        "fields.toml",
        "[vehicle.colour]\nlength = 'x'\nlow = 3\n[vehicle.interior]\nzh = '内饰'\nknd = 'text'\n",
    ),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nseverty = 'ask'\n"),
    ("receipts.toml", "['121']\nmeaning = 'akzepted'\n"),
    ("settings.toml", "langage = 'en'\n"),
    ("words-own.toml", "[sheet.vehicle]\nfr = 'x'\n"),
)


def test_one_mistake_is_told_once_however_often_it_is_met(rulebook: Rulebook) -> None:
    """The choices of a field are read for themselves, and once more for their other words."""
    text = "[vehicle.colour]\nkind = 'choice'\nchoices = '黑/白'\n"
    told = str(refusal("fields.toml", text, rulebook))
    assert told.startswith("rules/fields.toml [vehicle.colour] choices: must be a list of texts")


def test_all_mistakes_of_all_files_are_told_in_one_go(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, *EVERYWHERE))
    told = refused.value.message
    missing = "it lacks en, required, example"
    for part in ("colour] length", "low", "knd", missing, "severty", "akzepted", "langage", "fr:"):
        assert part in told
    assert told.count("knd") == 1
    assert "kind is missing" not in told


@pytest.mark.parametrize(
    ("name", "table"),
    [("fields.toml", "[vehicle.interior]"), ("receipts.toml", "['121']")],
)
def test_what_is_to_be_added_is_toml(name: str, table: str, rulebook: Rulebook) -> None:
    """It is copied out of the cure."""
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, (name, table)))
    lines = refused.value.told("zh").cure.split("：\n")[1]
    assert len(tomli.loads(lines)) >= 3


def test_a_home_lies_over_the_packaged_rules_key_by_key(rulebook: Rulebook, ruleset: Ruleset) -> None:
    own = compile_rules(with_home(rulebook, ("fields.toml", "[vehicle.colour]\nzh = '外观颜色'\n")))
    field = own.field("vehicle", "colour")
    assert field.zh == "外观颜色"
    assert field.length == ruleset.field("vehicle", "colour").length


def test_severities_may_be_raised_and_asks_weakened(rulebook: Rulebook) -> None:
    text = "[severities]\nVIN-WMI-UNKNOWN = 'ask'\nVIN-SERIAL = 'note'\n"
    own = compile_rules(with_home(rulebook, ("settings.toml", text)))
    assert own.finding("VIN-WMI-UNKNOWN", wmi="XXX").severity.value == "ask"
    assert own.finding("VIN-SERIAL", tail="A").severity.value == "note"


@pytest.mark.parametrize(
    ("choices", "gone", "kept"),
    [
        (["汽油", "柴油"], {"electric": "电"}, {"gasoline": "汽油", "diesel": "柴油"}),
        (["汽油", "柴油", "Gasoline"], {"electric": "电", "gasoline": "汽油"}, {"diesel": "柴油"}),
    ],
)
def test_other_words_for_a_choice_go_with_it(
    rulebook: Rulebook, ruleset: Ruleset, choices: list[str], gone: dict[str, str], kept: dict[str, str]
) -> None:
    """Of the packaged ones: nobody need write them all anew, nor is one left that is a choice by now."""
    packaged = ruleset.field("structure", "fuel").choice_aliases
    assert {**gone, **kept}.items() <= packaged.items()
    own = compile_rules(with_home(rulebook, ("fields.toml", f"[structure.fuel]\nchoices = {choices}\n")))
    words = own.field("structure", "fuel").choice_aliases
    assert kept.items() <= words.items()
    assert not gone.items() & words.items()


def test_a_stop_may_be_named_among_the_severities_as_what_it_is(rulebook: Rulebook) -> None:
    own = compile_rules(with_home(rulebook, ("settings.toml", "[severities]\nVIN-LENGTH = 'stop'\n")))
    assert own.finding("VIN-LENGTH", length="16", mend="").severity.value == "stop"


def test_compiling_is_cached_by_digest(rulebook: Rulebook) -> None:
    assert compile_rules(replace(rulebook)) is compile_rules(rulebook)


def test_a_home_may_give_a_field_another_kind(rulebook: Rulebook) -> None:
    text = "[vehicle.colour]\nkind = 'choice'\nchoices = ['黑', '白']\nexample = '黑'\n"
    field = compile_rules(with_home(rulebook, ("fields.toml", text))).field("vehicle", "colour")
    assert (field.kind.value, field.length, field.choices) == ("choice", None, ("黑", "白"))


MANY = """
langage = "en"
site = "abc"
production = true
overdue_days = "3"
settle_seconds = 0
[limit]
rows = 9
[worker]
seconds = 0
[mail]
host = "smtp.example.cn"
security = "plain"
to = ["nobody"]
[mail.kinds]
receipt = []
[severities]
VIN-LENGTH = "weak"
"""


def test_all_that_is_wrong_with_the_settings_is_told_in_one_go(rulebook: Rulebook) -> None:
    """An operator mends a file once, not ten times; in his language; our own file is not blamed."""
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, ("settings.toml", MANY)))
    said, *rest = refused.value.told("zh").message.splitlines()
    first, colon, one = said.partition("改正：")
    first, lines = first + colon, [one, *rest]
    places = [line.partition("：")[0].removeprefix("rules/settings.toml ") for line in lines[::2]]
    assert sorted(places) == [
        "[mail.kinds] receipt",
        "[mail] security",
        "[mail] sender",
        "[mail] to",
        "[severities] VIN-LENGTH",
        "[worker] seconds",
        "declarant_code",
        "declarant_name",
        "langage",
        "limit",
        "overdue_days",
        "settle_seconds",
        "site",
    ]
    assert first == "有 13 处需要改正："
    assert all(line.startswith("    → ") and len(line) > 8 for line in lines[1::2])


def test_every_field_that_is_wrong_is_told(rulebook: Rulebook) -> None:
    text = "[vehicle.colour]\nlenght = 5\n[vehicle.ccc_no]\npattern = '[0-9'\n[structure.doors]\nlow = 'x'\n"
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, ("fields.toml", text)))
    told = str(refused.value)
    assert [p in told for p in ("vehicle.colour", "vehicle.ccc_no", "structure.doors")] == [True] * 3


def test_what_a_home_breaks_is_blamed_on_the_home(rulebook: Rulebook) -> None:
    """The example stands in the packaged file; the limit that it no longer fits is the home's."""
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, ("fields.toml", "[vehicle.colour]\nlength = 2\n")))
    assert str(refused.value).startswith("rules/fields.toml [vehicle.colour] example: ")


def test_why_an_example_does_not_fit_is_told_in_the_language_of_the_reader(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, ("fields.toml", "[structure.doors]\nexample = '99'\n")))
    told = refused.value.told("zh").message
    assert "不符合本栏目自己的规则：99 不在" in told
    assert refused.value.message.endswith("'99' 99 is not within 0–10")


def test_a_home_may_add_a_unit(rulebook: Rulebook) -> None:
    text = "[unit.furlong]\nzh = '浪'\nen = 'fur'\n"
    assert compile_rules(with_home(rulebook, ("words.toml", text))).word("@unit.furlong") == "浪"


def test_several_refusals_come_back_from_a_worker_as_they_were(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        compile_rules(with_home(rulebook, ("settings.toml", MANY)))
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


NEW = "zh = '又'\nen = 'Extra'\nrequired = 'never'\nexample = 'x'\n"
COLOURS = "[vehicle.colour]\nkind = 'choice'\nexample = '黑'\n"
# What else a home may write wrongly: with those above, each refusal that there is.
MORE = [
    ("fields.toml", "[vehicle.colour]\nkind = 'choice'\nchoices = ['黑', '黑']\nexample = '黑'\n"),
    ("fields.toml", "[structure.fuel]\nchoice_aliases = { petrol = '汽由' }\n"),
    ("fields.toml", "[vehicle.colour]\nchoices = ['黑']\n"),
    ("fields.toml", "[vehicle.colour]\nkind = 'choice'\nchoices = ['黑']\nexample = '黑'\nlength = 5\n"),
    ("fields.toml", "[structure.doors]\nexample = 'x'\n"),
    ("fields.toml", "[structure.axle_loads]\nexample = '1150/x'\n"),
    ("fields.toml", "[vehicle.colour]\nlength = 0\n"),
    ("fields.toml", "[vehicle.colour]\nlength = true\n"),
    ("fields.toml", "[vehicle.colour]\nelement = '1x'\n"),
    ("fields.toml", "[vehicle.colour]\nafter = 'colur'\n"),
    ("fields.toml", f"[vehicle.colour]\nzh = '{'色' * 33}'\n"),
    ("fields.toml", f"[vehicle.colour]\nprompt_en = '{'x' * 300}'\n"),
    ("fields.toml", "[vehicle.colour]\naliases = '颜色'\n"),
    ("fields.toml", "[vehicle.colour]\naliases = ['备注']\n"),
    ("fields.toml", "[structure.doors]\nlow = 'x'\n"),
    ("fields.toml", "[structure.wheelbase]\nseparator = '12'\n"),
    ("fields.toml", "[structure.wheelbase]\nbound = 'all'\n"),
    ("fields.toml", "[structure.fuel]\nchoice_aliases = ['x']\n"),
    ("fields.toml", "[structure.fuel]\nchoice_aliases = { x = 5 }\n"),
    ("fields.toml", "[structure.confirmed]\noff = true\n"),
    ("fields.toml", "[kinds.text]\nlow = 5\n"),
    ("fields.toml", "[vehicle.colur]\nzh = '色'\n"),
    (
        "fields.toml",
        "[vehicle.extra]\nzh = '又'\nen = 'Extra'\nkind = 'text'\nrequired = 'never'\nexample = 'x'\n",
    ),
    (
        "fields.toml",
        "[vehicle.extra]\nzh = '又'\nen = 'Extra'\nkind = 'choice'\nrequired = 'never'\nexample = 'x'\n",
    ),
    ("fields.toml", f"{COLOURS}choices = []\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '']\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '白 ']\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', 'AB', 'a-b']\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '√']\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '无']\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '無']\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '白']\nchoice_aliases = {{ '白' = '黑' }}\n"),
    ("fields.toml", f"{COLOURS}choices = ['黑', '白']\nchoice_aliases = {{ 'B' = '黑', 'b.' = '白' }}\n"),
    ("fields.toml", "[vehicle.colour]\nzh = ''\n"),
    ("fields.toml", "[vehicle.colour]\nen = ' '\n"),
    ("fields.toml", "[vehicle.colour]\nzh = '（）'\n"),
    ("fields.toml", "[vehicle.colour]\naliases = ['——']\n"),
    ("fields.toml", '[vehicle.colour]\nzh = "颜\\u200b色"\n'),
    ("fields.toml", "[vehicle.colour]\nafter = ''\n"),
    ("fields.toml", "[vehicle.colour]\nexample = ''\n"),
    ("fields.toml", "[vehicle.colour]\nelement = ''\n"),
    ("fields.toml", "[vehicle.colour]\nlength = 40000\n"),
    ("fields.toml", "[structure.doors]\nhigh = inf\n"),
    ("fields.toml", "[structure.doors]\nlow = nan\n"),
    ("fields.toml", f"[structure.doors]\nhigh = {10**400}\n"),
    ("fields.toml", "[structure.wheelbase]\nseparator = '，'\n"),
    ("fields.toml", "[vehicle.code-2]\nzh = '又'\n"),
    ("fields.toml", f"[vehicle.action]\nchoices = {[*map(str, Act), '注销']}\n"),
    ("fields.toml", "[vehicle.confirmed]\nkind = 'text'\nlength = 5\n"),
    ("fields.toml", '[vehicle.colour]\nprompt_zh = "颜\\u0011色"\n'),
    ("words.toml", '[sheet.vehicle]\nen = "Cars\\uFFFE"\n'),
    ("fields.toml", "[structure.fuel]\noff = true\n"),
    ("settings.toml", "[severities]\nvin-wmi-unknown = 'ask'\n"),
    ("settings.toml", "[severities]\noverdue_days = 5\n"),
    ("findings-own.toml", "[OWN-CODE]\nseverity = 'ask'\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nseverity = 'warn'\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nparams = 'x'\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\ngood = { vehicels = [] }\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\ngood = { vehicles = 5 }\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\nbad = { vehicles = [{ vinn = 'x' }] }\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\ngood = { vehicles = [] }\nbad = { vehicles = [] }\n"),
    ("findings-own.toml", "[VIN-CHECK-DIGIT]\ngood = 5\n"),
    ("receipts.toml", "['12x']\nmeaning = 'accepted'\nzh = 'x'\nen = 'x'\n"),
    ("receipts.toml", "['700']\nmeaning = 'accepted'\n"),
    ("receipts.toml", "['700']\nmeanin = 'accepted'\nzh = 'x'\nen = 'x'\n"),
    ("words.toml", "[sheet.vehicle]\nzh = 5\n"),
    ("words.toml", "[unit.furlong]\nzh = '浪'\n"),
    ("settings.toml", "exempt = 'x'\n"),
    ("settings.toml", "exempt = [{ vin = 'x' }]\n"),
    ("settings.toml", "[severities]\nVIN-LENGTH = 5\n"),
    ("settings.toml", "after_batch = ['after.sh']\n"),
    ("settings.toml", "after_batch = ['/bin/true', \"a\\u0000b\"]\n"),
    ("settings.toml", "after_batch = 'x'\n"),
    ("settings.toml", "production = true\nsite = 'AB'\n"),
    ("settings.toml", "declarant_code = 'a b'\n"),
    ("settings.toml", "site = 'AB-1'\n"),
    ("settings.toml", "scan_seconds = 'x'\n"),
    ("settings.toml", "[worker]\nsite = 'x'\nhost = 'x'\nrows = 5\nprocess = 1\n"),
    ("countries.csv", "alpha2,alpha3\n"),
    ("countries.csv", "alpha2,alpha3,zh,en,aliases\nDE,DEU,德国,Germany,\nXX,YYY\n"),
    ("countries.csv", "alpha2,alpha3,zh,en,aliases\nDE,DEU,德国,Germany,\nFR,FRA,法国,France,德国\n"),
]


def ours(name: str, text: str) -> bool:
    """Whether the refusal holds our own words only: what tomli and re say differs from Python to Python."""
    try:
        tomli.loads(text if name.endswith(".toml") else "")
    except tomli.TOMLDecodeError:
        return False
    return "pattern" not in text


WRONG = [(name, text) for name, text, *_ in (*BROKEN, *MORE) if ours(name, text)]


@pytest.mark.parametrize("name", sorted({name for name, _ in WRONG}))
def test_every_refusal_of_a_file_reads_as_it_was(name: str, rulebook: Rulebook) -> None:
    """The whole text: place, what is wrong, the cure. An operator has nothing else to go by."""
    told = []
    for text in (text for file, text in WRONG if file == name):
        failure = refusal(name, text, rulebook)
        lines = [f"→ {part}" for lang in ("zh", "en") for part in failure.told(lang) if part]
        told.append("\n".join([text.rstrip(), *lines, ""]))
    golden.same(Path(__file__).parent / "golden" / f"refusals-{name}.txt", "\n".join(told).encode())
