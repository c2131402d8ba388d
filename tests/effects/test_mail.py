"""Letters over a real connection: what is said of each recipient, and what is never sent in the clear."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from smtp_desk import DROP, Postmaster, mail_server

from vinbatch.effects.envelope import Envelope, compose
from vinbatch.effects.mail import Courier, Delivery, Patience
from vinbatch.effects.mail_password import PASSWORD
from vinbatch.errors import MailError
from vinbatch.layers import Table
from vinbatch.mail_settings import Mail, compile_mail
from vinbatch.noun import replace

QUICK = Patience(connect=5, reply=5, last=5)
LETTER = Envelope(
    message="<TRIAL-20260302-0001.answers.1.zh@example.cn>",
    sender="vin@example.cn",
    recipients=("a@example.cn", "b@example.cn"),
    subject="三月宝马.xlsx：198 已申报，2 待改",
    text="全部办理完毕。\n.\n..\n",
    html="<p>全部办理完毕。</p>",
    at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
    kind="answers",
    batch="TRIAL-20260302-0001",
)


@pytest.fixture
def server() -> Iterator[Postmaster]:
    with mail_server() as master:
        yield master


def settings(master: Postmaster, **more: str) -> Mail:
    return replace(
        Mail(host="127.0.0.1", security="plain", sender="vin@example.cn"), port=master.port, **more
    )


def courier(master: Postmaster, root: Path = Path(), secret: str = "", **more: str) -> Courier:
    return Courier(settings(master, **more), root, {PASSWORD: secret} if secret else {}, QUICK)


def send(
    master: Postmaster, letter: Envelope = LETTER, told: list[tuple[str, ...]] | None = None
) -> Delivery:
    with courier(master) as open_courier:
        return open_courier.send(letter, (told if told is not None else []).append)


# ── what the server says ─────────────────────────────────────────────────────────────────────────


def test_a_letter_arrives_whole(server: Postmaster) -> None:
    done = send(server, replace(LETTER, attachment=b"PK\x03\x04", attachment_name="结果 1.xlsx"))
    assert set(done.sent) == {"a@example.cn", "b@example.cn"}
    (got,) = server.got
    assert got.recipients == ("a@example.cn", "b@example.cn")
    assert got["Subject"] == LETTER.subject
    assert got["Message-ID"] == LETTER.message
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.text == LETTER.text
    assert got.html.strip() == LETTER.html
    assert got.attachments() == {"结果 1.xlsx": b"PK\x03\x04"}


def test_who_is_told_before_the_content_goes_out(server: Postmaster) -> None:
    server.rcpt["b@example.cn"] = "550 no such user"
    told: list[tuple[str, ...]] = []
    send(server, told=told)
    assert told == [("a@example.cn",)]


def test_recipients_are_refused_one_by_one(server: Postmaster) -> None:
    server.rcpt = {"a@example.cn": "550 no such user", "b@example.cn": "450 greylisted"}
    third = replace(LETTER, recipients=(*LETTER.recipients, "c@example.cn"))
    done = send(server, third)
    assert done.refused == {"a@example.cn": "550 no such user"}
    assert done.later == {"b@example.cn": "450 greylisted"}
    assert done.sent == {"c@example.cn": "250 taken"}
    assert server.got[0].recipients == ("c@example.cn",)


def test_where_nobody_is_taken_no_content_goes_out(server: Postmaster) -> None:
    server.rcpt = dict.fromkeys(LETTER.recipients, "550 no such user")
    told: list[tuple[str, ...]] = []
    assert set(send(server, told=told).refused) == set(LETTER.recipients)
    assert told == []
    assert server.got == []


def test_a_letter_that_is_put_off_or_refused_whole(server: Postmaster) -> None:
    server.data = ["451 try again", "554 spam"]
    assert send(server).later == dict.fromkeys(LETTER.recipients, "451 try again")
    assert send(server).refused == dict.fromkeys(LETTER.recipients, "554 spam")


def test_a_sender_that_is_refused_is_a_setting_to_mend(server: Postmaster) -> None:
    """Nothing is given up: once it is mended, the letters go out."""
    server.sender = "553 not your address"
    done = send(server)
    assert (set(done.later), done.refused) == (set(LETTER.recipients), {})


def test_a_connection_lost_after_the_content_leaves_doubt(server: Postmaster) -> None:
    server.data = [DROP]
    done = send(server)
    assert set(done.doubt) == set(LETTER.recipients)
    assert (done.sent, done.later, done.refused) == ({}, {}, {})


def test_a_last_reply_that_does_not_come_in_time_leaves_doubt(server: Postmaster) -> None:
    server.slow = 30
    with Courier(settings(server), Path(), {}, Patience(5, 5, 0.3)) as impatient:
        done = impatient.send(LETTER, lambda _: None)
    assert set(done.doubt) == set(LETTER.recipients)


def test_a_slow_last_reply_is_waited_for_longer_than_others(server: Postmaster) -> None:
    server.slow = 0.6
    with Courier(settings(server), Path(), {}, Patience(5, 0.3, 5)) as patient:
        assert set(patient.send(LETTER, lambda _: None).sent) == set(LETTER.recipients)


def test_many_letters_go_over_one_connection(server: Postmaster) -> None:
    server.rcpt["b@example.cn"] = "550 no such user"
    with courier(server) as open_courier:
        for _ in range(20):
            open_courier.send(LETTER, lambda _: None)
    assert (len(server.got), server.connections) == (20, 1)


def test_after_a_lost_connection_the_next_letter_has_a_new_one(server: Postmaster) -> None:
    server.data = [DROP, "250 taken"]
    with courier(server) as open_courier:
        assert open_courier.send(LETTER, lambda _: None).doubt
        assert open_courier.send(LETTER, lambda _: None).sent
    assert server.connections == 2


def test_an_attachment_that_the_server_finds_too_large_stays_at_home() -> None:
    with mail_server(size=4000) as master:
        done = send(master, replace(LETTER, attachment=b"x" * 5000, attachment_name="r.xlsx"))
    assert set(done.sent) == set(LETTER.recipients)
    assert master.got[0].attachments() == {}


def test_nobody_there_is_told_with_the_cure() -> None:
    with mail_server() as master:
        pass
    with pytest.raises(MailError, match="does not answer") as refused:
        send(master)
    assert "rules/settings.toml" in refused.value.cure
    assert refused.value.exit_code == 8


@pytest.mark.parametrize(
    ("more", "gap"), [(b"250-more\r\n" * 1000, 0), (b"250-more\r\n", 0.05), (b"2", 0.05)]
)
def test_a_reply_that_never_ends_is_not_heard_for_ever(more: bytes, gap: float) -> None:
    """Whoever mailed hung on it, held the lock of the mail, and kept all that it said."""

    def talk(listening: socket.socket) -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            connection.sendall(b"220 ready\r\n")
            while True:
                connection.sendall(more)
                time.sleep(gap)

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as threads:
        threads.submit(talk, listening)
        mail = settings(Postmaster(port=listening.getsockname()[1]))
        patience = Patience(connect=0.3, reply=0.3, last=0.3)
        with pytest.raises(MailError, match="does not end"):
            Courier(mail, Path(), {}, patience).connect()


def test_of_endless_words_the_beginning_is_kept(server: Postmaster) -> None:
    server.data = ["554 " + "no " * 2000]
    (said,) = set(send(server).refused.values())
    assert len(said) < 600


def test_a_server_that_does_not_want_us_is_left() -> None:
    """It refuses EHLO and HELO: no connection stays open behind the failure."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as other:

        def refuse() -> int:
            with listening.accept()[0] as talk:
                talk.settimeout(10)
                talk.sendall(b"220 here\r\n")
                refusals = 0
                while talk.recv(1024):
                    talk.sendall(b"550 not to you\r\n")
                    refusals += 1
                return refusals

        refused = other.submit(refuse)
        with pytest.raises(MailError, match="does not answer") as failed:
            courier(Postmaster(port=listening.getsockname()[1])).connect()
        assert (refused.result(10), failed.value.exit_code) == (2, 8)


