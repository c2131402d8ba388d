"""Replies that few mail servers give: nobody is taken for told who was not, nobody given up too soon."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

import pytest

from vinbatch.effects.envelope import Envelope
from vinbatch.effects.mail import Courier, Delivery, Patience
from vinbatch.errors import AccessError
from vinbatch.mail_settings import Mail
from vinbatch.noun import replace

A, B = "a@example.cn", "b@example.cn"
LETTER = Envelope(
    message="<TRIAL-20260302-0001.answers.1.zh@example.cn>",
    sender="vin@example.cn",
    recipients=(A, B),
    subject="三月宝马.xlsx：198 已申报，2 待改",
    text="全部办理完毕。\n",
    html="<p>全部办理完毕。</p>",
    at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
    kind="answers",
)
LARGE = replace(LETTER, attachment=b"x" * 3000, attachment_name="r.xlsx")


@dataclass
class Odd:
    """Says 250, or what stands here for a line that begins so, in small letters (Python 3.13 writes other
    ones than 3.12); `end` is for the content's end.
    """

    says: dict[str, str] = field(default_factory=dict)
    most: int = 10**9  # bytes of a letter, of which it speaks only when it has it
    once: str = ""  # said to the first sender, before it hangs up
    heard: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    cut: bytes = b""  # of a letter that came to no end

    def serve(self, listening: socket.socket) -> None:
        """One connection after another, until nobody listens any more."""
        with suppress(OSError):
            while True:
                with listening.accept()[0] as connection, suppress(OSError):
                    connection.settimeout(2)
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        with connection.makefile("rb") as lines:
            while line := lines.readline().decode().strip():
                self.heard.append(line)
                if self.once and line.lower().startswith("mail"):
                    connection.sendall(f"{self.once}\r\n".encode())
                    self.once = ""
                    return
                said = next((s for k, s in self.says.items() if line.lower().startswith(k)), "")
                connection.sendall(f"{said or ('354 go' if line == 'DATA' else '250 ok')}\r\n".encode())
                if line == "DATA" and not said and not self._content(connection, lines):
                    return

    def _content(self, connection: socket.socket, lines: BufferedReader) -> bool:
        """Whether it goes on talking."""
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            if not (line := lines.readline()):
                return False
            self.cut = content = content + line
        if len(content) > self.most:
            connection.sendall(b"552 5.3.4 message too large\r\n")
            return False
        self.cut = b""
        self.letters.append(content)
        connection.sendall(f"{self.says.get('end', '250 taken')}\r\n".encode())
        return True


@contextmanager
def served(server: Odd) -> Iterator[Courier]:
    mail = Mail(host="127.0.0.1", security="plain", sender="vin@example.cn")
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:
        threads.submit(server.serve, listening)
        mail = replace(mail, port=listening.getsockname()[1])
        try:
            with Courier(mail, Path(), {}, Patience(2, 2, 2)) as courier:
                yield courier
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def send(server: Odd, letter: Envelope = LETTER) -> Delivery:
    with served(server) as courier:
        return courier.send(letter, lambda _: None)


@pytest.mark.parametrize("said", ["354 go on", "150 wait", "hello", "999 what", "000 what"])
def test_a_reply_that_is_neither_yes_nor_no_tells_nobody(said: str) -> None:
    """A recipient answered by 354 was noted as told, and no letter went out."""
    server = Odd({f"rcpt to:<{A}": said})
    done = send(server)
    assert (done.sent, done.refused, set(done.later)) == ({}, {}, {A, B})
    assert server.letters == []


@pytest.mark.parametrize("said", ["354 go on", "150 wait", "hello", "000 what"])
def test_content_that_is_answered_by_neither_yes_nor_no_is_in_doubt(said: str) -> None:
    done = send(Odd({"end": said}))
    assert (done.sent, done.later, set(done.doubt)) == ({}, {}, {A, B})


@pytest.mark.parametrize(
    ("code", "place"),
    [(250, "sent"), (299, "sent"), (400, "later"), (499, "later"), (500, "refused"), (554, "refused")],
)
def test_a_letter_of_400_goes_later_and_one_of_500_never(code: int, place: str) -> None:
    done = Delivery()
    done.note(code, "said", (A,))
    told = {"sent": done.sent, "later": done.later, "refused": done.refused}
    assert {name for name, who in told.items() if who} == {place}


def test_too_many_recipients_are_told_later() -> None:
    """RFC 5321: of a recipient 552 means so, or a full mailbox; he was given up."""
    done = send(Odd({f"rcpt to:<{B}": "552 too many recipients"}))
    assert (set(done.sent), set(done.later), done.refused) == ({A}, {B}, {})


@pytest.mark.parametrize("said", ["552 too large", "550 5.2.3 too large for this mailbox"])
def test_who_finds_the_letter_too_large_gets_it_without_the_result(said: str) -> None:
    """Of a server that does not announce its limit; only who takes it gets the result."""
    server = Odd({"end": said})
    with served(server) as courier:
        courier.connect()
        server.says = {f"rcpt to:<{B}": said}

        def about_to(who: tuple[str, ...]) -> None:
            told.append(who)
            server.says = {}

        told: list[tuple[str, ...]] = []
        done = courier.send(LARGE, about_to)
    assert (set(done.sent), done.refused, told) == ({A, B}, {}, [(A,), (B,)])
    assert [b"r.xlsx" in letter for letter in server.letters] == [True, False]


def test_a_server_that_hangs_up_on_a_large_letter_gets_a_small_one() -> None:
    server = Odd(most=3000)
    done = send(server, LARGE)
    assert (set(done.sent), done.later, done.refused) == ({A, B}, {}, {})
    assert [b"r.xlsx" in letter for letter in server.letters] == [False]


def test_a_server_that_hangs_up_on_the_size_of_a_letter_and_takes_a_small_one_is_not_lost() -> None:
    """Three such letters were taken for a server that is gone: all others had to wait."""
    done = send(Odd(once="552 5.3.4 too large"), LARGE)
    assert (set(done.sent), done.lost) == ({A, B}, False)


def test_a_small_letter_that_is_too_large_is_refused() -> None:
    done = send(Odd(most=100), LARGE)
    assert set(done.refused) == {A, B}


def test_where_it_cannot_be_noted_who_gets_it_the_connection_ends_at_once() -> None:
    """The server waited for content, took QUIT for some of it, and the run for its reply: a minute."""

    def full(_: tuple[str, ...]) -> None:
        raise AccessError("disk.full", at="ledger", why="")

    server = Odd()
    with pytest.raises(AccessError), served(server) as courier:
        courier.send(LETTER, full)
    assert (server.heard[-1], server.cut, server.letters) == ("DATA", b"", [])
