"""The archive: by content, whole, durable."""

import hashlib
import os
from pathlib import Path

import pytest

from vinbatch.effects.archive import Archive, Stored
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import AccessError

DATA = b"some workbook"
DIGEST = hashlib.sha256(DATA).hexdigest()


def test_what_is_put_comes_back(archive: Archive, tmp_path: Path) -> None:
    assert archive.put(DATA) == DIGEST
    assert archive.get(DIGEST) == DATA
    assert archive.path(DIGEST) == archive.root / DIGEST[:2] / DIGEST


def test_putting_twice_keeps_one(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(DATA)
    assert archive.put(DATA) == archive.put(DATA) == archive.put_file(tmp_path / "a") == DIGEST
    assert [p.name for p in archive.root.rglob("*") if p.is_file()] == [DIGEST]


def test_a_file_is_put_in_pieces(archive: Archive, tmp_path: Path) -> None:
    data = os.urandom(3 * 1024 * 1024 + 7)
    (tmp_path / "big").write_bytes(data)
    assert archive.get(archive.put_file(tmp_path / "big")) == data


def test_damage_is_told_and_putting_again_heals_it(archive: Archive) -> None:
    archive.put(DATA)
    path = archive.path(DIGEST)
    path.chmod(0o644)
    path.write_bytes(b"rotten")
    with pytest.raises(AccessError, match="damaged"):
        archive.get(DIGEST)
    archive.put(DATA)
    assert archive.get(DIGEST) == DATA


def test_what_is_missing_is_told(archive: Archive) -> None:
    with pytest.raises(AccessError):
        archive.get(DIGEST)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "0"])
def test_only_digests_are_names(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        archive.get(name)


def test_a_source_that_cannot_be_read_is_its_own_matter(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        archive.put_file(tmp_path / "nothing")


def test_an_archive_that_cannot_be_written_is_everybodys(tmp_path: Path) -> None:
    (tmp_path / "root").write_bytes(b"a file, not a folder")
    (tmp_path / "a").write_bytes(DATA)
    with pytest.raises(AccessError):
        Archive(tmp_path / "root").put_file(tmp_path / "a")
    with pytest.raises(AccessError):
        Archive(tmp_path / "root").put(DATA)


def test_an_archive_makes_its_own_folder(tmp_path: Path) -> None:
    assert Archive(tmp_path / "new").put(DATA) == DIGEST


def test_no_home_is_made_anew_where_one_was_moved_away(tmp_path: Path) -> None:
    """A pass went on at the old path: what it kept there let nobody move the home back."""
    with pytest.raises(AccessError):
        Archive(tmp_path / "home" / ".vinbatch" / "archive").put(DATA)
    with pytest.raises(AccessError), HomeLock(tmp_path / "home" / ".vinbatch" / "locks" / "run"):
        pass
    assert not (tmp_path / "home").exists()


def test_a_file_that_grows_while_it_is_copied_fills_no_disk(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="too large"):
        archive.put_file(tmp_path / "a", 10)
    assert archive.stored(0).files == 0
    assert archive.has(archive.put_file(tmp_path / "a", 11))


def test_what_is_stored_is_counted_in_files_and_bytes_and_what_came_lately(archive: Archive) -> None:
    assert archive.stored(0) == Stored(0, 0, 0)
    old, new = archive.path(archive.put(b"12345")), archive.path(archive.put(b"123"))
    os.utime(old, (1000, 1000))
    os.utime(new, (2000, 2000))
    assert archive.stored(2000) == Stored(files=2, size=8, lately=3)
