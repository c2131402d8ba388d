"""The whole square: every (type, state) × every act, by sheet and by command, through files only.

One home is brought into all places by drops and receipts, then copied for each act. The tables below are
written by hand from semantics section 1: F filing, C change, R revocation; `-` means refused, with nothing
changed.
"""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from run_place import SETTINGS, Place

from vinbatch import flow, samples
from vinbatch.cli.main import vinbatch
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import guides, making
from vinbatch.model import Act, Known, Query, Record, Return, State, Type, Verdict
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build

PLACES = (
    "none",
    "filing draft",
    "filing draft held",
    "filing declared",
    "filing rejected",
    "filing accepted",
    "change draft",
    "change draft held",
    "change declared",
    "change rejected",
    "change accepted",
    "revocation declared",
    "revocation rejected",
    "revocation accepted",
)

BY_SHEET = """
             | 申报         | 暂存    | 变更         | 变更暂存 | 撤销       | 删除       | 删除含参数
none         | F declared   | F draft | -            | -        | -          | -          | -
F draft      | F declared   | F draft | -            | -        | -          | none       | none
F draft held | F draft held | F draft | -            | -        | -          | none       | none
F declared   | -            | -       | -            | -        | -          | -          | -
F rejected   | F declared   | F draft | -            | -        | -          | -          | -
F accepted   | -            | -       | C declared   | C draft  | R declared | -          | -
C draft      | -            | -       | C declared   | C draft  | -          | F accepted | -
C draft held | -            | -       | C draft held | C draft  | -          | F accepted | -
C declared   | -            | -       | -            | -        | -          | -          | -
C rejected   | -            | -       | C declared   | C draft  | R declared | -          | -
C accepted   | -            | -       | C declared   | C draft  | R declared | -          | -
R declared   | -            | -       | -            | -        | -          | -          | -
R rejected   | -            | -       | C declared   | C draft  | R declared | -          | -
R accepted   | F draft held | F draft | -            | -        | -          | -          | -
"""

BY_COMMAND = """
             | declare    | declare --confirm | delete     | delete --with-structure | revoke
none         | -          | -                 | -          | -                       | -
F draft      | F declared | F declared        | none       | none                    | -
F draft held | -          | F declared        | none       | none                    | -
F declared   | -          | -                 | -          | -                       | -
F rejected   | -          | -                 | -          | -                       | -
F accepted   | -          | -                 | -          | -                       | R declared
C draft      | -          | -                 | F accepted | -                       | -
C draft held | -          | -                 | F accepted | -                       | -
C declared   | -          | -                 | -          | -                       | -
C rejected   | -          | -                 | -          | -                       | R declared
C accepted   | -          | -                 | -          | -                       | R declared
R declared   | -          | -                 | -          | -                       | -
R rejected   | -          | -                 | -          | -                       | R declared
R accepted   | -          | -                 | -          | -                       | -
"""


def columns(table: str) -> dict[str, dict[str, str]]:
    """Act → place → where it leads."""
    table = table.replace("删除含参数", "删除含结构参数")
    for letter, kind in (("F", "filing"), ("C", "change"), ("R", "revocation")):
        table = re.sub(rf"\b{letter} ", f"{kind} ", table)
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]
    return {act: {row[0]: row[i] for row in lines[1:]} for i, act in enumerate(lines[0]) if i}


VEHICLES = dict(zip(PLACES, samples.vehicles(len(PLACES), models=samples.MODELS[:1]), strict=True))
VINS = {place: str(cells["vin"]) for place, cells in VEHICLES.items()}
NUMBERS = {place: f"SQ-{i:02d}" for i, place in enumerate(PLACES)}


def where(record: Record | None) -> str:
    if record is None:
        return "none"
    return f"{record.now.type} {record.now.state}{' held' if record.held else ''}"


def records(at: Place) -> dict[str, Record]:
    with at.ledger() as ledger:
        return {r.vin: r for r in ledger.queries.records(Query(), at.ruleset.settings.zone)}


