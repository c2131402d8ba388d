"""XML that explodes, lies, or fetches; sheets that are too far, too many, too deep."""

from __future__ import annotations

from attack_texts import RULES
from attacks import READ, add, attack
from foreign import MAIN, TYPES, cells, one, parts, relations, sheet, with_part, zipped

from vinbatch import samples
from vinbatch.model import STRUCTURE, VEHICLE, column_letters

GOOD = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


# ── entities and encodings ───────────────────────────────────────────────────────────────────────

_LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
_DOCTYPES = {
    "billion_laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]><worksheet>&l9;</worksheet>',
    "quadratic_blowup": f'<!DOCTYPE x [<!ENTITY a "{"A" * 50_000}">]><worksheet>{"&a;" * 50_000}</worksheet>',
    "external_entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
    "parameter_entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x">%a;]><worksheet/>',
    "external_subset": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet/>',
    "attribute_bomb": '<!DOCTYPE x [<!ATTLIST c r CDATA "A1">]><worksheet/>',
}
for _name, _xml in _DOCTYPES.items():
    add(_name, lambda xml=_xml: with_part(SHEET, xml), "FILE-DOCTYPE")
for _part in (BOOK, "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
    add(
        f"doctype_in_{_part.rpartition('/')[2].replace('.', '_')}",
        lambda part=_part: with_part(part, _DOCTYPES["external_entity"]),
        "FILE-DOCTYPE",
    )
for _encoding in ("utf-16-le", "utf-16-be", "utf-16"):
    add(
        f"doctype_in_{_encoding.replace('-', '_')}",
        lambda e=_encoding: with_part(
            SHEET, f'<?xml version="1.0" encoding="UTF-16"?>{_DOCTYPES["external_entity"]}'.encode(e)
        ),
        "FILE-DOCTYPE",
    )
for _encoding in ("UTF-7", "EBCDIC-CP-US", "UTF-32", "base64", "rot13", "unicode_escape"):
    add(
        f"encoding_{_encoding.replace('-', '_').lower()}",
        lambda e=_encoding: with_part(SHEET, f'<?xml version="1.0" encoding="{e}"?>+ADw-worksheet/>'),
        "FILE-DAMAGED",
    )


@attack("FILE-DAMAGED")
def doctype_in_utf_32() -> bytes:
    return with_part(SHEET, _DOCTYPES["external_entity"].encode("utf-32"))


@attack("FILE-DAMAGED", "FILE-DOCTYPE")
def doctype_after_a_lying_declaration() -> bytes:
    """Declared as GBK, written as UTF-16."""
    text = f'<?xml version="1.0" encoding="GBK"?>{_DOCTYPES["external_entity"]}'
    return with_part(SHEET, text.encode("utf-16"))


@attack("FILE-DAMAGED")
def an_unknown_entity() -> bytes:
    return one('<c r="A1" t="str"><v>&xxe;</v></c>')


@attack(READ)
def an_include_and_a_style_sheet() -> bytes:
    xml = (
        f'<?xml-stylesheet href="http://127.0.0.1:9/evil.xsl"?><worksheet xmlns="{MAIN}" '
        'xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/>'
        f"<sheetData>{GOOD}</sheetData></worksheet>"
    )
    return with_part(SHEET, xml)


# ── far, wide, deep, many ────────────────────────────────────────────────────────────────────────


@attack("FILE-FAR-CELL")
def the_farthest_cell() -> bytes:
    """2.4 kB that abort a reader."""
    return sheet(GOOD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@attack("FILE-FAR-CELL")
def far_cells_behind_a_prefix() -> bytes:
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row>'
    far = '<x:row r="1048576"><x:c r="A1048576"><x:v>1</x:v></x:c></x:row>'
    return with_part(SHEET, f"{xml}{far}</x:sheetData></x:worksheet>")


@attack("FILE-TOO-MUCH")
def a_wide_and_long_sheet() -> bytes:
    return sheet(GOOD + '<row r="9999"><c r="ZZ9999"><v>1</v></c></row>')


@attack("FILE-TOO-MUCH")
def sheets_that_are_wide_and_long_together() -> bytes:
    """Two hundred times the same part."""
    made = parts(GOOD + '<row r="999"><c r="ZZ999"><v>1</v></c></row>')
    listed = "".join(f'<sheet name="{i}" sheetId="{i}" r:id="r1"/>' for i in range(1, 200))
    made[BOOK] = f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets>{listed}</sheets></workbook>'
    return zipped(made)


@attack("FILE-FAR-CELL", "FILE-DAMAGED")
def addresses_without_end() -> bytes:
    return one('<c r="ABCDEFG99999999999"><v>1</v></c>')


@attack("FILE-FAR-CELL")
def rows_that_jump() -> bytes:
    return sheet('<row r="999999"><c><v>1</v></c></row><row><c><v>2</v></c></row>')


@attack(READ)
def rows_out_of_order() -> bytes:
    return sheet('<row r="5"><c r="A5"><v>1</v></c></row>' + GOOD)


@attack("FILE-DAMAGED")
def one_cell_twice() -> bytes:
    return one('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>')


@attack("FILE-DAMAGED")
def one_cell_twice_in_two_rows() -> bytes:
    return sheet('<row r="1"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')


for _i, _row in enumerate(("-5", "0x10", "1e3", "NaN", "9" * 400, "½", "١")):
    add(
        f"row_number_{_i}",
        lambda row=_row: sheet(f'<row r="{row}"><c><v>1</v></c></row>'),
        "FILE-DAMAGED",
        "FILE-FAR-CELL",
    )


@attack("FILE-EXCESSIVE")
def merges_without_number() -> bytes:
    listed = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(2, 60_000))
    return sheet(GOOD, tail=f"<mergeCells>{listed}</mergeCells>")


@attack(READ)
def a_merge_of_the_whole_sheet() -> bytes:
    """Seventeen thousand million cells, one of them filled."""
    return sheet(GOOD, tail='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@attack(READ)
def ten_thousand_merges_of_whole_columns() -> bytes:
    listed = "".join(f'<mergeCell ref="A{i}:ZZ99999"/>' for i in range(1, 10_000))
    return sheet(GOOD, tail=f"<mergeCells>{listed}</mergeCells>")


def commented(xml: str, sheets: int = 1) -> bytes:
    """A good sheet, whose relations name this part of comments as often."""
    made = parts(GOOD)
    named = [("comments", "../comments1.xml")] * sheets
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relations(*named)
    return zipped({**made, "xl/comments1.xml": xml})


add("doctype_in_comments", lambda: commented(_DOCTYPES["external_entity"]), "FILE-DOCTYPE")
add("comments_that_inflate", lambda: commented("<comments>" + " " * 97 * 2**20), "FILE-BOMB")
add("comments_without_end", lambda: commented("<comments><commentList>" * 1000), "FILE-DAMAGED")
add("comments_of_tags", lambda: commented(f"<comments>{'<r/>' * 900_000}</comments>"), "FILE-EXCESSIVE")
add("comments_nested", lambda: commented("<comment ref='A1'>" * 50_000 + "</comment>" * 50_000), READ)


@attack(READ)
def comments_named_ten_thousand_times() -> bytes:
    """Each name the same part: it is read once."""
    return commented(f"<comments>{' ' * 2**20}</comments>", 10_000)


@attack("FILE-EXCESSIVE")
def a_format_of_two_hundred_thousand_characters() -> bytes:
    """Hangs openpyxl for a quarter of a minute."""
    style = f'<numFmts><numFmt numFmtId="170" formatCode="{"0" * 200_000}"/></numFmts>'
    return sheet(cells(2021.1), styles=style)


@attack("FILE-EXCESSIVE")
def formats_without_number() -> bytes:
    listed = "".join(f'<numFmt numFmtId="{i}" formatCode="0"/>' for i in range(200, 40_000))
    return sheet(cells(2021.1), styles=f"<numFmts>{listed}</numFmts>")


@attack(READ)
def an_attribute_of_five_megabytes() -> bytes:
    return one(f'<c r="A1" foo="{"x" * 5 * 2**20}"><v>1</v></c>')


@attack(READ)
def attributes_without_number() -> bytes:
    listed = " ".join(f'a{i}="x"' for i in range(50_000))
    return one(f'<c r="A1" {listed}><v>1</v></c>')


@attack("FILE-DAMAGED")
def a_thousand_times_the_same_attribute() -> bytes:
    return one('<c r="A1" ' + "s='0' " * 1000 + "><v>1</v></c>")


@attack("FILE-DAMAGED")
def nested_a_million_deep() -> bytes:
    return one(f"<c>{'<a>' * 1_000_000}{'</a>' * 1_000_000}</c>")


@attack("FILE-DAMAGED")
def a_workbook_that_is_nested_deep() -> bytes:
    return with_part(BOOK, "<a>" * 500_000)


@attack(READ, "FILE-DAMAGED")
def namespaces_without_number() -> bytes:
    listed = " ".join(f'xmlns:n{i}="urn:{i}"' for i in range(30_000))
    return with_part(SHEET, f'<worksheet xmlns="{MAIN}" {listed}><sheetData>{GOOD}</sheetData></worksheet>')


@attack(READ, "FILE-DAMAGED")
def prefixes_that_are_looked_for_without_end() -> bytes:
    """Each of them is sought among two hundred thousand tags."""
    listed = " ".join(f'xmlns:n{i}="urn:{i}"' for i in range(20_000))
    tags = "<nn/>" * 200_000
    return with_part(
        SHEET, f'<worksheet xmlns="{MAIN}" {listed}><sheetData>{GOOD}{tags}</sheetData></worksheet>'
    )


@attack(READ)
def a_comment_of_twenty_megabytes() -> bytes:
    return with_part(SHEET, f"<worksheet><!--{'-x' * 10 * 2**20}--><sheetData>{GOOD}</sheetData></worksheet>")


@attack("FILE-EXCESSIVE")
def sheets_without_number() -> bytes:
    made = parts(GOOD)
    listed = "".join(f'<sheet name="{i}" sheetId="{i}" r:id="r1"/>' for i in range(1, 60_000))
    made[BOOK] = f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets>{listed}</sheets></workbook>'
    return zipped(made)


# ── texts, styles and relations ──────────────────────────────────────────────────────────────────


@attack(READ)
def counts_of_texts_that_lie() -> bytes:
    made = parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    made["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="-1"><si><t>a</t></si></sst>'
    )
    return zipped(made)


@attack("FILE-BOMB")
def one_long_text_in_many_cells() -> bytes:
    data = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 3000))
    return sheet(data, texts=f"<si><t>{'长' * 350_000}</t></si>")