# ── who is there, and who we are ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return "ca.pem"


def test_starttls_and_login(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    with mail_server(
        Postmaster(users={"vin": "secret"}), starttls=server_context(authority, "127.0.0.1")
    ) as master:
        more = {"security": "starttls", "ca_file": ca_file, "user": "vin"}
        with courier(master, tmp_path, "secret", **more) as open_courier:
            assert open_courier.send(LETTER, lambda _: None).sent
    assert len(master.got) == 1


def test_tls_from_the_start(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    with (
        mail_server(tls=server_context(authority, "127.0.0.1")) as master,
        courier(master, tmp_path, security="tls", ca_file=ca_file) as open_courier,
    ):
        assert open_courier.send(LETTER, lambda _: None).sent


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("name", "trusted"), [("mail.elsewhere.example", True), ("127.0.0.1", False)])
def test_a_wrong_certificate_is_refused(
    security: str, name: str, trusted: bool, authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    """Of another name, or of an authority that nobody named: nothing is sent, not even the password."""
    context = server_context(authority, name)
    how = {"tls": context} if security == "tls" else {"starttls": context}
    more = {"ca_file": ca_file} if trusted else {}
    with mail_server(**how) as master, pytest.raises(MailError, match="cannot be trusted") as refused:
        courier(master, tmp_path, "secret", security=security, user="vin", **more).connect()
    assert "ca_file" in refused.value.cure
    assert master.got == []


def test_without_starttls_nothing_is_sent(server: Postmaster) -> None:
    with pytest.raises(MailError, match="does not offer STARTTLS"):
        courier(server, security="starttls").connect()


def test_a_wrong_password_is_told_with_the_cure() -> None:
    with (
        mail_server(Postmaster(users={"vin": "secret"})) as master,
        pytest.raises(MailError, match="does not let vin in") as refused,
    ):
        courier(master, secret="wrong", user="vin").connect()
    assert PASSWORD in refused.value.cure
    assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(("user", "secret"), [("vin", "密码"), ("用户", "secret")])
def test_letters_that_no_login_takes_are_told_and_are_no_bug(user: str, secret: str) -> None:
    """Every pass ended as one (exit 1), and status said that all is well while no mail went out."""
    with (
        mail_server(Postmaster(users={"vin": "secret"})) as master,
        pytest.raises(MailError, match="other letters than ASCII") as refused,
    ):
        courier(master, secret=secret, user=user).connect()
    assert secret not in str(refused.value)


def test_a_challenge_that_nobody_can_read_is_no_bug() -> None:
    """Every pass ended as one."""

    def challenge(listening: socket.socket) -> None:
        with listening.accept()[0] as connection:
            heard = connection.makefile("rb")
            for said in (b"220 ready", b"250-here\r\n250 AUTH CRAM-MD5", b"334 abc"):
                connection.sendall(said + b"\r\n")
                heard.readline()

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as other:
        other.submit(challenge, listening)
        mail = settings(Postmaster(port=listening.getsockname()[1]), user="vin")
        with pytest.raises(MailError, match="logging in failed"):
            Courier(mail, Path(), {PASSWORD: "secret"}, QUICK).connect()


def test_a_password_file_of_windows_is_read_without_its_mark(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n", "utf-8-sig")
    (tmp_path / "secret").chmod(0o600)
    with (
        mail_server(Postmaster(users={"vin": "secret"})) as master,
        courier(master, tmp_path, user="vin", password_file="secret") as open_courier,
    ):
        assert open_courier.send(LETTER, lambda _: None).sent


def test_a_password_file_is_for_its_owner_only(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret\n", "utf-8")
    secret.chmod(0o640)
    with mail_server(Postmaster(users={"vin": "secret"})) as master:
        more = {"user": "vin", "password_file": "secret"}
        with pytest.raises(MailError, match="can be read by others") as refused:
            courier(master, tmp_path, **more).connect()
        assert refused.value.cure == f"keep it to its owner: chmod 600 {secret}"
        secret.chmod(0o600)
        with courier(master, tmp_path, **more) as open_courier:
            assert open_courier.send(LETTER, lambda _: None).sent


@pytest.mark.parametrize(
    ("text", "named"), [(None, "No such file.*\n.*the file has to be there"), ("\n", "empty")]
)
def test_a_password_that_is_not_there_is_told(text: str | None, named: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "secret").write_text(text, "utf-8")
        (tmp_path / "secret").chmod(0o600)
    with mail_server(Postmaster(users={"vin": "secret"})) as master, pytest.raises(MailError, match=named):
        courier(master, tmp_path, user="vin", password_file="secret").connect()


# ── no text breaks out ───────────────────────────────────────────────────────────────────────────

NAMES = st.text(st.characters(), max_size=300)


def read(letter: Envelope) -> dict[str, str]:
    mail = message_from_bytes(compose(letter), policy=policy.SMTP)
    return {name: str(value) for name, value in mail.items()}


@settings_of_hypothesis(deadline=None)
@given(NAMES)
def test_no_name_breaks_a_header_or_a_part(name: str) -> None:
    letter = replace(
        LETTER,
        subject=name,
        text=name,
        html=name,
        attachment=b"x",
        attachment_name=name,
        references="<a@b>",
        topic=f"{name} · B",
    )
    headers = read(letter)
    assert set(headers) == {
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
        "Thread-Topic", "Auto-Submitted",
        "X-Auto-Response-Suppress", "X-Vinbatch-Kind", "X-Vinbatch-Batch", "MIME-Version", "Content-Type",
    }  # fmt: skip
    mail = message_from_bytes(compose(letter), policy=policy.SMTP)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    assert all(len(line) <= 998 for line in compose(letter).split(b"\r\n"))


def test_the_letter_that_is_answered_is_named_as_it_is() -> None:
    """Of a long domain it was encoded, and each answer stood alone in the mailbox."""
    named = f"<TRIAL-20260302-0001.answers.1.zh@{'long.' * 15}example.cn>"
    lines = compose(replace(LETTER, references=named)).decode("ascii").split("\r\n")
    assert {f"In-Reply-To: {named}", f"References: {named}"} < set(lines)


@pytest.mark.parametrize("letter", "!#$%&'*+-/=?^_`{|}~.")
def test_an_address_of_odd_letters_is_taken_and_reached(letter: str, server: Postmaster) -> None:
    address = f"a{letter}b@example.cn"
    table = Table("mail", "settings.toml", {"to": [address]}, {})
    (taken,) = compile_mail(table, ()).to
    done = send(server, replace(LETTER, recipients=(taken,)))
    assert set(done.sent) == {address}
    assert server.got[0].recipients == (address,)
    assert server.got[0]["To"] == address


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\r\nBcc: x@y.cn", "a Bcc: x@y.cn"),
        ("gpj.\u202exslx", "gpj. xslx"),
        ("三" * 255, "三" * 199 + "…"),
        ("=?utf-8?q?fake?=", "= ?utf-8?q?fake?="),
        ('=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
        ("\ud800", ""),
    ],
)
def test_a_subject_says_what_the_name_says(name: str, shown: str) -> None:
    assert read(replace(LETTER, subject=name))["Subject"] == shown


def test_a_repetition_is_the_same_letter_and_says_so() -> None:
    first, again = read(LETTER), read(replace(LETTER, again=True))
    assert again.pop("X-Vinbatch-Repeat") == "possible"
    assert first == again
