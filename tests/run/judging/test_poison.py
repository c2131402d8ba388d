"""A workbook that kills the process which judges or answers it, a receipt: the next pass ends it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from forked import Forked
from openpyxl import Workbook, load_workbook
from run_place import Fresh, Place, verdicts

from vinbatch.customs.generated import xsd_text
from vinbatch.customs.receipt import receipt_xml
from vinbatch.errors import RulesError
from vinbatch.model import Return
from vinbatch.run.condition.health import health
from vinbatch.run.condition.stock import Stock
from vinbatch.run.engines import POOL, POOLED, SERIAL
from vinbatch.store.ledger import Ledger

# Bugs of ours, planted: workers of the pool import this file too, and have them as well.
JUDGING = """
from vinbatch.checks import check as checks

whole = checks.check

def deadly(parsed, *rest):
    if any(p.source.name == {name!r} for p in parsed) and not os.path.exists({spared!r}):
        os.kill(os.getpid(), 9)
    return whole(parsed, *rest)

checks.check = deadly
"""
ANSWERING = """
from vinbatch import flow

whole = flow.{step}

def deadly(outcome, *rest):
    if outcome.reading.source.name == {name!r} and not os.path.exists({spared!r}):
        os.kill(os.getpid(), 9)
    return whole(outcome, *rest)

flow.{step} = deadly
"""
HEARING = """
from vinbatch import flow

whole = flow.receive

def deadly(data, *rest):
    if b"POISON" in data and not os.path.exists({spared!r}):
        os.kill(os.getpid(), 9)
    return whole(data, *rest)

flow.receive = deadly
"""
PROGRAM = """
if __name__ == "__main__":
    from vinbatch.cli.main import main
    main(["--home", {home!r}, "run", "--engine", {engine!r}])