@attack("FILE-EXCESSIVE")
def texts_without_number() -> bytes:
    return sheet(GOOD, texts="<si><t/></si>" * 1_200_000)


for _i, _index in enumerate(("7", "-1", "NaN", "4294967296", "9" * 400, "0.5", "1e1", "", " 0", "٣")):
    add(
        f"text_index_{_i}",
        lambda index=_index: sheet(
            f'<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>', texts="<si><t>a</t></si>"
        ),
        "FILE-DAMAGED",
        "FILE-UNREADABLE",
        READ,
    )
for _i, _style in enumerate(("4294967296", "-1", "NaN", "9" * 400, "x")):
    add(
        f"style_index_{_i}",
        lambda style=_style: sheet(
            f'<row r="1"><c r="A1" s="{style}"><v>45000.5</v></c></row>', styles="<cellXfs><xf/></cellXfs>"
        ),
        "FILE-DAMAGED",
        "FILE-UNREADABLE",
        READ,
    )
for _i, _number in enumerate(("NaN", "INF", "1e99999", "-1e300", "0x10", "1_000", "٣", "1" * 5000, "--1")):
    add(
        f"number_{_i}",
        lambda number=_number: sheet(f'<row r="1"><c r="A1"><v>{number}</v></c></row>'),
        "FILE-DAMAGED",
        "FILE-UNREADABLE",
        READ,
    )


