"""vinbatch.check from Python: the same as `check --json`, and an import that costs nothing."""

from __future__ import annotations

import doctest
import json
import multiprocessing
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from io import BytesIO
from pathlib import Path

import pytest
from forked import Forked
from openpyxl import Workbook

import vinbatch
from vinbatch import api, samples
from vinbatch.effects import making
from vinbatch.errors import AccessError, RulesError, UsageError
from vinbatch.ruleset import Ruleset

ONE = samples.MODELS[:1]


@pytest.fixture
def data(ruleset: Ruleset) -> bytes:
    good, bad = samples.vehicles(2, models=ONE)
    return samples.workbook(ruleset, [good, {**bad, "vin": "?"}], samples.parameters(ONE))


def test_the_examples_of_the_docstrings_are_true() -> None:
    done = doctest.testmod(api)
    assert done.attempted >= 3
    assert done.failed == 0


def test_a_report_is_what_check_json_gives_of_the_file(data: bytes, forked: Forked, tmp_path: Path) -> None:
    """Without a home, and with one whose ledger knows the vehicles."""
    (tmp_path / "a.xlsx").write_bytes(data)
    (told,) = json.loads(forked(["check", "a.xlsx", "--json"], tmp_path).stdout)["files"]
    assert vinbatch.check(data, "a.xlsx").to_dict() == told
    home = tmp_path / "home"
    making.init(home, b"", "")
    (home / "inbox" / "a.xlsx").write_bytes(data)
    (home / "rules" / "settings.toml").write_text('language = "en"\nsettle_seconds = 0.05\n', "utf-8")
    assert forked(["--home", "home", "run", "--engine", "serial"], tmp_path).returncode == 3
    (told,) = json.loads(forked(["--home", "home", "check", "a.xlsx", "--json"], tmp_path).stdout)["files"]
    report = vinbatch.check(data, "a.xlsx", home=home)
    assert report.to_dict() == told
    assert "unchanged" in {v for rows in report.verdicts.values() for v in rows.values()}


def test_a_condition_that_nobody_understands_is_told_with_the_cell_that_it_had() -> None:
    book = Workbook()
    asked = book.create_sheet("查询")
    asked.append(["批次号", "起始日期"])
    asked.append([None, "昨天"])
    out = BytesIO()
    book.save(out)
    (found,) = (f for f in vinbatch.check(out.getvalue()).findings if f.code == "QUERY-CONDITION")
    assert (found.sheet, found.row, found.cell) == ("查询", 2, "B2")


def test_a_report_speaks_the_language_asked_for() -> None:
    text = b"VIN,colour\n"
    (chinese,), (english,) = (vinbatch.check(text, language=x).findings for x in (None, "en"))
    assert chinese.code == english.code == "FILE-CSV"
    assert not chinese.message.isascii()
    assert english.message.isascii()


def test_a_report_is_frozen_and_travels(data: bytes) -> None:
    report = vinbatch.check(data)
    assert pickle.loads(pickle.dumps(report)) == report
    with pytest.raises(FrozenInstanceError):
        report.refused = True  # type: ignore[misc]


def test_what_cannot_be_checked_says_why() -> None:
    with pytest.raises(UsageError, match="zh, en"):
        vinbatch.check(b"", language="fr")
    with pytest.raises(AccessError, match="no home"):
        vinbatch.check(b"", home="/nowhere")
    with pytest.raises(AttributeError, match="nothing"):
        _ = vinbatch.nothing


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    """Neither a file whose top level calls it, nor one that comes through a pipe; and it runs once."""
    code = "import vinbatch; print(vinbatch.check(b'x').refused)"
    (tmp_path / "script.py").write_text(code)
    by_file = [sys.executable, str(tmp_path / "script.py")]
    assert subprocess.run(by_file, capture_output=True, text=True).stdout == "True\n"
    by_pipe = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True)
    assert by_pipe.stdout == "True\n"


AFTER_A_FORK = """
import os, vinbatch
print(vinbatch.check(b"x").refused, flush=True)
if not os.fork():
    print(vinbatch.check(b"x").refused, flush=True)
    os._exit(0)
os.wait()
print(vinbatch.check(b"x").refused)
"""


def test_a_process_that_is_forked_after_a_call_may_call_too() -> None:
    """As the workers of a web server: what opens workbooks was its parent's, \"no child processes\"."""
    done = subprocess.run([sys.executable, "-c", AFTER_A_FORK], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("True\n" * 3, 0)


def test_a_daemon_of_multiprocessing_is_told_what_to_use_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="daemon of multiprocessing") as refused:
        vinbatch.check(b"x", language="en")
    assert "ProcessPoolExecutor" in refused.value.cure


def test_the_import_loads_nothing_else() -> None:
    code = "import sys, vinbatch; print(sorted(m for m in sys.modules if m.startswith('vinbatch')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "['vinbatch']\n"


def test_failures_can_be_named_before_the_first_call() -> None:
    """The submodule is there once anything has loaded it; before, it was no attribute."""
    assert vinbatch.__getattr__("errors") is sys.modules["vinbatch.errors"]


@pytest.mark.parametrize("language", [None, "zh", "en"])
def test_a_failure_is_told_in_the_language_of_the_report(language: str | None, tmp_path: Path) -> None:
    """Of a Chinese home whose rules are broken; what a traceback prints is English."""
    home = tmp_path / "home"
    making.init(home, b"", "")
    (home / "rules" / "fields.toml").write_text("[vehicle.colour]\nlenth = 3\n", "utf-8")
    with pytest.raises(RulesError) as caught:
        vinbatch.check(b"", home=home, language=language)
    assert caught.value.message == caught.value.told(language or "zh").message
    assert str(caught.value) == str(caught.value.told("en"))


def test_an_english_home_is_told_in_english_though_its_rules_are_broken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    making.init(home, b"", "")
    (home / "rules" / "settings.toml").write_text('language = "en"\nnonsense = 1\n', "utf-8")
    with pytest.raises(RulesError) as caught:
        vinbatch.check(b"", home=home)
    assert caught.value.cure == caught.value.told("en").cure


def test_a_path_instead_of_bytes_is_told_with_the_cure() -> None:
    with pytest.raises(UsageError, match="bytes") as caught:
        vinbatch.check("vehicles.xlsx", language="en")  # type: ignore[arg-type]
    assert "read_bytes" in caught.value.cure


def test_the_name_may_be_a_path() -> None:
    assert vinbatch.check(b"VIN,colour\n", Path("vehicles.csv")) == vinbatch.check(
        b"VIN,colour\n", "vehicles.csv"
    )
