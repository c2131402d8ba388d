"""The script of docs/ledger.md that computes the chain again, run as it stands there, on a ledger of ours."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from desk import NOW

from vinbatch.store.ledger import Ledger

DOC = Path(__file__).resolve().parents[2] / "docs" / "ledger.md"


@pytest.fixture
def ledger(tmp_path: Path, empty_ledger: Path) -> Path:
    """Five events, with more than ASCII in them."""
    path = Path(shutil.copy(empty_ledger, tmp_path / "ledger.db"))
    with Ledger.open(path) as opened:
        for name in ("备份一.db", "two", "three", "four", 'f"i\\ve\n'):
            opened.note("restored", NOW, {"file": name})
    return path


def computed(path: Path) -> str:
    """What the script says."""
    (text,) = re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.S)
    done = subprocess.run([sys.executable, "-c", text, path], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_number_and_head_are_those_of_the_program(ledger: Path) -> None:
    with Ledger.read_only(ledger) as opened:
        assert computed(ledger) == f"{opened.queries.verify()} {opened.head()} wrong: none"


@pytest.mark.parametrize(
    ("done", "wrong"),
    [
        ("UPDATE event SET body = replace(body, 'two', 'owt') WHERE id = 2", "2"),
        ("UPDATE event SET vin = 'X' WHERE id = 4", "4"),
        ("DELETE FROM event WHERE id = 3", "4"),
    ],
)
def test_what_was_changed_or_taken_out_is_found(ledger: Path, done: str, wrong: str) -> None:
    with closing(sqlite3.connect(ledger)) as db, db:
        db.execute("DROP TRIGGER event_stands")
        db.execute("DROP TRIGGER event_is_kept")
        db.execute(done)
    assert computed(ledger).endswith(f"wrong: {wrong}")
