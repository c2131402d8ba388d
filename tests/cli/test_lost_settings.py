"""A production home whose settings are gone: nothing is declared as a trial, and everybody is told."""

from __future__ import annotations

import json
import shutil

import pytest
from shell import Shell

from vinbatch import samples
from vinbatch.ruleset import Ruleset

OWN = """site = "SHDM"
declarant_code = "110000123456789012"
declarant_name = "某某认证中心"
production = true
language = "en"
"""


@pytest.fixture
def gone(shell: Shell, ruleset: Ruleset) -> Shell:
    """It has declared, a workbook waits, and `rules/` was moved away."""
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(OWN + settings.read_text("utf-8"), "utf-8")
    models = samples.MODELS[:1]
    one, two = samples.vehicles(2, models=models)
    shell.drop("a.xlsx", samples.workbook(ruleset, [one], samples.parameters(models)))
    assert shell.work().returncode == 0
    assert shell.work().returncode == 0  # notes it
    shell.drop("b.xlsx", samples.workbook(ruleset, [two]))
    (shell.home / "rules").rename(shell.home / "rules.away")
    return shell


@pytest.mark.parametrize("command", [["run"], ["sandbox"], ["declare", "--all"], ["status"], ["doctor"]])
def test_whatever_works_on_it_leaves_with_5_in_its_language(gone: Shell, command: list[str]) -> None:
    before = sorted(p.name for p in (gone.home / "outbox").iterdir())
    done = gone.at_home(*command)
    assert done.returncode == 5
    assert "this home has worked as site SHDM, and would now declare as TRIAL" in done.stdout + done.stderr
    assert sorted(p.name for p in (gone.home / "outbox").iterdir()) == before
    assert (gone.home / "inbox" / "b.xlsx").exists()


def test_monitoring_is_told_as_of_broken_rules(gone: Shell) -> None:
    told = json.loads(gone.at_home("status", "--json").stdout)
    assert [(one["what"], one["exit_code"]) for one in told["alarms"]] == [("rules", 5)]


def test_a_home_that_was_restored_without_its_rules_says_the_same(gone: Shell) -> None:
    """The note is no part of a backup; the ledger's batches are."""
    (gone.home / ".vinbatch" / "works-as").unlink()
    shutil.rmtree(gone.home / "rules.away")
    assert gone.at_home("init").returncode == 0
    for command in ("run", "sandbox", "status", "doctor"):
        done = gone.at_home(command)
        assert (done.returncode, "SHDM" in done.stdout + done.stderr) == (5, True)


def test_brought_back_it_goes_on(gone: Shell) -> None:
    gone.at_home("run")
    (gone.home / "rules.away").rename(gone.home / "rules")
    assert gone.work().returncode == 0
    assert [p.name for p in (gone.home / "outbox").glob("*0002*")] != []