def stands(at: Place) -> dict[str, str]:
    found = records(at)
    return {place: where(found.get(vin)) for place, vin in VINS.items()}


# ── bringing one home into all places ────────────────────────────────────────────────────────────


def answer(at: Place, statuses: Mapping[str, str]) -> None:
    """Customs' answers to the vehicles of these places, one receipt a package."""
    with at.ledger() as ledger:
        for package in at.outbox():
            batch = package.rsplit("-", 1)[0]
            for due in ledger.packages.of([batch]):
                sent = ledger.replies.sent(due.guid)
                assert sent is not None
                returns = tuple(
                    Return(statuses[place], VINS[place], "20260302102231500")
                    for place in statuses
                    if VINS[place] in [d.vin for d in sent.declarations]
                )
                if returns:
                    at.drop(f"receipts/{due.guid}.xml", receipt_xml(due.guid, returns))
    for path in at.home.outbox.glob("*.zip"):
        path.unlink()
    at.run()


def first_drop(at: Place) -> None:
    (common,) = samples.parameters(samples.MODELS[:1])
    vehicles = []
    for place in PLACES[1:]:
        cells = {**VEHICLES[place], "structure_no": NUMBERS[place]}
        if place == "filing draft":
            cells["action"] = "暂存"
        if place == "filing draft held":
            cells["production_date"] = "2016.03"
        vehicles.append(cells)
    sets = [{**common, "structure_no": number} for number in NUMBERS.values()]
    at.drop("a.xlsx", at.sheet(vehicles, sets))
    at.drop("b.xlsx", at.sheet([], [{**common, "structure_no": NUMBERS["none"]}]))
    at.run()
    above = {p: "120" for p in PLACES if p.startswith(("change", "revocation"))}
    answer(at, {"filing rejected": "100", "filing accepted": "120", **above})


def second_drop(at: Place) -> None:
    edits: dict[str, dict[str, str]] = {}
    for place in PLACES:
        if place.startswith("revocation"):
            edits[place] = {"操作": "撤销", "撤销原因": "退运"}
        elif place.startswith("change"):
            edits[place] = {"操作": "变更暂存" if place == "change draft" else "变更", "车身颜色": "红"}
    edits["change draft held"]["生产日期"] = "2016.03"
    at.drop("c.xlsx", edited(at, edits))
    at.run()
    answer(
        at,
        {
            "change rejected": "100",
            "change accepted": "120",
            "revocation rejected": "100",
            "revocation accepted": "120",
        },
    )


