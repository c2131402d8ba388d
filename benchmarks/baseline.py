"""The script that a good engineer writes in an afternoon for this job, with the libraries everybody takes.

pandas reads, pandera checks, a few rules across fields in plain Python, ElementTree writes the package,
openpyxl writes the verdicts into a copy of the workbook, sqlite3 keeps the records. It has no marks, drafts,
changes, receipts, catalogue or recovery, and knows none of the traps of reading (a CCC number stored as a
number, an October that became January). It is here to be compared with:
`python -m benchmarks.baseline DIR OUT`.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import sys
import time
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pandera.pandas as pa
from openpyxl.styles import PatternFill
from pandera.errors import SchemaErrors

from benchmarks.memory import peak

RULES = tomllib.loads((Path(__file__).parent.parent / "rules" / "fields.toml").read_text("utf-8"))
SHEETS = {"vehicle": "车辆信息", "structure": "结构参数"}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = {c: i for i, c in enumerate("0123456789")} | dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
VIN, NUMBER = "车辆识别代号(VIN)", "结构参数编号/COC编号"
RED = PatternFill("solid", fgColor="FFC7CE")
ENGINE: Literal["openpyxl", "calamine"] = "openpyxl"  # calamine is a choice that few know of
NUMERIC = ("int", "decimal")


def fields(sheet: str) -> dict[str, dict[str, Any]]:
    """Heading → the field's rule, as one would have typed it into a dictionary."""
    return {
        f["zh"]: {**RULES["kinds"].get(f["kind"], {}), **f, "key": key} for key, f in RULES[sheet].items()
    }


def vin_ok(vin: str) -> bool:
    if not re.fullmatch(r"[0-9A-HJ-NPR-Z]{17}", vin):
        return False
    rest = sum(VALUES[c] * w for c, w in zip(vin, WEIGHTS, strict=True)) % 11
    return vin[8] == "0123456789X"[rest]


def column(field: dict[str, Any]) -> pa.Column:
    checks = []
    if field["kind"] == "vin":
        checks.append(pa.Check(lambda s: s.map(vin_ok), error="VIN or its check digit is wrong"))
    elif field.get("pattern"):
        checks.append(pa.Check.str_matches(f"^(?:{field['pattern']})$"))
    elif field["kind"] in ("choice", "yesno"):
        checks.append(pa.Check.isin([*field["choices"], *field.get("choice_aliases", {})]))
    elif field["kind"] in NUMERIC and ("low" in field or "high" in field):
        checks.append(pa.Check.in_range(field.get("low", float("-inf")), field.get("high", float("inf"))))
    elif field.get("length"):
        checks.append(pa.Check.str_length(max_value=field["length"]))
    return pa.Column(nullable=field.get("required") != "always", required=False, checks=checks)


FIELDS = {sheet: fields(sheet) for sheet in SHEETS}
SCHEMAS = {sheet: pa.DataFrameSchema({zh: column(f) for zh, f in FIELDS[sheet].items()}) for sheet in SHEETS}


def read(data: bytes) -> dict[str, pd.DataFrame]:
    frames = pd.read_excel(io.BytesIO(data), sheet_name=list(SHEETS.values()), dtype=str, engine=ENGINE)
    for sheet, name in SHEETS.items():
        frame = frames[name]
        for zh, field in FIELDS[sheet].items():
            if zh in frame:
                frame[zh] = frame[zh].str.strip()
                if field["kind"] in NUMERIC:
                    frame[zh] = pd.to_numeric(frame[zh], errors="coerce")
    return {sheet: frames[name] for sheet, name in SHEETS.items()}


def problems(frame: pd.DataFrame, sheet: str) -> dict[int, dict[str, str]]:
    """Row → heading → what is wrong."""
    found: dict[int, dict[str, str]] = {}
    try:
        SCHEMAS[sheet].validate(frame, lazy=True)
    except SchemaErrors as e:
        for case in e.failure_cases.itertuples():
            if case.index is not None and case.column in FIELDS[sheet]:
                found.setdefault(int(case.index), {})[case.column] = f"{case.check}: {case.failure_case}"
    return found


def structure_problems(row: Any) -> dict[str, str]:
    found = {}
    bases = [float(b) for b in re.split("/", str(row.轴距)) if b.replace(".", "").isdigit()]
    if bases and abs(row.前悬 + sum(bases) + row.后悬 - row.车长) > 10:
        found["车长"] = "overhangs and wheelbases do not make the length"
    if row.最大允许总质量 <= row.整备质量:
        found["最大允许总质量"] = "not more than the kerb mass"
    loads = [float(x) for x in str(row.轴荷).split("/") if x.replace(".", "").isdigit()]
    if loads and sum(loads) < row.最大允许总质量:
        found["轴荷"] = "less than the gross mass"
    return found


