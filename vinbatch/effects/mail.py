"""Mail on its way: one connection for all letters, and for each recipient what the server said.

A server that cannot be reached, is not who it says it is, or does not let us in is MailError: everything
waits. What it says of a letter or a recipient is an answer: for good (2xx, 5xx), or for now (4xx). Where the
connection is lost after the content went out, nobody knows: the letter is in doubt, and goes out again.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from vinbatch.effects import disk
from vinbatch.effects.envelope import Envelope, compose
from vinbatch.effects.mail_lines import Lines, dotted_blocks
from vinbatch.effects.mail_password import PASSWORD, password
from vinbatch.errors import MailError
from vinbatch.mail_settings import Mail
from vinbatch.noun import Noun, replace

_GO_ON = 354
_FULL, _TOO_MUCH, _CLOSING = 452, 552, 421
_TOO_LARGE = re.compile(r"552|5\d\d 5\.(2\.3|3\.4)\b")  # of one reply: the mailbox, or the letter for it
_MOST_SAID = 500  # characters of it that are kept and told
_LOST = (smtplib.SMTPServerDisconnected, OSError)
Addresses = tuple[str, ...]


class _Bounded(smtplib.SMTP):
    """Hears replies of so many lines in so much time: smtplib would listen, and keep them all, for ever."""

    def getreply(self) -> tuple[int, bytes]:
        heard, sock = self.file, self.sock
        if sock is not None and (heard is None or isinstance(heard, Lines)):
            self.file = Lines(heard.file if heard else sock.makefile("rb"), sock.gettimeout())
        return super().getreply()


class _BoundedTls(_Bounded, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class Patience(Noun, frozen=True):
    """Seconds to wait for a connection, for a reply, and for the last one: servers look for viruses first."""

    connect: float = 30
    reply: float = 60
    last: float = 600


@dataclass
class Delivery:
    """What became of a letter, recipient by recipient, with the server's words."""

    sent: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    doubt: dict[str, str] = field(default_factory=dict)
    lost: bool = False  # the connection broke

    def note(self, code: int, said: str, recipients: Addresses) -> None:
        """A reply to all of these."""
        place = self.sent if code < 400 else self.later if code < 500 else self.refused
        place.update(dict.fromkeys(recipients, said))

    def too_large(self) -> Addresses:
        """Who would take a smaller letter; nothing was noted of them from now on."""
        found = {a: said for a, said in (self.later | self.refused).items() if _TOO_LARGE.match(said)}
        for place in (self.later, self.refused):
            for address in found:
                place.pop(address, None)
        return tuple(found)

    def add(self, other: Delivery) -> None:
        """Takes in what became of other recipients, later: `lost` tells of the last connection."""
        for mine, more in zip(self._places(), other._places(), strict=True):
            mine.update(more)
        self.lost = other.lost

    def _places(self) -> tuple[dict[str, str], ...]:
        return self.sent, self.later, self.refused, self.doubt


