"""What of `status` is an alarm: what an operator has to see to, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from run_place import Fresh, Place, take_no_packages

from vinbatch import flow
from vinbatch.cli.main import vinbatch
from vinbatch.errors import AccessError
from vinbatch.model import Return
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice
from vinbatch.run.condition.health import Health, health
from vinbatch.run.condition.stock import Stock
from vinbatch.store.mails import Post

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "status.json").read_text("utf-8"))


def seen(place: Place, ruleset: Ruleset) -> Health:
    with place.ledger() as ledger:
        return health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset)


def alarms(place: Place, ruleset: Ruleset) -> list[tuple[str, int]]:
    """Names and codes; what programs are told is the same, and there is an exit code where there is one."""
    found = seen(place, ruleset)
    told = found.as_json()
    assert [(one["what"], one["exit_code"]) for one in told["alarms"]] == [
        (one.what, one.code) for one in found.alarms
    ]
    assert {one["message"] for one in told["alarms"]} <= set(told["lines"])
    assert told["exit_code"] == found.exit_code
    assert bool(told["alarms"]) == bool(told["exit_code"])
    return [(one.what, one.code) for one in found.alarms]


def test_what_passes_and_clerks_see_to_is_no_alarm(place: Place, ruleset: Ruleset, fresh: Fresh) -> None:
    """A file that waits, a vehicle that customs rejected: it is told, and nobody has to come."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    with place.ledger() as ledger:
        (guid,) = ledger.packages.guids()
    answer = Return("100", str(vehicles[0]["vin"]), "20260302093500000", "颜色不符")
    (place.home.receipts / "r.xml").write_bytes(flow.write_receipt(guid, answer))
    place.run()
    place.drop("b.xlsx", b"x")
    found = seen(place, ruleset)
    assert {one.what for one in found.notices} >= {"rejected", "waiting"}
    assert alarms(place, ruleset) == []
    assert not found.as_json()["well"]


def test_an_answer_that_customs_owes_for_too_long_is_one(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert alarms(place, ruleset) == []
    place.now += timedelta(days=4)
    assert alarms(place, ruleset) == [("overdue", 4)]


def test_a_receipt_that_could_not_be_used_is_one_until_it_is_removed(place: Place, ruleset: Ruleset) -> None:
    place.run()
    (place.home.receipts / "r.xml").write_bytes(b"no receipt")
    place.run()
    assert alarms(place, ruleset) == [("set_aside", 4)]
    for path in place.home.set_aside.iterdir():
        path.unlink()
    assert alarms(place, ruleset) == []


def test_packages_that_the_outbox_did_not_take_are_one_without_mail_too(
    place: Place, ruleset: Ruleset, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is there and can be written, as far as anybody can ask: its disk is full."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    with monkeypatch.context() as patched:
        take_no_packages(patched)
        place.run()
    assert alarms(place, ruleset) == [("unpublished", 7)]
    place.run()
    assert alarms(place, ruleset) == []


def test_an_alarm_of_several_lines_is_one_for_programs() -> None:
    assert Notice("rules", "2 things\n  first", 5).as_json()["message"] == "2 things; first"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("it is full\nfree some space", "it is full; free some space"),
        ("磁盘已满\n请腾出空间", "磁盘已满；请腾出空间"),
        ("2 things.\n    → mend it", "2 things. → mend it"),
        ("one\n    → mend it", "one → mend it"),
    ],
)
def test_what_is_wrong_and_its_cure_are_told_apart(line: str, message: str) -> None:
    assert Notice("disk", line, 6).as_json()["message"] == message


def test_where_nothing_can_be_looked_at_that_is_the_alarm(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.root / "rules" / "settings.toml").write_text("nonsense = 1", "utf-8")
    assert vinbatch.main(["--home", str(place.root), "status", "--json"], standalone_mode=False) == 5
    told = json.loads(capsys.readouterr().out)
    assert [(one["what"], one["exit_code"]) for one in told["alarms"]] == [("error", 5)]
    assert told["exit_code"] == 5


def test_schema_and_guide_know_every_alarm() -> None:
    """The guide with the code that it usually has; `failed` and `error` have that of what failed."""
    known = SCHEMA["properties"]["alarms"]["items"]["properties"]["what"]["enum"]
    guide = (ROOT / "docs" / "alarms.md").read_text("utf-8")
    cells = [line.split(" | ")[1] for line in guide.splitlines() if line.startswith("| ")]
    found = {
        name: int(code)
        for cell in cells
        for names, code in re.findall(r"((?:`[a-z_]+` )+)(\d)", cell)
        for name in re.findall("[a-z_]+", names)
    }
    assert {*found, "failed", "error"} == {*known}
    assert all(any(f"`{name}`" in cell for cell in cells) for name in known)


def test_that_a_pass_failed_is_no_alarm_beside_the_one_that_says_why(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    """The same sentence and its cure stood twice in every letter."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    with place.ledger() as ledger:
        stock = Stock.of(ledger, place.now, ruleset)
    place.home.ledger.unlink()
    with pytest.raises(AccessError):
        place.run()
    found = health(place.home, stock, place.now, ruleset)
    assert [(one.what, one.code) for one in found.alarms] == [("ledger", 6)]
    assert found.numbers["failed"]["exit_code"] == 6


def test_an_alarm_is_told_before_what_merely_waits(place: Place, ruleset: Ruleset, fresh: Fresh) -> None:
    """Whoever is shown the first line alone sees the alarm."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.now += timedelta(days=4)
    place.drop("b.xlsx", b"x")
    assert [one.what for one in seen(place, ruleset).notices] == ["overdue", "waiting"]


def test_mail_that_was_turned_off_hides_no_alarm_after_it(place: Place, ruleset: Ruleset) -> None:
    """The first line was that of the mail, which asks for nothing; monitoring shows no other."""
    place.run()
    (place.home.receipts / "r.xml").write_bytes(b"no receipt")
    place.run()
    left = Post(1, place.now, until=place.now + timedelta(days=5))
    with place.ledger() as ledger:
        stock = replace(Stock.of(ledger, place.now, ruleset), post=left)
    assert [one.what for one in health(place.home, stock, place.now, ruleset).notices] == [
        "set_aside",
        "mail",
    ]
