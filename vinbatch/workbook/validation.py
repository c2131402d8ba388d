"""What Excel refuses or doubts while one types: only what the checks refuse too, never a placeholder."""

from __future__ import annotations

from typing import Any

from vinbatch.model import DASHES, Field, Kind
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.prompts import PROMPT_LIMIT, TITLE_LIMIT

_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
# What the checks read as empty besides the placeholders that the guide names, also in full width.
ALSO_EMPTY = (*DASHES, "－", "／")


class Lists(Noun, frozen=True):
    """Ranges of the hidden sheet: the choices of a field, all countries, what stands for empty.

    `rows` are its first 17 rows, to count with: rows of the sheet itself come and go, and Excel would then
    count to 16 or 18.
    """

    choices: dict[tuple[str, str], str]
    countries: str
    placeholders: str
    rows: str


def validation(field: Field, at: str, lists: Lists, ruleset: Ruleset, lang: str) -> dict[str, Any]:
    """XlsxWriter's options for the column of a field; `at` is its first cell, `C2`."""
    heading, prompt = field.heading(lang), field.prompt(lang)
    cure = ruleset.phrase("form.alert", lang)
    options: dict[str, Any] = {
        "validate": "any",
        "input_title": heading[:TITLE_LIMIT],
        "input_message": prompt[:PROMPT_LIMIT],
        "error_title": heading[:TITLE_LIMIT],
        "error_message": (cure + prompt)[:PROMPT_LIMIT],
        "ignore_blank": True,
    }
    if field.kind in (Kind.CHOICE, Kind.YESNO):
        # Asked, not refused: what stands for empty is understood too, and is no choice to be offered.
        source = f"={lists.choices[field.sheet, field.key]}"
        return {**options, "validate": "list", "source": source, "error_type": "warning"}
    if field.kind is Kind.COUNTRY:
        # Names and codes of a country are understood, more than a list can hold: offered, never refused.
        return {**options, "validate": "list", "source": f"={lists.countries}", "show_error": False}
    formula = _formula(field, at, lists.rows)
    if not formula:
        return options
    empty = f"ISNUMBER(MATCH(TRIM({at}),{lists.placeholders},0))"
    return {**options, "validate": "custom", "value": f"=OR({formula},{empty})"}


def _formula(field: Field, at: str, rows: str) -> str:
    """True for every value that the checks take, "" where Excel cannot judge."""
    if field.kind is Kind.VIN:
        letters = f'FIND(MID(UPPER({at}),ROW({rows}),1),"{_VIN}")'
        return f"AND(LEN({at})=17,SUMPRODUCT(--ISNUMBER({letters}))=17)"
    if field.kind is Kind.MONTH:
        month = f"VALUE(RIGHT({at},2))"
        text = f'AND(LEN({at})=7,MID({at},5,1)=".",VALUE(LEFT({at},4))>=1900,{month}>=1,{month}<=12)'
        # A number of two decimals is a month as well; which numbers are, the checks say.
        return f"ISNUMBER({at}),IFERROR({text},FALSE)"
    if field.kind is Kind.CCC:
        digits = f"ISNUMBER(VALUE(LEFT({at},8))),ISNUMBER(VALUE(MID({at},9,8)))"
        return f"AND(LEN({at})>=16,LEN({at})<={field.length or 28},{digits})"
    if field.kind in (Kind.INT, Kind.DECIMAL):
        return _number(field, at)
    if field.kind in (Kind.TEXT, Kind.CODE) and field.length:
        return f"LEN({at})<={field.length}"
    return ""


def _number(field: Field, at: str) -> str:
    # The checks round to six decimals, and so does Excel before it judges.
    value = f"VALUE({at})" if field.kind is Kind.INT else f"ROUND(VALUE({at}),6)"
    tests = [f"{value}=INT({value})"] if field.kind is Kind.INT else [f"ISNUMBER({value})"]
    if field.low is not None:
        tests.append(f"{value}>={_plain(field.low)}")
    if field.high is not None:
        tests.append(f"{value}<={_plain(field.high)}")
    within = f"IFERROR(AND({','.join(tests)}),FALSE)"
    return f"{within},IFERROR(VALUE({at})=0,FALSE)" if field.zero_empty else within


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
