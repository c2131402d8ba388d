"""Files that commands write: all of them or none, and over no other file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vinbatch.cli.files import write_all, write_parts
from vinbatch.errors import UsageError


def test_no_part_is_written_where_one_would_go_over_another_file(tmp_path: Path) -> None:
    (tmp_path / "x-2.xlsx").write_bytes(b"edited")
    with pytest.raises(UsageError, match=r"x-2\.xlsx"):
        write_parts(tmp_path / "x.xlsx", [b"1", b"2"], force=False)
    assert [p.name for p in tmp_path.iterdir()] == ["x-2.xlsx"]
    write_parts(tmp_path / "x.xlsx", [b"1", b"2"], force=True)
    assert (tmp_path / "x-2.xlsx").read_bytes() == b"2"


def test_what_lies_there_already_is_well(tmp_path: Path) -> None:
    """Versions of a result that were written out before stand beside the new one."""
    (tmp_path / "v1.xlsx").write_bytes(b"1")
    write_all({tmp_path / "v1.xlsx": b"1", tmp_path / "v2.xlsx": b"2"}, force=False)
    assert (tmp_path / "v2.xlsx").read_bytes() == b"2"


def test_a_link_that_leads_nowhere_has_the_name_too(tmp_path: Path) -> None:
    (tmp_path / "x.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError):
        write_all({tmp_path / "x.csv": b"1"}, force=False)


@pytest.mark.parametrize("name", ["ledger.db", "archive/ab/x.xlsx"])
def test_nothing_is_written_into_our_own_folder(tmp_path: Path, name: str) -> None:
    """With --force the ledger was a form then. A link into it counts as well."""
    (tmp_path / ".vinbatch" / "archive" / "ab").mkdir(parents=True)
    (tmp_path / ".vinbatch" / "ledger.db").write_bytes(b"every vehicle")
    (tmp_path / "way").symlink_to(tmp_path / ".vinbatch")
    for folder in (".vinbatch", "way"):
        with pytest.raises(UsageError) as caught:
            write_all({tmp_path / "a.xlsx": b"1", tmp_path / folder / name: b"2"}, force=True)
        assert caught.value.key == "usage.ours"
    assert (tmp_path / ".vinbatch" / "ledger.db").read_bytes() == b"every vehicle"
    assert not (tmp_path / "a.xlsx").exists()


def test_nothing_is_written_into_the_outbox(tmp_path: Path) -> None:
    """`audit files -o` laid packages there that had been taken away, and the gateway sent them again."""
    (tmp_path / "home" / ".vinbatch").mkdir(parents=True)
    (tmp_path / "share").mkdir()
    (tmp_path / "home" / "outbox").symlink_to(tmp_path / "share")
    (tmp_path / "outbox").mkdir()
    for name in ("outbox/a.zip", "outbox/.staging/a.zip", "inbox/../outbox/a.zip"):
        with pytest.raises(UsageError) as caught:
            write_all({tmp_path / "home" / name: b"1"}, force=True)
        assert caught.value.key == "usage.outbox"
    write_all({tmp_path / "outbox" / "a.zip": b"1"}, force=False)  # of no home
    write_all({tmp_path / "home" / "outbox" / ".." / "a.zip": b"1"}, force=False)


def test_no_file_is_put_in_the_place_of_a_device_or_a_pipe(tmp_path: Path) -> None:
    """`xsd -o /dev/null --force`, as root, took /dev/null from the whole machine."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "way.csv").symlink_to("/dev/null")
    for name in ("pipe.csv", "way.csv"):
        with pytest.raises(UsageError) as caught:
            write_all({tmp_path / "a.csv": b"1", tmp_path / name: b"2"}, force=True)
        assert caught.value.key == "usage.device"
    assert (tmp_path / "pipe.csv").is_fifo()
    assert (tmp_path / "way.csv").is_symlink()
    assert not (tmp_path / "a.csv").exists()
