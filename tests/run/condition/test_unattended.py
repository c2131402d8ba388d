"""A home that nobody works is told of: files wait, and no pass has come to its end for hours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from run_place import Place

from vinbatch.effects import failing, inbox
from vinbatch.effects.failing import last_end
from vinbatch.errors import AccessError
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.health import health
from vinbatch.run.condition.stock import Stock
from vinbatch.run.condition.unattended import unattended

HOLD = """
import sys; from pathlib import Path
from vinbatch.effects.lock import HomeLock
with HomeLock(Path(sys.argv[1])):
    print("held", flush=True); sys.stdin.readline()
"""
Told = Callable[..., list[str]]


@pytest.fixture
def told(place: Place, ruleset: Ruleset) -> Told:
    """What is told so many hours from now. Nobody can set when a file came: so the clock moves on."""
    place.now = datetime.now(UTC)

    def look(hours: float) -> list[str]:
        now = place.now + timedelta(hours=hours)
        return [one.line for one in unattended(place.home, now, place.ruleset)]

    return look


def test_a_file_that_waits_while_no_pass_ends_is_told_with_both_times(place: Place, told: Told) -> None:
    place.run()
    ended = last_end(place.home)
    assert ended is not None
    assert abs(ended - place.now) < timedelta(seconds=1)
    path = place.drop("上海/a.xlsx", b"x")
    os.utime(path, (0, 0))  # as old as its workbook: it came today
    assert told(1.9) == []
    (line,) = told(2.1)
    assert line.startswith("收件夹中的 上海/a.xlsx 从 ")
    local = place.now.astimezone(place.home.settings.zone)
    assert f"上一次办理完是在 {local:%Y-%m-%d %H:%M:%S}" in line


def test_a_pass_that_ended_since_has_looked(place: Place, told: Told) -> None:
    place.drop("a.xlsx", b"x")
    (place.home.inbox / "~$a.xlsx").write_bytes(b"\x04Wang")  # open: it goes on waiting
    place.now += timedelta(hours=3)
    place.run()
    assert told(1) == []


def test_a_home_where_nothing_waits_may_rest(place: Place, told: Told) -> None:
    place.run()
    assert told(1000) == []


def test_where_no_pass_ever_ended_that_is_said(place: Place, told: Told) -> None:
    place.drop("a.xlsx", b"x")
    assert ["从来没有办理完过一次" in line for line in told(3)] == [True]


def test_receipts_and_what_a_killed_run_took_wait_too(place: Place, told: Told) -> None:
    place.run()
    (place.home.receipts / "r.xml").write_bytes(b"<a/>")
    assert ["receipts/r.xml" in line for line in told(3)] == [True]
    inbox.claim_all(place.home, inbox.scan_receipts(place.home))
    assert ["receipts/r.xml" in line for line in told(3)] == [True]


@pytest.mark.parametrize(("hours", "lines"), [(0, 0), (12, 0), (9, 1)])
def test_how_long_is_a_setting(place: Place, told: Told, hours: int, lines: int) -> None:
    place.run()
    place.drop("a.xlsx", b"x")
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(f"unattended_hours = {hours}\n" + settings.read_text("utf-8"), "utf-8")
    assert len(told(10)) == lines


def test_a_pass_at_work_looks(place: Place, told: Told) -> None:
    """The first after a week, over a full inbox, is no alarm."""
    place.run()
    place.drop("a.xlsx", b"x")
    command = [sys.executable, "-c", HOLD, str(place.home.lock_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert told(3) == []
        child.kill()
    assert len(told(3)) == 1


def test_a_pass_that_failed_has_looked_and_tells_itself(place: Place, told: Told) -> None:
    place.run()
    place.drop("a.xlsx", b"x")
    with pytest.raises(AccessError), failing.noted(place.home, lambda: place.now):
        raise AccessError("folder.locked", place="inbox")
    assert told(3) == []


def test_a_pass_that_a_bug_ended_is_told_until_one_succeeds(
    place: Place, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every pass ended with a traceback, and status said for hours that all is well."""
    place.run()
    with monkeypatch.context() as planted:
        planted.setattr("vinbatch.run.steps.Steps.renew", lambda _: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            place.run()
    with place.ledger() as ledger:
        found = health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset)
    assert [(one.what, one.code) for one in found.alarms] == [("failed", 1)]
    assert "ZeroDivisionError" in found.notices[0].line
    place.run()
    assert failing.last(place.home) is None


def test_a_bug_about_a_name_that_is_no_text_is_told_in_one_line(place: Place) -> None:
    """The note could not be written, and the pass ended of that."""
    with pytest.raises(ValueError, match="no name"), failing.noted(place.home, lambda: place.now):
        raise ValueError("no name:\n \udcb5.xlsx")
    failure = failing.last(place.home)
    assert failure is not None
    assert failure.told["en"].splitlines()[0].endswith("ValueError: no name: \\xb5.xlsx")


def test_it_is_an_alarm_unless_another_says_why(place: Place, told: Told, ruleset: Ruleset) -> None:
    place.run()
    place.drop("a.xlsx", b"x")
    now = place.now + timedelta(hours=3)
    with place.ledger() as ledger:
        stock = Stock.of(ledger, now, ruleset)
    found = health(place.home, stock, now, ruleset)
    assert [(one.what, one.code) for one in found.alarms] == [("unattended", 6)]
    assert found.notices[0].what == "unattended"
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    place.home.heartbeat.write_text(
        f'{{"pid": {int(dead.stdout)}, "host": "{os.uname().nodename}", "since": "{now.isoformat()}",'
        f' "beat": "{now.isoformat()}", "passes": 1, "waiting": 0}}'
    )
    assert [one.what for one in health(place.home, stock, now, ruleset).alarms] == ["watch"]
