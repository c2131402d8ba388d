"""A letter as the bytes that travel: headers, a text and an HTML part, the result workbook.

Texts are ours or pass through the rules' phrases, but file names and customs' words are in them. Whatever
they hold, they end up as one encoded header or within one encoded part.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy

from vinbatch.noun import Noun
from vinbatch.visible import visible

_LONGEST_SUBJECT = 200
_NAMING = ("In-Reply-To", "References")
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class _Policy(EmailPolicy):
    """Leaves a Message-ID that is referred to as it is: email encodes one longer than a line, and then no
    program finds the letter that is answered.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header in its lines."""
        if name in _NAMING:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


class Envelope(Noun, frozen=True):
    """One letter to some recipients. `at` is when it was queued: a repetition is the same letter."""

    message: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    at: datetime
    kind: str
    batch: str = ""
    references: str = ""
    topic: str = ""
    again: bool = False
    attachment: bytes | None = None
    attachment_name: str = ""


def compose(envelope: Envelope) -> bytes:
    """The message, with CRLF line ends."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = envelope.sender
    mail["To"] = ", ".join(envelope.recipients)
    mail["Subject"] = one_line(envelope.subject)
    mail["Date"] = envelope.at
    mail["Message-ID"] = envelope.message
    if envelope.references:
        mail["In-Reply-To"] = envelope.references
        mail["References"] = envelope.references
    if envelope.topic:
        # Exchange and Outlook gather by this; without it by the subject, which tells the news.
        mail["Thread-Topic"] = one_line(envelope.topic)
    # Nobody's absence note answers this, and no other robot does.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Vinbatch-Kind"] = envelope.kind
    if envelope.batch:
        mail["X-Vinbatch-Batch"] = envelope.batch
    if envelope.again:
        mail["X-Vinbatch-Repeat"] = "possible"
    mail.set_content(visible(envelope.text), cte="base64")
    mail.add_alternative(visible(envelope.html), subtype="html", cte="base64")
    if envelope.attachment is not None:
        name = one_line(envelope.attachment_name)
        mail.add_attachment(envelope.attachment, maintype=_XLSX[0], subtype=_XLSX[1], filename=name)
    _bounded(mail, envelope.message)
    return mail.as_bytes()


def _bounded(mail: EmailMessage, message: str) -> None:
    """Boundaries out of the Message-ID, so that a repetition is the same to the byte; base64 has no `_`."""
    seed = hashlib.sha256(message.encode()).hexdigest()[:24]
    for number, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        part.set_boundary(f"=_{number}_{seed}")


def one_line(text: str) -> str:
    """A text as a header may hold it: no control or direction characters, no half letters, not endless."""
    kept = "".join(" " if _breaks(c) else c for c in text)
    told = " ".join(kept.split()).replace("=?", "= ?")  # an encoded word would be read as what it encodes
    return told if len(told) <= _LONGEST_SUBJECT else f"{told[: _LONGEST_SUBJECT - 1]}…"


def _breaks(c: str) -> bool:
    return unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
