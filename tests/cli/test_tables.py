"""Tables in a pipe: for `grep`, `less` and mails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest
from shell import Shell

from vinbatch.cli.tables import in_json, table


def lines(
    capsys: pytest.CaptureFixture[str], heads: Sequence[str], rows: Sequence[Sequence[object]]
) -> list[str]:
    table(heads, rows)
    return capsys.readouterr().out.splitlines()


def test_columns_stand_under_each_other_also_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    told = lines(capsys, ["编号", "#"], [("BMW-1", 1), ("长城汽车", 20)])
    assert told == ["编号      #", "BMW-1     1", "长城汽车  20"]


def test_no_text_is_cut_or_folded_however_long_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A line is a row: whoever greps for a value finds it whole."""
    long = "很长的说明 " * 200
    assert lines(capsys, ["", ""], [(long, "end")]) == [f"{long}  end"]


def test_a_cell_of_several_lines_keeps_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, ["a", "b"], [("x", "1\n2"), ("yy", "3")]) == ["a   b", "x   1", "    2", "yy  3"]


def test_heads_alone_are_a_table_and_nothing_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, ["VIN", "#"], []) == ["VIN  #"]
    assert lines(capsys, ["", ""], []) == []


def test_what_the_locale_cannot_write_stands_as_its_code(shell: Shell) -> None:
    """A table of Chinese on a Latin-1 terminal was a traceback."""
    command = [sys.executable, "-m", "vinbatch", "--home", str(shell.home), "catalogue", "list"]
    done = subprocess.run(command, env={"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith("结构".encode("ascii", "backslashreplace"))


def test_json_has_the_bytes_of_a_name_that_is_no_text_as_text() -> None:
    """Half a character, by its number, is none: strict readers refuse the whole answer for it."""
    made = in_json({"file": b"/in/\xff\xb3\n\xe8\xbd\xa6.xlsx".decode("utf-8", "surrogateescape")})
    assert json.loads(made) == {"file": "/in/\\xff\\xb3\n车.xlsx"}
    assert json.loads(in_json("a\x1b\u202e🚗\U000e0001")) == "a\x1b\u202e🚗\U000e0001"
