"""What is legal XML is read as Excel shows it, or the file is refused: never as something else."""

import time
from contextlib import suppress

import pytest
from foreign import MAIN, TYPES, cells, inspected, parts, relations, sheet, table, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch.model import Odd, OddKind, Raw, Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.plain import plain_sheet, plain_styles, plain_texts
from vinbatch.workbook.read import read
from vinbatch.workbook.refused import RefusedError
from vinbatch.workbook.search import text_references

OTHER = 'xmlns:q="urn:q"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
BOTH = f"<mc:AlternateContent {MC}><mc:Choice Requires='q'>%s</mc:Choice></mc:AlternateContent>"
TEXTS = "<si><t>zero</t></si>%s<si><t>one</t></si>"


def second(ruleset: Ruleset, cell: str, **more: str) -> Raw:
    """The first cell of the second row of a workbook of this one."""
    parsed = read(Source("x", "0"), sheet(cells("H") + f'<row r="2">{cell}</row>', **more), ruleset)
    assert parsed.refusal is None, parsed.refusal
    return parsed.sheets[0].rows[1][0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A2" t="str"><v><![CDATA[AB]]></v></c>', "AB"),
        ('<c r="A2" t="str"><v>AB<![CDATA[C&D]]>EF</v></c>', "ABC&DEF"),
        ('<c r="A2"><v>15<!-- x -->00</v></c>', 1500),
        ('<c r="A2"><v>15<?x y?>00</v></c>', 1500),
        ('<c r="A2"><v>&#49;500</v></c>', 1500),
        ('<c r="A2"><v>\n 1500 </v></c>', 1500),
        ('<c r="A2" t="str"><v> A </v></c>', " A "),
        ('<c r="A2" t="s"><v> 1 </v></c>', "one"),
        (f'<c r="A2" t="str"><v>GOOD</v><q:v {OTHER}>EVIL</q:v></c>', "GOOD"),
        (f'<c r="A2" t="str"><v>GOOD</v></c><q:c {OTHER} r="A2"><q:v>EVIL</q:v></q:c>', "GOOD"),
        ('<c r="A2" t="str"><v>GOOD</v></c><c xmlns="urn:q" r="B2"><v>EVIL</v></c>', "GOOD"),
        (f'<c r="A2" t="str"><v>GOOD</v><extLst><ext><q:v {OTHER}>EVIL</q:v></ext></extLst></c>', "GOOD"),
        (f'<c r="A2" {OTHER} q:t="str"><v>5</v></c>', 5),
    ],
)
def test_a_cell_is_read_as_it_is_shown(ruleset: Ruleset, cell: str, value: Raw) -> None:
    assert second(ruleset, cell, texts=TEXTS % "") == value


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS % f"<q:si {OTHER}><q:t>EVIL</q:t></q:si>",
        TEXTS % '<si xmlns="urn:q"><t>EVIL</t></si>',
        TEXTS % "<!-- <si><t>EVIL</t></si> -->",
        (TEXTS % "").replace("one<", f"one<q:t {OTHER}>EVIL</q:t><"),
        (TEXTS % "").replace("one", "<![CDATA[on]]>e"),
    ],
)
def test_a_shared_text_is_the_one_that_is_shown(ruleset: Ruleset, texts: str) -> None:
    assert second(ruleset, '<c r="A2" t="s"><v>1</v></c>', texts=texts) == "one"


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="UTF-8"?>'])
@pytest.mark.parametrize("prefixes", [1, 100])
def test_a_namespace_that_the_whole_part_declares_is_another_too(
    ruleset: Ruleset, declared: str, prefixes: int
) -> None:
    """As those of Excel do, whose newer elements older programs pass over."""
    listed = " ".join(f'xmlns:q{i}="urn:{i}"' for i in range(prefixes))
    cell = '<c r="A2" t="s"><v>1</v><q0:v>0</q0:v></c>'
    data = f'<sheetData>{cells("H")}<row r="2">{cell}</row></sheetData>'
    made = parts(worksheet=f'{declared}<worksheet xmlns="{MAIN}" {listed}>{data}</worksheet>', texts="x")
    texts = TEXTS % "<q0:si><q0:t>EVIL</q0:t></q0:si>"
    made["xl/sharedStrings.xml"] = f'{declared}<sst xmlns="{MAIN}" {listed}>{texts}</sst>'
    assert table(read(Source("x", "0"), zipped(made), ruleset)) == [["H"], ["one"]]


