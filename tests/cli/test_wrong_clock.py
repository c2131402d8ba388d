"""A production home that worked with a clock that ran ahead: nothing is declared before that is settled."""

from __future__ import annotations

import json
import os
import time

import pytest
from shell import Shell

from vinbatch import samples
from vinbatch.ruleset import Ruleset

OWN = """site = "SHDM"
declarant_code = "110000123456789012"
declarant_name = "某某认证中心"
production = true
"""


@pytest.fixture
def ahead(shell: Shell, ruleset: Ruleset) -> Shell:
    """The last pass ended two days from now; a workbook waits."""
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(OWN + settings.read_text("utf-8"), "utf-8")
    assert shell.work().returncode == 0
    later = time.time() + 2 * 86_400
    os.utime(shell.home / ".vinbatch" / "ended", (later, later))
    models = samples.MODELS[:1]
    shell.drop(
        "a.xlsx", samples.workbook(ruleset, samples.vehicles(1, models=models), samples.parameters(models))
    )
    return shell


@pytest.mark.parametrize("command", [["run"], ["declare", "--all"], ["status"], ["doctor"]], ids=str)
def test_it_is_told_and_nothing_is_worked(ahead: Shell, command: list[str]) -> None:
    done = ahead.at_home(*command)
    assert (done.returncode, "而上一次办理是在" in done.stdout + done.stderr) == (6, True)
    assert (ahead.home / "inbox" / "a.xlsx").exists()


def test_monitoring_knows_it_by_name(ahead: Shell) -> None:
    told = json.loads(ahead.at_home("status", "--json").stdout)
    assert ("clock", 6) in [(one["what"], one["exit_code"]) for one in told["alarms"]]


def test_init_takes_the_clock_as_it_is(ahead: Shell) -> None:
    assert ahead.at_home("init").returncode == 0
    assert ahead.at_home("run").returncode == 0
    assert not (ahead.home / "inbox" / "a.xlsx").exists()


def test_an_hour_is_a_clock_that_was_put_right(ahead: Shell) -> None:
    soon = time.time() + 3600
    os.utime(ahead.home / ".vinbatch" / "ended", (soon, soon))
    assert ahead.at_home("run").returncode == 0
