"""The last event, noted beside the ledger."""

import pytest

from vinbatch.effects import last_event
from vinbatch.effects.home import Home

HASH = "0f" * 32


def test_what_was_noted_is_known(home: Home) -> None:
    last_event.note(home, 12, HASH)
    assert last_event.known(home) == (12, HASH)


def test_where_nothing_was_noted_nothing_is_known(home: Home) -> None:
    assert last_event.known(home) is None


@pytest.mark.parametrize("torn", [b"", b"12 0f", f"12 {HASH}".encode(), bytes(68), b"x"])
def test_a_note_that_is_not_whole_says_nothing(home: Home, torn: bytes) -> None:
    last_event.note(home, 12, HASH)
    (note,) = (p for p in home.own.iterdir() if HASH.encode() in (p.read_bytes() if p.is_file() else b""))
    note.write_bytes(torn)
    assert last_event.known(home) is None


@pytest.mark.parametrize("noted", [True, False])
def test_a_note_is_forgotten_whether_there_is_one_or_not(home: Home, *, noted: bool) -> None:
    if noted:
        last_event.note(home, 12, HASH)
    last_event.forget(home)
    assert last_event.known(home) is None