class Courier:
    """Use as a context manager; connects when the first letter goes out, and keeps the connection."""

    def __init__(
        self, mail: Mail, root: Path, environment: Mapping[str, str], patience: Patience | None = None
    ) -> None:
        self._mail, self._root, self._environment = mail, root, environment
        self._patience = patience or Patience()
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Courier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()  # it is said; whether the server heard it does not matter

    def connect(self) -> smtplib.SMTP:
        """The connection, secured and logged in. MailError with the cure."""
        if self._smtp is None:
            smtp = self._opened()
            try:
                self._log_in(smtp)
            except BaseException:
                smtp.close()
                raise
            self._smtp = smtp
        return self._smtp

    def send(self, envelope: Envelope, about_to: Callable[[Addresses], None]) -> Delivery:
        """Sends one letter. `about_to` is told who gets it, right before its content goes out."""
        smtp = self.connect()
        data = compose(envelope)
        if envelope.attachment is not None and self._exceeds(smtp, len(data)):
            envelope = replace(envelope, attachment=None)  # its place in reports/ is in the text
            data = compose(envelope)
        done = self._try(smtp, envelope, data, about_to)
        if envelope.attachment is not None and (large := done.too_large()):
            self._drop()  # many a server hangs up when it has said so
            try:
                done.add(self.send(replace(envelope, recipients=large, attachment=None), about_to))
            except MailError as e:
                done.later.update(dict.fromkeys(large, _said_of(e.__cause__ or e)))
        return done

    # ── one letter ───────────────────────────────────────────────────────────────────────────────

    def _try(
        self, smtp: smtplib.SMTP, envelope: Envelope, data: bytes, about_to: Callable[[Addresses], None]
    ) -> Delivery:
        done = Delivery()
        try:
            taken = self._address(smtp, envelope, len(data), done)
            if taken:
                self._content(smtp, data, taken, done, about_to)
        except _LOST as e:
            # Before the last dot: no server delivers half a letter.
            self._drop()
            done.lost = True
            left = [a for a in envelope.recipients if a not in _answered(done)]
            done.later.update(dict.fromkeys(left, _said_of(e)))
        return done

    def _address(self, smtp: smtplib.SMTP, envelope: Envelope, size: int, done: Delivery) -> Addresses:
        """Who of the recipients is taken; what is said of the others is noted."""
        options = [f"SIZE={size}"] if smtp.has_extn("size") else []
        code, said = _reply(smtp.mail(envelope.sender, options))
        if code != 250:
            # 5xx here speaks of the sender: a setting to be mended, after which the letter goes out.
            done.note(code if _TOO_LARGE.match(said) else _FULL, said, envelope.recipients)
            self._end(smtp, code)
            return ()
        taken = []
        for address in envelope.recipients:
            code, said = _reply(smtp.rcpt(address))
            if code < 300:
                taken.append(address)
            else:
                # 552 speaks of too many recipients, or a full mailbox: RFC 5321, 4.5.3.1.10.
                done.note(_FULL if code == _TOO_MUCH else code, said, (address,))
            if code == _CLOSING:
                raise smtplib.SMTPServerDisconnected(said)
        if not taken:
            self._end(smtp, code)
        return tuple(taken)

    def _content(
        self,
        smtp: smtplib.SMTP,
        data: bytes,
        taken: Addresses,
        done: Delivery,
        about_to: Callable[[Addresses], None],
    ) -> None:
        code, said = _reply(smtp.docmd("DATA"), _GO_ON)
        if code != _GO_ON:
            done.note(max(code, 400), said, taken)
            self._end(smtp, code)
            return
        try:
            about_to(taken)
        except BaseException:
            self._drop()  # to what waits for content QUIT is content
            raise
        for block in dotted_blocks(data):
            smtp.send(block)  # each within the patience for a reply: a slow line is no dead one
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._patience.last)
            code, said = _reply(smtp.getreply())
            if smtp.sock is not None:
                smtp.sock.settimeout(self._patience.reply)
        except _LOST as e:
            done.doubt.update(dict.fromkeys(taken, _said_of(e)))
            done.lost = True
            self._drop()
            return
        done.note(code, said, taken)
        if code == _CLOSING:
            self._drop()

    def _end(self, smtp: smtplib.SMTP, code: int) -> None:
        """Ready for the next letter."""
        if code == _CLOSING:
            self._drop()
        else:
            smtp.rset()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _exceeds(self, smtp: smtplib.SMTP, size: int) -> bool:
        limit = smtp.esmtp_features.get("size", "")
        return limit.isdecimal() and 0 < int(limit[:18]) < size  # Python reads no number of any length

    # ── the connection ───────────────────────────────────────────────────────────────────────────

    def _opened(self) -> smtplib.SMTP:
        server = f"{self._mail.host}:{self._mail.at_port}"
        try:
            smtp = self._reached()
            try:
                if self._mail.security == "starttls":
                    self._start_tls(smtp)
                if smtp.sock is not None:
                    smtp.sock.settimeout(self._patience.reply)
                smtp.ehlo_or_helo_if_needed()
            except BaseException:
                smtp.close()
                raise
        except ssl.SSLCertVerificationError as e:
            raise MailError("mail.untrusted", server=server, said=e.verify_message) from e
        except (smtplib.SMTPException, OSError) as e:
            raise MailError("mail.silent", server=server, said=_said_of(e)) from e
        return smtp

    def _reached(self) -> smtplib.SMTP:
        """Connected; what fails on the way there smtplib closes itself."""
        mail, port, name, wait = self._mail, self._mail.at_port, _our_name(), self._patience.connect
        if mail.security == "tls":
            return _BoundedTls(mail.host, port, local_hostname=name, timeout=wait, context=self._context())
        return _Bounded(mail.host, port, local_hostname=name, timeout=wait)

    def _start_tls(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo()
        if not smtp.has_extn("starttls"):
            raise MailError("mail.open", server=self._mail.host)
        smtp.starttls(context=self._context())

    def _context(self) -> ssl.SSLContext:
        """Verifies certificate and name; the machine's authorities, or those of ca_file alone."""
        if not self._mail.ca_file:
            return ssl.create_default_context()
        path = self._root / self._mail.ca_file
        try:
            return ssl.create_default_context(cafile=str(path))
        except OSError as e:
            raise MailError("mail.authority", at=str(path), why=disk.why(e)) from e

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        mail = self._mail
        if not mail.user:
            return
        secret = password(mail, self._root, self._environment)
        try:
            smtp.login(mail.user, secret)
        except smtplib.SMTPAuthenticationError as e:
            raise MailError(
                "mail.login",
                server=mail.host,
                user=mail.user,
                said=f"{e.smtp_code} {_words(e.smtp_error)}",
                variable=PASSWORD,
            ) from e
        except UnicodeEncodeError as e:  # smtplib sends ASCII
            raise MailError("mail.letters", at=mail.host, user=mail.user, variable=PASSWORD) from e
        except (smtplib.SMTPException, OSError, ValueError) as e:  # the last of a challenge that is no Base64
            raise MailError("mail.login_broke", at=mail.host, said=_said_of(e)) from e


def _answered(done: Delivery) -> set[str]:
    return {*done.sent, *done.later, *done.refused, *done.doubt}


def _reply(reply: tuple[int, bytes], go_on: int | None = None) -> tuple[int, str]:
    """Code and words. After what is neither yes nor no, or no reply at all, nobody knows what the next one
    speaks of: the connection is as good as lost.
    """
    code, said = reply
    told = f"{code} {_words(said)}" if code > 0 else _words(said)
    if code // 100 not in (2, 4, 5) and code != go_on:
        raise smtplib.SMTPServerDisconnected(told)
    return code, told


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    told = " ".join("".join(c if c.isprintable() else " " for c in text[: 2 * _MOST_SAID]).split())
    return told if len(told) <= _MOST_SAID else f"{told[: _MOST_SAID - 1]}…"


def _said_of(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return _words(str(error)) or "the connection was lost"


def _our_name() -> str:
    """What we call ourselves, without asking a name server."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
