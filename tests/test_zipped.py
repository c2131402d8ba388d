"""Zips made by hand, read by others."""

from __future__ import annotations

import io
import zipfile
import zlib

from hypothesis import given
from hypothesis import strategies as st

from vinbatch.zipped import UNIX, deflated, zipped

FILES = st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}\.xml)?", fullmatch=True), st.binary())


@given(FILES)
def test_every_file_comes_out_as_it_went_in(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(files.items()))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_an_entry_tells_nothing_of_time_or_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped([("a", b"x")], UNIX, 0o644 << 16))) as archive:
        (info,) = archive.infolist()
    assert info.date_time == (1980, 1, 1, 0, 0, 0)
    assert (info.create_system, info.external_attr) == (UNIX, 0o644 << 16)


@given(st.binary())
def test_deflated_bytes_are_zlibs(data: bytes) -> None:
    assert zlib.decompress(deflated(data)) == data