def test_formats_of_others_shift_none_of_ours(ruleset: Ruleset) -> None:
    formats = '<xf numFmtId="0"/><q:xf numFmtId="0"/><xf numFmtId="1"/><xf numFmtId="14"/>'
    styles = f"<cellXfs {OTHER}>{formats}</cellXfs>"
    assert second(ruleset, '<c r="A2" s="1"><v>44470</v></c>', styles=styles) == 44470


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" t="s"><v>1.0</v></c>',
        '<c r="A2" t="s"><v>+1</v></c>',
        "<c r='A2' t='s'><v>-1</v></c>",
        '<c r="A2"><is><t>x</t></is></c>',
        "<c t='str' r='A2'><is><t>x</t></is></c>",
        '<c r="A2"><v>1</v><is><t>x</t></is></c>',
        BOTH % '<c r="A2" t="str"><v>x</v></c>',
        f'<q:w {OTHER}><c r="A2" t="str"><v>x</v></c></q:w>',
    ],
)
def test_what_programs_show_differently_is_refused(ruleset: Ruleset, cell: str) -> None:
    data = sheet(cells("H") + f'<row r="2">{cell}</row>', texts=TEXTS % "")
    refusal = read(Source("x", "0"), data, ruleset).refusal
    assert refusal is not None
    assert refusal.code == "FILE-DAMAGED"


def test_what_is_shown_by_some_programs_in_the_place_of_a_shared_text_is_refused(ruleset: Ruleset) -> None:
    data = sheet(cells("H"), texts=TEXTS % (BOTH % "<si><t>x</t></si>"))
    assert read(Source("x", "0"), data, ruleset).refusal is not None


def two_sheets(listed: str, *targets: tuple[str, str]) -> bytes:
    made = parts(cells("a"))
    made["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}" {OTHER}><sheets>{listed}</sheets></workbook>'
    )
    made["xl/_rels/workbook.xml.rels"] = relations(*targets)
    made["xl/worksheets/sheet2.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{cells("b")}</sheetData></worksheet>'
    )
    return zipped(made)


@pytest.mark.parametrize(
    "listed",
    [
        '<sheet name="A" sheetId="1" r:id="r1"/><q:sheet name="B" sheetId="2" r:id="r2"/>',
        '<sheet name="A" sheetId="1" r:id="r1" q:id="r2" q:name="B"/>',
    ],
)
def test_a_sheet_that_no_program_shows_is_not_read(ruleset: Ruleset, listed: str) -> None:
    targets = ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")
    parsed = read(Source("x", "0"), two_sheets(listed, *targets), ruleset)
    assert [(s.name, s.rows) for s in parsed.sheets] == [("A", (("a",),))]


def test_two_relations_of_one_name_are_refused(ruleset: Ruleset) -> None:
    data = two_sheets('<sheet name="A" sheetId="1" r:id="r1"/>', ("worksheet", "worksheets/sheet1.xml"))
    made = relations(("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml"))
    twice = {**parts(cells("a")), "xl/_rels/workbook.xml.rels": made.replace("r2", "r1")}
    assert read(Source("x", "0"), data, ruleset).refusal is None
    assert read(Source("x", "0"), zipped(twice), ruleset).refusal is not None


EXTENSION = '<extLst><ext uri="{0}">%s</ext></extLst>'


@pytest.mark.parametrize("kind", ["sharedStrings", "styles", "officeDocument", "worksheet"])
def test_a_relation_whose_type_only_ends_like_ours_is_none(ruleset: Ruleset, kind: str) -> None:
    """Excel opens such a workbook without a word, and shows what stands in the parts of the true one."""
    made = parts(cells("H"), texts=TEXTS % "", styles="<cellXfs><xf/></cellXfs>")
    true = table(read(Source("x", "0"), zipped(made), ruleset))
    where = "_rels/.rels" if kind == "officeDocument" else "xl/_rels/workbook.xml.rels"
    other = f'<Relationship Id="q" Type="urn:q/{kind}" Target="evil.xml"/>'
    made[where] = str(made[where]).replace("<Relationship ", f"{other}<Relationship ", 1)
    made |= {"xl/evil.xml": "<no xml", "evil.xml": "<no xml"}
    assert table(read(Source("x", "0"), zipped(made), ruleset)) == true


