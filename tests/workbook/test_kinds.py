"""Every wrong kind of file is told by its content, in its own words."""

import pytest
from foreign import FILES, NAMES, OLE, inspected, plain, zipped

from vinbatch.model import Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.read import read

REASONS = {
    "FILE-TOO-HEAVY": "a reader that dies: tests/effects/test_pool.py",
    "FILE-TOO-SLOW": "a reader that dies: tests/effects/test_pool.py",
    "FILE-KILLS-READER": "a reader that dies: tests/effects/test_pool.py",
}


def examples(ruleset: Ruleset, which: str) -> list[tuple[str, str]]:
    """(code, file) of the findings whose examples are files that we can read here."""
    rules = ruleset.findings.values()
    found = [(r.code, str(getattr(r, which).get("file", ""))) for r in rules]
    return [(code, file) for code, file in found if file in FILES]


def inspect(ruleset: Ruleset, file: str) -> str | None:
    found = inspected(NAMES.get(file, "三月.xlsx"), FILES[file](), ruleset)
    return found.code if found else None


def test_every_bad_example_is_refused_for_its_own_reason(ruleset: Ruleset) -> None:
    """What preflight lets through, the reader refuses."""
    made = {code: FILES[file]() for code, file in examples(ruleset, "bad")}
    names = {code: NAMES.get(file, "三月.xlsx") for code, file in examples(ruleset, "bad")}
    parsed = {code: read(Source(names[code], "0"), made[code], ruleset) for code in made}
    assert {code: p.refusal.code if p.refusal else None for code, p in parsed.items()} == {
        code: code for code in made
    }


def test_only_the_absurd_date_needs_a_reader_to_be_found(ruleset: Ruleset) -> None:
    assert [file for code, file in examples(ruleset, "bad") if inspect(ruleset, file) != code] == [
        "absurd-date"
    ]


def test_good_examples_are_read(ruleset: Ruleset) -> None:
    assert {inspect(ruleset, file) for _, file in examples(ruleset, "good")} == {None}


def test_every_code_of_reading_has_a_file_here(ruleset: Ruleset) -> None:
    named = {c for c, r in ruleset.findings.items() if "file" in r.good and r.good["file"] == "plain"}
    assert named - {code for code, _ in examples(ruleset, "bad")} == set(REASONS)


def test_no_two_kinds_share_a_sentence(ruleset: Ruleset) -> None:
    for lang in ("zh", "en"):
        told = [
            ruleset.tell(f, lang).what
            for f in (inspected(NAMES.get(file, "x"), FILES[file](), ruleset) for file in FILES)
            if f is not None
        ]
        assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.xlsx", b"\x09\x08\x10\x00\x00\x06", "FILE-XLS"),  # BIFF without a container
        ("x.et", OLE + "Workbook".encode("utf-16-le"), "FILE-ET"),
        ("x.ET", OLE + "Workbook".encode("utf-16-le"), "FILE-ET"),
        ("x.xls", OLE + "Book".encode("utf-16-le"), "FILE-XLS"),
        ("x.doc", OLE + "WordDocument".encode("utf-16-le"), "FILE-DOCX"),
        ("x.xlsx", OLE + "EncryptedPackage Workbook".encode("utf-16-le"), "FILE-PASSWORD"),
        ("x.xlsx", OLE, "FILE-UNKNOWN"),
        ("x.xlsx", OLE + "EncryptedPackage DRMEncryptedTransform".encode("utf-16-le"), "FILE-DRM"),
        ("x.xls", OLE + "Workbook \tDRMContent".encode("utf-16-le"), "FILE-DRM"),
        ("IMG_0731.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", "FILE-IMAGE"),
        ("mmexport.webp", b"RIFF\x24\0\0\0WEBPVP8 ", "FILE-IMAGE"),
        ("x.xls", b"\xff\xfe" + "VIN\t颜色\r\n".encode("utf-16-le"), "FILE-CSV"),
        ("x.csv", "车架号,颜色".encode(), "FILE-CSV"),
        ("x.csv", ("车" * 5000).encode(), "FILE-CSV"),  # the head ends inside of a character
        ("x.csv", b"x" + ("车" * 5000).encode("gbk"), "FILE-CSV"),
        ("x.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "FILE-HTML"),
        ("x.xls", b"  <META http-equiv=x><TABLE>", "FILE-HTML"),
        ("x.xml", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
         "FILE-XML"),
        ("x.fods", b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:x"',
         "FILE-ODS"),
        ("x.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "FILE-IMAGE"),
        ("x.gif", b"GIF89a\1\0", "FILE-IMAGE"),
        ("x.bmp", b"BM6\0\0\0", "FILE-IMAGE"),
        ("x.tif", b"II*\0\x08\0", "FILE-IMAGE"),
        ("x.tif", b"MM\0*\0\0", "FILE-IMAGE"),
        ("x.7z", b"7z\xbc\xaf\x27\x1c\0\4", "FILE-ARCHIVE"),
        ("x.gz", b"\x1f\x8b\x08\0", "FILE-ARCHIVE"),
        ("x.bz2", b"BZh91AY&SY\0", "FILE-ARCHIVE"),
        ("x.xz", b"\xfd7zXZ\0", "FILE-ARCHIVE"),
        *(("x.xls", bytes(begin) + bytes(4), "FILE-XLS") for begin in
          ((9, 0, 4, 0), (9, 2, 6, 0), (9, 4, 6, 0), (9, 8, 16, 0), (9, 8, 8, 0))),
        ("x.ppt", OLE + "PowerPoint Document".encode("utf-16-le"), "FILE-PPTX"),
        ("x.ett", OLE + "Workbook".encode("utf-16-le"), "FILE-ET"),
        ("x.numbers", zipped({"Index.zip": "x"}), "FILE-NUMBERS"),
        ("x.odp", zipped({"mimetype": "application/vnd.oasis.opendocument.presentation"}), "FILE-PPTX"),
        ("x.tar", bytes(257).replace(b"\0", b"a") + b"ustar" + bytes(300), "FILE-ARCHIVE"),
        ("x.rtf", b"{\\rtf1 hello}", "FILE-DOCX"),
        ("x.xlsx", b"PK\x05\x06" + bytes(18), "FILE-UNKNOWN"),
        ("x.xlsx", b"PK\x03\x04", "FILE-CUT-OFF"),
        ("x.xlsx", zipped({}), "FILE-UNKNOWN"),
        ("x.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "FILE-DOCX"),
    ],
)  # fmt: skip
def test_kinds_that_hide_behind_a_name(ruleset: Ruleset, name: str, data: bytes, code: str) -> None:
    found = inspected(name, data, ruleset)
    assert found is not None
    assert found.code == code


def test_a_workbook_may_bear_any_name(ruleset: Ruleset) -> None:
    assert inspected("三月.xls", plain(), ruleset) is None


def test_an_archive_names_the_workbooks_in_it(ruleset: Ruleset) -> None:
    found = inspected("x.zip", FILES["zip-workbooks"](), ruleset)
    assert found is not None
    assert "三月宝马.xlsx" in ruleset.tell(found, "zh").what
