"""Shortcuts of Windows (.lnk): who drops one to a workbook waits for the answer to the workbook."""

from __future__ import annotations

from pathlib import Path

from vinbatch.effects import disk

ENDING = ".lnk"
_HEAD = b"L\0\0\0\x01\x14\x02\0"
_MOST = 8192  # bytes: where it leads to stands near its beginning
_WORKBOOK = ".xls"  # and .xlsx, .xlsm, .xlsb


def to_workbook(path: Path) -> bool:
    """Whether a file is a shortcut to a workbook: one to a folder somebody may have put there to stay."""
    try:
        head = disk.head_of(path, _MOST).lower()
    except OSError:
        return False
    named = (_WORKBOOK.encode(), _WORKBOOK.encode("utf-16-le"))
    return head.startswith(_HEAD.lower()) and any(name in head for name in named)