@attack("FILE-UNREADABLE", "FILE-DAMAGED", READ)
def a_date_beyond_time() -> bytes:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    return sheet(
        '<row r="1"><c r="A1" s="1"><v>1e300</v></c><c r="B1" s="1"><v>-9e18</v></c></row>', styles=styles
    )


@attack(READ)
def no_styles_and_no_texts() -> bytes:
    return one('<c r="A1" s="77"><v>1</v></c>')


@attack("FILE-DAMAGED")
def no_relations() -> bytes:
    return with_part("xl/_rels/workbook.xml.rels", None)


for _i, _target in enumerate(
    (
        "../../../../etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.xml",
        "\\\\127.0.0.1\\x\\y.xml",
        "/dev/zero",
        "",
    )
):
    add(
        f"a_sheet_elsewhere_{_i}",
        lambda target=_target: with_part("xl/_rels/workbook.xml.rels", relations(("worksheet", target))),
        "FILE-DAMAGED",
    )


@attack("FILE-DAMAGED")
def a_sheet_that_is_the_workbook() -> bytes:
    """Relations in a circle."""
    return with_part(
        "xl/_rels/workbook.xml.rels",
        relations(("worksheet", "workbook.xml"), ("styles", "workbook.xml")).replace(
            "</Relationships>", "<x></Relationships>"
        ),
    )


