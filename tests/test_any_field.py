"""Whatever a home writes about a field is refused at start, or works: in form, check, package and extract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import python_calamine
from desk import Desk, verdicts
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from vinbatch import flow
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.errors import RulesError
from vinbatch.model import Kind, Known, Rulebook, Source
from vinbatch.noun import replace
from vinbatch.proof import prove
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.workbook import form

# A sound field of each kind; what is drawn lies over it.
SOUND: Mapping[Kind, Mapping[str, object]] = {
    Kind.VIN: {"example": "WBA13BJ03MCF12345"},
    Kind.CODE: {"example": "AB-1"},
    Kind.CCC: {"example": "2020011101345678"},
    Kind.MONTH: {"example": "2021.03"},
    Kind.TEXT: {"example": "好", "length": 20},
    Kind.CHOICE: {"example": "黑", "choices": ["黑", "白"]},
    Kind.YESNO: {"example": "是"},
    Kind.INT: {"example": "5"},
    Kind.DECIMAL: {"example": "5.5"},
    Kind.INTLIST: {"example": "5/6", "separator": "/"},
    Kind.COUNTRY: {"example": "DEU"},
}
ODD = [
    *(
        "",
        "\t",
        " 黑 ",
        "黑 色",
        "-",
        "无",
        "N/A",
        "√",
        "①",
        "ＧＴ",
        "gt",
        "GT",
        "是",
        "有",
        "a\u200bb",
        "\ufffe",
    ),
    *(
        "=1+1",
        "@x",
        "<b>&amp;]]>",
        "{n}",
        "{",
        "%s",
        "#请重填",
        "#N/A",
        "1e5",
        "05",
        "5.0",
        "-5",
        "2021.10",
        "5、6",
    ),
]
fair = st.sampled_from(["黑", "白", "Own", "own_2", "5", "5/6", "A-1"])
texts = fair | st.sampled_from([*ODD, "x" * 40, "色" * 300]) | st.text(max_size=4)
numbers = st.sampled_from([-1, 0, 0.5, 1, 5, 6, 20, 255, 1e6, 1e15, float("nan"), float("inf"), 10**400])
KEYS: Mapping[str, st.SearchStrategy[object]] = {
    "zh": texts,
    "en": texts,
    "example": texts,
    "element": texts | st.sampled_from(["Vin", "vin", "x-y", "xml"]),
    "unit": texts | st.just("mm"),
    "aliases": st.lists(texts, max_size=3),
    "choices": st.lists(texts | st.just("黑"), max_size=4),
    "choice_aliases": st.dictionaries(texts, st.just("黑") | texts, max_size=2),
    "low": numbers,
    "high": numbers,
    "length": numbers,
    "bound": st.sampled_from(["each", "sum", ""]),
    "separator": st.sampled_from(["/", "+", "-", ".", " ", "", ",", "，", "／", "、", ";", "=", "\x00", "5"]),
    "pattern": st.sampled_from(
        ["", ".*", "[a-z]+", "黑|白", "(?i)x", "^5$", "\\d+", "(", "[^\\W]{1,9}", "5(?=/)"]
    ),
    "required": st.sampled_from(["always", "never", "if_engine", "if_revocation"]),
    "after": st.sampled_from(["colour", "vin", "extra", "axles", ""]),
    "prompt_zh": texts,
    "zero_empty": st.booleans(),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """The sheet and table of one more field: sound but for one or two keys."""
    kind = draw(st.sampled_from(list(Kind)))
    sound = {"zh": "又一栏", "en": "One more", "kind": kind.value, "required": "never", **SOUND[kind]}
    keys = draw(st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=2, unique=True))
    return draw(st.sampled_from(["vehicle", "structure"])), {**sound, **{k: draw(KEYS[k]) for k in keys}}


def toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def book_of(sheet: str, table: Mapping[str, object]) -> Rulebook:
    text = f"[{sheet}.extra]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    return replace(packaged_rulebook(), home=(("fields.toml", text),), digest=text)


@cache
def accepted(book: Rulebook) -> Ruleset | None:
    """The rules, where they begin a run."""
    try:
        prove(book)
    except RulesError:
        return None
    return compile_rules(book)


# Most slips are refused: by chance, more in a row than Hypothesis thinks sound.
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(tables())
def test_what_begins_a_run_makes_form_check_package_and_extract(drawn: tuple[str, dict[str, object]]) -> None:
    sheet, table = drawn
    book = book_of(sheet, table)
    ruleset = accepted(book)
    assume(ruleset is not None)
    assert ruleset is not None
    field = ruleset.field(sheet, "extra")
    empty = python_calamine.load_workbook(BytesIO(form.build(ruleset)))
    (headings,) = empty.get_sheet_by_name(ruleset.word(f"@sheet.{sheet}")).to_python(nrows=1)
    assert any(str(heading).startswith(field.zh) for heading in headings)
    for typed in dict.fromkeys((field.example, *field.choices)):
        desk = Desk(book)
        own = [{"extra": typed}]
        outcome = desk.drop(own, None) if sheet == "vehicle" else desk.drop(None, own)
        assert verdicts(outcome) == {2: "declared"}, outcome.findings
        (package,) = flow.render(outcome, book)
        declared = etree.fromstring(ZipFile(BytesIO(package.data)).read("declaration.xml"))
        (element,) = declared.iterfind(f".//{{*}}{sheet.capitalize()}/{{*}}{field.element}")
        assert element.text
        extract = flow.extract(Known(desk.now, desk.facts.records, desk.facts.entries), book)
        again = flow.parse(Source("x.xlsx", "x"), extract, book)
        (reading,) = flow.check([again], book)
        assert not [f for f in reading.findings if f.field == "extra"]
