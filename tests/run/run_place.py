"""A real home in a temporary folder, and workbooks dropped into it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from forked import SETTINGS as SETTINGS

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.effects import home as homes
from vinbatch.effects.rulebook import read_rulebook
from vinbatch.errors import PublishError
from vinbatch.model import Outcome, Parsed, Rulebook, Source
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.engines import SERIAL, Engine
from vinbatch.run.passing import Clock, Machine, Pass
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.form import build
from vinbatch.workbook.read import read

Fresh = Callable[[int], tuple[list[samples.Cells], list[samples.Cells]]]
Audit = Callable[..., tuple[int, str, str]]  # the place and words → exit code, and what both streams have
# A field of a home's own.
DEALER = """[vehicle.dealer]
zh = "经销商"
en = "Dealer"
kind = "text"
required = "never"
length = 40
example = "上海一店"
prompt_zh = "选填"
prompt_en = "Optional"
"""
IN_PROCESS = Engine(SERIAL)


@dataclass
class Ran:
    """A pass, and the outcomes that it stored."""

    done: Pass
    outcomes: list[Outcome]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.done, name)


@dataclass
class Place:
    """A home with what a test wants to do with it."""

    root: Path
    now: datetime = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)
    engine: Engine = IN_PROCESS  # without processes, which most claims are not about

    def copied(self, root: Path) -> Place:
        """The same home as it is now, in another folder: what many tests begin with is worked once."""
        shutil.copytree(self.root, root, symlinks=True)
        return replace(self, root=root, slept=[])

    @property
    def rulebook(self) -> Rulebook:
        return read_rulebook(self.root)

    @property
    def ruleset(self) -> Ruleset:
        return compile_rules(self.rulebook)

    @property
    def home(self) -> homes.Home:
        return homes.Home(self.root, self.ruleset.settings)

    def drop(self, name: str, data: bytes) -> Path:
        path = self.root / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def sheet(self, vehicles: Sequence[samples.Cells], sets: Sequence[samples.Cells] = ()) -> bytes:
        return samples.workbook(self.ruleset, vehicles, sets)

    def machine(self) -> Machine:
        clock = Clock(lambda: self.now, self.slept.append)
        return Machine(self.home, self.rulebook, clock, engine=self.engine)

    def run(self) -> Ran:
        done = self.machine().run()
        if not done.lines:
            return Ran(done, [])
        with self.ledger() as ledger:
            return Ran(done, [ledger.outcome(line.batch) for line in done.lines])

    def ledger(self) -> Ledger:
        return Ledger.read_only(self.home.ledger)

    def reports(self) -> list[str]:
        return sorted(p.name for p in (self.root / "reports").glob("*_*.xlsx"))

    def result(self, batch: str) -> bytes:
        (path,) = (self.root / "reports").glob(f"{batch}_*.xlsx")
        return path.read_bytes()

    def outbox(self) -> dict[str, list[str]]:
        """Package name → its VINs."""
        found = {}
        for path in sorted((self.root / "outbox").glob("*.zip")):
            with zipfile.ZipFile(path) as archive:
                manifest = json.loads(archive.read("manifest.json"))
            found[path.name] = [v["vin"] for v in manifest["vehicles"]]
        return found

    def parsed(self, data: bytes) -> Parsed:
        return read(Source("x.xlsx", ""), data, self.ruleset)


def new_place(root: Path, ruleset: Ruleset, ledger: Path) -> Place:
    """A home that waits for nothing, with a copy of this ledger."""
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    place = Place(root)
    shutil.copy(ledger, place.home.ledger)
    return place


def some(count: int) -> tuple[list[samples.Cells], list[samples.Cells]]:
    """So many valid vehicles of one model, and its parameters."""
    models = samples.MODELS[:1]
    return samples.vehicles(count, models=models), samples.parameters(models)


def shown(root: Path) -> dict[str, bytes]:
    """All that leaves a pass: packages, results, pages, and the archive of both."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for folder in ("outbox", "reports", ".vinbatch/archive")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }


def verdicts(outcome: Outcome, sheet: str = "vehicle") -> dict[int, str]:
    """Excel row → verdict."""
    return {j.row.number: j.verdict.value for j in outcome.rows if j.row.sheet == sheet}


def result_of(at: Place, batch: int) -> bytes:
    """The result of a batch as it lies in reports."""
    (path,) = (at.root / "reports").glob(f"*-{batch:04d}_*.xlsx")
    return path.read_bytes()


def book_of(at: Place, batch: int) -> openpyxl.Workbook:
    """The result of a batch, to be looked at whole or edited."""
    return openpyxl.load_workbook(io.BytesIO(result_of(at, batch)))


def table_of(at: Place, batch: int, sheet: str, rows: int) -> list[list[object]]:
    """The first rows of a sheet of the result of a batch, in a tenth of the time that the whole takes."""
    book = python_calamine.load_workbook(io.BytesIO(result_of(at, batch)))
    table = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=rows)
    return [[None if cell == "" else cell for cell in row] for row in table]


def row_of(at: Place, batch: int) -> dict[str, object]:
    """Heading → cell of the first vehicle row."""
    heads, row = table_of(at, batch, "车辆信息", 2)
    return {str(head): cell for head, cell in zip(heads, row, strict=True)}


def first_lines(at: Place, batch: int) -> str:
    """What it says first."""
    return str(table_of(at, batch, "结果汇总", 3)[2][1])


def again(
    at: Place, batch: int, cells: dict[str, str], name: str = "again.xlsx", without: str | None = None
) -> None:
    """It comes back with these cells in row 2, by heading, without this column, and a pass."""
    book = book_of(at, batch)
    sheet = book["车辆信息"]
    heads = [cell.value for cell in sheet[1]]
    for head, text in cells.items():
        sheet.cell(2, heads.index(head) + 1).value = text
    if without is not None:
        sheet.delete_cols(heads.index(without) + 1)
    out = io.BytesIO()
    book.save(out)
    at.drop(name, out.getvalue())
    at.run()


def take_no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox is there and can be written, as far as anybody can ask: its disk is full."""

    def full(*_: object) -> None:
        raise PublishError("folder.locked", place="outbox")

    monkeypatch.setattr("vinbatch.run.steps.outbox.publish", full)
