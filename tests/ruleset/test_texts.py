"""Every finding can be told, in both languages, with nothing left open."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import vinbatch
from vinbatch.counted import CHOICE, counted
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Act, Severity, State, Type, Verdict
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.ruleset.findings import PLACEHOLDER
from vinbatch.wording import texts

RULES = compile_rules(packaged_rulebook())
PACKAGE = Path(vinbatch.__file__).parent


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_finding_is_told_with_nothing_left_open(lang: str) -> None:
    for code, rule in RULES.findings.items():
        params = dict.fromkeys(rule.params, "§")
        finding = RULES.finding(code, sheet="vehicle", row=7, field="vin", value="v", **params)
        told = RULES.tell(finding, lang)
        assert told.what, code
        assert told.cure, code
        assert "{" not in told.what + told.cure, code
        if lang == "zh":
            assert len(told.what) <= 120, code
            assert len(told.cure) <= 120, code


def test_a_question_that_was_answered_asks_for_nothing_more() -> None:
    asked = RULES.finding(
        "VIN-REVOKED", sheet="vehicle", row=7, field="vin", date="2026-01-05", reason="退运", drop="@drop.row"
    )
    told = RULES.tell(replace(asked, severity=Severity.NOTE, released=True))
    assert told.what == RULES.tell(asked).what
    assert told.cure == "已核实确认，不需处理"


@pytest.mark.parametrize(("lang", "most"), [("zh", 14), ("en", 40)])
def test_a_finding_has_a_title_that_fits_beside_a_bar(lang: str, most: int) -> None:
    for code in RULES.findings:
        title = RULES.title(code, lang)
        assert 0 < len(title) <= most, code
        assert "{" not in title, code
        assert title != code


def test_every_param_is_used() -> None:
    for code, rule in RULES.findings.items():
        for name in rule.params:
            assert f"{{{name}}}" in "".join((rule.zh, rule.cure_zh, rule.en, rule.cure_en)), code


def test_words_have_both_languages() -> None:
    for group in RULES.words.values():
        for word in group.values():
            assert word.zh
            assert word.en


# Groups whose words are called by what stands in a record, a rule or the ledger.
BY_VALUE = {
    *(
        "act",
        "called_off",
        "column",
        "effect",
        "event",
        "kept",
        "mailing",
        "filler",
        "footer",
        "instead",
        "limit",
        "link",
        "meant_act",
        "unmeant",
        "package",
        "play",
        "problem",
        "query",
        "required",
        "since",
    ),
    *("severity", "sheet", "since", "state", "type", "unfinished", "unit", "verdict", "when"),
}
BY_VARIABLE = {
    ("clerk.", ""),
    ("trouble.", "_cure"),
    ("trouble.", "_short"),
}  # f"{group}.{phrase}" and the like


def said() -> tuple[set[str], set[tuple[str, str]]]:
    """Texts of program and templates that may be words or parts of such, and what is around the parts."""
    whole: set[str] = set()
    around = set(BY_VARIABLE)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and len(node.values) < 4:
                first, last = node.values[0], node.values[-1]
                around.add(
                    tuple(v.value.strip("@") if isinstance(v, ast.Constant) else "" for v in (first, last))
                )
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value.removeprefix("@").partition("|")[0])
    for name, text in packaged_rulebook().templates:
        if not name.endswith(".css"):
            whole |= set(re.findall(r"[\"']([\w.]+)[\"']", text))
            around |= {(head, "") for head in re.findall(r"[\"'](\w+\.\w*)[\"'] ~", text)}
    return whole, {(head, tail) for head, tail in around if "." in head}


def test_every_word_is_said() -> None:
    """One that nobody says is translated and kept for nothing."""
    whole, around = said()

    def is_said(word: str) -> bool:
        return word in whole or any(
            word.startswith(head) and word.endswith(tail) and word[len(head) : len(word) - len(tail)] in whole
            for head, tail in around
        )

    words = {
        f"{group}.{key}" for group, words in RULES.words.items() if group not in BY_VALUE for key in words
    }
    assert {word for word in words if not is_said(word)} == set()


def test_an_unknown_code_of_an_older_version_is_still_told(ruleset: Ruleset) -> None:
    from vinbatch.model import Finding, Severity

    assert ruleset.tell(Finding("OLD-CODE", Severity.NOTE)).what == "OLD-CODE"
    assert ruleset.title("OLD-CODE") == "OLD-CODE"


def test_a_persons_text_is_never_taken_for_a_word(ruleset: Ruleset) -> None:
    assert ruleset.word("白 @act.申报") == "白 @act.申报"
    assert ruleset.word("@nonsense.x") == "@nonsense.x"


def test_a_number_has_the_words_that_follow_it_in_its_number(ruleset: Ruleset) -> None:
    assert ruleset.phrase("cli.waiting", "en", n=1) == "1 file waits in the inbox"
    assert ruleset.phrase("cli.waiting", "en", n=2) == "2 files wait in the inbox"


# What follows a name or a number in -s and is a verb. A noun has to be `{n:file|files}`.
VERBS = {
    *(
        "asks",
        "belongs",
        "breaks",
        "differs",
        "does",
        "ends",
        "goes",
        "has",
        "holds",
        "ignores",
        "is",
        "lacks",
        "leaves",
        "lies",
    ),
    *(
        "means",
        "needs",
        "reaches",
        "says",
        "shows",
        "stands",
        "starts",
        "stays",
        "suits",
        "uses",
        "waits",
        "was",
    ),
    "customs",  # one office
}


def english() -> list[str]:
    """Every English text of findings, words and failures, with 1 in each of its places."""
    told = [text for rule in RULES.findings.values() for text in (rule.en, rule.cure_en)]
    told += [word.en for group in RULES.words.values() for word in group.values()]
    told += [text for kinds in texts().values() for kind, text in kinds.items() if kind.endswith("en")]
    return [
        PLACEHOLDER.sub("1", counted(text, {name: 1 for name, *_ in CHOICE.findall(text)})) for text in told
    ]


def test_no_english_text_says_1_files() -> None:
    several = re.compile(r"(?<![-–.\d])\b1 (?:more |other |declared |parameter |axle |vehicle )?([a-z]+s)\b")
    assert {
        found[0] for text in english() for found in several.finditer(text) if found[1] not in VERBS
    } == set()


def test_no_english_text_says_1_file_are() -> None:
    several = re.compile(r"(?<![-–.\d])\b1 [a-z]+ (?:[a-z]+ )?(?:are|were|have|wait|stand|differ)\b")
    assert {found[0] for text in english() for found in several.finditer(text)} == set()


# What a thing was called by some texts, and what all call it: clerks took the two for two things.
CALLED = {
    "网关": "海关通道",
    "报文包": "申报报文",
    "沙箱": "模拟海关",
    "工作文件夹": "工作目录",
    "字段": "栏目",
    "表头": "列标题",
    "操作栏": "“操作”",
    "原车的标记": "记录标识",
    "超期": "逾期",
    "前后矛盾": "前后不一致",
    "投放": "放入",
    "无需处理": "不需处理",
    "告知管理员": "告诉管理员",
}


def chinese() -> list[str]:
    told = [text for rule in RULES.findings.values() for text in (rule.title_zh, rule.zh, rule.cure_zh)]
    told += [word.zh for group in RULES.words.values() for word in group.values()]
    return told + [text for kinds in texts().values() for kind, text in kinds.items() if kind.endswith("zh")]


def test_one_thing_has_one_name_in_chinese() -> None:
    assert {(other, name) for other, name in CALLED.items() for text in chinese() if other in text} == set()


# What stands in quotes and is no name of ours: menus of Excel and WPS, formats of cells, signs, values.
FOREIGN = {
    *("Excel 工作簿（*.xlsx）", "Microsoft Excel 文件（*.xlsx）", "文件→导出为→Excel", "常规", "文本"),
    *("文件→信息→保护工作簿→用密码进行加密", "-", "–", "→", "Z", "None"),
    *("文件→文档加密→密码加密", "限制访问", "无限制"),
    *("无", "不适用", "#请重填", "电", "或"),
    *("空白模板", "申报报文与海关答复"),  # headings of the overview and the report
    *("不通过", "改结构参数"),  # as a person may say it
}


def test_what_a_chinese_text_names_in_quotes_is_called_so() -> None:
    """Columns, sheets, choices, verdicts: who renames one has to look for it in the texts."""
    named = {quoted for text in chinese() for quoted in re.findall("“([^”{}]+)”", text)} - FOREIGN
    ours = {field.zh for sheet in (VEHICLE, STRUCTURE) for field in RULES.fields(sheet)}
    ours |= {choice for field in RULES.fields(VEHICLE) for choice in field.choices}
    ours |= {w.zh for g in ("sheet", "column", "verdict", "severity") for w in RULES.words[g].values()}
    assert named - ours == set()


SPOKEN = {"type": Type, "state": State, "act": Act, "verdict": Verdict, "severity": Severity}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("group", SPOKEN)
def test_every_word_of_the_trade_is_told_in_both_languages(group: str, lang: str) -> None:
    tokens = [f"@{group}.{word}" for word in SPOKEN[group]]
    assert [token for token in tokens if RULES.word(token, lang) == token] == []


def test_rows_are_named_in_their_number(ruleset: Ruleset) -> None:
    def told(rows: str) -> str:
        return ruleset.phrase("result.todo_settled", "en", sheet="Vehicles", rows=rows).partition(" for ")[0]

    assert told("7") == "Row 7 of Vehicles waits"
    assert told("7–9") == told("7, 9").replace("7, 9", "7–9") == "Rows 7–9 of Vehicles wait"
    assert ruleset.word("@link.vehicle_rows|12", "en") == "row 12 of Vehicles"
    assert ruleset.word("@link.vehicle_rows|2, 5–7", "en") == "rows 2, 5–7 of Vehicles"


def test_no_english_text_says_row_2_to_5() -> None:
    """Where rows are named in a list, "row" stands in a choice: there may be one or more."""
    told = [text for rule in RULES.findings.values() for text in (rule.en, rule.cure_en)]
    told += [word.en for group in RULES.words.values() for word in group.values()]
    assert [text for text in told if re.search(r"\b[Rr]ow \{rows\}", text)] == []


def test_a_state_to_query_by_is_called_as_its_list_has_it() -> None:
    told = [text for rule in RULES.findings.values() for text in (rule.en, rule.cure_en)]
    told += [word.en for group in RULES.words.values() for word in group.values()]
    assert [text for text in told if "state 待核实" in text] == []


def test_states_begin_alike_where_a_legend_lists_them() -> None:
    legend = [RULES.words["customs"]["waiting"].en, RULES.words["customs"]["overdue"].en]
    legend += [word.en for word in RULES.words["state"].values()]
    assert [word for word in legend if not word[0].isupper()] == []
