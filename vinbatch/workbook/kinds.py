"""What a file really is, whatever its name says: by its first bytes and by what a zip holds."""

from __future__ import annotations

import re
from collections.abc import Collection

from vinbatch.workbook.refused import RefusedError

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# First bytes → code. BIFF without a container is what Excel 2 to 4 wrote, and some exports still write.
_MAGIC = (
    (b"%PDF-", "FILE-PDF"),
    (b"\x89PNG", "FILE-IMAGE"),
    (b"\xff\xd8\xff", "FILE-IMAGE"),
    (b"GIF8", "FILE-IMAGE"),
    (b"BM", "FILE-IMAGE"),
    (b"L\0\0\0\x01\x14\x02\0", "FILE-SHORTCUT"),
    (b"II*\0", "FILE-IMAGE"),
    (b"MM\0*", "FILE-IMAGE"),
    (b"Rar!", "FILE-ARCHIVE"),
    (b"7z\xbc\xaf\x27\x1c", "FILE-ARCHIVE"),
    (b"\x1f\x8b", "FILE-ARCHIVE"),
    (b"BZh", "FILE-ARCHIVE"),
    (b"\xfd7zXZ", "FILE-ARCHIVE"),
    (b"\x09\x00\x04\x00", "FILE-XLS"),
    (b"\x09\x02\x06\x00", "FILE-XLS"),
    (b"\x09\x04\x06\x00", "FILE-XLS"),
    (b"\x09\x08\x10\x00", "FILE-XLS"),
    (b"\x09\x08\x08\x00", "FILE-XLS"),
    (b"{\\rtf", "FILE-DOCX"),
)
# Streams of an OLE container; their names stand in it as UTF-16. Encryption first: it hides the rest. That by
# rights (IRM) has the stream of a password too, and nobody has a password to take off.
_STREAMS = (
    ("DRMEncrypted", "FILE-DRM"),
    ("DRMContent", "FILE-DRM"),
    ("EncryptedPackage", "FILE-PASSWORD"),
    ("WordDocument", "FILE-DOCX"),
    ("PowerPoint Document", "FILE-PPTX"),
    ("Workbook", "FILE-XLS"),
    ("Book", "FILE-XLS"),
)
# HEIC and AVIF: what telephones make of a photograph.
_PHOTOGRAPHS = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypavif")
# Parts that name the kind of a zip.
_MEMBERS = (
    ("xl/workbook.bin", "FILE-XLSB"),
    ("word/document.xml", "FILE-DOCX"),
    ("ppt/presentation.xml", "FILE-PPTX"),
    ("index/document.iwa", "FILE-NUMBERS"),
    ("index.zip", "FILE-NUMBERS"),
)
_ODF = (
    (b"application/vnd.oasis.opendocument.spreadsheet", "FILE-ODS"),
    (b"application/vnd.oasis.opendocument.presentation", "FILE-PPTX"),
    (b"application/vnd.oasis.opendocument", "FILE-DOCX"),
)
_HTML = re.compile(r"<\s*(html|table|!doctype\s+html|head|body|meta|div)\b|^mime-version:", re.I)
_WORKBOOK = re.compile(r"\.(xlsx|xlsm|xls|et|csv|ods)$", re.I)
_HEAD = 8192


def check_kind(name: str, data: bytes) -> None:
    """RefusedError for everything that is no zip; what the zip holds is `check_members`' question."""
    if not data:
        raise RefusedError("FILE-EMPTY")
    if data.startswith(ZIP):
        return
    if not data.strip(b"\0"):
        raise RefusedError("FILE-ZEROS")
    if data.startswith(OLE):
        raise RefusedError(_ole_code(name, data))
    raise RefusedError(_magic_code(data) or _text_code(data) or "FILE-UNKNOWN")


def _ole_code(name: str, data: bytes) -> str:
    for stream, code in _STREAMS:
        if stream.encode("utf-16-le") in data:
            # WPS' own .et is the same container; only its name tells, and its cure is another.
            is_et = code == "FILE-XLS" and name.lower().endswith((".et", ".ett"))
            return "FILE-ET" if is_et else code
    return "FILE-UNKNOWN"


def _magic_code(data: bytes) -> str:
    if b"E-SafeNet" in data[:_HEAD]:  # the header of a widespread transparent encryption of companies
        return "FILE-DRM"
    if data[4:12] in _PHOTOGRAPHS or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return "FILE-IMAGE"
    if data[257:262] == b"ustar":
        return "FILE-ARCHIVE"
    return next((code for magic, code in _MAGIC if data.startswith(magic)), "")


def _text_code(data: bytes) -> str:
    text = _text(data[:_HEAD])
    if text is None:
        return ""
    start = text.lstrip("\ufeff \t\r\n")
    if "urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "FILE-XML"
    if "urn:oasis:names:tc:opendocument" in start:
        return "FILE-ODS"
    if _HTML.search(start):
        return "FILE-HTML"
    return "FILE-XML" if start.startswith("<?xml") else "FILE-CSV"


def _text(head: bytes) -> str | None:
    """The head of a text file; None where it is no text. Chinese CSV is GBK more often than UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the head may end inside of a character
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def check_members(names: Collection[str], mimetype: bytes) -> None:
    """RefusedError for a zip that is no .xlsx. `names` are folded; `mimetype` is that part's content."""
    if mimetype.startswith(b"application/vnd.oasis"):
        raise RefusedError(next(code for kind, code in _ODF if mimetype.startswith(kind)))
    for member, code in _MEMBERS:
        if member in names:
            raise RefusedError(code)
    inside = sorted(n for n in names if _WORKBOOK.search(n))
    if inside:
        raise RefusedError("FILE-ZIP-WORKBOOKS", inside=tuple(inside[:3]))
    raise RefusedError("FILE-ZIP")