def edited(at: Place, edits: Mapping[str, Mapping[str, str]]) -> bytes:
    """An extract of all records with these cells; the vehicle without a record has a row of its own."""
    kept = list(records(at).values())
    book = openpyxl.load_workbook(io.BytesIO(flow.extract(Known(at.now, records(at)), at.rulebook)))
    sheet = book["车辆信息"]
    heads = [cell.value for cell in sheet[1]]
    rows = {
        str(sheet.cell(n, heads.index("车辆识别代号(VIN)") + 1).value): n for n in range(2, len(kept) + 2)
    }
    if "none" in edits:
        rows[VINS["none"]] = len(kept) + 2
        for field in at.ruleset.fields("vehicle"):
            value = {**VEHICLES["none"], "structure_no": NUMBERS["none"]}.get(field.key)
            heading = next(h for h in heads if h and h.split("\n")[0] == field.zh)
            sheet.cell(len(kept) + 2, heads.index(heading) + 1, value)
    for place, cells in edits.items():
        for head, text in cells.items():
            sheet.cell(rows[VINS[place]], heads.index(head) + 1, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def square(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset) -> Place:
    """A home with a vehicle in every place."""
    root = tmp_path_factory.mktemp("square") / "home"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    at = Place(root)
    first_drop(at)
    second_drop(at)
    assert stands(at) == {place: place for place in PLACES}
    return at


@pytest.fixture
def at(square: Place, tmp_path: Path) -> Place:
    shutil.copytree(square.root, tmp_path / "home")
    return Place(tmp_path / "home")


# ── the walk ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("act", columns(BY_SHEET))
def test_by_sheet(at: Place, act: str) -> None:
    expected = columns(BY_SHEET)[act]
    before = records(at)
    cells = {"操作": act}
    if act.startswith("变更"):
        cells["车身颜色"] = "蓝"
    if act == "撤销":
        cells["撤销原因"] = "退运二"
    at.drop("acts.xlsx", edited(at, dict.fromkeys(PLACES, cells)))
    outcome = at.run().outcomes[0]
    assert stands(at) == {p: p if to == "-" else to for p, to in expected.items()}
    after = records(at)
    index = at.ruleset.index("vehicle")["vin"]
    refused = {str(j.row.values[index]) for j in outcome.rows if j.verdict is Verdict.REFUSED}
    assert refused == {VINS[p] for p, to in expected.items() if to == "-"}
    assert {v: before.get(v) for v in refused} == {v: after.get(v) for v in refused}, "refused, not touched"
    assert declared(at) == {VINS[p] for p, to in expected.items() if to.endswith("declared")}


@pytest.mark.parametrize("command", columns(BY_COMMAND))
def test_by_command(at: Place, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = columns(BY_COMMAND)[command]
    before = records(at)
    name, *options = command.split()
    args = [name, *options, *(["--reason", "退运"] if name == "revoke" else [])]
    args += [f for vin in VINS.values() for f in ("--vin", vin)] if name == "declare" else list(VINS.values())
    code = vinbatch.main(["--home", str(at.root), *args], standalone_mode=False)
    assert code == 3
    assert stands(at) == {p: p if to == "-" else to for p, to in expected.items()}
    after = records(at)
    same = [VINS[p] for p, to in expected.items() if to == "-"]
    assert {v: before.get(v) for v in same} == {v: after.get(v) for v in same}
    assert declared(at) == {VINS[p] for p, to in expected.items() if to.endswith("declared")}
    told = capsys.readouterr().out
    assert all(vin in told for vin in VINS.values()), "a verdict for every VIN"


def declared(at: Place) -> set[str]:
    """The VINs of the packages in the outbox; no package has more than one type."""
    return {vin for vins in at.outbox().values() for vin in vins}


def test_an_illegal_act_names_the_legal_ones(at: Place) -> None:
    at.drop("acts.xlsx", edited(at, {place: {"操作": "删除"} for place in PLACES[1:]}))
    outcome = at.run().outcomes[0]
    told = Counter(
        f.code
        for f in outcome.findings
        if f.code in ("ACT-ILLEGAL", "ACT-WAITS", "DELETE-NO-DRAFT", "DELETE-REJECTED")
    )
    assert sum(told.values()) == 9
    cures = [at.ruleset.tell(f).cure for f in outcome.findings if f.code == "ACT-ILLEGAL"]
    assert all("申报、暂存" in cure for cure in cures)


def test_deleting_with_structure_takes_the_parameters_along(at: Place) -> None:
    place = "filing draft"
    vinbatch.main(["--home", str(at.root), "delete", VINS[place], "--with-structure"], standalone_mode=False)
    with at.ledger() as ledger:
        numbers = {e.number for e in ledger.queries.entries()}
    assert NUMBERS[place] not in numbers
    assert NUMBERS["filing accepted"] in numbers


def test_the_tables_are_the_whole_square() -> None:
    """Every act, and every type and state but 撤销·暂存: a revocation is never a draft."""
    whole = {f"{t} {s}" for t in Type for s in State} - {"revocation draft"}
    assert whole | {"none", "filing draft held", "change draft held"} == set(PLACES)
    assert set(columns(BY_SHEET)) == set(Act)
    assert all(set(column) == set(PLACES) for column in columns(BY_SHEET).values())
    assert all(set(column) == set(PLACES) for column in columns(BY_COMMAND).values())
