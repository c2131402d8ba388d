"""What came as an answer of customs is known by a tag in the archive, and goes with every copy of it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from vinbatch.effects.archive import Archive
from vinbatch.effects.received import tag, tagged

ONE, TWO = (hashlib.sha256(data).hexdigest() for data in (b"1", b"2"))


def nothing() -> tuple[str, ...]:
    return ()


def test_a_copy_of_the_archive_has_the_tags(archive: Archive, tmp_path: Path) -> None:
    archive.put(b"1")
    archive.put(b"2")
    tag(archive, [ONE], nothing)
    shutil.copytree(archive.root, tmp_path / "copy")
    assert tagged(Archive(tmp_path / "copy")) == {ONE}


def test_the_first_tag_brings_those_of_before_and_no_later_one_does(archive: Archive) -> None:
    archive.put(b"1")
    tag(archive, [], lambda: [ONE])
    tag(archive, [], lambda: [TWO])
    assert tagged(archive) == {ONE}


def test_one_killed_while_it_began_begins_again(archive: Archive) -> None:
    archive.put(b"1")
    left = archive.root / "receipts.part"
    left.mkdir()
    (left / f"{TWO}.tag").touch()
    assert tagged(archive) == frozenset()
    tag(archive, [ONE], lambda: [TWO])
    assert tagged(archive) == {ONE, TWO}


def test_tags_are_no_bytes_of_the_archive(archive: Archive) -> None:
    archive.put(b"1")
    tag(archive, [ONE], nothing)
    assert list(archive.small(1, b"PK")) == [ONE]
    assert archive.stored(0).files == 1


def test_small_are_those_of_at_most_so_many_bytes_that_begin_otherwise(archive: Archive) -> None:
    small, _large, _zip = (archive.put(data) for data in (b"<a/>x", b"<a/>xx", b"PK..x"))
    assert list(archive.small(5, b"PK")) == [small]