@pytest.mark.parametrize("kind", ["sharedStrings", "styles", "officeDocument"])
def test_two_relations_of_a_kind_that_there_is_one_of_are_refused(ruleset: Ruleset, kind: str) -> None:
    """LibreOffice shows the workbook of the first, and we read that of the last."""
    made = parts(cells("H"), texts=TEXTS % "", styles="<cellXfs><xf/></cellXfs>")
    where = "_rels/.rels" if kind == "officeDocument" else "xl/_rels/workbook.xml.rels"
    other = relations((kind, "other.xml")).partition("<Relationship ")[2].replace("r1", "q")
    made[where] = str(made[where]).replace("</Relationships>", f"<Relationship {other}")
    refusal = read(Source("x", "0"), zipped(made), ruleset).refusal
    assert refusal is not None
    assert refusal.code == "FILE-DAMAGED"


@pytest.mark.parametrize("other", ['id="r2"', 'xmlns:z="urn:z/relationships" z:id="r2"'])
def test_a_sheet_is_named_by_the_attribute_of_office_alone(ruleset: Ruleset, other: str) -> None:
    targets = ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")
    data = two_sheets(f'<sheet name="A" sheetId="1" r:id="r1" {other}/>', *targets)
    assert table(read(Source("x", "0"), data, ruleset)) == [["a"]]


def test_an_extension_moves_no_date(ruleset: Ruleset) -> None:
    """Excel passes over extensions that it does not know: it showed 2021, and 2025 was declared."""
    dated = second_dated()
    ours = '<extLst><ext uri="{0}"><workbookPr date1904="1"/></ext></extLst></workbook>'
    made = {**dated, "xl/workbook.xml": str(dated["xl/workbook.xml"]).replace("</workbook>", ours)}
    assert table(read(Source("x", "0"), zipped(made), ruleset)) == table(
        read(Source("x", "0"), zipped(dated), ruleset)
    )


def test_an_epoch_that_only_some_programs_see_is_refused(ruleset: Ruleset) -> None:
    dated = second_dated()
    both = BOTH % '<workbookPr date1904="1"/>'
    made = {**dated, "xl/workbook.xml": str(dated["xl/workbook.xml"]).replace("<sheets>", f"{both}<sheets>")}
    assert read(Source("x", "0"), zipped(made), ruleset).refusal is not None


def second_dated() -> dict[str, str | bytes]:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    return parts('<row r="1"><c r="A1" s="1"><v>44256</v></c></row>', styles=styles)


@pytest.mark.parametrize(
    "styles",
    [
        "<cellStyleXfs><xf>%s</xf></cellStyleXfs><cellXfs><xf/><xf numFmtId='14'/></cellXfs>",
        "<cellXfs><xf>%s</xf><xf numFmtId='14'/></cellXfs>",
    ],
)
@pytest.mark.parametrize("other", ["<cellXfs><xf/><xf/></cellXfs>", "<xf/><xf/>"])
def test_an_extension_shifts_no_format(ruleset: Ruleset, styles: str, other: str) -> None:
    cell = '<c r="A2" s="1"><v>44470</v></c>'
    read_as = second(ruleset, cell, styles=styles % (EXTENSION % other))
    assert read_as == second(ruleset, cell, styles=styles % "")


def test_a_flag_may_have_space_around_it(ruleset: Ruleset) -> None:
    """4 years and a day lie between the epochs."""
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    dates = [
        second(ruleset, '<c r="A2" s="1"><v>43008</v></c>', styles=styles, properties=made)
        for made in ('<workbookPr date1904="1"/>', '<workbookPr date1904=" 1 "/>')
    ]
    assert dates[0] == dates[1]