"""


@dataclass
class Spared:
    """Once its file is there, nothing kills."""

    file: Path
    forked: Forked

    def touch(self) -> None:
        self.file.touch()


@pytest.fixture
def spared(tmp_path: Path, forked: Forked) -> Spared:
    return Spared(tmp_path / "spared", forked)


def a_pass(place: Place, spared: Spared, bug: str = JUDGING, step: str = "", engine: str = POOL) -> int:
    script = place.root.with_name("plant.py")
    text = "import os\n" + bug + PROGRAM
    names = {
        "name": "poison.xlsx",
        "spared": str(spared.file),
        "home": str(place.root),
        "step": step,
        "engine": engine,
    }
    script.write_text(text.format(**names))
    return spared.forked.program(script, place.root).returncode


def drop(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    for name, some in (("a.xlsx", vehicles[:1]), ("poison.xlsx", vehicles[1:2]), ("z.xlsx", vehicles[2:])):
        place.drop(name, place.sheet(some, sets))


def outcomes(place: Place) -> dict[str, tuple[list[str], list[str]]]:
    """Source name → the codes of the file, the verdicts of its rows."""
    with place.ledger() as ledger:
        found = ledger.db.execute("SELECT number, source_name FROM batch WHERE committed").fetchall()
        all_of = {name: ledger.outcome(number) for number, name in found}
    return {
        n: ([f.code for f in o.findings if not f.row], list(verdicts(o).values())) for n, o in all_of.items()
    }


def test_what_kills_two_processes_is_refused_and_its_neighbours_are_worked(
    place: Place, fresh: Fresh, spared: Spared
) -> None:
    drop(place, fresh)
    assert a_pass(place, spared) == -9
    assert a_pass(place, spared) == 1  # a bug of ours
    told = outcomes(place)
    assert told["poison.xlsx"] == (["VINBATCH-FAILED"], [])
    assert told["a.xlsx"][1] == told["z.xlsx"][1] == ["declared"]
    assert not list(place.home.claims.iterdir())
    assert a_pass(place, spared) == 0


def test_what_was_killed_by_others_is_worked_however_often(
    place: Place, fresh: Fresh, spared: Spared
) -> None:
    """A power cut, an operator, the kernel: that a pass died over it proves nothing against a workbook."""
    drop(place, fresh)
    assert a_pass(place, spared) == -9
    spared.touch()
    assert a_pass(place, spared) == 0
    told = outcomes(place)
    assert len(told) == 3
    assert all(rows == ["declared"] for _, rows in told.values())


def test_a_workbook_is_not_used_up_by_rules_that_were_broken_when_it_came(place: Place, fresh: Fresh) -> None:
    """The second pass judges it apart, since the first ended over it; it waits for the rules all the same."""
    own = place.root / "rules" / "declaration.xsd"
    own.write_text(xsd_text(place.ruleset).replace('"Colour"', '"Color"'), "utf-8")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.engine = POOLED
    for _ in range(3):
        with pytest.raises(RulesError, match="Colo"):
            place.run()
    own.unlink()
    (outcome,) = place.run().outcomes
    assert verdicts(outcome) == {2: "declared"}


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


def results(place: Place) -> dict[str, str]:
    """Result → the sentence on its first sheet."""
    found = {}
    for path in (place.root / "reports").glob("*_*.xlsx"):
        sheet = load_workbook(path).worksheets[0]
        words = [str(cell.value) for row in sheet["A1:H6"] for cell in row if cell.value]
        found[path.name.partition("_")[2]] = "\n".join(words)
    return found


@pytest.mark.parametrize("step", ["answer", "page"])
def test_an_answer_that_kills_two_processes_is_a_plain_one_and_the_others_are_whole(
    place: Place, fresh: Fresh, spared: Spared, step: str
) -> None:
    """The vehicles are declared, once; the clerk reads whom to ask, the operator what to do."""
    drop(place, fresh)
    assert a_pass(place, spared, ANSWERING, step, SERIAL) == -9
    assert a_pass(place, spared, ANSWERING, step) == 1  # a bug of ours
    assert [vins for vins in place.outbox().values() if len(vins) != 1] == []
    assert len(place.outbox()) == 3
    told = results(place)
    assert sorted(told) == ["a.xlsx", "poison.xlsx", "z.xlsx"]
    assert ("没能生成" in told["poison.xlsx"]) == (step == "answer")
    assert "没能生成" not in told["a.xlsx"] + told["z.xlsx"]
    (page,) = (place.root / "reports").glob("*_poison.html")
    assert ("没能生成" in page.read_text("utf-8")) == (step == "page")
    with place.ledger() as ledger:
        assert ledger.answers.due() == ()
        assert len(ledger.answers.untold()) == 1
        stock = Stock.of(ledger, place.now, place.ruleset)
    found = health(place.home, stock, place.now, place.ruleset)
    assert found.exit_code == 1
    assert "query --batch" in found.lines[0]
    with place.ledger() as ledger:
        ((_, _, written),) = ledger.answers.of(stock.untold[0])
    assert found.alarms[0].since == written
    assert a_pass(place, spared, ANSWERING, step) == 0, "it is not tried again and again"


@pytest.mark.parametrize("step", ["answer", "page"])
def test_a_worker_that_dies_of_an_answer_ends_no_pass(
    place: Place, fresh: Fresh, spared: Spared, step: str
) -> None:
    """It is made apart at once, and plainly where that dies too."""
    drop(place, fresh)
    assert a_pass(place, spared, ANSWERING, step) == 1
    told = results(place)
    assert sorted(told) == ["a.xlsx", "poison.xlsx", "z.xlsx"]
    assert ["没能生成" in told[name] for name in sorted(told)] == [False, step == "answer", False]
    with place.ledger() as ledger:
        assert ledger.answers.due() == ()
        assert len(ledger.answers.untold()) == 1


def test_what_became_of_it_since_is_told_plainly_too_and_no_pass_dies_again(
    place: Place, fresh: Fresh, spared: Spared
) -> None:
    drop(place, fresh)
    assert a_pass(place, spared, ANSWERING, "answer") == 1
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(ledger.answers.untold())
    place.drop("receipts/1.xml", receipt_xml(package.guid, (Return("120", time="20260302102231500"),)))
    assert a_pass(place, spared, ANSWERING, "answer") == 1
    with place.ledger() as ledger:
        assert ledger.answers.due() == ()


def test_another_version_or_other_rules_make_up_for_it(place: Place, fresh: Fresh, spared: Spared) -> None:
    drop(place, fresh)
    assert a_pass(place, spared, ANSWERING, "answer") == 1
    spared.touch()
    assert a_pass(place, spared, ANSWERING, "answer") == 0
    assert "没能生成" in results(place)["poison.xlsx"]
    settings = place.root / "rules" / "settings.toml"
    settings.write_text("overdue_days = 4\n" + settings.read_text("utf-8"), "utf-8")
    assert a_pass(place, spared, ANSWERING, "answer") == 0
    assert "没能生成" not in results(place)["poison.xlsx"]
    with place.ledger() as ledger:
        assert ledger.answers.untold() == ()


def test_an_answer_that_others_killed_is_whole_after_the_next_pass(
    place: Place, fresh: Fresh, spared: Spared
) -> None:
    drop(place, fresh)
    assert a_pass(place, spared, ANSWERING, "page", SERIAL) == -9
    spared.touch()
    assert a_pass(place, spared, ANSWERING, "page") == 0
    assert "没能生成" not in "".join(results(place).values())


def test_an_answer_that_was_left_over_may_sort_more_than_a_worker_may_write(
    place: Place, fresh: Fresh, spared: Spared
) -> None:
    """The worker's bound of files became a full disk: no pass came beyond it any more."""
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + "[limits]\ncarried_rows = 200\n", "utf-8")
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    _multiply(place, 200, 20_000)
    book = Workbook()
    book.active.title = "查询"
    for cell in ("当前状态", "已申报"):
        book.active.append([cell])
    out = io.BytesIO()
    book.save(out)
    place.drop("q.xlsx", out.getvalue())
    place.run()
    with Ledger.open(place.home.ledger) as ledger:
        ledger.db.execute("UPDATE batch SET answer_due = 1 WHERE source_name = 'q.xlsx'")
    assert a_pass(place, spared) == 0
    with place.ledger() as ledger:
        assert ledger.answers.due() == ledger.answers.untold() == ()


