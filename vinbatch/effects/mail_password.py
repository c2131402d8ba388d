"""Where the password of the mail server comes from: the environment, or a file that only its owner reads."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.errors import MailError
from vinbatch.mail_settings import Mail
from vinbatch.wording import Said

PASSWORD = "VINBATCH_MAIL_PASSWORD"  # noqa: S105 - the name of a variable


def password(mail: Mail, root: Path, environment: Mapping[str, str]) -> str:
    """From the environment, else the first line of a file that only its owner reads; else MailError."""
    given = environment.get(PASSWORD)
    if given:
        return given
    if not mail.password_file:
        raise MailError("mail.no_password", user=mail.user, variable=PASSWORD)
    path = root / mail.password_file
    try:
        with path.open(encoding="utf-8-sig") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            line = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as e:
        told = disk.why(e) if isinstance(e, OSError) else Said("why.no_text")
        raise MailError("mail.secret", at=str(path), why=told) from e
    if mode & 0o077:
        raise MailError("mail.secret_open", place=str(path), mode=f"{mode:o}")
    if not line:
        raise MailError("mail.secret_empty", at=str(path))
    return line
