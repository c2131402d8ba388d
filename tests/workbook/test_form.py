"""The form: what a clerk sees, and that Excel refuses nothing that the checks accept."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from xlsxwriter.worksheet import Worksheet

from vinbatch.checks.cells import clean_cell
from vinbatch.checks.schema import failing_cells
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import PLACEHOLDERS, Field, Kind, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules, looks_of
from vinbatch.workbook import form, shell
from vinbatch.workbook.fill import as_workbook
from vinbatch.workbook.layout import SYSTEM, column_of, letters

RULES = compile_rules(packaged_rulebook())
SOFFICE = shutil.which("soffice")
SHEETS = {"vehicle": "车辆信息", "structure": "结构参数"}


@pytest.fixture(scope="module")
def data() -> bytes:
    return form.build(RULES)


@pytest.fixture(scope="module")
def book(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_sheets_stand_in_order_and_the_last_is_hidden(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["填写说明", "车辆信息", "结构参数", "查询", "_vinbatch"]
    assert book["_vinbatch"].sheet_state == "hidden"


def test_the_hidden_sheet_names_version_and_rules(book: openpyxl.Workbook) -> None:
    sheet = book["_vinbatch"]
    assert [(c.value, d.value) for c, d in sheet["A1:B2"]] == [("form", "1.0"), ("rules", RULES.form_digest)]


@pytest.mark.parametrize("sheet", SHEETS)
def test_headings_are_coloured_by_need(sheet: str, book: openpyxl.Workbook) -> None:
    colours: dict[str, set[str]] = {}
    for field in RULES.fields(sheet):
        cell = book[SHEETS[sheet]].cell(1, column_of(RULES, sheet, field.key) + 1)
        need = field.required if field.required in ("always", "never") else "conditional"
        colours.setdefault(need, set()).add(cell.fill.fgColor.rgb)
    assert colours["always"] == {"FFFFD54D"}
    assert colours["conditional"] == {"FFFFF3C4"}
    assert colours["never"] == {"FFFFFFFF"}
    for key in SYSTEM:
        assert book[SHEETS[sheet]].cell(1, column_of(RULES, sheet, key) + 1).fill.fgColor.rgb == "FFD9DDE3"


@pytest.mark.parametrize("sheet", SHEETS)
def test_identifiers_and_dates_are_text_cells(sheet: str, book: openpyxl.Workbook, data: bytes) -> None:
    kinds = (Kind.VIN, Kind.CODE, Kind.CCC, Kind.MONTH, Kind.TEXT)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(f"xl/worksheets/sheet{book.sheetnames.index(SHEETS[sheet]) + 1}.xml").decode()
    styles = {int(m[1]): int(m[2]) for m in re.finditer(r'<col min="(\d+)"[^>]*?style="(\d+)"', xml)}
    for i, field in enumerate(RULES.fields(sheet), start=1):
        if field.kind in kinds:
            style = book._cell_styles[styles[_covering(styles, i)]]
            assert style.numFmtId == 49, field.key


def _covering(styles: Mapping[int, int], column: int) -> int:
    """Equal neighbours share one <col>."""
    return max(c for c in styles if c <= column)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_column_prompts_with_its_rule(sheet: str, book: openpyxl.Workbook) -> None:
    prompts = {str(v.sqref).split(":")[0]: v for v in book[SHEETS[sheet]].data_validations.dataValidation}
    for field in RULES.fields(sheet):
        validation = prompts[f"{letters(column_of(RULES, sheet, field.key))}2"]
        assert validation.prompt == field.prompt_zh[:255]
        assert len(validation.promptTitle) <= 32


@pytest.mark.parametrize("sheet", SHEETS)
def test_headings_are_frozen_repeated_and_the_mark_is_hidden(sheet: str, book: openpyxl.Workbook) -> None:
    page = book[SHEETS[sheet]]
    assert page.freeze_panes == ("D2" if sheet == "vehicle" else "C2")
    assert page.print_title_rows == "$1:$1"
    assert page.page_setup.orientation == "landscape"
    assert page.column_dimensions[letters(column_of(RULES, sheet, "mark"))].hidden


def test_the_form_is_the_same_bytes_every_time(data: bytes) -> None:
    form._built.cache_clear()
    shell._shell.cache_clear()
    assert form.build(RULES) == data


def of_home(name: str, text: str) -> Ruleset:
    """The packaged rules with a file of a home's own."""
    packaged = packaged_rulebook()
    return compile_rules(replace(packaged, home=((name, text),), digest=text))


