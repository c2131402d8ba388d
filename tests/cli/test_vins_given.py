"""VINs out of a file: `@FILE`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vinbatch.cli.vins import names_of
from vinbatch.errors import AccessError, UsageError


def test_a_file_has_one_a_line_and_each_counts_once(tmp_path: Path) -> None:
    (tmp_path / "vins.txt").write_bytes("\ufeffwba1\r\nWBA2\n\nWBA1".encode())
    assert names_of([f"@{tmp_path / 'vins.txt'}", "wba2"]) == ["WBA1", "WBA2"]


def test_so_has_what_comes_through_a_pipe() -> None:
    """`vinbatch show @<(…)` of a shell."""
    out, into = os.pipe()
    os.write(into, b"WBA1\nWBA2\n")
    os.close(into)
    assert names_of([f"@/dev/fd/{out}"]) == ["WBA1", "WBA2"]
    os.close(out)


def test_what_has_no_end_is_refused(tmp_path: Path) -> None:
    """All memory went into it."""
    with (tmp_path / "vins.txt").open("wb") as file:
        file.truncate(2**40)
    for name in (str(tmp_path / "vins.txt"), "/dev/zero"):
        with pytest.raises(AccessError, match="File too large"):
            names_of([f"@{name}"])


@pytest.mark.parametrize("given", [[""], [" "], ["", "WBA1"], ["@{empty}"]])
def test_an_empty_one_does_not_mean_every_vehicle(tmp_path: Path, given: list[str]) -> None:
    """A variable of a script that has no value."""
    (tmp_path / "empty").write_bytes(b"\n")
    with pytest.raises(UsageError):
        names_of([name.format(empty=tmp_path / "empty") for name in given])
    assert names_of([]) == []
