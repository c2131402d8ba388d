"""The workbooks that examples name with `file`: what a row of cells cannot say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from desk import OTHER_VIN, Desk

from vinbatch.checks.vin import check_digit
from vinbatch.model import STRUCTURE, VEHICLE, Odd, OddKind, Outcome, Raw, Sheet, State, Type
from vinbatch.noun import replace
from vinbatch.ruleset import TRACE, traces

ELECTRIC: dict[str, Raw] = {
    "fuel": "电",
    "new_energy": "是",
    **dict.fromkeys(
        (
            "engine_maker",
            "engine_model",
            "working_principle",
            "direct_injection",
            "cylinders",
            "cylinder_layout",
            "displacement",
            "net_power",
            "net_power_speed",
            "emission_standard",
            "co2",
            "fuel_consumption",
        ),
        "",
    ),
    "motor_model": "HA0001N0",
    "motor_power": 210,
    "battery_capacity": 232,
}


def _cell(key: str, raw: Raw) -> Callable[[Desk], Outcome]:
    return lambda desk: desk.drop([{key: raw}])


def _asked(desk: Desk, vin: Raw, since: Raw, until: Raw = None) -> Outcome:
    query = Sheet("查询", (("VIN", "起始日期", "截止日期"), (vin, since, until)))
    return desk.put((desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}]), query))


def _electric(**cells: Raw) -> Callable[[Desk], Outcome]:
    return lambda desk: desk.drop([{"engine_no": ""}], [{**ELECTRIC, **cells}])


def _sheets(change: Callable[[Sheet], Sheet]) -> Callable[[Desk], Outcome]:
    def put(desk: Desk) -> Outcome:
        return desk.put((change(desk.sheet(VEHICLE, [{}])), desk.sheet(STRUCTURE, [{}])))

    return put


def _masked(desk: Desk) -> Outcome:
    sheet, index = desk.sheet(VEHICLE, [{}]), desk.ruleset.index(VEHICLE)
    return desk.put((replace(sheet, masked=((2, index["colour"] + 1),)), desk.sheet(STRUCTURE, [{}])))


def _struck(*keys: str, **cells: str) -> Callable[[Desk], Outcome]:
    def put(desk: Desk) -> Outcome:
        sheet, index = desk.sheet(VEHICLE, [cells]), desk.ruleset.index(VEHICLE)
        struck = tuple((2, index[key] + 1) for key in keys)
        return desk.put((replace(sheet, struck=struck), desk.sheet(STRUCTURE, [{}])))

    return put


def _commented(**cells: str) -> Callable[[Desk], Outcome]:
    def put(desk: Desk) -> Outcome:
        sheet, index = desk.sheet(VEHICLE, [cells]), desk.ruleset.index(VEHICLE)
        comments = ((2, index["colour"] + 1, "颜色待核"),)
        return desk.put((replace(sheet, comments=comments), desk.sheet(STRUCTURE, [{}])))

    return put


def _commented_untouched(desk: Desk) -> Outcome:
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    return _commented(_mark=mark)(desk)


def _struck_untouched(desk: Desk) -> Outcome:
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    return _struck("colour", _mark=mark)(desk)


def _form(version: str, digest: str = "") -> Callable[[Desk], Outcome]:
    def put(desk: Desk) -> Outcome:
        hidden = Sheet(
            "_vinbatch", (("form", version), ("rules", digest or desk.ruleset.digest)), hidden=True
        )
        return desk.put((desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}]), hidden))

    return put


def _former_field(desk: Desk) -> Outcome:
    """Of a form whose field the rules have no more: its hidden sheet says what the heading meant."""
    sheet = desk.sheet(VEHICLE, [{}])
    head, row = sheet.rows
    told = (("keys.vehicle", "headings.vehicle"), ("interior", "内饰颜色"))
    hidden = Sheet("_vinbatch", told, hidden=True)
    vehicles = replace(sheet, rows=((*head, "内饰颜色"), (*row, "米")))
    return desk.put((vehicles, desk.sheet(STRUCTURE, [{}]), hidden))


def _answered_list(desk: Desk) -> Outcome:
    """A list of findings, as a result has it, with a word written beside a line."""
    ours = ("车辆信息", "2", "E2", "CCC证书编号", "CCC-NUMERIC")
    lines = (("工作表", "行号", "单元格", "栏目", "代码", TRACE), (*ours, " ".join(traces(ours)), "是"))
    return desk.put((desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}]), Sheet("问题清单", lines)))


def crossed(
    desk: Desk, heads: Sequence[str], numbers: Sequence[str], wrong: Sequence[int] = (), **other: Raw
) -> Outcome:
    """Vehicles of these models beside these numbers; `P2` are the sample's parameters with these cells.

    Those `wrong`, by their Excel rows, have a month that is none.
    """
    rows = []
    for i, (head, number) in enumerate(zip(heads, numbers, strict=True)):
        vin = f"{head}0MCF{12340 + i}"
        cells: dict[str, Raw] = {"vin": f"{head}{check_digit(vin)}{vin[9:]}", "engine_no": f"B48 {i * 7}"}
        cells |= {"production_date": "2021.1"} if i + 2 in wrong else {}
        rows.append({**cells, **({"structure_no": number} if number else {})})
    return desk.drop(rows, [{}, {"structure_no": "P2", **other}])


def _two_columns(sheet: Sheet) -> Sheet:
    head, row = sheet.rows
    return replace(sheet, rows=((*head, "车身颜色"), (*row, "红")))


def _other(desk: Desk) -> Outcome:
    other = Sheet("说明表", (("随便", "写"),))
    return desk.put((desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}]), other))


def _second(desk: Desk) -> Outcome:
    copied = replace(desk.sheet(VEHICLE, [{"vin": OTHER_VIN}]), name="车辆信息 (2)")
    return desk.put((desk.sheet(VEHICLE, [{}]), copied, desk.sheet(STRUCTURE, [{}])))


def _sorted(desk: Desk) -> Outcome:
    """Each of two vehicles on the row that has the other's mark; the sample stands first."""
    one = desk.place(Type.FILING, State.ACCEPTED)
    two = desk.place(Type.FILING, State.ACCEPTED, OTHER_VIN)
    rows = [{"_mark": desk.mark(two)}, {"_mark": desk.mark(one), "vin": OTHER_VIN}]
    return desk.put((desk.sheet(VEHICLE, rows), desk.sheet(STRUCTURE, [{}])))


