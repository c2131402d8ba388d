"""A real mail server on loopback that does what a test tells it, and keeps what it was given."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

# The settings of a home that mails through it; `format` with its port.
MAIL = """[mail]
host = "127.0.0.1"
port = {port}
security = "plain"
sender = "vin@example.cn"
to = ["clerk@example.cn"]
"""
DROP = "drop"  # take the content, and hang up without a word


@dataclass(frozen=True)
class Got:
    """A letter that the server took, whatever it said."""

    recipients: tuple[str, ...]
    mail: EmailMessage

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert isinstance(part, EmailMessage)
        return str(part.get_content()).replace("\r\n", "\n")

    def attachments(self) -> dict[str, bytes]:
        return {str(p.get_filename()): p.get_content() for p in self.mail.iter_attachments()}

    def __getitem__(self, header: str) -> str:
        return str(self.mail[header])


@dataclass
class Postmaster:
    """`rcpt` and `sender` answer addresses, `data` the contents in turn; the last answer stays."""

    rcpt: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    data: list[str] = field(default_factory=lambda: ["250 taken"])
    slow: float = 0
    users: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender:
            return self.sender
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.rcpt.get(address, "250 ok")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.SMTP)
        self.got.append(Got(tuple(envelope.rcpt_tos), mail))
        said = self.data.pop(0) if len(self.data) > 1 else self.data[0]
        await asyncio.sleep(self.slow)
        if said == DROP:
            server.transport.abort()
            return "250 nobody hears this"
        return said

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=right, handled=False)

    def subjects(self, to: str = "") -> list[str]:
        """Of all letters, or of those to one recipient alone."""
        return [got["Subject"] for got in self.got if not to or got.recipients == (to,)]

    def forget(self) -> None:
        """As it was when it began, on the port that it has."""
        vars(self).update(vars(Postmaster(port=self.port)))


class _Server(Controller):
    """On a port that the system chooses."""

    handler: Postmaster

    def factory(self) -> SMTP:
        self.handler.connections += 1
        return super().factory()

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
        self.handler.connections -= 1  # that was the controller itself


@contextmanager
def mail_server(
    master: Postmaster | None = None,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    size: int = 2**25,
) -> Iterator[Postmaster]:
    master = master or Postmaster()
    more: dict[str, Any] = {"tls_context": starttls} if starttls else {}
    if master.users:
        more |= {
            "authenticator": master.authenticate,
            "auth_required": bool(starttls),  # it warns of passwords in the clear
            "auth_require_tls": bool(starttls),
        }
    server = _Server(
        master,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        data_size_limit=size,
        server_hostname="x",
        **more,
    )
    server.start()
    master.port = server.port
    try:
        yield master
    finally:
        server.stop()