def _multiply(place: Place, times: int, blanks: int) -> None:
    """So many more records like the one there is, each with blanks behind what is stored of it."""
    with Ledger.open(place.home.ledger) as ledger:
        names = [name for _, name, *_ in ledger.db.execute("PRAGMA table_info(record)") if name != "id"]
        vin = "substr(vin, 1, 12) || printf('%05d', n)"
        other = {"vin": vin, "body": f"replace(body, vin, {vin}) || printf('%{blanks}s', '')"}
        ledger.db.execute(
            f"INSERT INTO record ({', '.join(names)})"
            f" WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {times})"
            f" SELECT {', '.join(other.get(name, name) for name in names)} FROM record, count"
        )


def test_a_receipt_that_kills_two_processes_is_set_aside_and_the_next_one_is_heard(
    place: Place, fresh: Fresh, spared: Spared
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    (name,) = place.outbox()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of([name.rpartition("-")[0]])
    place.drop("receipts/1.xml", b"<POISON/>")
    place.drop("receipts/2.xml", receipt_xml(package.guid, (Return("120", time="20260302102231500"),)))
    assert a_pass(place, spared, HEARING) == -9
    assert a_pass(place, spared, HEARING) == 1
    assert sorted(p.name for p in place.home.set_aside.iterdir()) == ["1.xml", "1.xml.txt"]
    with place.ledger() as ledger:
        assert [r.effect.value for r in ledger.replies.of(package.guid)] == ["applied"]
    assert a_pass(place, spared, HEARING) == 0