def test_what_is_written_anew_is_bounded(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Escaped, a sign of CDATA is five."""
    monkeypatch.setattr("vinbatch.workbook.plain.MAX_INFLATED", 4000)
    refusal = inspected("x", sheet(f"<row><c t='str'><v><![CDATA[{'&' * 1000}]]></v></c></row>"), ruleset)
    assert refusal is not None
    assert refusal.code == "FILE-BOMB"


_NOISE = st.sampled_from(
    ["", "<!-- <v>9</v> -->", "<?x <c> ?>", f"<q:v {OTHER}>9</q:v>", "<x xmlns='urn:q'/>"]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(_NOISE, min_size=12, max_size=12), st.booleans(), st.sampled_from(["{}", "<![CDATA[{}]]>"]))
def test_whatever_stands_between_changes_no_cell(
    ruleset: Ruleset, noise: list[str], prefixed: bool, kept: str
) -> None:
    n = iter(noise)
    made = (
        f'{next(n)}<row r="1">{next(n)}<c r="A1" t="s">{next(n)}<v>1</v></c>{next(n)}<c r="B1"><v>'
        f'{next(n)}{kept.format(15)}{next(n)}</v></c></row>{next(n)}<row r="2"><c r="B2" t="inlineStr"><is>'
        f"{next(n)}<t>{kept.format('x')}</t>{next(n)}</is></c></row>{next(n)}"
    )
    texts = f"{next(n)}<si><t>zero</t></si>{next(n)}<si><t>{kept.format('one')}</t></si>"
    if prefixed:
        tags = ("row", "c", "v", "is", "t", "si")
        for tag in tags:
            made, texts = (
                s.replace(f"<{tag} ", f"<m:{tag} ").replace(f"<{tag}>", f"<m:{tag}>") for s in (made, texts)
            )
            made, texts = (s.replace(f"</{tag}>", f"</m:{tag}>") for s in (made, texts))
        made, texts = made.replace("<m:v>9</m:v>", "<v>9</v>"), texts.replace("<m:v>9</m:v>", "<v>9</v>")
    sheet_xml = f'<worksheet xmlns="{MAIN}" xmlns:m="{MAIN}"><sheetData>{made}</sheetData></worksheet>'
    whole = parts(worksheet=sheet_xml, texts="x")
    whole["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}" xmlns:m="{MAIN}">{texts}</sst>'
    assert table(read(Source("x", "0"), zipped(whole), ruleset)) == [["one", 15], [None, "x"]]


@pytest.mark.parametrize(
    "xml",
    [
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
        + ' t="s"' * 100_000
        + "</t></is></c></row></sheetData></worksheet>",
        "<a" * 300_000,
        f'<worksheet xmlns:x="{MAIN}">' + "<xf " * 150_000,
    ],
    ids=("an index in a text", "roots without an end", "styles without an end"),
)
def test_long_parts_take_no_minutes(xml: str) -> None:
    """Each place was a search to the end of the part."""
    data = xml.encode()
    began = time.process_time()
    for look in (plain_sheet, plain_texts, plain_styles):
        with suppress(RefusedError):
            look(data, "x")
    text_references(data)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "made",
    [
        {"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>' + "<row " * 60_000},
        {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>a</t></si>' + "<strike " * 60_000},
    ],
    ids=("rows without an end", "lines without an end"),
)
def test_a_part_without_an_end_is_refused_at_once(ruleset: Ruleset, made: dict[str, str]) -> None:
    """A file of a kilobyte took its worker all of its minute, twice, and everybody waited."""
    data = zipped({**parts(cells("a"), texts="<si><t>a</t></si>"), **made})
    began = time.process_time()
    assert read(Source("x", "0"), data, ruleset).refusal is not None
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1">%s</row>',
        "".join(f'<row r="{i}"/>' for i in range(1, 40_000)) + '<row r="40000">%s</row>',
    ],
    ids=("in the first", "in the last"),
)
def test_cells_in_a_wrong_row_have_their_formats_at_once(ruleset: Ruleset, rows: str) -> None:
    numbers = "".join(f'<c r="A{i}" s="1"><v>2021.1</v></c>' for i in range(40_000, 1, -1))
    styles = '<cellXfs><xf/><xf numFmtId="2"/></cellXfs>'
    began = time.process_time()
    parsed = read(Source("x", "0"), sheet(rows % numbers, styles=styles), ruleset)
    assert parsed.sheets[0].rows[9] == (Odd(OddKind.FORMATTED, "0.00", 2021.1),)
    assert time.process_time() - began < 5
