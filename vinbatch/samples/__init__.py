"""Synthetic vehicles of real models, without and with mistakes: for the demo, the tests and benchmarks.

The VINs are invented behind real world manufacturer identifiers; no real vehicle is meant.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping, Sequence

import xlsxwriter

from vinbatch.checks.vin import check_digit
from vinbatch.model import STRUCTURE, VEHICLE
from vinbatch.ruleset import Ruleset
from vinbatch.samples.models import MODELS, Cell, Cells, Model

__all__ = ["MODELS", "Cell", "Cells", "Model", "parameters", "vehicles", "with_mistakes", "workbook"]

_COLOURS = ("碳黑色", "矿石白", "火山灰", "宝石红", "海湾蓝", "银色", "黑/白", "墨绿")
_YEAR_CODES = {2019: "K", 2020: "L", 2021: "M", 2022: "N", 2023: "P", 2024: "R", 2025: "S"}


def vehicles(count: int, seed: int = 1, models: Sequence[Model] = MODELS) -> list[Cells]:
    """So many vehicles, the models in turn; every VIN is valid and no two are the same."""
    dice = random.Random(seed)  # noqa: S311 - samples, no secrets
    first = dice.randrange(10_000, 60_000)
    return [_vehicle(models[i % len(models)], first + i, dice) for i in range(count)]


def parameters(models: Sequence[Model] = MODELS) -> list[Cells]:
    """The parameter sets of these models."""
    return [dict(m.values) for m in models]


def _vehicle(model: Model, serial: int, dice: random.Random) -> Cells:
    year, month = dice.choice((2021, 2022)), dice.randrange(1, 13)
    body = f"{model.prefix}0{_YEAR_CODES[year]}{model.plant}{serial:06d}"
    vin = f"{body[:8]}{check_digit(body)}{body[9:]}"
    made: Cells = {
        "vin": vin,
        "structure_no": model.values["structure_no"],
        "ccc_no": model.certificate,
        "production_date": f"{year}.{month:02d}",
        "colour": dice.choice(_COLOURS),
    }
    if model.values["fuel"] == "电":
        made["motor_no"] = f"{model.values['motor_model']}-{dice.randrange(10**7):07d}"
    else:
        made["engine_no"] = f"{model.values['engine_model']} {dice.randrange(10**8):08d}"
    return made


def with_mistakes(rows: Sequence[Cells], sets: Sequence[Cells]) -> tuple[list[Cells], list[Cells]]:
    """The mistakes that people and spreadsheets make, one a row as far as the rows reach."""
    made = [dict(r) for r in rows]
    for row, spoil in zip(made[1:], _VEHICLE_MISTAKES, strict=False):
        spoil(row)
    by_number = {str(one["structure_no"]): one for one in sets}
    spoilt = [dict(one) for one in sets]
    for row, change in zip(made[1 + len(_VEHICLE_MISTAKES) : -1], _STRUCTURE_MISTAKES, strict=False):
        number = f"{row['structure_no']}-B"
        spoilt.append({**by_number[str(row["structure_no"])], **change, "structure_no": number})
        row["structure_no"] = number
    if len(made) > len(_VEHICLE_MISTAKES) + 2:
        made[-1]["vin"] = made[0]["vin"]  # a duplicate
    return made, spoilt


def _swap(row: Cells) -> None:
    """Two digits of the serial number in the wrong order; where they are equal, another last digit."""
    vin = str(row["vin"])
    other = (int(vin[16]) + 1) % 10
    row["vin"] = f"{vin[:14]}{vin[15]}{vin[14]}{vin[16]}" if vin[14] != vin[15] else f"{vin[:16]}{other}"


_VEHICLE_MISTAKES: tuple[Callable[[Cells], object], ...] = (
    _swap,
    lambda row: row.update(vin=str(row["vin"])[:9] + "O" + str(row["vin"])[10:]),
    lambda row: row.update(vin=str(row["vin"])[:-1]),
    lambda row: row.update(vin=str(row["vin"]).replace("A", "А", 1) + "\u200b"),  # a Cyrillic А
    lambda row: row.update(vin=f" {str(row['vin']).lower()} "),
    lambda row: row.update(ccc_no=int(str(row["ccc_no"])[:16])),
    lambda row: row.update(ccc_no=str(row["ccc_no"])[:15]),
    lambda row: row.update(production_date=2021.1),
    lambda row: row.update(production_date="2021-05"),
    lambda row: row.update(production_date="2035.01"),
    lambda row: row.update(production_date="2018.06"),
    lambda row: row.update(structure_no="BMW-G99-NEU"),
    lambda row: (row.pop("engine_no", None), row.pop("motor_no", None)),
    lambda row: row.update(engine_no=24681357),
    lambda row: row.update(action="申请"),
    lambda row: row.update(action="变更"),
    lambda row: row.update(colour="黑" * 80),
    lambda row: row.update(ccc_no="2020010701345678"),
)
_STRUCTURE_MISTAKES: tuple[Cells, ...] = (
    {"gross_mass": 1200},
    {"axle_loads": "1365/1555/900"},
    {"seats": 12},
    {"length": "4,923 mm"},
    {"co2": 480},
    {"country": "SVK"},
)


def workbook(
    ruleset: Ruleset,
    rows: Sequence[Mapping[str, Cell]],
    sets: Sequence[Mapping[str, Cell]] = (),
    lang: str = "zh",
) -> bytes:
    """A workbook as a clerk would fill it: identifiers as text, numbers as numbers, headings in row 1."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        text = book.add_format({"num_format": "@"})
        for token, table in ((VEHICLE, rows), (STRUCTURE, sets)):
            if not table:
                continue
            sheet = book.add_worksheet(ruleset.word(f"@sheet.{token}", lang))
            for column, field in enumerate(ruleset.fields(token)):
                sheet.write_string(0, column, field.heading(lang))
                sheet.set_column(column, column, 18)
                for i, row in enumerate(table, start=1):
                    value = row.get(field.key)
                    if isinstance(value, int | float):
                        sheet.write_number(i, column, value)
                    elif value:
                        sheet.write_string(i, column, value, text)
    return buffer.getvalue()
