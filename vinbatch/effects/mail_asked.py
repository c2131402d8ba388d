"""The settings of mail with which letters had to wait: once somebody changes them, the letters go at once."""

from __future__ import annotations

from pathlib import Path

from vinbatch.effects.disk import reaching, write_quickly
from vinbatch.effects.home import Home
from vinbatch.paths import is_there

_NOTE = "mail-asked"


def note(home: Home) -> None:
    """Letters wait because of what the server said, or did not say."""
    write_quickly(home.own / _NOTE, _asked(home).encode())


def mended(home: Home) -> bool:
    """Whether settings, password or certificate are others than when letters had to wait; told once."""
    place = home.own / _NOTE
    with reaching(place):
        if not is_there(place) or place.read_bytes() == _asked(home).encode():
            return False
        place.unlink()
    return True


def _asked(home: Home) -> str:
    """Never the password, but when its file was written; one in the environment is not seen to change."""
    mail = home.settings.mail
    told = [mail.host, str(mail.at_port), mail.security, mail.user, mail.sender]
    return "\n".join((*told, *(_written(home.root, name) for name in (mail.password_file, mail.ca_file))))


def _written(root: Path, name: str) -> str:
    try:
        found = (root / name).stat()
    except OSError:
        return name
    return f"{name} {found.st_mtime_ns} {found.st_size} {found.st_ino}"
