"""One letter that cannot go out as it should keeps no other back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from run_place import Fresh, Place
from smtp_desk import Postmaster, mail_server
from test_posting import configure
from test_posting import run as worked

from vinbatch.run.passing import Pass


def run(place: Place, server: Postmaster, more: str = "") -> Pass:
    configure(place, server, more)
    return worked(place)


def test_a_damaged_attachment_stays_behind_and_is_told(
    place: Place, fresh: Fresh, caplog: pytest.LogCaptureFixture
) -> None:
    """Every pass that had mail left with 6, and no letter went out."""
    with mail_server() as gone:
        pass
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place, gone)
    with place.ledger() as ledger:
        ((digest,),) = ledger.db.execute("SELECT digest FROM answer")
    kept = place.home.archive / digest[:2] / digest
    kept.chmod(0o600)
    kept.write_bytes(b"damaged")
    with mail_server() as server:
        place.now += timedelta(minutes=2)
        place.drop("b.xlsx", place.sheet(*fresh(1)))
        run(place, server)
    assert [len(got.attachments()) for got in server.got] == [0, 1]
    assert f"{digest}：文件已损坏" in caplog.text


def test_letters_that_break_the_connection_go_after_all_others(place: Place) -> None:
    """Three of them in a row are taken for a server that is gone: nothing else would ever go out."""
    with mail_server(Postmaster(rcpt={"bad@example.cn": "421 not to him"})) as server:
        more = '[mail.departments]\n"上海" = ["bad@example.cn"]\n'
        for name in ("上海/1.xlsx", "上海/2.xlsx", "上海/3.xlsx", "4.xlsx"):
            place.drop(name, name.encode())
        assert run(place, server, more).unsent is not None
        assert server.got == []
        place.now += timedelta(minutes=2)
        run(place, server, more)
    assert [got.recipients for got in server.got] == [("clerk@example.cn",)]


def test_a_server_that_breaks_off_three_letters_in_a_row_is_named(place: Place) -> None:
    with mail_server(Postmaster(rcpt={"clerk@example.cn": "421 not now"})) as server:
        for name in ("1.xlsx", "2.xlsx", "3.xlsx"):
            place.drop(name, name.encode())
        unsent = run(place, server).unsent
    assert unsent is not None
    assert "127.0.0.1" in unsent.told("zh").message
    assert "421 not now" in unsent.told("zh").message


def test_a_letter_that_cannot_be_read_is_a_bug_of_its_own(place: Place) -> None:
    """Every pass that had mail ended as one, and no letter went out."""
    with mail_server() as gone:
        pass
    for name in ("1.xlsx", "2.xlsx"):
        place.drop(name, name.encode())
    run(place, gone)
    with closing(sqlite3.connect(place.home.ledger)) as ledger, ledger:
        ledger.execute("UPDATE mail SET letter = x'00' WHERE id = 1")
    with mail_server() as server:
        place.now += timedelta(minutes=2)
        done = run(place, server)
        assert (len(server.got), done.failed > 0) == (1, True)
        assert run(place, server).failed == 0, "its time has not come"
