"""Zips that lie, explode, overlap, or hold what no workbook holds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from attacks import READ, attack
from foreign import bomb, cells, parts, plain, sheet, zipped

GOOD = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
END, ENTRY, LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"


def patched(data: bytes, mark: bytes, offset: int, value: bytes, *, only: int | None = None) -> bytes:
    """`value` at this offset behind each such mark, or behind the n-th."""
    out = bytearray(data)
    at, n = data.find(mark), 0
    while at >= 0:
        if only is None or n == only:
            out[at + offset : at + offset + len(value)] = value
        at, n = data.find(mark, at + 4), n + 1
    return bytes(out)


def with_members(*more: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with more members, whatever their names."""
    out = io.BytesIO(sheet(GOOD))
    with zipfile.ZipFile(out, "a", method) as z:
        for name, content in more:
            z.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


@attack("FILE-BOMB")
def flat_bomb() -> bytes:
    return bomb(100)


@attack("FILE-BOMB")
def bomb_of_a_gigabyte() -> bytes:
    """A sheet of a gigabyte, written without ever having one."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = b" " * 2**20
    packed = b"".join([packer.compress(block) for _ in range(1024)] + [packer.flush()])
    data = bytearray(zipped(parts("X" * 50), zipfile.ZIP_STORED))
    return member_replaced(bytes(data), b"xl/worksheets/sheet1.xml", packed, 2**30)


def member_replaced(data: bytes, name: bytes, packed: bytes, size: int) -> bytes:
    """The zip with this deflated content as its last member."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        kept = {i.filename: z.read(i) for i in z.infolist() if i.filename.encode() != name}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for other, content in kept.items():
            z.writestr(other, content)
    body = out.getvalue()
    start = int.from_bytes(body[body.rfind(END) + 16 :][:4], "little")
    directory = body[start : body.rfind(END)]
    head = struct.pack("<5H3L2H", 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0)
    local = LOCAL + head + name + packed
    entry = ENTRY + struct.pack("<H", 20) + head[:-4] + struct.pack("<5H2L", len(name), 0, 0, 0, 0, 0, start)
    count = len(kept) + 1
    size_of = len(directory) + len(entry) + len(name)
    tail = END + struct.pack("<4H2LH", 0, 0, count, count, size_of, start + len(local), 0)
    return body[:start] + local + directory + entry + name + tail


@attack(READ)
def bomb_in_a_part_that_nobody_reads() -> bytes:
    """A picture of a hundred megabytes of zeros: it is not inflated at all."""
    return with_members(("xl/media/image1.png", bytes(100 * 2**20)))


@attack("FILE-ZIP")
def nested_bomb() -> bytes:
    """A zip of zips of zips."""
    data = zipped({"0": bytes(10 * 2**20)})
    for depth in range(4):
        data = zipped({f"{depth}-{i}.zip": data for i in range(16)})
    return data


@attack("FILE-ZIP-WORKBOOKS")
def workbooks_in_workbooks() -> bytes:
    return zipped({f"{i}.xlsx": plain() for i in range(500)})


