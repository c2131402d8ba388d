"""File names: as people wrote them, as we can show them, and as we build our own."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import PurePath

from vinbatch.numbering import BATCH

_SLUG_BYTES = 100
_NAME_BYTES = 255  # the longest name that ext4, NFS and SMB all take
_COUNTED = re.compile(r"-(\d{1,2})$", re.ASCII)
_BATCH = re.compile(rf"^(?:{BATCH}_)+")

# Endings that say nothing of a file but that it is one: they are left out of the names that we build.
_KINDS = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".csv", ".tsv", ".txt"}
    | {".ods", ".ots", ".fods", ".numbers", ".doc", ".docx", ".rtf", ".wps", ".wpt", ".odt", ".pdf"}
    | {".lnk", ".zip", ".rar", ".7z", ".htm", ".html", ".mht"}
)
# Endings of what is worked or heard; of a file that is not, by its name, one of these is missed by somebody.
DROPPED = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".xml")


def kind(name: str) -> str:
    """The ending in lower case, with its dot: `.xlsx`."""
    return PurePath(name).suffix.lower()


def readable(path: str | os.PathLike[str]) -> str:
    r"""A name or path that can be stored, mailed and printed: valid text on one line.

    Names that are no UTF-8 mostly come from old Chinese archives and are read as GB 18030; what is not that
    either is shown as \xNN. Control and direction characters become `_`: a newline in a name breaks a mail.
    """
    name = os.fspath(path)
    try:
        text = name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeEncodeError:  # half a character, which no file system hands out
        text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    except UnicodeDecodeError:
        text = _foreign(os.fsencode(name))
    return "".join("_" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text)


def _foreign(raw: bytes) -> str:
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")


def slug(name: str, most: int = _SLUG_BYTES) -> str:
    """What of a file's name goes into the names that we build: `三月 宝马(2).xlsx` → `三月-宝马_2`.

    Letters and digits of any script, joined by `-`; at most so many bytes, never empty. The batch numbers of
    a result workbook that was dropped again are left out, or its name would grow with every round. A number
    at the end is joined by `_`: `-2` is what lies `beside` a name of ours, and a clerk takes the highest.
    """
    text = unicodedata.normalize("NFKC", readable(name))
    text = _BATCH.sub("", text)
    if kind(text) in _KINDS:
        text = text[: -len(kind(text))]
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else "-" for c in text)
    words = [word for word in kept.split("-") if word]
    made = _cut("-".join(words), most).strip("-") or "file"
    return _COUNTED.sub(r"_\1", made)


def batch_in(name: str) -> str:
    """The batch number that a result's name begins with, the last where it has several; "" for none."""
    found = _BATCH.match(unicodedata.normalize("NFKC", readable(name)))
    return found[0].rstrip("_").rpartition("_")[2] if found else ""


def beside(name: str, n: int) -> str:
    """The n-th name for the same thing: `a.xlsx`, `a-2.xlsx`, `a-3.xlsx` …"""
    return name if n < 2 else marked(name, str(n))


def marked(name: str, mark: str) -> str:
    """The same name with a mark of its own: `a-7f83b165.xlsx`."""
    ending = PurePath(name).suffix
    more = f"-{mark}{ending}"
    stem = name[: len(name) - len(ending)]
    return _cut(stem, _NAME_BYTES - len(os.fsencode(more))) + more


def _cut(text: str, most: int) -> str:
    """At most so many bytes, never half a character."""
    while len(os.fsencode(text)) > most:
        text = text[:-1]
    return text
