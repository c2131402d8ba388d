"""What status tells of folders, and of what lies there and is not worked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from jsonschema import Draft202012Validator
from run_place import Fresh, Place

from vinbatch.ruleset import Ruleset
from vinbatch.run.engines import SERIAL, Engine
from vinbatch.run.health import Health, Stock, health

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "status.json"


def seen(place: Place, ruleset: Ruleset) -> Health:
    with place.ledger() as ledger:
        return health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset)


def work(place: Place) -> None:
    machine = place.machine()
    machine.engine = Engine(SERIAL)
    machine.run()


def test_what_nobody_works_is_told_with_the_cure_and_is_no_alarm(place: Place, ruleset: Ruleset) -> None:
    work(place)
    (place.home.inbox / "link.xlsx").symlink_to(place.root / "nowhere.xlsx")
    (place.home.receipts / "2026-03").mkdir()
    (place.home.receipts / "2026-03" / "r.xml").write_bytes(b"<a/>")
    found = seen(place, ruleset)
    assert found.exit_code == 0
    first, second = found.lines
    assert first.startswith("不会办理：link.xlsx（不是普通文件")
    assert second.startswith("不会办理：receipts/2026-03（")
    told = found.as_json()
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(told)
    assert [one["path"] for one in told["ignored"]] == ["link.xlsx", "receipts/2026-03"]
    assert told["waiting"] == 0


def test_an_archive_that_was_deleted_or_left_behind_is_told(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    """The next package could not go out, and nothing that came in could be shown."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    work(place)
    assert seen(place, ruleset).lines == ()
    away = place.root / "away"
    place.home.archive.rename(away)
    assert (seen(place, ruleset).exit_code, len(seen(place, ruleset).lines)) == (6, 1)
    place.home.archive.mkdir()
    assert seen(place, ruleset).lines[0].startswith("存档（archive）不完整：")
    shutil.copytree(away, place.home.archive, dirs_exist_ok=True)
    assert seen(place, ruleset).lines == ()
