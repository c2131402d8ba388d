"""A clerk's month in a scratch home with a fixed clock, as the manual tells it.

Fill in, drop, mend, confirm, hear from customs, query, change, revoke. `pictures_make.py` photographs what
lies in the folders on the way, so that no picture shows what the program does not do; tests play it without
a camera.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import openpyxl
from openpyxl.cell import Cell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from vinbatch import samples
from vinbatch.customs.receipt import receipt_xml
from vinbatch.customs.xsd import read_package
from vinbatch.effects import guides, making
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import FORMS, Home
from vinbatch.effects.rulebook import packaged_rulebook, read_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Return
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.mail.letters import Planner
from vinbatch.run.passing import Clock, Machine
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.form import build

SETTINGS = """site = "BJ01"
declarant_code = "110000MA0012345678"
declarant_name = "北京样例认证中心有限公司"
production = true
settle_seconds = 0.1
[mail]
host = "127.0.0.1"
security = "plain"
sender = "vin@example.cn"
to = ["limin@example.cn"]
"""
VEHICLES, STRUCTURES, QUERY, FINDINGS = "车辆信息", "结构参数", "查询", "问题清单"
ACT, CONFIRMED, VIN = "操作", "核实确认", "车辆识别代号(VIN)"
NUMBER, CCC, MONTH = "结构参数编号/COC编号", "CCC证书编号", "生产日期"
COLOUR, REASON = "车身颜色", "撤销原因"
VERDICT, WHAT, CURE = "处理结果", "问题说明", "修改建议"
OPEN, TYPE, STATE, RECEIPT = "可办理操作", "申报类型", "当前状态", "海关回执"
MODELS = (samples.MODELS[0], samples.MODELS[3])


class Camera(Protocol):
    """Who looks on: `pictures_make.py`, or a test."""

    def sheet(self, name: str, book: bytes, sheet: str, columns: Sequence[str], last: int) -> None:
        """The rows of a sheet up to `last`, with these columns (or all), as on the screen."""

    def first_page(self, name: str, book: bytes) -> None:
        """The first printed page of a workbook."""

    def page(self, name: str, page: Path, width: int, height: int) -> None:
        """A page of HTML in a window of this size."""


@dataclass
class Office:
    """A scratch home, its clock, and the clerk's hands."""

    root: Path
    ruleset: Ruleset
    now: datetime = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

    @classmethod
    def open(cls, root: Path) -> Office:
        """A home in production."""
        ruleset = compile_rules(packaged_rulebook())
        making.init(root, build(ruleset, "zh"), guides.guide_text())
        (root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
        return cls(root, ruleset)

    def run(self) -> None:
        """One pass, a quarter of an hour after the last one."""
        self.now += timedelta(minutes=15)
        rulebook = read_rulebook(self.root)
        Machine(Home(self.root, compile_rules(rulebook).settings), rulebook, Clock(lambda: self.now)).run()

    def mail(self, name: str) -> Path:
        """The letter that waits to tell of the latest batch, as a page; nobody sends it."""
        rulebook = read_rulebook(self.root)
        with Ledger.open(self.root / ".vinbatch" / "ledger.db", mailing=True) as ledger:
            archive = Archive(self.root / ".vinbatch" / "archive")
            plan = Planner(ledger, archive, rulebook, self.now, FORMS["zh"]).plan()
        page = self.root / f"{name}.html"
        page.write_text(plan.letters[-1].letter.html, "utf-8")
        return page

    def drop(self, name: str, data: bytes) -> None:
        """A workbook, and the answer to it."""
        (self.root / "inbox" / name).write_bytes(data)
        self.run()

    def newest(self, ending: str) -> Path:
        """The latest batch's file in reports whose name ends so."""
        return sorted((self.root / "reports").glob(f"*{ending}"))[-1]

    def found(self, ending: str) -> bytes:
        """What is in it."""
        return self.newest(ending).read_bytes()

    def customs(self, rejected: Mapping[str, str]) -> None:
        """Customs accepts everything that lies in the outbox, but these VINs for these reasons."""
        stamp = f"{self.now + timedelta(hours=8):%Y%m%d%H%M%S}000"
        for package in sorted((self.root / "outbox").glob("*.zip")):
            with zipfile.ZipFile(package) as opened:
                guid, _, vins = read_package(opened.read("declaration.xml"))
            good, bad = Return("120", "", stamp, "海关入库"), Return("100", "", stamp, "")
            returns = [
                replace(bad, vin=vin, info=rejected[vin]) if vin in rejected else replace(good, vin=vin)
                for vin in vins
            ]
            (self.root / "inbox" / "receipts" / f"{guid}.xml").write_bytes(receipt_xml(guid, tuple(returns)))
            package.unlink()
        self.run()


def edited(book: bytes, sheet: str, rows: Mapping[int, Mapping[str, samples.Cell]]) -> bytes:
    """The workbook with these cells typed over: Excel row → heading → value."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    columns = headings(opened[sheet])
    for number, cells in rows.items():
        for heading, value in cells.items():
            cell = opened[sheet].cell(number, columns[heading], value)
            cell._style = copy(column_style(opened[sheet], cell) if not cell.has_style else cell._style)
            if isinstance(value, float) or (isinstance(value, int) and value > 10**9):
                cell.number_format = "General" if isinstance(value, float) else "0"
    opened.properties.lastModifiedBy = "李敏"
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def column_style(page: Worksheet, cell: Cell) -> StyleArray:
    """What Excel gives a cell that is typed into for the first time: the style of its column."""
    groups = page.column_dimensions.values()
    return next(group._style for group in groups if group.min <= cell.column <= group.max)


def headings(sheet: Worksheet) -> dict[str, int]:
    """Heading, without its unit → column."""
    return {str(cell.value).split()[0]: cell.column for cell in sheet[1] if cell.value}


def by_heading(ruleset: Ruleset, sheet: str, cells: Mapping[str, samples.Cell]) -> dict[str, samples.Cell]:
    """A sample's cells under their headings instead of their keys."""
    return {f.zh: cells[f.key] for f in ruleset.fields(sheet) if f.key in cells}


def cars() -> list[samples.Cells]:
    """Five vehicles without a mistake."""
    return samples.vehicles(5, seed=3, models=MODELS)


def filled(office: Office) -> bytes:
    """The form as a clerk fills it in: five vehicles, four of them with what people get wrong."""
    rows = cars()
    rows[1]["ccc_no"] = int(str(rows[1]["ccc_no"])[:15] + "0")
    rows[2]["production_date"] = 2021.1
    rows[3]["production_date"] = "2018.06"
    rows[4]["vin"] = str(rows[4]["vin"])[:11] + "O" + str(rows[4]["vin"])[12:]
    vehicles = {i: by_heading(office.ruleset, VEHICLE, row) for i, row in enumerate(rows, start=2)}
    sets = samples.parameters(MODELS)
    structures = {i: by_heading(office.ruleset, STRUCTURE, one) for i, one in enumerate(sets, start=2)}
    return edited(edited(office.found("模板.xlsx"), VEHICLES, vehicles), STRUCTURES, structures)


def play(office: Office, camera: Camera) -> None:
    """The month, from the empty form to the revocation, photographed on the way."""
    shown = (ACT, CONFIRMED, VIN, NUMBER, CCC, MONTH, "发动机号", COLOUR)
    vins = [str(row["vin"]) for row in cars()]
    form = filled(office)
    camera.sheet("form-vehicles", form, VEHICLES, shown, 7)
    sizes = (NUMBER, "车辆生产企业名称", "车辆制造国", "中文品牌", "车辆型号", "车辆类别", "轴距", "车长")
    camera.sheet("form-structures", form, STRUCTURES, sizes, 4)
    office.drop("三月进口车.xlsx", form)

    result = office.found("三月进口车.xlsx")
    camera.first_page("result-summary", result)
    told = (VIN, CCC, MONTH, VERDICT, WHAT, CURE)
    camera.sheet("result-vehicles", result, VEHICLES, told, 6)
    camera.sheet("result-findings", result, FINDINGS, (), 5)
    (report,) = (office.root / "reports").glob("*_三月进口车.html")
    camera.page("report", report, 1080, 1300)
    camera.page("mail", office.mail("mail"), 640, 770)
    mended = edited(
        result,
        VEHICLES,
        {
            3: {CCC: MODELS[1].certificate},
            4: {MONTH: "2021.10"},
            5: {CONFIRMED: "是"},
            6: {VIN: vins[4]},
        },
    )
    camera.sheet("mended", mended, VEHICLES, (CONFIRMED, VIN, CCC, MONTH, VERDICT, CURE), 6)
    office.drop("三月进口车-改.xlsx", mended)
    office.customs({vins[1]: "CCC证书状态异常，请核实"})
    answered = office.found("三月进口车-改.xlsx")
    camera.sheet("customs", answered, VEHICLES, (VIN, STATE, VERDICT, WHAT, CURE, OPEN, RECEIPT), 6)

    query = edited(office.found("模板.xlsx"), QUERY, {2: {"VIN": vins[0][-6:]}, 3: {"VIN": vins[2]}})
    camera.sheet("query", query, QUERY, (), 5)
    office.drop("查询.xlsx", query)
    extract = office.found("查询结果.xlsx")
    acts = {2: {ACT: "变更", COLOUR: "海湾蓝"}, 3: {ACT: "撤销", REASON: "车辆取消进口"}}
    acting = edited(extract, VEHICLES, acts)
    camera.sheet("extract", acting, VEHICLES, (ACT, VIN, COLOUR, REASON, TYPE, STATE, OPEN), 3)
    office.drop("变更撤销.xlsx", acting)
    changed = office.found("变更撤销.xlsx")
    camera.sheet("changed", changed, VEHICLES, (ACT, VIN, COLOUR, TYPE, STATE, VERDICT, WHAT), 3)

    office.customs({})
    register = office.found("register.xlsx")
    camera.sheet("register", register, VEHICLES, (ACT, VIN, COLOUR, TYPE, STATE, OPEN, RECEIPT), 6)
    camera.page("overview", office.newest("index.html"), 1060, 1135)