def _older(desk: Desk) -> Outcome:
    """A result as it was issued, after its row was edited, dropped and refused once more."""
    first = desk.drop([{"production_date": "2035.01"}])
    desk.again(first, {2: {"production_date": "2035.02"}})
    return desk.again(first, only=[2])


def _home_pattern(desk: Desk) -> Outcome:
    text = "[vehicle.remarks]\npattern = '[0-9]{3}'\nexample = \"123\"\n"
    book = replace(desk.rulebook, home=(("fields.toml", text),), digest="home-pattern")
    return Desk(book).drop([{"remarks": "abc"}])


def _endless_pattern(desk: Desk) -> Outcome:
    text = "[vehicle.remarks]\npattern = 'B|(A|AA)+'\nexample = 'B'\n"
    book = replace(desk.rulebook, home=(("fields.toml", text),), digest="endless-pattern")
    return Desk(book).drop([{"remarks": "A" * 58 + "!"}])


FILES: dict[str, Callable[[Desk], Outcome]] = {
    "error-cell": _cell("colour", Odd(OddKind.ERROR, "#N/A")),
    "former-field": _former_field,
    "uncalculated": _cell("colour", Odd(OddKind.UNCALCULATED, "=A1&B1")),
    "merged": _cell("colour", Odd(OddKind.MERGED, "I2:I3", "黑")),
    "date-in-text": _cell("colour", datetime(2021, 3, 1)),
    "month-october": _cell("production_date", Odd(OddKind.FORMATTED, "0.00", 2021.1)),
    "month-date-cell": _cell("production_date", datetime(2021, 3, 1)),
    "pattern-of-a-home": _home_pattern,
    "pattern-without-end": _endless_pattern,
    "two-columns": _sheets(_two_columns),
    "other-sheet": _other,
    "second-sheet": _second,
    "answered-list": _answered_list,
    "crossed-vins": lambda desk: crossed(
        desk, ("WBA13BJ0", "WBA53BJ0") * 2, ("", "P2", "P2", ""), displacement=2998
    ),
    "sorted-rows": _sorted,
    "older-result": _older,
    "hidden-rows": _sheets(lambda sheet: replace(sheet, hidden_rows=(2,))),
    "hidden-columns": _sheets(lambda sheet: replace(sheet, hidden_columns=(9,))),
    "masked-cell": _masked,
    "commented-cell": _commented(),
    "commented-untouched": _commented_untouched,
    "struck-row": _struck("vin", "colour", "engine_no"),
    "struck-cell": _struck("colour"),
    "struck-untouched": _struck_untouched,
    "struck-confirmation": _struck("confirmed", confirmed="是"),
    "unseen-cells": _sheets(lambda sheet: replace(sheet, unseen=((2, 3),))),
    "no-sheet": lambda desk: desk.put((Sheet("Sheet1", (("a",),)),)),
    "no-rows": lambda desk: desk.put((desk.sheet(VEHICLE, [None]),)),
    "too-many-rows": lambda desk: desk.drop([], [{"structure_no": f"N-{i}"} for i in range(5001)]),
    "too-many-findings": lambda desk: desk.drop(
        [], [{f.key: "?" for f in desk.ruleset.fields(STRUCTURE)} for _ in range(1500)]
    ),
    "form-version": _form("2.0"),
    "form-old": _form("1.0", "of other rules"),
    "query-unclear": lambda desk: _asked(desk, None, "去年"),
    "query-backwards": lambda desk: _asked(desk, None, "2026-03-02", "2026-03-01"),
    "query-not-vin": lambda desk: _asked(desk, "2022221101000119", None),
    "electric-displacement": _electric(displacement=1998),
    "electric-co2": _electric(co2=120),
    "electric-not-new": _electric(new_energy="否"),
}