def test_a_setting_that_no_workbook_shows_keeps_what_was_made() -> None:
    one, other = (of_home("settings.toml", f"overdue_days = {n}\n") for n in (8, 9))
    assert form.build(other) is form.build(one)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("words-form.toml", '[form.title]\nzh = "另一张表"\nen = "Another form"\n'),
        ("fields.toml", '[vehicle.colour]\nexample = "灰"\n'),
        ("countries.csv", dict(packaged_rulebook().packaged)["countries.csv"].replace("德国", "德意志")),
    ],
    ids=lambda text: text if text.endswith((".toml", ".csv")) else "",
)
def test_whatever_a_workbook_shows_makes_it_another(name: str, text: str, data: bytes) -> None:
    assert form.build(of_home(name, text)) != data


def test_formulas_are_as_xlsxwriter_would_have_them(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them has a function that it would have to mark as younger than the format."""
    monkeypatch.setattr(shell, "_Sheet", Worksheet)
    looks = looks_of(RULES)
    theirs = shell._shell.__wrapped__(looks, "zh", shell.Purpose.FORM, shell.NOWHERE)
    assert as_workbook(theirs.parts) == data


def test_the_english_form_has_english_headings() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(form.build(RULES, "en")))["Vehicles"]
    assert sheet["C1"].value == "Vehicle identification number"


# ── what Excel refuses ───────────────────────────────────────────────────────────────────────────

Judged = dict[tuple[str, str], dict[str | float, bool]]  # (sheet, field) → value → Excel takes it
TRIED: list[str | float] = [
    *("1", "0", "9", "10", "2000", "2021.03", "1999.12", "2021.13", "WBA13BJ03MCF12345", "wba13bj03mcf12345"),
    *("2022221101000119", "2022221101000119(B0)", "123", "abc", "是", "否", "M1", "汽油", "直列", "x" * 400),
    *("1090/1265", "2975", "3600+1350", "4.5", "ABC-1/2_3.4", "黑/白", "DEU", "德国", "申报", "I" * 17),
    *(
        "+5",
        "007",
        "1998.0",
        "4.50",
        "4,963",
        "4963 mm",
        "0.0999999999",
        "2021.3",
        "２０２１.03",
        " 4 ",
        "0.0",
        "50%",
    ),
    *(
        "2022221101000119（B0）",
        "2022221101000119(B0",
        "12345678901234567",
        "德国 DEU",
        "deu",
        "m1",
        "Y",
        "#请重填",
    ),
    *(0, 1, 4, 17, 250, 1998, 4963, 1500.5, 90000, -5, 2021.03, 2021.11, 99999999),
    *PLACEHOLDERS,
    *("–", "―", "--", "——", "－", "／", "n/a", " - "),
]


def tried(field: Field) -> list[str | float]:
    """What is put into the cells of a field: what is tried everywhere, and its own words and limits."""
    own: list[str | float] = [field.example, *field.choices]
    for limit in (field.low, field.high):
        if limit is not None:
            own += [
                limit,
                limit - 1,
                limit + 1,
                str(limit),
                f"{limit:g}",
                limit + 0.0000004,
                limit - 0.0000004,
            ]
    if field.length:
        own += ["A" * field.length, "A" * (field.length + 1)]
    return list(dict.fromkeys([*TRIED, *own]))


def formula_of(field: Field, book: openpyxl.Workbook) -> str | None:
    page = book[SHEETS[field.sheet]]
    at = f"{letters(column_of(RULES, field.sheet, field.key))}2"
    (found,) = [v for v in page.data_validations.dataValidation if str(v.sqref).startswith(f"{at}:")]
    if found.type == "custom":
        return str(found.formula1).replace(at, "A{row}")
    return None  # lists ask before they take another word, and refuse none


def convert(path: Path, kind: str) -> None:
    """By headless LibreOffice, into the same folder."""
    assert SOFFICE is not None
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [SOFFICE, profile, "--headless", "--convert-to", kind, "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


@pytest.fixture(scope="module")
def judged(book: openpyxl.Workbook, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """What the validations say of every value tried, evaluated by LibreOffice in one call."""
    if SOFFICE is None:
        pytest.skip("soffice is not installed")
    folder = tmp_path_factory.mktemp("validations")
    sheet = book.create_sheet("judge", 0)
    rows: list[tuple[tuple[str, str], str | float]] = []
    for token in SHEETS:
        for field in RULES.fields(token):
            formula = formula_of(field, book)
            if formula is None:
                continue
            for value in tried(field):
                row = len(rows) + 1
                cell = sheet.cell(row, 1, value)
                if isinstance(value, str):
                    cell.number_format = "@"
                sheet.cell(row, 2, f"=IF({formula.format(row=row).lstrip('=')},1,0)")
                rows.append(((token, field.key), value))
    book.save(folder / "v.xlsx")
    book.remove(sheet)
    convert(folder / "v.xlsx", "csv")
    # By lines of a file: bytes of UTF-8, which a newer LibreOffice writes, are other ends of lines to a text.
    with (folder / "v.csv").open(encoding="latin-1", newline="") as lines:
        answers = [line[1] for line in csv.reader(lines)]
    found: Judged = {}
    for (place, value), answer in zip(rows, answers, strict=True):
        assert answer in ("0", "1"), (place, value, answer)
        found.setdefault(place, {})[value] = answer == "1"
    return found


def accepted(
    places: list[tuple[str, str, str | float]], ruleset: Ruleset
) -> list[tuple[str, str, str | float]]:
    """Those (sheet, field, value) that the checks take without a finding: types, then the schema."""
    taken = []
    for sheet in SHEETS:
        index = ruleset.index(sheet)
        typed, rows = [], []
        for token, key, value in places:
            cleaned = clean_cell(ruleset.field(token, key), value, ruleset)
            if token == sheet and not cleaned.found:
                row: list[Value] = [None] * len(index)
                row[index[key]] = cleaned.value
                typed.append((token, key, value))
                rows.append(tuple(row))
        failing = {position for position, _, _ in failing_cells(ruleset, sheet, rows)}
        taken += [place for i, place in enumerate(typed) if i not in failing]
    return taken


def test_excel_never_refuses_what_the_checks_accept(judged: Judged, ruleset: Ruleset) -> None:
    refused = [
        (*place, v) for place, answers in judged.items() for v, passes in answers.items() if not passes
    ]
    assert accepted(refused, ruleset) == []


def test_a_drop_down_offers_the_choices_alone_and_asks_before_it_takes_another_word(
    book: openpyxl.Workbook,
) -> None:
    for token, name in SHEETS.items():
        for field in (f for f in RULES.fields(token) if f.choices):
            at = f"{letters(column_of(RULES, token, field.key))}2"
            rules = book[name].data_validations.dataValidation
            (found,) = [v for v in rules if str(v.sqref).startswith(f"{at}:")]
            area = str(found.formula1).rpartition("!")[2].replace("$", "")
            offered = [cell.value for (cell,) in book["_vinbatch"][area]]
            assert (offered, found.errorStyle) == (list(field.choices), "warning")


def test_excel_never_refuses_a_placeholder_for_empty(judged: Judged) -> None:
    for place, passes in judged.items():
        assert all(passes[p] for p in PLACEHOLDERS), place


def test_a_zero_that_stands_for_empty_is_not_refused(judged: Judged) -> None:
    """Of an electric car displacement and CO2 may be 0, as a number and as text."""
    for field in RULES.fields("structure"):
        if field.zero_empty:
            assert judged["structure", field.key][0], field.key
            assert judged["structure", field.key]["0"], field.key


def test_validations_do_not_count_the_rows_of_the_sheet(book: openpyxl.Workbook) -> None:
    """Excel adapts ROW(1:17) where a row is inserted or deleted: from then on every VIN would be refused."""
    for sheet in SHEETS.values():
        for validation in book[sheet].data_validations.dataValidation:
            own = re.sub(r"'?_vinbatch'?![$A-Z0-9:]+", "", str(validation.formula1 or ""))
            assert "$" not in own, own


def test_formulas_are_short_enough_for_excel(book: openpyxl.Workbook) -> None:
    for sheet in (*SHEETS.values(), "查询"):
        for validation in book[sheet].data_validations.dataValidation:
            assert len(str(validation.formula1 or "")) <= 255
            assert len(validation.prompt or "") <= 255
            assert len(validation.error or "") <= 255


@pytest.mark.parametrize(
    ("token", "key", "value"),
    [
        ("vehicle", "vin", "abc"),
        ("vehicle", "vin", "I" * 17),
        ("vehicle", "production_date", "2021.13"),
        ("vehicle", "ccc_no", "123"),
        ("structure", "length", "abc"),
        ("structure", "length", 1500.5),
        ("structure", "length", 99999999),
        ("structure", "doors", -5),
        ("structure", "remarks", "x" * 400),
    ],
)
def test_excel_refuses_what_it_can_judge(token: str, key: str, value: str | float, judged: Judged) -> None:
    assert judged[token, key][value] is False


def test_libreoffice_opens_form_and_result(data: bytes, tmp_path: Path) -> None:
    if SOFFICE is None:
        pytest.skip("soffice is not installed")
    (tmp_path / "form.xlsx").write_bytes(data)
    convert(tmp_path / "form.xlsx", "pdf")
    assert (tmp_path / "form.pdf").stat().st_size > 20_000