def element(parent: ET.Element, name: str, row: Any, rules: dict[str, dict[str, Any]]) -> None:
    node = ET.SubElement(parent, name)
    for zh, value in zip(rules, row, strict=True):
        if not pd.isna(value):
            tag = rules[zh].get("element") or "".join(p.capitalize() for p in rules[zh]["key"].split("_"))
            ET.SubElement(node, tag).text = f"{value:g}" if isinstance(value, float) else str(value)


def package(batch: str, vehicles: pd.DataFrame, structures: pd.DataFrame) -> bytes:
    root = ET.Element("VinMessage", xmlns="urn:vinbatch:vin-declaration:1", guid=batch, version="1.0")
    head = ET.SubElement(root, "Head")
    for name, text in (
        ("BatchNo", batch),
        ("AppType", "1"),
        ("AppStatus", "2"),
        ("VehicleCount", len(vehicles)),
    ):
        ET.SubElement(head, name).text = str(text)
    for sheet, frame, group, name in (
        ("vehicle", vehicles, "Vehicles", "Vehicle"),
        ("structure", structures, "Structures", "Structure"),
    ):
        rules = {zh: f for zh, f in FIELDS[sheet].items() if zh in frame}
        parent = ET.SubElement(root, group)
        for row in frame[list(rules)].itertuples(index=False):
            element(parent, name, row, rules)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("declaration.xml", ET.tostring(root, encoding="utf-8", xml_declaration=True))
        archive.writestr("manifest.json", json.dumps({"batch": batch, "vins": list(vehicles[VIN])}))
    return made.getvalue()


def result(data: bytes, found: dict[str, dict[int, dict[str, str]]]) -> bytes:
    """The clerk's own workbook with two more columns and red cells."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet, name in SHEETS.items():
        page = book[name]
        headings = {cell.value: at for at, cell in enumerate(page[1], start=1)}
        last = page.max_column
        page.cell(1, last + 1, "处理结果")
        page.cell(1, last + 2, "问题说明")
        for number in range(2, page.max_row + 1):
            wrong = found[sheet].get(number - 2, {})
            page.cell(number, last + 1, "未通过" if wrong else "已申报")
            page.cell(number, last + 2, "; ".join(f"{k}: {v}" for k, v in wrong.items()))
            for zh in wrong:
                if zh in headings:
                    page.cell(number, headings[zh]).fill = RED
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def work(path: Path, batch: str, out: Path, db: sqlite3.Connection) -> None:
    data = path.read_bytes()
    frames = read(data)
    found = {sheet: problems(frame, sheet) for sheet, frame in frames.items()}
    vehicles, structures = frames["vehicle"], frames["structure"]
    for i, row in enumerate(structures.itertuples(index=False)):
        more = structure_problems(row)
        if more:
            found["structure"].setdefault(i, {}).update(more)
    month = f"{datetime.now():%Y.%m}"
    good = set(structures[NUMBER][[i not in found["structure"] for i in range(len(structures))]])
    for i in vehicles.index[(vehicles["生产日期"] > month) & ~vehicles.index.isin(found["vehicle"])]:
        found["vehicle"][i] = {"生产日期": "in the future"}
    for i in vehicles.index[~vehicles[NUMBER].isin(good)]:
        found["vehicle"].setdefault(i, {})[NUMBER] = "no such parameters"
    for i in vehicles.index[vehicles[VIN].duplicated(keep=False)]:
        found["vehicle"].setdefault(i, {})[VIN] = "twice"
    declared = vehicles.loc[~vehicles.index.isin(found["vehicle"])]
    used = structures.loc[structures[NUMBER].isin(set(declared[NUMBER]))]
    (out / f"{batch}.zip").write_bytes(package(batch, declared, used))
    (out / f"{batch}.xlsx").write_bytes(result(data, found))
    with db:
        db.executemany(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?)",
            [(r[VIN], batch, json.dumps(r, ensure_ascii=False)) for r in declared.to_dict("records")],
        )


def main(folder: Path, out: Path) -> dict[str, Any]:
    db = sqlite3.connect(out / "records.db")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE IF NOT EXISTS record (vin TEXT PRIMARY KEY, batch TEXT, body TEXT)")
    paths = sorted(folder.glob("*.xlsx"))
    seconds, start = [], time.process_time()
    for i, path in enumerate(paths):
        began = time.perf_counter()
        work(path, f"B{i:05d}", out, db)
        seconds.append(time.perf_counter() - began)
    cpu = time.process_time() - start
    db.close()
    return {"count": len(paths), "seconds": sum(seconds), "cpu": cpu, "peak": peak()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
