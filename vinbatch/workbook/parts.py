"""The parts of a zip, inflated under a cap: the one place that takes a foreign zip apart.

Nothing behind this module sees the foreign zip: two unzippers may disagree about one (double names,
overlaps, sizes that lie), so the reader gets a zip that is built anew from the parts given here.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from vinbatch.workbook.refused import RefusedError, damaged

MAX_INFLATED = 96 * 2**20  # bytes of all parts that are looked at; a full form has 2 MB
MAX_MEMBERS = 4096
_END = b"PK\x05\x06"
_MAX_DIRECTORY = 2**20
_ENCODINGS = (
    "utf-8",
    "utf8",
    "us-ascii",
    "ascii",
    "utf-16",
    "gbk",
    "gb2312",
    "gb18030",
    "iso-8859-1",
    "windows-1252",
)
_DECLARED = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml.*?\?>", re.DOTALL)


@dataclass(slots=True)
class Parts:
    """The members of a zip by folded name; inflates on demand, counting against the cap."""

    data: bytes
    members: dict[str, zipfile.ZipInfo]
    left: int = MAX_INFLATED

    def __contains__(self, name: str) -> bool:
        return fold_name(name) in self.members

    @property
    def commented(self) -> bool:
        """Whether any part may hold what people wrote onto cells."""
        return any("comment" in name for name in self.members)

    def read(self, name: str) -> bytes:
        """The content of a member. RefusedError where it is missing, damaged, locked or too much."""
        info = self.members.get(fold_name(name))
        if info is None:
            raise damaged(name)
        if info.flag_bits & 0x1:
            raise RefusedError("FILE-PASSWORD")
        content = self._inflate(info, _content(self.data, info))
        if zlib.crc32(content) != info.CRC:
            raise damaged(name)
        self.left -= len(content)
        return content

    def xml(self, name: str) -> bytes:
        """The same, as UTF-8 XML that declares neither an encoding nor a document type."""
        content = _utf8(name, self.read(name))
        if b"\0" in content:  # UTF-32 and the like, which would be taken for something else
            raise damaged(name)
        # One byte is found ten times faster than three.
        if b"!" in content and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
            raise RefusedError("FILE-DOCTYPE")
        return content

    def _inflate(self, info: zipfile.ZipInfo, packed: bytes) -> bytes:
        too_much = RefusedError("FILE-BOMB", limit=str(MAX_INFLATED // 2**20))
        if info.compress_type == zipfile.ZIP_STORED:
            if len(packed) > self.left:
                raise too_much
            return packed
        if info.compress_type != zipfile.ZIP_DEFLATED:
            raise damaged(info.filename)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, self.left + 1)
        except zlib.error as e:
            raise damaged(info.filename) from e
        if len(content) > self.left:
            raise too_much
        if not inflater.eof:
            raise damaged(info.filename)
        return content


def fold_name(name: str) -> str:
    """A part's name as it is looked up: Excel minds neither case nor a leading slash."""
    return name.replace("\\", "/").lstrip("/").lower()


def open_parts(data: bytes) -> Parts:
    """The directory of a zip, checked. RefusedError where it is cut off, damaged or overlapping."""
    end = data.rfind(_END)
    if end < 0 or end + 22 > len(data):
        raise RefusedError("FILE-CUT-OFF")
    if int.from_bytes(data[end + 12 : end + 16], "little") > _MAX_DIRECTORY:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.members", limit=str(MAX_MEMBERS))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            infos = zipped.infolist()
    # zipfile answers a crooked directory with whatever breaks first.
    except (zipfile.BadZipFile, OSError, ValueError, ArithmeticError, NotImplementedError, EOFError) as e:
        raise RefusedError("FILE-CUT-OFF") from e
    if len(infos) > MAX_MEMBERS:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.members", limit=str(MAX_MEMBERS))
    _check_overlaps(infos)
    members = {fold_name(i.filename): i for i in infos}
    if len(members) < len(infos):
        raise RefusedError("FILE-OVERLAP")
    return Parts(data, members)


def _check_overlaps(infos: list[zipfile.ZipInfo]) -> None:
    """Members that share bytes make small files huge; no program that writes workbooks does that."""
    end = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise RefusedError("FILE-OVERLAP")
        end = info.header_offset + 30 + info.compress_size


def _content(data: bytes, info: zipfile.ZipInfo) -> bytes:
    header = data[info.header_offset : info.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise damaged(info.filename)
    skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = info.header_offset + 30 + skipped
    packed = data[start : start + info.compress_size]
    if len(packed) < info.compress_size:
        raise RefusedError("FILE-CUT-OFF")
    return packed


def _utf8(name: str, content: bytes) -> bytes:
    """XML in UTF-8, as nearly all of it is; UTF-16 and declared encodings are rewritten."""
    declared = _DECLARED.match(content)
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        encoding = "utf-16" if content[0] >= 0xFE else ("utf-16-le" if content[1] == 0 else "utf-16-be")
    elif encoding not in _ENCODINGS:
        raise damaged(name)
    try:
        text = content.decode(encoding)
    except UnicodeError as e:
        raise damaged(name) from e
    if encoding in ("utf-8", "utf8"):
        return content.removeprefix(b"\xef\xbb\xbf")
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
