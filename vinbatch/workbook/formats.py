"""Number formats, for the cells whose meaning hangs on them: 2021.1 shown as 2021.10 is October."""

from __future__ import annotations

from vinbatch.noun import Noun
from vinbatch.workbook.book import elements
from vinbatch.workbook.refused import RefusedError
from vinbatch.workbook.tags import Attributes

GENERAL = "General"
MAX_FORMATS = 10_000
MAX_CODE = 2000  # characters; Excel allows 255
MAX_STYLES = 200_000  # of cells, and of named styles; Excel allows 65,490 of each

# ECMA-376 part 1, 18.8.30: the formats that numbers have without naming them; of dates those without a year.
_BUILT_IN = {
    "0": GENERAL,
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "11": "0.00E+00",
    "12": "# ?/?",
    "13": "# ??/??",
    "16": "d-mmm",
    **dict.fromkeys(("28", "29", "51", "53", "54", "58"), 'm"月"d"日"'),  # in Chinese programs
    "37": "#,##0;(#,##0)",
    "38": "#,##0;[Red](#,##0)",
    "39": "#,##0.00;(#,##0.00)",
    "40": "#,##0.00;[Red](#,##0.00)",
    "41": '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    "42": '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)',
    "43": '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    "44": '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
    "46": "[h]:mm:ss",
    "48": "##0.0E+0",
    "49": "@",
}
# Groups of formats in a style sheet; cells refer to the first.
_GROUPS = ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs")


class Formats(Noun, frozen=True):
    """The number format of each style of a workbook."""

    codes: tuple[str, ...]

    def code(self, style: int) -> str:
        """The format code of a cell's style; "" where it cannot be told."""
        return self.codes[style] if style < len(self.codes) else "" if self.codes else GENERAL


def read_formats(styles: bytes) -> Formats:
    """The formats of `xl/styles.xml`; b"" means that every number is General."""
    if not styles:
        return Formats(())
    custom: dict[str, str] = {}
    codes: list[str] = []
    is_cell_style = False
    for tag, attributes in elements(styles, "xl/styles.xml", "numFmt", "xf", *_GROUPS):
        if tag == "numFmt":
            custom[_number(attributes)] = attributes.get("formatCode", "")
        elif tag in _GROUPS:
            is_cell_style = tag == "cellXfs"
        elif tag == "xf" and is_cell_style:
            number = _number(attributes)
            built_in = _BUILT_IN.get(number, "")
            codes.append(custom.get(number, built_in))
    return Formats(tuple(codes))


def _number(attributes: Attributes) -> str:
    """Which format: to Excel 0170 and 170 are one."""
    return attributes.get("numFmtId", "").strip().lstrip("+0") or "0"


def check_formats(styles: bytes) -> None:
    """RefusedError where there are more formats than any program writes, or longer ones."""
    for what, tag, limit in (("formats", b"numFmt ", MAX_FORMATS), ("styles", b"xf ", MAX_STYLES)):
        if styles.count(tag) > limit:
            raise RefusedError("FILE-EXCESSIVE", what=f"@reading.{what}", limit=str(limit))
    if any(len(piece.partition(b"/>")[0]) > 4 * MAX_CODE for piece in styles.split(b"formatCode")[1:]):
        raise RefusedError("FILE-EXCESSIVE", what="@reading.format_length", limit=str(MAX_CODE))
