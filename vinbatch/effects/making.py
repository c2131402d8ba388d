"""How a home is made, or completed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.guides import GUIDES, MANUAL, for_notepad, has_manual, manual
from vinbatch.effects.home import CLAIMED, FORMS, OWN, RECEIPTS, SENTINEL
from vinbatch.effects.layout import refuse_nested
from vinbatch.effects.seal import seal
from vinbatch.effects.starter import starter
from vinbatch.paths import is_folder, is_there

_FOLDERS = (
    OWN,
    f"{OWN}/archive",
    f"{OWN}/locks",
    "inbox",
    f"inbox/{RECEIPTS}",
    "outbox",
    "reports",
    "rules",
    "templates",
)
_TRUSTED = frozenset({OWN, "rules", "templates"})
_SENTINEL_TEXT = (
    "vinbatch: this file tells the inbox from an empty folder under a share that is gone. Keep it.\n"
)


def init(folder: Path, form: bytes, guide: str, language: str = "zh") -> list[str]:
    """Makes a home, or what is missing of one, and overwrites nothing. Returns what it made, relative.

    Rules are not copied: a home's lie over the packaged ones, and a copy would freeze them. AccessError where
    it would lie within the inbox of another.
    """
    refuse_nested(folder)
    with disk.reaching(folder):
        _make_root(folder)
        made = [f"{name}/" for name in _FOLDERS if _make_folder(folder / name)]
        files = {
            f"reports/{FORMS[language]}": form,
            f"inbox/{GUIDES[language]}": for_notepad(guide),
            **({f"reports/{MANUAL}": seal(manual())} if has_manual(language) else {}),
            "rules/settings.toml": starter(language).encode(),
            **({} if is_there(folder / OWN / "ledger.db") else {f"{OWN}/{CLAIMED}": b""}),
            # Last: a home that is half made is none.
            f"inbox/{SENTINEL}": _SENTINEL_TEXT.encode(),
        }
        made += [name for name, data in files.items() if _make_file(folder / name, data)]
    return made


def _make_root(folder: Path) -> None:
    """Closed, whatever the umask: who may write there could put rules of his own in the place of ours."""
    new = [path for path in (folder, *folder.parents) if not is_there(path)]
    folder.mkdir(parents=True, exist_ok=True)
    for path in new:
        path.chmod(path.stat().st_mode & ~0o022)


def _make_folder(path: Path) -> bool:
    if is_folder(path):
        return False
    path.mkdir()
    # Ours has every VIN, and what customs said of it: for who works, and who looks with his group.
    if path.name in _TRUSTED:  # whatever the umask: who drops files must not write these
        path.chmod(path.stat().st_mode & ~(0o027 if path.name == OWN else 0o022))
    return True


def _make_file(path: Path, data: bytes) -> bool:
    if os.path.lexists(path):
        return False
    with suppress(FileExistsError):  # made by somebody else in this moment
        disk.write_beside(path, data, replace=False)
        return True
    return False