@attack(READ)
def external_links_and_templates() -> bytes:
    made = parts(GOOD)
    link = f'<Relationship Id="r1" Type="{TYPES}/hyperlink" Target="file://evil/x" TargetMode="External"/>'
    made["xl/worksheets/_rels/sheet1.xml.rels"] = f"<R>{link}</R>"
    made["word/_rels/settings.xml.rels"] = "<R/>"
    return zipped(made)


@attack(READ)
def millions_of_styled_blanks() -> bytes:
    """Costs openpyxl minutes."""
    blanks = "".join(f'<row r="{i}" s="1"><c r="A{i}" s="1"/></row>' for i in range(2, 90_000))
    return sheet(GOOD + blanks, styles="<cellXfs><xf/><xf/></cellXfs>")


@attack("FILE-TOO-MANY-ROWS")
def formulas_without_number() -> bytes:
    data = "".join(f'<row r="{i}"><c r="A{i}"><f>A{i + 1}</f></c></row>' for i in range(1, 50_000))
    return sheet(data)


# ── as much as is just allowed ───────────────────────────────────────────────────────────────────


@attack("FILE-TOO-MANY-FINDINGS")
def every_cell_of_two_thousand_rows_is_wrong() -> bytes:
    """A hundred thousand findings."""
    rows: list[samples.Cells] = [{f.key: "?" for f in RULES.fields(VEHICLE)} for _ in range(2000)]
    sets: list[samples.Cells] = [{f.key: "?" for f in RULES.fields(STRUCTURE)} for _ in range(2000)]
    return samples.workbook(RULES, rows, sets)


@attack(READ)
def six_hundred_columns_that_nobody_knows() -> bytes:
    """All of them are carried to the end of the result."""
    row = "".join(f'<c r="{column_letters(i)}{{0}}" t="s"><v>0</v></c>' for i in range(2, 602))
    head = f'<row r="1"><c r="A1" t="s"><v>1</v></c>{row.format(1)}</row>'
    data = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c>{row.format(n)}</row>' for n in range(2, 950))
    return sheet(head + data, texts="<si><t>evil</t></si><si><t>VIN</t></si>")


@attack("FILE-TOO-MUCH")
def seven_hundred_thousand_cells() -> bytes:
    row = "".join(f'<c r="{column_letters(i)}{{0}}" t="s"><v>0</v></c>' for i in range(1, 30))
    data = "".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(2, 25_000))
    return sheet(f'<row r="1"><c r="A1" t="s"><v>0</v></c></row>{data}', texts="<si><t>VIN</t></si>")


@attack("FILE-TOO-MANY-ROWS")
def ninety_thousand_rows() -> bytes:
    row = '<c r="A{0}" t="s"><v>0</v></c><c r="B{0}" t="s"><v>0</v></c>'
    data = "".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(1, 90_000))
    return sheet(data, texts="<si><t>VIN</t></si>")


@attack("FILE-TOO-MANY-VEHICLES")
def one_vehicle_five_thousand_times() -> bytes:
    """Each row might name all the others."""
    return samples.workbook(RULES, samples.vehicles(1) * 5000)


@attack("FILE-TOO-MANY-VEHICLES")
def one_marked_vehicle_five_thousand_times() -> bytes:
    """Its marks say that it was edited."""
    heads = "".join(
        f'<c r="{at}1" t="inlineStr"><is><t>{t}</t></is></c>' for at, t in (("A", "VIN"), ("B", "记录标识"))
    )
    vin = "WBA13BJ0XMC018805"
    row = '<c r="A{0}" t="s"><v>0</v></c><c r="B{0}" t="s"><v>1</v></c>'
    data = "".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(2, 5002))
    texts = f"<si><t>{vin}</t></si><si><t>{vin}@1:0123456789ab</t></si>"
    return sheet(f'<row r="1">{heads}</row>{data}', texts=texts)