@attack("FILE-BOMB")
def many_sheets_that_are_a_bomb_together() -> bytes:
    """Each is small enough."""
    made = parts(GOOD)
    listed = "".join(f'<sheet name="s{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, 41))
    head = str(made["xl/workbook.xml"])
    made["xl/workbook.xml"] = head[: head.index("<sheets>")] + f"<sheets>{listed}</sheets></workbook>"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    made["xl/_rels/workbook.xml.rels"] = "<R>{}</R>".format(
        "".join(f'<Relationship Id="r{i}" Type="{kind}" Target="s{i}.xml"/>' for i in range(1, 41))
    )
    for i in range(1, 41):
        made[f"xl/s{i}.xml"] = b"<worksheet>" + b" " * (3 * 2**20) + b"</worksheet>"
    return zipped(made)


@attack("FILE-OVERLAP")
def overlapping_members() -> bytes:
    """Two names for the same bytes, as the best bombs have them."""
    data = plain()
    return patched(data, ENTRY, 42, struct.pack("<I", 0))


@attack("FILE-OVERLAP")
def one_name_twice() -> bytes:
    return with_members(("XL/Workbook.xml", b"<workbook/>"))


@attack("FILE-OVERLAP")
def one_name_twice_by_backslash() -> bytes:
    return with_members(("xl\\workbook.xml", b"<workbook/>"))


@attack(READ)
def names_that_climb_out() -> bytes:
    return with_members(("../../../tmp/evil.xlsx", b"x"), ("/etc/cron.d/evil", b"x"), ("C:\\evil.bat", b"x"))


@attack(READ)
def a_name_of_sixty_kilobytes() -> bytes:
    return with_members(("x" * 60_000, b"x"))


@attack(READ)
def names_of_other_scripts_and_controls() -> bytes:
    return with_members(("\u202exslx.evil", b"x"), ("a\nb\x1b[31m", b"x"), ("\ufffe", b"x"))


@attack("FILE-DAMAGED")
def bad_check_sum() -> bytes:
    data = zipped(parts(GOOD), zipfile.ZIP_STORED)
    return data.replace(b"<t>x</t>", b"<t>y</t>")


@attack("FILE-CUT-OFF")
def cut_off() -> bytes:
    return plain()[:-200]


@attack("FILE-CUT-OFF")
def head_of_a_zip_only() -> bytes:
    return LOCAL


@attack("FILE-CUT-OFF", "FILE-DAMAGED", "FILE-OVERLAP")
def the_middle_is_missing() -> bytes:
    data = plain()
    return data[:200] + data[400:]


@attack("FILE-CUT-OFF", "FILE-OVERLAP")
def zip64_that_lies() -> bytes:
    """Every size is said to stand in a zip64 field, and none is there."""
    data = patched(plain(), ENTRY, 20, b"\xff" * 8)
    return patched(data, END, 8, b"\xff\xff\xff\xff")


@attack("FILE-CUT-OFF", "FILE-EXCESSIVE")
def zip64_directory_of_exabytes() -> bytes:
    data = plain()
    end = data.rfind(END)
    record = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 2**60, 2**60, 2**60, 2**60)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    return data[:end] + record + locator + END + b"\0\0\0\0" + b"\xff" * 12 + b"\0\0"


@attack("FILE-EXCESSIVE")
def members_without_number() -> bytes:
    return zipped({**parts(GOOD), **{f"x{i}": "" for i in range(20_000)}}, zipfile.ZIP_STORED)


@attack(READ)
def counts_that_lie() -> bytes:
    """The entries themselves are whole, and they count."""
    return patched(plain(), END, 8, b"\xfe\xff\xfe\xff")


@attack("FILE-CUT-OFF", "FILE-DAMAGED", "FILE-OVERLAP")
def a_directory_beyond_the_end() -> bytes:
    return patched(plain(), END, 16, b"\xf0\xff\xff\x7f")


@attack("FILE-PASSWORD")
def a_locked_member() -> bytes:
    return patched(plain(), ENTRY, 8, b"\x01\x00")


@attack("FILE-DAMAGED", "FILE-CUT-OFF")
def an_unknown_way_of_packing() -> bytes:
    return patched(plain(), ENTRY, 10, b"\x63\x00")


@attack("FILE-DAMAGED")
def packed_in_lzma() -> bytes:
    """Legal in zips, foreign to workbooks, and a bomb of its own kind."""
    return zipped(parts(cells("VIN")), zipfile.ZIP_LZMA)


@attack("FILE-BOMB")
def sizes_that_lie() -> bytes:
    return patched(bomb(100), ENTRY, 24, struct.pack("<I", 10))


@attack("FILE-DAMAGED")
def a_stream_that_never_ends() -> bytes:
    """Deflate without its last block."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(b"<worksheet/>") + packer.flush(zlib.Z_SYNC_FLUSH)
    data = zipped(parts("X"), zipfile.ZIP_STORED)
    return member_replaced(data, b"xl/worksheets/sheet1.xml", packed, 12)


@attack(READ)
def a_comment_that_looks_like_an_end() -> bytes:
    out = io.BytesIO(sheet(GOOD))
    with zipfile.ZipFile(out, "a") as z:
        z.comment = b"PK\x05" + b"A" * 100
    return out.getvalue()


@attack("FILE-CUT-OFF", "FILE-DAMAGED", "FILE-OVERLAP")
def two_ends() -> bytes:
    """Two unzippers may each take another one."""
    data = plain()
    return data + END + bytes(18) + data[data.rfind(END) :]


@attack(READ)
def a_program_before_the_zip() -> bytes:
    """Data behind the zip is harmless; a program that hides before it is no zip any more."""
    return sheet(GOOD) + b"\x7fELF" + bytes(10_000)
